"""Replies that were sent wait a little before they leave, or until a chosen moment; until then they can be taken back.

Nothing of a held reply has happened to the ticket: no message, no event, no clock. When it leaves, it counts from the
moment its agent sent it. One that may not leave any more comes back as a draft, with a notice, and is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils import translation
from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.answering import drafts, files, leaving, recipients, replies
from deskwright.desk.errors import Conflict, DeskError, Invalid, StaleReply
from deskwright.desk.fields.forms import refuse_unsolvable
from deskwright.desk.macros.variables import refuse_gaps
from deskwright.desk.said import kept
from deskwright.desk.texting import answering as texting
from deskwright.desk.tickets.changing import spelled_out
from deskwright.desk.tickets.linking import refuse_open_children
from deskwright.desk.working import refuse_merged, take_up_one
from deskwright.engine import saying
from deskwright.store import queue
from deskwright.store.connection import deed, from_json
from deskwright.store.live import announce
from deskwright.store.models import Agent, HeldReply, Notice
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
UNDO_FOR: Final = timedelta(seconds=10)
"""How long a reply can be taken back."""
FURTHEST: Final = timedelta(days=365)
OVERTAKEN: Final = saying._("The customer wrote before your reply left.")


def send(
    actor: Agent,
    ticket_id: int,
    text: str,
    *,
    now: datetime,
    status: str = "",
    seen: int | None = None,
    later: datetime | None = None,
    to: recipients.Recipients | None = None,
    as_of: int | None = None,
    kind: str = "",
    template: texting.Template | None = None,
    by: str = "",
) -> int:
    """Take a reply (Markdown) that leaves after `UNDO_FOR`, or at `later` (UTC). Its draft ends. Returns its number.

    The draft's files go with it; a `template` leaves the agent's draft and its files alone. `status` is what the
    ticket becomes as it leaves; `to` are its further recipients, those of the conversation with None; `seen` is the
    newest message on the agent's screen; `kind` is what readers can unsubscribe from;
    `by` is taken as by `leaving.leaving`. Raises NotFound, Forbidden, Invalid (an empty text, a past moment, an
    address, a way, a field needed before solving), and StaleReply when the customer wrote after `seen`.
    """
    words = replies.checked(text)
    refuse_gaps(words, workflows.live())
    refuse_moment(later, now)
    replies.refuse_status(status)
    chosen = None if to is None else recipients.checked(to)
    access.ticket_for(actor, ticket_id, "reply")
    with deed() as sql:
        replies.refuse_stale(sql, ticket_id, seen)
        refuse_crossed(sql, actor, ticket_id, seen, as_of)
        way = leaving.leaving(sql, ticket_id, later or now, by, wishes=not kind).way
        texting.refuse_now(sql, actor.pk, ticket_id, way, words, later or now, template)
        if status:
            refuse_becoming(sql, ticket_id, status, now)
        held = HeldReply.objects.create(
            agent=actor,
            ticket_id=ticket_id,
            text=words,
            status=status,
            recipients=chosen or recipients.proposed(sql, ticket_id),
            kind=kind,
            seen=newest(sql, ticket_id) if seen is None else seen,
            counts_at=later or now,
            leaves_at=later or now + UNDO_FOR,
            template=template,
            by=by,
        )
        queue.add(sql, "send_reply", [held.pk], held.leaves_at)
        if template is None:
            files.take_along(sql, actor, ticket_id, held.pk)
            drafts.end(sql, actor, ticket_id, "reply")
        announce(sql, [ticket_id])
        return int(held.pk)


def refuse_becoming(sql: Cursor, ticket_id: int, status: str, now: datetime) -> None:
    """Raises Invalid when the ticket lacks what it must have before it can be solved."""
    flow = workflows.live()
    case = take_up_one(sql, ticket_id, now)
    refuse_merged([case])
    case.set(status=spelled_out({"status": status}, flow)["status"])
    refuse_unsolvable(flow, [case], now)
    refuse_open_children([case])


def refuse_crossed(sql: Cursor, actor: Agent, ticket_id: int, seen: int | None, as_of: int | None) -> None:
    """Stop a reply that crosses a colleague's: one they sent, or what they did to status or assignee.

    `as_of` is the newest event on the agent's screen; what the screen has not told is not asked for.
    """
    told = {"ticket": ticket_id, "agent": actor.pk, "seen": seen, "as_of": as_of}
    messages = [] if seen is None else sql.execute(COLLEAGUES_WROTE, told).fetchall()
    changes = [] if as_of is None else sql.execute(COLLEAGUES_CHANGED, told).fetchall()
    if messages or changes:
        raise StaleReply(_("A colleague was faster. Read what they did, then send again."), messages, changes)


def refuse_moment(later: datetime | None, now: datetime) -> None:
    if later is not None and not now < later < now + FURTHEST:
        raise Invalid(_("Choose a moment in the coming year."), {"later": "not in the coming year"})


def newest(sql: Cursor, ticket_id: int) -> int:
    row = sql.execute(NEWEST, {"ticket": ticket_id}).fetchone()
    assert row is not None
    return int(row["newest"])


def send_now(actor: Agent, held_id: int, *, now: datetime) -> int:
    """Let a reply that waits for its moment leave at once. Returns its ticket. Raises Conflict when it has left."""
    with deed() as sql:
        held = own(actor, held_id)
        HeldReply.objects.filter(pk=held.pk).update(counts_at=now, leaves_at=now)
        queue.add(sql, "send_reply", [held.pk], now)
        announce(sql, [held.ticket_id])
        return int(held.ticket_id)


def take_back(actor: Agent, held_id: int, *, now: datetime) -> int:
    """The reply does not leave and is a draft again. Returns its ticket. Raises Conflict when it has left."""
    with deed() as sql:
        held = own(actor, held_id)
        files.give_back(sql, held.pk)
        held.delete()
        if held.template is None:
            restore(sql, actor, held.ticket_id, held.text, now, to=held.recipients, by=held.by)
        announce(sql, [held.ticket_id])
        return int(held.ticket_id)


def own(actor: Agent, held_id: int) -> HeldReply:
    """The agent's held reply, locked. Raises Conflict when there is none any more."""
    held = HeldReply.objects.select_for_update().filter(pk=held_id, agent=actor).first()
    if held is None:
        raise Conflict(_("This reply has already left."))
    return held


