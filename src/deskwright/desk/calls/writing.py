"""What a call leaves on tickets: one to call back, the words of a voicemail, that somebody spoke with somebody.

Opens tickets by intake and writes on them by a step; works inside the caller's deed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.channels.telephony import numbers
from deskwright.channels.telephony.values import CallEvent
from deskwright.desk import workflows
from deskwright.desk.answering.files import row_of
from deskwright.desk.answering.letters import message_row
from deskwright.desk.answering.replies import next_message_id
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, File
from deskwright.desk.calls import keeping
from deskwright.desk.cases import Happening
from deskwright.desk.step import step
from deskwright.desk.tickets.merging import whole_of
from deskwright.desk.working import take_up_one
from deskwright.engine import events
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store import facts as rows
from deskwright.store.models import Call, Line, Message, Ticket

Cursor = psycopg.Cursor[dict[str, Any]]
Brought = tuple[Sequence[File], str]
"""Files, and a sentence about those that could not be had."""
CALLBACK: Final = "callback"
"""The type of a ticket that asks for a call."""


def to_call_back(line: Line, call: Call, at: datetime, now: datetime) -> None:
    """A ticket that asks to call back; somebody who waits for a call already waits on that one."""
    call.ticket_id = come(line, call, at, now, _("Nobody answered a call to %(line)s.") % {"line": line.name}, "missed")


def voicemail(line: Line, call: Call, said: CallEvent, brought: Brought, moments: tuple[datetime, datetime]) -> None:
    """The caller's words, on the ticket that asks to call them back."""
    name, (files, missing) = once(call, said, brought)
    spoken = _("Voicemail, %(length)s.") % {"length": length(said.seconds or 0)} if files or missing else ""
    words = "\n\n".join(part for part in (said.text, spoken, missing) if part)
    call.ticket_id = come(line, call, *moments, words, name, files)


def come(
    line: Line, call: Call, at: datetime, now: datetime, text: str, name: str, files: Sequence[File] = ()
) -> int | None:
    """A message of the caller. Returns its ticket."""
    nobody = _("Withheld number")
    arrival = Arrival(
        channel="phone",
        requester=keeping.caller(call, line, nobody),
        subject=_("Call back %(who)s") % {"who": keeping.who(call) or nobody},
        text=text,
        at=at,
        type=kind(),
        tags=(CALLBACK,),
        files=tuple(files),
        mail_id=named(call, name),
        thread_ticket=call.ticket_id or waiting(call),
        recipients={"from": call.number, "to": [line.number]},
    )
    (outcome,) = intake.receive([arrival], now)
    if outcome.error is not None:
        raise outcome.error
    return outcome.ticket_id


def kind() -> str:
    return CALLBACK if CALLBACK in workflows.live().types else "question"


def waiting(call: Call) -> int | None:
    """The live ticket on which this customer waits for a call already."""
    if call.customer_id is None:
        return None
    open_ones = Ticket.objects.filter(
        customer_id=call.customer_id, channel="phone", tags__contains=[CALLBACK], status__in=sorted(LIVE_STATUSES)
    )
    return open_ones.filter(merged_into=None).order_by("-pk").values_list("pk", flat=True).first()


def spoke(sql: Cursor, line: Line, call: Call, now: datetime) -> None:
    """Written down as an answer of the agent on the call's ticket. An outgoing call without one waits for its agent."""
    if call.outgoing and call.ticket_id is None:
        return
    with_ticket(sql, line, call, now)
    if call.ticket_id is None:
        return
    told = {"who": keeping.who(call) or _("somebody"), "length": length(call.seconds or 0)}
    words = _("Called %(who)s and spoke for %(length)s.") if call.outgoing else _("Spoke with %(who)s for %(length)s.")
    write(sql, call.ticket_id, call, words % told, now, answers=True)


