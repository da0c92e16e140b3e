"""Which conversation a message belongs to.

A signed Message-ID of ours proves it, a known one suggests it; a number in a subject opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from deskwright.desk.arriving.arrivals import Arrival
from deskwright.desk.cases import Case
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Copy:
    """A message that carries a Message-ID: what tells whether an arrival is the same mail."""

    words: str
    """md5 of its text."""
    sender: int | None
    """The customer; None where an agent wrote it."""
    queue: str | None
    """The queue that the address it came for names."""
    ticket: Case | int


@dataclass(slots=True)
class Threads:
    """What is known of the Message-IDs a batch names."""

    ticket_of: dict[str, int] = field(default_factory=dict)
    """Message-ID -> ticket, theirs and ours."""
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    """Message-ID -> the stored messages that carry it."""
    proved: dict[int, int] = field(default_factory=dict)
    """Tickets named by signed ids that exist -> the ticket they are part of, or themselves."""
    awaited: dict[tuple[str, str], int] = field(default_factory=dict)
    """(Message-ID, sender's address) -> ticket whose mail answers it, of senders who take part there."""
    marked: dict[tuple[int, str], int] = field(default_factory=dict)
    """(Ticket named by a signed mark, sender's address) -> that ticket, of senders who take part in it."""
    requesters: dict[int, set[int]] = field(default_factory=dict)
    """Ticket -> customers who asked what was merged into it."""
    parties: dict[int, set[str]] = field(default_factory=dict)
    """Ticket -> addresses of those who take part beside the requester."""

    def ticket(self, arrival: Arrival) -> int | None:
        """The ticket an arrival continues, or None."""
        if arrival.thread_ticket in self.proved:
            return self.proved[arrival.thread_ticket]
        known = next((self.ticket_of[name] for name in arrival.references if name in self.ticket_of), None)
        sender = arrival.requester.value.lower()
        awaited = self.awaited.get((arrival.mail_id or "", sender))
        return known or awaited or self.marked.get((arrival.marked_ticket or 0, sender))


def find(sql: Cursor, batch: Sequence[Arrival]) -> Threads:
    """Look up every Message-ID and signed ticket of the batch in one statement (none when it names none)."""
    names = sorted({name for arrival in batch for name in (*arrival.references, arrival.mail_id) if name})
    threads = Threads(marked=by_marks(sql, batch))
    signed = {arrival.thread_ticket for arrival in batch if arrival.thread_ticket is not None}
    if not names and not signed and not threads.marked:
        return threads
    for row in sql.execute(FIND, {"names": names, "tickets": sorted(signed.union(threads.marked.values()))}):
        if row["customers"]:
            threads.requesters[row["ticket_id"]] = set(row["customers"])
        if row["parties"]:
            threads.parties[row["ticket_id"]] = set(row["parties"])
        if row["mail_id"] is None:
            threads.proved[row["named"]] = row["ticket_id"]
        else:
            threads.ticket_of[row["mail_id"]] = row["ticket_id"]
            if row["md5"]:
                copy = Copy(row["md5"], row["customer_id"], row["queue"], row["ticket_id"])
                threads.copies.setdefault(row["mail_id"], []).append(copy)
    threads.awaited = awaited(sql, batch)
    return threads


def awaited(sql: Cursor, batch: Sequence[Arrival]) -> dict[tuple[str, str], int]:
    """Mails that somebody has answered already, where their senders take part: (Message-ID, sender) -> ticket."""
    mails = [(one.mail_id, one.requester.value.lower()) for one in batch if one.mail_id]
    if not mails:
        return {}
    names, senders = zip(*mails, strict=True)
    rows = sql.execute(AWAITED, {"names": list(names), "senders": list(senders)})
    return {(row["mail_id"], row["sender"]): row["ticket_id"] for row in rows}


def by_marks(sql: Cursor, batch: Sequence[Arrival]) -> dict[tuple[int, str], int]:
    """The tickets that marks name, of senders who take part there: (ticket, sender) -> ticket."""
    named = [(one.marked_ticket, one.requester.value.lower()) for one in batch if one.marked_ticket is not None]
    if not named:
        return {}
    tickets, senders = zip(*named, strict=True)
    rows = sql.execute(MARKED, {"tickets": list(tickets), "senders": list(senders)})
    return {(row["id"], row["sender"]): row["id"] for row in rows}


def await_answered(sql: Cursor, waiting: Sequence[tuple[str, int]], now: datetime) -> None:
    """These Message-IDs are answered on these tickets; their mails may be on the way for a month."""
    if waiting:
        names, tickets = zip(*waiting, strict=True)
        values = {"names": list(names), "tickets": list(tickets), "now": now, "old": now - EXPECTED}
        sql.execute(AWAIT, values)


EXPECTED = timedelta(days=30)
AWAITED = """
SELECT a.mail_id, given.sender, a.ticket_id
FROM unnest(%(names)s::text[], %(senders)s::text[]) AS given (mail_id, sender)
JOIN store_awaitedmail AS a USING (mail_id) JOIN store_ticket AS t ON t.id = a.ticket_id
JOIN store_customer AS c ON c.id = t.customer_id
WHERE lower(c.email) = given.sender
   OR EXISTS (SELECT 1 FROM store_participant AS p
              WHERE p.ticket_id = t.id AND p.email = given.sender AND NOT p.removed)
"""
MARKED = """
SELECT t.id, given.sender
FROM unnest(%(tickets)s::bigint[], %(senders)s::text[]) AS given (ticket, sender)
JOIN store_ticket AS t ON t.id = given.ticket JOIN store_customer AS c ON c.id = t.customer_id
WHERE lower(c.email) = given.sender
   OR EXISTS (SELECT 1 FROM store_identity AS i
              WHERE i.customer_id = c.id AND i.kind = 'email' AND i.value = given.sender)
   OR EXISTS (SELECT 1 FROM store_participant AS p
              WHERE p.ticket_id IN (t.id, t.merged_into_id) AND p.email = given.sender AND NOT p.removed)
"""
AWAIT = """
WITH gone AS (DELETE FROM store_awaitedmail WHERE created_at < %(old)s)
INSERT INTO store_awaitedmail (mail_id, ticket_id, created_at)
SELECT given.mail_id, given.ticket_id, %(now)s FROM unnest(%(names)s::text[], %(tickets)s::bigint[])
    AS given (mail_id, ticket_id) ON CONFLICT (mail_id) DO NOTHING
"""
FIND = load("queries/threads.sql")
