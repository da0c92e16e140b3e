"""What agents write: public replies, which leave through the outbox, and internal notes, which never do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from deskwright.channels.email.markdown import as_text, in_mail, markdown_html
from deskwright.desk import access, workflows
from deskwright.desk.answering import drafts, leaving, mentions, quoting, recipients, signatures
from deskwright.desk.answering import files as draft_files
from deskwright.desk.answering.letters import delivery_rows, message_row, outgoing_id
from deskwright.desk.answering.threading import FAMILY, thread_of
from deskwright.desk.arriving.arrivals import File
from deskwright.desk.cases import Case, Happening
from deskwright.desk.chat import live
from deskwright.desk.errors import Invalid, StaleReply
from deskwright.desk.fields.forms import refuse_unsolvable
from deskwright.desk.macros.variables import refuse_gaps
from deskwright.desk.outbox.kinds import PROACTIVE
from deskwright.desk.step import step
from deskwright.desk.texting import answering as texting
from deskwright.desk.tickets.changing import alter, spelled_out
from deskwright.desk.tickets.linking import refuse_open_children
from deskwright.desk.working import refuse_merged, take_up_one
from deskwright.engine import events, proactive
from deskwright.engine.values import STATUSES
from deskwright.store import facts as rows
from deskwright.store.connection import deed, from_json
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]


def reply(
    actor: Agent,
    ticket_id: int,
    text: str,
    *,
    now: datetime,
    solve: bool = False,
    seen: int | None = None,
    to: recipients.Recipients | None = None,
    files: Sequence[File] = (),
    by: str = "",
) -> int:
    """Answer the requester and whom else it names, those of the conversation with None (Markdown). Returns its id.

    `seen` is the newest message the agent had on screen; `by` as `leaving.leaving` takes it. Raises NotFound,
    Forbidden, Invalid for an empty text, a wrong address or way, StaleReply when the customer wrote after `seen`.
    """
    status = "solved" if solve else ""
    written = {"ticket_id": ticket_id, "text": text, "seen": seen, "status": status, "files": files, "by": by}
    return send(actor, written | {"recipients": recipients.written(to and recipients.checked(to))}, now=now)


def send(actor: Agent, written: Mapping[str, Any], *, now: datetime) -> int:
    """Answer with a reply that was taken before, its files with it (`id` names the held one). Raises as `reply`."""
    words = checked(written["text"])
    refuse_gaps(words, workflows.live())
    access.ticket_for(actor, written["ticket_id"], "reply")
    with deed() as sql:
        case = take_up_one(sql, written["ticket_id"], now)
        refuse_merged([case])
        refuse_stale(sql, written["ticket_id"], written["seen"])
        chosen = recipients.read(written["recipients"]) or recipients.proposed(sql, written["ticket_id"])
        template = from_json(written.get("template"))
        said = Words(
            words,
            chosen,
            written.get("id"),
            written.get("files", ()),
            written.get("kind", ""),
            template=template,
            by=written["by"],
        )
        message = write_reply(sql, case, actor, said, now)
        told = {"message_id": message["id"]} | {name: chosen[name] for name in ("cc", "bcc") if chosen[name]}
        case.happen(Happening(events.AgentReplied(agent=actor.pk), now, "agent", actor.pk, data=told))
        recipients.remember(sql, actor, written["ticket_id"], chosen, now)
        if written["status"]:
            flow = workflows.live()
            alter(case, spelled_out({"status": written["status"]}, flow), actor, now)
            refuse_unsolvable(flow, [case], now)
            refuse_open_children([case])
        step(sql, [case], rows.present(sql).desk)
        return int(message["id"])


def note(
    actor: Agent, ticket_id: int, text: str, *, now: datetime, drafted: bool = False, files: Sequence[File] = ()
) -> int:
    """Write an internal note; `drafted` ends the agent's draft of one and takes its files. Returns the message's id.

    Raises NotFound, Forbidden, Invalid.
    """
    words = checked(text)
    access.ticket_for(actor, ticket_id, "note")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        refuse_merged([case])
        message = message_row(case, next_message_id(sql), "note", words, now, None, agent=actor.pk)
        case.messages.append(message)
        case.attachments += [draft_files.row_of(message["id"], file) for file in files]
        if drafted:
            case.attachments += draft_files.leave_with(
                sql, message, words, draft_files.naming(actor, ticket_id, "note")
            )
        desk = rows.present(sql).desk
        people = mentions.named(words, desk.agents, case.row["queue"], case.row["assignee_id"])
        told = {"message_id": message["id"]} | noted(people)
        case.happen(Happening(events.NoteAdded(agent=actor.pk), now, "agent", actor.pk, data=told))
        mentions.tell(sql, case, actor, message["id"], people, now)
        if drafted:
            drafts.end(sql, actor, ticket_id, "note")
        step(sql, [case], desk)
        return int(message["id"])


def noted(people: mentions.Named) -> dict[str, list[int]]:
    """What the event keeps of the agents a note names."""
    named = {"mentions": people.told, "unable": people.unable}
    return {name: [agent.id for agent in agents] for name, agents in named.items() if agents}


def checked(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid(_("Write something first."), {"text": "empty"})
    if len(words) > drafts.LONGEST:
        raise Invalid(
            _("This is too long: at most %(longest)s characters.") % {"longest": f"{drafts.LONGEST:,}"},
            {"text": "too long"},
        )
    return words


def refuse_stale(sql: Cursor, ticket_id: int, seen: int | None) -> None:
    if seen is None:
        return
    newer = sql.execute(NEWER, {"ticket": ticket_id, "seen": seen}).fetchall()
    if newer:
        raise StaleReply(_("The customer wrote while you were writing. Read it, then send again."), newer)


def refuse_status(status: str) -> None:
    own = [known.name for known in workflows.live().statuses.values() if not known.archived] if status else []
    if status and status not in {*STATUSES, *own}:
        raise Invalid(
            _("A status is one of %(words)s.") % {"words": ", ".join((*STATUSES, *own))}, {"status": "unknown"}
        )


@dataclass(frozen=True, slots=True)
class Words:
    """What a reply says and to whom; `held` names the held reply whose files go along."""

    text: str
    to: recipients.Recipients
    held: int | None = None
    files: Sequence[File] = ()
    """Files that were no draft's."""
    kind: str = ""
    """What its readers can unsubscribe from."""
    template: texting.Template | None = None
    by: str = ""
    """The channel asked for; "" leaves it to `leaving.leaving`."""