def with_ticket(sql: Cursor, line: Line, call: Call, now: datetime) -> None:
    """The call's ticket; a new one where nobody has chosen one."""
    if call.ticket_id is not None:
        return
    nobody = _("Withheld number")
    who = keeping.who(call) or nobody
    told = {"agent": call.agent.name if call.agent else _("Somebody"), "who": who, "line": line.name}
    arrival = Arrival(
        channel="phone",
        requester=keeping.caller(call, line, nobody),
        subject=_("Call with %(who)s") % {"who": who},
        text=(_("%(agent)s called %(who)s.") if call.outgoing else _("%(who)s called %(line)s.")) % told,
        at=min(call.answered_at or now, now),
        mail_id=f"phone:{line.pk}:{call.call_id}",
        recipients={"from": call.number, "to": [line.number]},
        no_acknowledgement=True,
        by_agent=call.agent_id if call.outgoing else None,
    )
    (outcome,) = intake.receive([arrival], now)
    if outcome.error is not None:
        raise outcome.error
    call.ticket_id = outcome.ticket_id


def not_reached(sql: Cursor, call: Call, now: datetime) -> None:
    if call.ticket_id is not None:
        told = {"who": keeping.who(call) or _("somebody"), "number": numbers.shown(call.number)}
        write(sql, call.ticket_id, call, _("Called %(who)s at %(number)s: nobody answered.") % told, now)


def was_answered(sql: Cursor, call: Call, now: datetime) -> None:
    """The word that it was answered came late: whoever wants to call back should know."""
    if call.ticket_id is not None:
        write(sql, call.ticket_id, call, _("This call was answered after all."), now)


def recording(sql: Cursor, call: Call, said: CallEvent, brought: Brought, now: datetime) -> None:
    """A note with what both said. One that came before is not written again."""
    short, (files, missing) = once(call, said, brought)
    name = named(call, short)
    if call.ticket_id is None or Message.objects.filter(mail_id=name).exists():
        return
    title = _("Recording of the call, %(length)s.") % {"length": length(said.seconds or call.seconds or 0)}
    words = "\n\n".join(part for part in (said.text or title, missing) if part)
    write(sql, call.ticket_id, call, words, now, files=files, mail_id=name)


def once(call: Call, said: CallEvent, brought: Brought) -> tuple[str, Brought]:
    """The name under which it is written once, with its files: the words of a sound that is there come without it."""
    sound = Message.objects.filter(mail_id=named(call, said.media_id)).first() if said.media_id and said.text else None
    if said.media_id and (sound is None or said.text in sound.text):
        return said.media_id, brought
    return "transcript" + (f":{said.media_id}" if said.media_id else ""), ((), "")


def named(call: Call, short: str) -> str:
    return f"phone:{call.line_id}:{call.call_id}:{short}"


def write(
    sql: Cursor,
    ticket: int,
    call: Call,
    words: str,
    now: datetime,
    *,
    answers: bool = False,
    files: Sequence[File] = (),
    mail_id: str | None = None,
) -> None:
    """A line of ours on the ticket: an answer of the agent who spoke, or a note."""
    case = take_up_one(sql, whole_of(ticket), now)
    agent = call.agent_id
    message = message_row(case, next_message_id(sql), "agent" if answers else "note", words, now, None, agent=agent)
    message |= {"channel": "phone", "mail_id": mail_id}
    case.messages.append(message)
    case.attachments += [row_of(message["id"], file) for file in files]
    told = {"message_id": message["id"], "call": call.pk}
    actor = "agent" if agent else "system"
    if answers:
        case.set(
            last_agent_at=now,
            last_agent_id=agent,
            unanswered_since=None,
            first_response_at=case.row["first_response_at"] or now,
        )
        case.happen(Happening(events.AgentReplied(agent=agent or 0), now, actor, agent, data=told))
    else:
        case.happen(Happening(events.NoteAdded(agent=agent or 0), now, actor, agent, data=told))
    step(sql, [case], rows.present(sql).desk)


def length(seconds: int) -> str:
    """3:20"""
    return f"{seconds // 60}:{seconds % 60:02d}"
