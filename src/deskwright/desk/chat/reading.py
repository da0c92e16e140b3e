"""What a visitor is shown of their chat: what was said, who is with them, their place among those who wait.

Set-wise: one statement for any number of visitors. Nothing internal leaves: no notes, no rules, no addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.errors import NotFound
from deskwright.desk.surveys import links
from deskwright.store.connection import cursor, from_json
from deskwright.store.sql import load

Row = Mapping[str, Any]
LATELY: Final = timedelta(days=14)
ENOUGH: Final = 8
"""Chats answered of late below which nothing is called usual."""
KEPT_FOR: Final = timedelta(minutes=1)
LONGEST: Final = 60
"""Minutes; a longer wait is no longer a chat's, and is not promised."""

_usual: list[tuple[datetime, Mapping[str | None, int]]] = []


def chat_of(visitor: Visitor) -> Row | None:
    """`ticket` and `name` of the visitor's chat: the open one, else the last, so that its end can be read."""
    return cursor().execute(LAST, {"widget": visitor.widget, "visitor": visitor.key}).fetchone()


def messages(afters: Mapping[int, int]) -> dict[int, list[dict[str, Any]]]:
    """Ticket -> what was said after the message named, oldest first, as the widget reads it."""
    said: dict[int, list[dict[str, Any]]] = {}
    for row in cursor().execute(MESSAGES, {"tickets": list(afters), "afters": list(afters.values())}):
        said.setdefault(row["ticket_id"], []).append(message(row))
    return said


def message(row: Row) -> dict[str, Any]:
    mine = row["kind"] == "customer"
    known = {
        "id": row["id"],
        "by": "me" if mine else "desk",
        "who": None if mine else first_name(row["agent"]),
        "text": row["text"],
        "at": row["created_at"],
        "files": from_json(row["files"]) or [],
        "key": (row["mail_id"] or "")[1:].partition(".")[0] if mine else None,
    }
    return {name: value for name, value in known.items() if value not in (None, [])}


def first_name(name: str | None) -> str | None:
    """Agents are known to visitors by their first name."""
    return (name or "").split(" ")[0] or None


def states(tickets: list[int], now: datetime) -> dict[int, dict[str, Any]]:
    """Ticket -> how the chat stands."""
    rows = cursor().execute(STATES, {"tickets": tickets}).fetchall()
    usual = usual_minutes(now) if any(row["place"] for row in rows) else {}
    return {row["ticket_id"]: state(row, usual) for row in rows}


def state(row: Row, usual: Mapping[str | None, int]) -> dict[str, Any]:
    """`place` and `minutes` only while nobody has answered: an honest one, or none."""
    return {
        "seen": row["agent_seen"],
        "mine": row["visitor_seen"],
        "who": first_name(row["agent"]) if row["met"] else None,
        "place": row["place"],
        "minutes": usual.get(row["queue"]) if row["place"] else None,
        "ended": row["ended_by"] if row["ended_at"] else None,
        "mail": masked(row["email"]),
        "rate": links.token(row["survey"]) if row["ended_at"] and row["survey"] else None,
    }


def masked(email: str) -> str | None:
    """Enough of an address to know one's own, too little to learn somebody's."""
    local, at, domain = email.partition("@")
    return f"{local[:1]}…{at}{domain}" if at else None


def usual_minutes(now: datetime) -> Mapping[str | None, int]:
    """Queue -> the minutes within which four in five chats were answered of late; queues with too few are left out."""
    kept = next(iter(_usual), None)
    if kept is None or not timedelta() <= now - kept[0] < KEPT_FOR:
        rows = cursor().execute(USUAL, {"since": now - LATELY, "enough": ENOUGH})
        minutes = {row["queue"]: max(1, ceil(row["seconds"] / 60)) for row in rows}
        kept = (now, {queue: number for queue, number in minutes.items() if number <= LONGEST})
        _usual[:] = [kept]
    return kept[1]


def file(visitor: Visitor, number: int) -> Row:
    """A file of a message that the visitor's window shows: name, content_type, sha256. Raises NotFound."""
    row = cursor().execute(FILE, {"widget": visitor.widget, "visitor": visitor.key, "file": number}).fetchone()
    if row is None:
        raise NotFound(_("There is no such file."))
    return row


def forget() -> None:
    """Drop what this process has measured."""
    _usual.clear()


MESSAGES: Final = load("queries/chat_messages.sql")
STATES: Final = load("queries/chat_states.sql")
LAST: Final = """
SELECT chat.ticket_id AS ticket, customer.name FROM store_chat AS chat
JOIN store_ticket AS ticket ON ticket.id = chat.ticket_id
JOIN store_customer AS customer ON customer.id = ticket.customer_id
WHERE chat.widget_id = %(widget)s AND chat.visitor = %(visitor)s
ORDER BY chat.ended_at IS NULL DESC, chat.id DESC LIMIT 1
"""
USUAL: Final = """
SELECT t.queue,
       percentile_cont(0.8) WITHIN GROUP (ORDER BY extract(epoch FROM t.first_response_at - c.started_at)) AS seconds
FROM store_chat AS c JOIN store_ticket AS t ON t.id = c.ticket_id
WHERE c.started_at > %(since)s AND t.first_response_at >= c.started_at
GROUP BY t.queue HAVING count(*) >= %(enough)s
"""
FILE: Final = """
SELECT a.name, a.content_type, a.sha256 FROM store_attachment AS a
JOIN store_message AS m ON m.id = a.message_id
JOIN store_ticket AS t ON t.id = m.ticket_id
JOIN store_chat AS c ON c.ticket_id = m.ticket_id
WHERE a.id = %(file)s AND c.widget_id = %(widget)s AND c.visitor = %(visitor)s
  AND (m.kind = 'agent' OR (m.kind = 'customer' AND m.customer_id = t.customer_id))
"""
