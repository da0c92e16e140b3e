"""Which conversation a message belongs to.

A signed Message-ID of ours proves it, a known one suggests it; a number in a subject opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from deskwright.desk.arrivals import Arrival
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]


@dataclass(slots=True)
class Threads:
    """What is known of the Message-IDs a batch names."""

    ticket_of: dict[str, int] = field(default_factory=dict)
    """Message-ID -> ticket, theirs and ours."""
    text_of: dict[str, str] = field(default_factory=dict)
    """Message-ID -> md5 of a stored message's text."""
    proved: set[int] = field(default_factory=set)
    """Tickets named by signed ids that exist."""

    def ticket(self, arrival: Arrival) -> int | None:
        """The ticket an arrival continues, or None."""
        if arrival.thread_ticket in self.proved:
            return arrival.thread_ticket
        return next((self.ticket_of[name] for name in arrival.references if name in self.ticket_of), None)


def find(sql: Cursor, batch: Sequence[Arrival]) -> Threads:
    """Look up every Message-ID and signed ticket of the batch in one statement (none when it names none)."""
    names = sorted({name for arrival in batch for name in (*arrival.references, arrival.mail_id) if name})
    signed = sorted({arrival.thread_ticket for arrival in batch if arrival.thread_ticket is not None})
    threads = Threads()
    if not names and not signed:
        return threads
    for row in sql.execute(FIND, {"names": names, "tickets": signed}):
        if row["mail_id"] is None:
            threads.proved.add(row["ticket_id"])
        else:
            threads.ticket_of[row["mail_id"]] = row["ticket_id"]
            if row["md5"]:
                threads.text_of[row["mail_id"]] = row["md5"]
    return threads


FIND = load("queries/threads.sql")
