"""Replies that were sent wait a little before they leave, or until a chosen moment; until then they can be taken back.

Nothing of a held reply has happened to the ticket: no message, no event, no clock. When it leaves, it counts from the
moment its agent sent it. One that may not leave any more comes back as a draft, with a notice, and is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from deskwright.desk import access, drafts, replies
from deskwright.desk.errors import Conflict, DeskError, Invalid, StaleReply
from deskwright.store import queue
from deskwright.store.connection import deed
from deskwright.store.live import announcement
from deskwright.store.models import Agent, HeldReply, Notice
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
UNDO_FOR: Final = timedelta(seconds=10)
"""How long a reply can be taken back."""
FURTHEST: Final = timedelta(days=365)
OVERTAKEN: Final = "The customer wrote before your reply left."


def send(
    actor: Agent,
    ticket_id: int,
    text: str,
    *,
    now: datetime,
    solve: bool = False,
    seen: int | None = None,
    later: datetime | None = None,
) -> int:
    """Take a reply (Markdown) that leaves after `UNDO_FOR`, or at `later` (UTC). Its draft ends. Returns its number.

    `seen` is the newest message on the agent's screen. Raises NotFound, Forbidden, Invalid (an empty text, a moment in
    the past), and StaleReply when the customer wrote after `seen`.
    """
    words = replies.checked(text)
    refuse_moment(later, now)
    access.ticket_for(actor, ticket_id, "reply")
    with deed() as sql:
        replies.refuse_stale(sql, ticket_id, seen)
        held = HeldReply.objects.create(
            agent=actor,
            ticket_id=ticket_id,
            text=words,
            solve=solve,
            seen=newest(sql, ticket_id) if seen is None else seen,
            counts_at=later or now,
            leaves_at=later or now + UNDO_FOR,
        )
        queue.add(sql, "send_reply", [held.pk], held.leaves_at)
        drafts.end(sql, actor, ticket_id, "reply")
        announce(sql, ticket_id)
        return int(held.pk)


def refuse_moment(later: datetime | None, now: datetime) -> None:
    if later is not None and not now < later < now + FURTHEST:
        raise Invalid("Choose a moment in the coming year.", {"later": "not in the coming year"})


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
        announce(sql, held.ticket_id)
        return int(held.ticket_id)


def take_back(actor: Agent, held_id: int, *, now: datetime) -> int:
    """The reply does not leave and is a draft again. Returns its ticket. Raises Conflict when it has left."""
    with deed() as sql:
        held = own(actor, held_id)
        held.delete()
        restore(sql, actor, held.ticket_id, held.text, now)
        announce(sql, held.ticket_id)
        return int(held.ticket_id)


def own(actor: Agent, held_id: int) -> HeldReply:
    """The agent's held reply, locked. Raises Conflict when there is none any more."""
    held = HeldReply.objects.select_for_update().filter(pk=held_id, agent=actor).first()
    if held is None:
        raise Conflict("This reply has already left.")
    return held


def restore(sql: Cursor, actor: Agent, ticket_id: int, text: str, now: datetime, returned: str = "") -> None:
    """Make it a draft again, before what the agent has begun meanwhile."""
    row = sql.execute(BEGUN, {"agent": actor.pk, "ticket": ticket_id}).fetchone()
    whole = f"{text}\n\n{row['text']}" if row else text
    drafts.put(sql, actor, ticket_id, "reply", whole, now, returned)


def leave_due(now: datetime, limit: int) -> int:
    """Let those leave whose moment has come. Returns how many were looked at."""
    return queue.work_off("send_reply", now, limit, lambda sql, held: leave(sql, held, now))


def leave(sql: Cursor, held: Sequence[int], now: datetime) -> None:
    for row in sql.execute(TAKE, {"ids": list(held)}).fetchall():
        actor = Agent.objects.get(pk=row["agent_id"])
        at = max(row["counts_at"], row["updated_at"])
        try:
            with deed():
                replies.reply(actor, row["ticket_id"], row["text"], now=at, solve=row["solve"], seen=row["seen"])
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
    HeldReply.objects.filter(pk=row["id"]).delete()
    restore(sql, actor, ticket, row["text"], now, because)
    subject = f"Your reply was not sent. {because}"
    Notice.objects.create(agent=actor, ticket_id=ticket, subject=subject, key=f"held:{row['id']}", created_at=now)
    announce(sql, ticket, actor.pk)


def announce(sql: Cursor, ticket: int, *agents: int) -> None:
    sql.execute("SELECT pg_notify('desk', %(said)s)", {"said": announcement([ticket], agents)})


BEGUN = "SELECT text FROM store_draft WHERE agent_id = %(agent)s AND ticket_id = %(ticket)s AND kind = 'reply'"
NEWEST = "SELECT coalesce(max(id), 0) AS newest FROM store_message WHERE ticket_id = %(ticket)s"
TAKE = load("queries/take_held.sql")
OVERTAKEN_NOW = load("queries/overtaken.sql")
