"""Chats as agents see them: those that are open, and how one of them stands. Reads only."""

from __future__ import annotations

from typing import Final

from deskwright.store.connection import cursor
from deskwright.store.queries.listing import Row, Visible
from deskwright.store.sql import load

MOST: Final = 100


def open_chats(visible: Visible, *, mine: int | None = None) -> list[Row]:
    """At most `MOST`, those whose visitor waits longest first; `mine` keeps to one agent's."""
    statement = load("queries/chats.sql").format(visible=visible.sql)
    return list(cursor().execute(statement, {"limit": MOST, "mine": mine, **visible.params}))


def chat(ticket: int) -> Row | None:
    """The chat of a ticket, None when it has none."""
    return cursor().execute(CHAT, {"ticket": ticket}).fetchone()


CHAT: Final = """
SELECT c.ticket_id, c.page, c.started_at, c.here_at, c.accepted_at, c.accepted_by_id, agent.name AS accepted_by,
       c.by_mail_since, c.ended_at, c.ended_by, c.visitor_seen, customer.email, customer.name,
       EXISTS (SELECT FROM store_identity AS i WHERE i.customer_id = customer.id AND i.kind = 'email') AS known
FROM store_chat AS c
JOIN store_ticket AS t ON t.id = c.ticket_id
JOIN store_customer AS customer ON customer.id = t.customer_id
LEFT JOIN store_agent AS agent ON agent.id = c.accepted_by_id
WHERE c.ticket_id = %(ticket)s
"""
