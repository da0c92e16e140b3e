"""What visitors say: each message goes through the desk's one way in, and a first one begins a chat with its ticket.

A message carries an id its browser made, so that however often it is sent it is taken once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.desk import clock
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, File, Key, Outcome, Person
from deskwright.desk.arriving.batcher import Batcher
from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.customers.consequences import find_anew
from deskwright.desk.errors import Invalid
from deskwright.store.connection import deed
from deskwright.store.live import announce
from deskwright.text.excerpt import excerpt

Cursor = psycopg.Cursor[dict[str, Any]]
CHANNEL: Final = "chat"
log = logging.getLogger("deskwright.chat")
LONGEST: Final = 10_000
SUBJECT: Final = 80


@dataclass(frozen=True, slots=True)
class Said:
    """`once` is the browser's own id of the message; `name` and `email` are what was asked before the first one."""

    visitor: Visitor
    once: str
    text: str
    page: str = ""
    language: str = ""
    name: str = ""
    email: str = ""
    files: tuple[File, ...] = ()
    host: str = ""
    """The desk's host name, as the window calls it."""
    brand: int | None = None
    """The brand of the window, where it has one."""


def checked(text: str, files: Sequence[File] = ()) -> str:
    """The words as they are kept. Raises Invalid for none, or too many."""
    words = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not words and not files:
        raise Invalid(_("Write something first."), {"text": "empty"})
    if len(words) > LONGEST:
        sentence = _("This is too long: at most %(longest)s characters.") % {"longest": f"{LONGEST:,}"}
        raise Invalid(sentence, {"text": "too long"})
    return words


def say(batch: Sequence[Said], now: datetime) -> list[Outcome]:
    """Take in what several visitors say, in one transaction: outcomes in order, durable when this returns."""
    with deed() as sql:
        hold(sql, batch)
        chats = open_chats(sql, batch)
        arrivals: list[Arrival] = []
        for said in batch:
            arrivals.append(arrival(said, chats.get(place(said)), arrivals))
        outcomes = intake.receive(arrivals, now)
        for said, outcome in zip(batch, outcomes, strict=True):
            keep(sql, said, outcome, chats, now)
        return outcomes


def of_chat() -> Batcher[Said, Outcome]:
    """What gathers visitors' messages into common transactions."""
    return Batcher("chat", lambda batch: say(batch, clock.now()))


def place(said: Said) -> tuple[int, str]:
    return said.visitor.widget, said.visitor.key


def hold(sql: Cursor, batch: Sequence[Said]) -> None:
    """One visitor's messages are taken one after the other, whichever process takes them."""
    sql.execute(HOLD, {"places": sorted({f"{widget}:{key}" for widget, key in map(place, batch)})})


def open_chats(sql: Cursor, batch: Sequence[Said]) -> dict[tuple[int, str], int]:
    """The ticket of each visitor's open chat."""
    widgets, visitors = zip(*{place(said) for said in batch}, strict=True)
    rows = sql.execute(OPEN, {"widgets": list(widgets), "visitors": list(visitors)})
    return {(row["widget_id"], row["visitor"]): row["ticket_id"] for row in rows}


def arrival(said: Said, ticket: int | None, before: Sequence[Arrival]) -> Arrival:
    """The message as intake takes it: on the visitor's open chat, or after what they said in the same batch."""
    text = said.text or ", ".join(file.name for file in said.files)
    person = said.visitor.person
    theirs = [one.mail_id for one in before if one.requester == person and one.mail_id]
    return Arrival(
        channel=CHANNEL,
        requester=Person(person.value, person.name or said.name.strip()[:120] or nickname(said), person.kind),
        subject=excerpt(text, SUBJECT),
        text=text,
        new_text=text,
        files=said.files,
        host=said.host,
        brand=said.brand,
        mail_id=mail_id(said),
        references=tuple(reversed(theirs)),
        thread_ticket=ticket,
        key=Key(-said.visitor.widget, digest(said.visitor.key, said.once), digest(text)),
    )


def nickname(said: Said) -> str:
    """What agents call somebody who gave no name: enough to tell two of them apart."""
    return f"Visitor {digest(said.visitor.key)[:4].upper()}"


def mail_id(said: Said) -> str:
    """A Message-ID as every message has one; it begins with the browser's id, by which the window knows its own."""
    return f"<{said.once}.{digest(said.visitor.key)[:20]}@chat.{settings.MAIL_DOMAIN}>"


def digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()


def keep(sql: Cursor, said: Said, outcome: Outcome, chats: Mapping[tuple[int, str], int], now: datetime) -> None:
    """The chat beside its ticket: begun with the first message, or anew when the old ticket was solved too long ago."""
    ticket = outcome.ticket_id
    if ticket is None or outcome.replayed or outcome.disposition == "duplicate" or chats.get(place(said)) == ticket:
        return
    widget, visitor = place(said)
    values = {"widget": widget, "visitor": visitor, "ticket": ticket, "now": now}
    ended = [row["ticket_id"] for row in sql.execute(END_OLD, values)]
    if ended:
        announce(sql, ended)
    sql.execute(BEGIN, values | {"page": said.page[:2000], "language": said.language[:12]})
    if said.email and not said.visitor.email:
        found = sql.execute(REACHED_AT, {"ticket": ticket, "email": said.email}).fetchall()
        if found:
            find_anew(sql, now, customers=[row["id"] for row in found], besides=[ticket])
    log.info("A chat began on %s: ticket %s", said.page or "a page that does not say", ticket)


HOLD: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('deskwright.chat:' || held.place, 0))
FROM (SELECT place FROM unnest(%(places)s::text[]) AS place ORDER BY place) AS held
"""
OPEN: Final = """
SELECT chat.widget_id, chat.visitor, chat.ticket_id FROM store_chat AS chat
JOIN unnest(%(widgets)s::bigint[], %(visitors)s::text[]) AS wanted (widget, visitor)
  ON chat.widget_id = wanted.widget AND chat.visitor = wanted.visitor
WHERE chat.ended_at IS NULL
"""
END_OLD: Final = """
UPDATE store_chat SET ended_at = %(now)s, ended_by = 'desk'
WHERE widget_id = %(widget)s AND visitor = %(visitor)s AND ended_at IS NULL AND ticket_id <> %(ticket)s
RETURNING ticket_id
"""
BEGIN: Final = """
INSERT INTO store_chat
    (ticket_id, widget_id, visitor, page, language, started_at, here_at, visitor_seen, agent_seen, ended_by)
VALUES (%(ticket)s, %(widget)s, %(visitor)s, %(page)s, %(language)s, %(now)s, %(now)s, 0, 0, '')
ON CONFLICT (ticket_id) DO UPDATE SET ended_at = NULL, ended_by = '', by_mail_since = NULL, here_at = EXCLUDED.here_at
WHERE store_chat.visitor = EXCLUDED.visitor
"""
REACHED_AT: Final = """
UPDATE store_customer AS customer SET email = %(email)s
FROM store_ticket AS ticket
WHERE ticket.id = %(ticket)s AND customer.id = ticket.customer_id AND customer.email = ''
RETURNING customer.id
"""
