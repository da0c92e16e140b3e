"""A visitor who chatted without a name signs in at the shop: the chat goes on as theirs, and so does the customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.desk.arriving import requesters
from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.customers import merging
from deskwright.store.connection import deed

Cursor = psycopg.Cursor[dict[str, Any]]


def become(before: Visitor, after: Visitor, *, now: datetime) -> None:
    """The anonymous visitor turns out to be one the shop has signed for. Nothing happens without a chat.

    Whoever has any other identity than this window's was joined by an agent before: they stay as they are.
    """
    with deed() as sql:
        row = sql.execute(CHAT, {"widget": before.widget, "visitor": before.key}).fetchone()
        if row is None:
            return
        theirs = sql.execute(CHAT, {"widget": after.widget, "visitor": after.key}).fetchone()
        sql.execute(END if theirs else HAND_OVER, {"chat": row["id"], "visitor": after.key, "now": now})
        (known,) = requesters.resolve(sql, [after.person], now).values()
        if row["nobody"] and known != row["customer_id"]:
            merging.merge(None, "customer", known, row["customer_id"], now=now)


CHAT: Final = """
SELECT chat.id, ticket.customer_id, NOT EXISTS (
           SELECT FROM store_identity AS other
           WHERE other.customer_id = ticket.customer_id AND other.kind <> 'visitor') AS nobody
FROM store_chat AS chat JOIN store_ticket AS ticket ON ticket.id = chat.ticket_id
WHERE chat.widget_id = %(widget)s AND chat.visitor = %(visitor)s AND chat.ended_at IS NULL
FOR UPDATE OF chat
"""
HAND_OVER: Final = "UPDATE store_chat SET visitor = %(visitor)s WHERE id = %(chat)s"
END: Final = "UPDATE store_chat SET ended_at = %(now)s, ended_by = 'desk' WHERE id = %(chat)s"
