"""The thread a mail of ours continues, as each of its readers knows it: ids, oldest first, and its subject.

Every copy of a mail has a Message-ID of its own, so that a bounce names one reader. What a reader is sent refers to the
copies they were sent; the requester's copies carry the ids of the messages themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Thread:
    ids: Sequence[str] = ()
    copies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """reader -> the id of a message -> the id of the copy this reader got."""
    subject: str = ""
    """As the latest answer had it: programs that group by subject must not lose the thread when a ticket is renamed."""

    def lines(self, reader: str, shared: str | None = None) -> dict[str, Any]:
        """In-Reply-To and References for this reader.

        `shared` is the id of the requester's copy of this very mail, where the reader's is another. At the beginning of
        a thread it is all that two readers have in common, so that what one of them answers finds its place at the
        other's.
        """
        own = self.copies.get(reader, {})
        chain = [own.get(one, one) for one in self.ids]
        return {
            "in_reply_to": chain[-1] if chain else None,
            "references": chain or ([shared] if shared else []),
        }


def thread_of(sql: Cursor, ticket_id: int, others: Iterable[str] = ()) -> Thread:
    """The conversation of the ticket with what was merged into it; notes and reports of machines left out.

    `others` are readers beside the requester.
    """
    ids = [row["mail_id"] for row in sql.execute(THREAD, {"ticket": ticket_id})]
    copies: dict[str, dict[str, str]] = {}
    readers = list(others)
    if readers:
        for row in sql.execute(COPIES, {"ticket": ticket_id, "readers": readers}):
            copies.setdefault(row["recipient"], {})[row["mail_id"]] = row["copy"]
    subject = sql.execute(SUBJECT, {"ticket": ticket_id}).fetchone()
    return Thread(ids, copies, subject["subject"] if subject else "")


FAMILY = load("queries/family.sql")
THREAD = f"""
SELECT mail_id FROM store_message
WHERE ticket_id IN ({FAMILY}) AND mail_id IS NOT NULL AND kind <> 'note'
  AND NOT (kind = 'automatic' AND raw_id IS NOT NULL)
ORDER BY created_at, id
"""
COPIES = f"""
SELECT delivery.recipient, message.mail_id, delivery.mail_id AS copy
FROM store_message AS message JOIN store_delivery AS delivery ON delivery.message_id = message.id
WHERE message.ticket_id IN ({FAMILY}) AND delivery.recipient = ANY(%(readers)s) AND delivery.again_of_id IS NULL
"""
SUBJECT = """
SELECT delivery.content ->> 'subject' AS subject
FROM store_message AS message JOIN store_delivery AS delivery ON delivery.message_id = message.id
WHERE message.ticket_id = %(ticket)s AND message.kind = 'agent' AND delivery.channel = 'email'
  AND delivery.content ->> 'subject' IS NOT NULL ORDER BY message.id DESC LIMIT 1
"""
