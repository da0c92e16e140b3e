"""What happens in a chat beside words: visitors read, stay, leave, end it, and say where answers may go by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk.answering.recipients import own, valid
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Key, Person
from deskwright.desk.chat.reading import chat_of
from deskwright.desk.chat.saying import SUBJECT, digest
from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.customers.consequences import find_anew
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.tickets.remarks import remark
from deskwright.desk.working import take_up_one
from deskwright.store.connection import deed
from deskwright.store.live import PRESENCE, announce, presence, say
from deskwright.store.models import Customer
from deskwright.text.excerpt import excerpt

Cursor = psycopg.Cursor[dict[str, Any]]
VISITOR: Final = 0
"""Stands for the visitor where agents are named by number."""


def seen_by_visitor(visitor: Visitor, upto: int, *, now: datetime) -> None:
    """Everything up to this message was before the visitor's eyes: what the desk sent by chat has arrived."""
    with deed() as sql:
        row = sql.execute(SEEN, {"widget": visitor.widget, "visitor": visitor.key, "upto": upto}).fetchone()
        if row is not None:
            sql.execute(ARRIVED, {"ticket": row["ticket_id"], "upto": upto, "now": now})
            announce(sql, [row["ticket_id"]])


def stay(tickets: Sequence[int], *, now: datetime) -> None:
    """The visitors of these chats are connected at this moment."""
    with deed() as sql:
        sql.execute(HERE, {"tickets": sorted(tickets), "now": now})


def end(visitor: Visitor, *, now: datetime) -> None:
    """The visitor ends the chat; the ticket stays for whoever answers it. Nothing happens when it is over."""
    with deed() as sql:
        ticket = current(sql, visitor)
        if ticket is None:
            return
        case = take_up_one(sql, ticket, now)
        if finish(sql, ticket, "visitor", now):
            remark(sql, case, "chat_ended", None, {"by": "visitor"}, now)


def finish(sql: Cursor, ticket: int, by: str, now: datetime) -> bool:
    """Whether the chat was open until now. Part of the caller's deed, which holds its ticket."""
    return sql.execute(END, {"ticket": ticket, "by": by, "now": now}).rowcount > 0


def go_on_by_mail(visitor: Visitor, email: str, *, now: datetime) -> None:
    """Answers that find nobody at the window go to this address. Raises NotFound without a chat, Invalid.

    It proves nothing: the address joins no customer until somebody writes from it.
    """
    address = email.strip()
    if not valid(address) or own(address):
        raise Invalid(_("This is not a mail address."), {"email": "not an address"})
    with deed() as sql:
        ticket = current(sql, visitor)
        if ticket is None:
            raise NotFound(_("There is no chat any more."))
        case = take_up_one(sql, ticket, now)
        if not visitor.email:
            strangers = Customer.objects.filter(pk=case.row["customer_id"]).exclude(identities__kind="email")
            if strangers.update(email=address):
                find_anew(sql, now, customers=[case.row["customer_id"]])
        sql.execute(DUE_AGAIN, {"ticket": ticket, "now": now})
        remark(sql, case, "chat_address_given", None, {"email": address}, now)


def leave_message(
    visitor: Visitor,
    once: str,
    text: str,
    email: str,
    name: str,
    *,
    now: datetime,
    host: str = "",
    brand: int | None = None,
) -> int:
    """What somebody leaves while nobody is here becomes a ticket by mail, of the brand, else of the one at this host.
    Returns it.

    Raises Invalid, and what intake refuses. The same `once` twice is one.
    """
    address = visitor.email or email.strip()
    if not valid(address) or own(address):
        raise Invalid(_("This is not a mail address."), {"email": "not an address"})
    arrival = Arrival(
        channel="portal",
        requester=Person(address, visitor.name or name),
        subject=excerpt(text, SUBJECT),
        text=text,
        new_text=text,
        trusted=bool(visitor.email),
        host=host,
        brand=brand,
        key=Key(-visitor.widget, digest(visitor.key, once), digest(address, text)),
    )
    (outcome,) = intake.receive([arrival], now)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def say_writing(visitor: Visitor) -> None:
    """Agents who have the ticket open see that the visitor writes; nothing of it is kept."""
    row = chat_of(visitor)
    if row is None:
        return
    with deed() as sql:
        say(sql, PRESENCE, *presence(writes=[(row["ticket"], VISITOR, row["name"])]))


def current(sql: Cursor, visitor: Visitor) -> int | None:
    row = sql.execute(CURRENT, {"widget": visitor.widget, "visitor": visitor.key}).fetchone()
    return int(row["ticket_id"]) if row else None


CURRENT: Final = """
SELECT ticket_id FROM store_chat WHERE widget_id = %(widget)s AND visitor = %(visitor)s AND ended_at IS NULL
"""
SEEN: Final = """
UPDATE store_chat SET visitor_seen = %(upto)s
WHERE visitor_seen < %(upto)s AND id = (
    SELECT id FROM store_chat WHERE widget_id = %(widget)s AND visitor = %(visitor)s
    ORDER BY ended_at IS NULL DESC, id DESC LIMIT 1
)
RETURNING ticket_id
"""
ARRIVED: Final = """
UPDATE store_delivery SET state = 'sent', sent_at = %(now)s, due_at = NULL, last_error = ''
WHERE channel = 'chat' AND state = 'due' AND ticket_id = %(ticket)s AND message_id <= %(upto)s
"""
DUE_AGAIN: Final = """
UPDATE store_delivery SET due_at = %(now)s
WHERE channel = 'chat' AND state = 'due' AND due_at IS NULL AND ticket_id = %(ticket)s
"""
HERE: Final = """
UPDATE store_chat SET here_at = %(now)s, by_mail_since = NULL
WHERE ended_at IS NULL AND id IN (SELECT id FROM store_chat WHERE ticket_id = ANY(%(tickets)s) ORDER BY id FOR UPDATE)
"""
END: Final = """
UPDATE store_chat SET ended_at = %(now)s, ended_by = %(by)s WHERE ticket_id = %(ticket)s AND ended_at IS NULL
"""
