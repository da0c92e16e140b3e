"""What the desk forgets in time: answers kept for repeated requests, sessions that have ended. Never a message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from deskwright.desk import audit
from deskwright.desk.accounts import attempts
from deskwright.desk.outbox import pacing
from deskwright.store.connection import deed

KEYS_KEPT: Final = timedelta(days=1)


def forget_keys(now: datetime, limit: int) -> int:
    """Drop answers to idempotent requests that are older than a day. Returns how many."""
    with deed() as sql:
        return sql.execute(FORGET_KEYS, {"before": now - KEYS_KEPT, "limit": limit}).rowcount


def forget_runs(now: datetime, limit: int, kept: timedelta) -> int:
    """Drop what the log of automations says of runs longer ago than `kept`, the oldest first. Returns how many. The
    tickets' own events keep what was done.
    """
    with deed() as sql:
        return sql.execute(FORGET_RUNS, {"before": now - kept, "limit": limit}).rowcount


def forget_attempts(now: datetime, limit: int) -> int:
    """Drop tries at signing in that are not counted any more. Returns how many."""
    return attempts.forget(now, limit)


def forget_audit(now: datetime, limit: int, kept: timedelta, access_kept: timedelta) -> int:
    """Drop entries of the audit log older than `kept`, looks at data older than `access_kept`; the oldest first.

    Returns the most of one kind, so that a full batch goes on at once.
    """
    spans = {audit.CHANGE: kept, audit.SIGN_IN: kept, audit.ACCESS: access_kept}
    return max(audit.retain(now - span, limit, kind) for kind, span in spans.items())


def forget_paces(now: datetime, limit: int) -> int:
    """Drop paces of mail nobody has used for long. Returns how many."""
    with deed() as sql:
        return pacing.forget(sql, now, limit)


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
FORGET_RUNS = """
DELETE FROM store_automationrun WHERE id IN (
    SELECT id FROM (SELECT id, at FROM store_automationrun ORDER BY id LIMIT %(limit)s) AS oldest WHERE at < %(before)s
)
"""
END_SESSIONS = """
DELETE FROM django_session WHERE session_key IN (
    SELECT session_key FROM django_session WHERE expire_date < %(now)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
"""
