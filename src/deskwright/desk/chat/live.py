"""The chat as a way out: an answer waits in the outbox for the visitor's window to show it, or goes by mail in the end.

It imports no other deed: whatever writes to customers may ask it whether the visitor is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk.errors import Conflict
from deskwright.desk.outbox.due import due_delivery
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
Row = Mapping[str, Any]
CHANNEL: Final = "chat"
GONE_AFTER: Final = timedelta(minutes=2)
"""After this long without a connection the visitor has left: answers go by mail at once, if there is an address."""
READ_WITHIN: Final = timedelta(minutes=2)
"""What the window has not shown by then goes by mail if the visitor has left."""


def there(sql: Cursor, ticket: Row, now: datetime) -> str | None:
    """Who gets an answer in the chat: its visitor, while it is open and no address is nearer. None: nobody does."""
    if ticket["channel"] != CHANNEL:
        return None
    row = sql.execute(OPEN, {"ticket": ticket["id"]}).fetchone()
    if row is None or (row["email"] and now - row["here_at"] > GONE_AFTER):
        return None
    return str(row["visitor"])


def refuse_open(sql: Cursor, tickets: Sequence[int]) -> None:
    """Raises Conflict for tickets whose visitor sits in a chat: another conversation is not theirs to read."""
    row = sql.execute(SITS, {"tickets": list(tickets)}).fetchone()
    if row is not None:
        raise Conflict(_("#%(number)s is an open chat. End it first.") % {"number": row["ticket_id"]})


def delivery(ticket: int, message: Row, visitor: str) -> dict[str, Any]:
    """The row of the outbox: sent when the visitor's window has shown it."""
    row = due_delivery(ticket, message["id"], visitor, message["mail_id"], {}, message["created_at"], CHANNEL)
    return row | {"due_at": row["created_at"] + READ_WITHIN}


SITS: Final = """
SELECT ticket_id FROM store_chat WHERE ticket_id = ANY(%(tickets)s) AND ended_at IS NULL ORDER BY ticket_id LIMIT 1
"""
OPEN: Final = f"""
SELECT chat.visitor, chat.here_at, customer.email FROM store_chat AS chat
JOIN store_ticket AS ticket ON ticket.id = chat.ticket_id
JOIN store_customer AS customer ON customer.id = ticket.customer_id
WHERE chat.ticket_id IN ({load("queries/family.sql")}) AND chat.ended_at IS NULL
ORDER BY chat.ticket_id = %(ticket)s DESC, chat.id DESC LIMIT 1
"""
