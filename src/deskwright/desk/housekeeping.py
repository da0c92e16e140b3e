"""What the desk forgets in time: answers kept for repeated requests, sessions that have ended. Never a message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from deskwright.store.connection import deed

KEYS_KEPT: Final = timedelta(days=1)


def forget_keys(now: datetime, limit: int) -> int:
    """Drop answers to idempotent requests that are older than a day. Returns how many."""
    with deed() as sql:
        return sql.execute(FORGET_KEYS, {"before": now - KEYS_KEPT, "limit": limit}).rowcount


def end_sessions(now: datetime, limit: int) -> int:
    """Drop sessions that have run out. Returns how many."""
    with deed() as sql:
        return sql.execute(END_SESSIONS, {"now": now, "limit": limit}).rowcount


FORGET_KEYS = """
DELETE FROM store_idempotencykey WHERE id IN (
    SELECT id FROM store_idempotencykey WHERE created_at < %(before)s ORDER BY created_at LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
"""
END_SESSIONS = """
DELETE FROM django_session WHERE session_key IN (
    SELECT session_key FROM django_session WHERE expire_date < %(now)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
"""