def restore(
    sql: Cursor,
    actor: Agent,
    ticket_id: int,
    text: str,
    now: datetime,
    *,
    returned: str = "",
    to: recipients.Recipients | None = None,
    by: str = "",
) -> None:
    """Make it a draft again, before what the agent has begun meanwhile."""
    row = sql.execute(BEGUN, {"agent": actor.pk, "ticket": ticket_id}).fetchone()
    whole = f"{text}\n\n{row['text']}" if row else text
    drafts.put(sql, actor, ticket_id, "reply", whole, now, returned=returned, to=to, by=by)


def leave_due(now: datetime, limit: int) -> int:
    """Let those leave whose moment has come. Returns how many were looked at."""
    return queue.work_off("send_reply", now, limit, lambda sql, held: leave(sql, held, now))


def leave(sql: Cursor, held: Sequence[int], now: datetime) -> None:
    for row in sql.execute(TAKE, {"ids": list(held)}).fetchall():
        actor = Agent.objects.get(pk=row["agent_id"])
        at = max(row["counts_at"], row["updated_at"])
        try:
            with deed(), translation.override(actor.interface_language or "en"):
                replies.send(actor, row, now=at)
                HeldReply.objects.filter(pk=row["id"]).delete()
        except DeskError as refusal:
            come_back(sql, row, OVERTAKEN if isinstance(refusal, StaleReply) else refusal.sentence, now)


def bring_back_overtaken(now: datetime, limit: int) -> int:
    """Bring back what waits to leave although the customer has written since. Returns how many there were."""
    with deed() as sql:
        overtaken = [row["id"] for row in sql.execute(OVERTAKEN_NOW, {"limit": limit})]
        for row in sql.execute(TAKE, {"ids": overtaken}).fetchall() if overtaken else ():
            come_back(sql, row, OVERTAKEN, now)
        return len(overtaken)


def come_back(sql: Cursor, row: Mapping[str, Any], because: str, now: datetime) -> None:
    """The reply is a draft again, and its agent is told why."""
    actor, ticket = Agent.objects.get(pk=row["agent_id"]), row["ticket_id"]
    files.give_back(sql, row["id"])
    HeldReply.objects.filter(pk=row["id"]).delete()
    if from_json(row["template"]) is None:
        to = recipients.read(row["recipients"])
        restore(sql, actor, ticket, row["text"], now, returned=kept(because), to=to, by=row["by"])
    subject = kept(saying._("Your reply was not sent. %(because)s", because=because))
    Notice.objects.create(agent=actor, ticket_id=ticket, subject=subject, key=f"held:{row['id']}", created_at=now)
    announce(sql, [ticket], [actor.pk])


BEGUN = "SELECT text FROM store_draft WHERE agent_id = %(agent)s AND ticket_id = %(ticket)s AND kind = 'reply'"
NEWEST = f"SELECT coalesce(max(id), 0) AS newest FROM store_message WHERE ticket_id IN ({load('queries/family.sql')})"
COLLEAGUES_WROTE = """
SELECT message.id, message.new_text, message.created_at, agent.name AS who,
       (SELECT array_agg(file.name ORDER BY file.id) FROM store_attachment AS file WHERE file.message_id = message.id)
           AS files
FROM store_message AS message JOIN store_agent AS agent ON agent.id = message.agent_id
WHERE message.ticket_id = %(ticket)s AND message.kind = 'agent' AND message.agent_id <> %(agent)s
  AND message.id > %(seen)s
ORDER BY message.id
"""
COLLEAGUES_CHANGED = """
SELECT event.id, event.kind, event.at, event.data, agent.name AS agent
FROM store_ticketevent AS event JOIN store_agent AS agent ON agent.id = event.agent_id
WHERE event.ticket_id = %(ticket)s AND event.id > %(as_of)s AND event.agent_id <> %(agent)s
  AND event.kind = 'fields_changed' AND event.data->'changes' ?| ARRAY['status', 'assignee']
ORDER BY event.id
"""
TAKE = load("queries/take_held.sql")
OVERTAKEN_NOW = load("queries/overtaken.sql")
