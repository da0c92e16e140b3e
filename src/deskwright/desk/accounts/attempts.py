"""How often something was tried, counted in the database: every process and host sees the same count.

A try is counted before it is judged, or judged under a lock, so many at once cannot slip past the limit together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from deskwright.store.connection import cursor, deed

KEPT: Final = timedelta(hours=24)
COUNT: Final = "INSERT INTO store_attempt (kind, who, at) VALUES (%(kind)s, %(who)s, %(at)s)"
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('deskwright.attempts ' || %(kind)s || ' ' || %(who)s, 0))"
NTH: Final = """
SELECT at FROM store_attempt WHERE kind = %(kind)s AND who = %(who)s AND at > %(since)s
ORDER BY at DESC OFFSET %(allowed)s - 1 LIMIT 1
"""
TAKE_BACK: Final = """
DELETE FROM store_attempt WHERE id = (
    SELECT id FROM store_attempt WHERE kind = %(kind)s AND who = %(who)s AND at = %(at)s LIMIT 1
)
"""
FORGET: Final = """
DELETE FROM store_attempt WHERE id IN (
    SELECT id FROM store_attempt WHERE at < %(before)s ORDER BY at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
"""


def admit(limits: Sequence[tuple[str, str, int, timedelta]], now: datetime) -> bool:
    """Remember a try under each (kind, who, allowed, window), unless one of them is used up: then nothing is counted.

    Tries at the same time are judged one after the other.
    """
    with deed() as sql:
        for kind, who in sorted(limit[:2] for limit in limits):
            sql.execute(LOCK, key(kind, who))
        if any(wait_seconds(*limit, now) for limit in limits):
            return False
        for kind, who, *_rest in limits:
            count(kind, who, now)
        return True


def count(kind: str, who: str, now: datetime) -> None:
    """Remember a try."""
    with deed() as sql:
        sql.execute(COUNT, {"kind": kind, "who": known_as(who), "at": now})


def wait_seconds(kind: str, who: str, allowed: int, window: timedelta, now: datetime) -> int:
    """Seconds until the next try is allowed; 0 when fewer than `allowed` fell within the window."""
    values = {"kind": kind, "who": known_as(who), "since": now - window, "allowed": allowed}
    row = cursor().execute(NTH, values).fetchone()
    return max(1, int((row["at"] + window - now).total_seconds())) if row else 0


def take_back(kind: str, who: str, at: datetime) -> None:
    """The try of this moment went well: it counts no more, earlier ones do."""
    with deed() as sql:
        sql.execute(TAKE_BACK, key(kind, who) | {"at": at})


def clear(kind: str, who: str) -> None:
    """It went well: the count begins anew."""
    with deed() as sql:
        sql.execute("DELETE FROM store_attempt WHERE kind = %(kind)s AND who = %(who)s", key(kind, who))


def key(kind: str, who: str) -> dict[str, str]:
    return {"kind": kind, "who": known_as(who)}


def known_as(who: str) -> str:
    """Nobody reads addresses out of this table."""
    return sha256(who.strip().casefold().encode()).hexdigest()


def forget(now: datetime, limit: int) -> int:
    """Drop tries nobody counts any more. Returns how many."""
    with deed() as sql:
        return sql.execute(FORGET, {"before": now - KEPT, "limit": limit}).rowcount
