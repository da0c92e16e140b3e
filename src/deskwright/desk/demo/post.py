"""The demo's mails were never meant to leave: they are marked as sent at the simulated moment they were written.

The one place of the demo that touches rows itself, inside the demo's transaction: no worker ever sees them due.
"""

from __future__ import annotations

from datetime import datetime

from deskwright.store.connection import deed


def mark_sent(until: datetime) -> int:
    """Mark the mails written up to `until` as sent two seconds after; returns how many."""
    with deed() as sql:
        return sql.execute(SENT, [until]).rowcount


SENT = """
UPDATE store_delivery
SET state = 'sent', sent_at = created_at + interval '2 seconds', attempts = 1, due_at = NULL
WHERE state = 'due' AND created_at <= %s
"""