def write_reply(sql: Cursor, case: Case, actor: Agent, words: Words, now: datetime) -> dict[str, Any]:
    """The reply's message, its delivery by the way `leaving.leaving` says, and what it means for the ticket."""
    row_id = next_message_id(sql)
    out = leaving.leaving(sql, case.row["id"], now, words.by, wishes=not words.kind)
    email, way, there = case.party.customer.email, out.way, out.visitor
    if words.template is not None:
        texting.refuse_template(way, words.template)
    mail_id = outgoing_id(case.row["id"], f"m{row_id}") if there or (email and way is None) else None
    message = message_row(case, row_id, "agent", words.text, now, mail_id, agent=actor.pk)
    if there or way or out.preferred or words.by:
        message["channel"] = out.channel
    case.messages.append(message)
    attached = [draft_files.row_of(message["id"], file) for file in words.files]
    if words.held:
        attached += draft_files.leave_with(sql, message, words.text, {"held": words.held})
    case.attachments += attached
    if there:
        message |= {"recipients": {}}
        case.deliveries.append(live.delivery(case.row["id"], message, there))
    elif way is not None:
        texting.refuse(way, words.text, attached, now, free=words.template is None)
        message |= {"recipients": {"to": [way.number]}}
        case.deliveries += texting.deliveries(case, message, way, attached, words.template)
    elif email:
        message["recipients"] = recipients.everybody(email, words.to)
        signed, past = signatures.under(words.text, case, actor), quoting.quoted(sql, case)
        html = markdown_html(signed, in_mail([file["content_id"] for file in attached if file["inline"]]))
        thread = thread_of(sql, case.row["id"], [*words.to["cc"], *words.to["bcc"]])
        text, html = as_text(signed) + past.text, html + past.html
        kind = words.kind or (PROACTIVE if visiting(case) else "")
        case.deliveries += delivery_rows(case, message, text, html, thread, files=attached, kind=kind)
    case.set(
        last_agent_at=now,
        last_agent_id=actor.pk,
        unanswered_since=None,
        first_response_at=case.row["first_response_at"] or now,
    )
    return message


def visiting(case: Case) -> bool:
    """Whether the desk has come unasked, and the customer has not answered yet."""
    wanted = proactive.wanted(workflows.version(case.row["workflow_version"])).get("type") or proactive.HEALTH_CHECK
    return bool(case.row["by_agent"] and case.row["type"] == wanted and case.row["last_customer_at"] is None)


def next_message_id(sql: Cursor) -> int:
    row = sql.execute("SELECT nextval('store_message_id_seq') AS id").fetchone()
    assert row is not None
    return int(row["id"])


NEWER = f"""
SELECT id, new_text, created_at, '' AS who,
       (SELECT array_agg(file.name ORDER BY file.id) FROM store_attachment AS file WHERE file.message_id = message.id)
           AS files
FROM store_message AS message
WHERE ticket_id IN ({FAMILY}) AND kind = 'customer' AND id > %(seen)s ORDER BY id
"""
