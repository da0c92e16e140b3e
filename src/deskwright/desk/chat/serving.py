"""What agents do in a chat: answer at once, take it, end it, read it, and say whether they take any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.answering import holding
from deskwright.desk.chat.being import finish
from deskwright.desk.errors import Conflict
from deskwright.desk.staff.people import people_changed
from deskwright.desk.staff.returns import offer
from deskwright.desk.tickets import changing
from deskwright.desk.tickets.remarks import remark
from deskwright.desk.working import take_up_one
from deskwright.store.connection import deed
from deskwright.store.live import announce
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
HABITS: Final[Mapping[str, bool]] = {"enter": True, "sound": False, "title": False}
"""How one chats unless one says otherwise: Enter sends; neither sound nor title tell of what waits."""


def answer(actor: Agent, ticket_id: int, text: str, *, now: datetime, status: str = "") -> None:
    """Answer (Markdown) with the files of the draft, which leaves at once: in a chat nobody waits ten seconds.

    Whoever answers has taken the chat. Raises NotFound, Forbidden, Invalid, Conflict.
    """
    with deed() as sql:
        held = holding.send(actor, ticket_id, text, now=now, status=status)
        holding.leave(sql, [held], now)
        take(sql, actor, ticket_id, now)


def accept(actor: Agent, ticket_id: int, *, now: datetime) -> None:
    """Take a chat: the ticket is the agent's, and the visitor sees who is with them. Raises NotFound, Forbidden, and
    Conflict when the chat is over, or a colleague has taken it and has not handed it over.
    """
    access.ticket_for(actor, ticket_id, "reply")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        row = sql.execute(LOCK, {"ticket": ticket_id}).fetchone()
        if row is None:
            raise Conflict(_("This chat is over."))
        if row["accepted_by_id"] not in (None, actor.pk) and case.row["assignee_id"] == row["accepted_by_id"]:
            raise Conflict(_("A colleague has taken this chat."))
        sql.execute(LET_GO, {"ticket": ticket_id, "agent": actor.pk})
        if access.may(actor, "change"):
            changing.change(actor, [ticket_id], {"assignee": actor.pk}, now=now)
        if take(sql, actor, ticket_id, now):
            remark(sql, take_up_one(sql, ticket_id, now), "chat_accepted", actor, {}, now)


def take(sql: Cursor, actor: Agent, ticket_id: int, now: datetime) -> bool:
    """Whether it was nobody's until now. Part of the caller's deed."""
    return sql.execute(TAKE, {"ticket": ticket_id, "agent": actor.pk, "now": now}).rowcount > 0


def end(actor: Agent, ticket_id: int, *, solve: bool, now: datetime) -> None:
    """End the chat for both sides, and solve its ticket. Raises NotFound, Forbidden, Invalid, and Conflict when it is
    over.
    """
    access.ticket_for(actor, ticket_id, "reply")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        if not finish(sql, ticket_id, "agent", now):
            raise Conflict(_("This chat is over."))
        remark(sql, case, "chat_ended", actor, {"by": "agent"}, now)
        if solve:
            changing.change(actor, [ticket_id], {"status": "solved"}, now=now)


def seen_by_agent(actor: Agent, ticket_id: int, upto: int) -> None:
    """The visitor sees that everything up to this message was read. Raises NotFound."""
    access.ticket_for(actor, ticket_id, "see")
    with deed() as sql:
        if sql.execute(SEEN, {"ticket": ticket_id, "upto": upto}).rowcount:
            announce(sql, [ticket_id])


def take_chats(actor: Agent, wanted: bool, *, now: datetime) -> None:
    """Whether new chats are given to the agent; who takes them again is offered what waits."""
    with deed() as sql:
        Agent.objects.filter(pk=actor.pk).update(takes_chats=wanted)
        people_changed(sql)
        if wanted:
            offer(sql, [actor.pk], now)


def habits(agent: Agent) -> dict[str, bool]:
    """How the agent likes to chat, every habit named."""
    return {name: bool(agent.chat_habits.get(name, default)) for name, default in HABITS.items()}


def keep_habits(actor: Agent, wanted: Mapping[str, bool]) -> None:
    """Keep them; names nobody knows are dropped."""
    Agent.objects.filter(pk=actor.pk).update(chat_habits={name: bool(wanted.get(name)) for name in HABITS})


LOCK: Final = "SELECT accepted_by_id FROM store_chat WHERE ticket_id = %(ticket)s AND ended_at IS NULL FOR UPDATE"
TAKE: Final = """
UPDATE store_chat SET accepted_at = %(now)s, accepted_by_id = %(agent)s
WHERE ticket_id = %(ticket)s AND ended_at IS NULL AND accepted_at IS NULL
"""
LET_GO: Final = """
UPDATE store_chat SET accepted_at = NULL, accepted_by_id = NULL
WHERE ticket_id = %(ticket)s AND accepted_by_id <> %(agent)s
"""
SEEN: Final = """
UPDATE store_chat SET agent_seen = %(upto)s
WHERE ticket_id = %(ticket)s AND agent_seen < %(upto)s AND EXISTS (
    SELECT FROM store_message AS m WHERE m.id = %(upto)s AND m.ticket_id = store_chat.ticket_id)
"""
