"""Small work that follows a commit, as rows: added in the caller's transaction, claimed in batches by any worker.

A row is deleted in the transaction that does its work, so a worker that dies leaves it due. What the work is, it never
knows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from deskwright.store.connection import deed
from deskwright.store.outage import AWAY
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
Act = Callable[[Cursor, Sequence[int]], None]
"""Does the work for these subjects inside the claiming transaction."""

ATTEMPTS: Final = 20
"""After this many failures a row stays, for people to see, and is not claimed again."""
FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(hours=1)

log = logging.getLogger("deskwright.queue")


def add(sql: Cursor, kind: str, subjects: Iterable[int], due_at: datetime) -> None:
    """One row for each subject, due at `due_at` (UTC), in the caller's transaction."""
    sql.execute(ADD, {"kind": kind, "subjects": list(subjects), "due_at": due_at})


def work_off(kind: str, now: datetime, limit: int, act: Act) -> int:
    """Claim at most `limit` due rows and act on their subjects in one transaction. Returns how many rows were claimed.

    When a batch fails, its rows are tried one by one; those that fail alone wait longer each time. Raises what a
    database that is away raises; the rows are then due as before.
    """
    try:
        with deed() as sql:
            claimed = claim(sql, kind, now, limit)
            if claimed:
                act(sql, sorted({row["subject"] for row in claimed}))
                sql.execute(DONE, {"ids": [row["id"] for row in claimed]})
            return len(claimed)
    except AWAY:
        raise
    except Exception:
        log.warning("A batch of %s failed; taking it one by one", kind, exc_info=True)
        return one_by_one(kind, now, limit, act)


def claim(sql: Cursor, kind: str, now: datetime, limit: int) -> list[dict[str, Any]]:
    """Due rows (id, subject, attempts), locked until the transaction ends; those of other workers are skipped."""
    return sql.execute(CLAIM, {"kind": kind, "now": now, "limit": limit}).fetchall()


def one_by_one(kind: str, now: datetime, limit: int, act: Act) -> int:
    """Each row in its own transaction. A row that fails is postponed, so every round claims another."""
    worked = 0
    for _ in range(limit):
        found = alone(kind, now, act)
        if not found:
            break
        worked += 1
    return worked


def alone(kind: str, now: datetime, act: Act) -> bool:
    with deed() as sql:
        claimed = claim(sql, kind, now, 1)
        for row in claimed:
            try:
                with deed():
                    act(sql, [row["subject"]])
                sql.execute(DONE, {"ids": [row["id"]]})
            except AWAY:
                raise
            except Exception as error:
                postpone(sql, row, error, now)
        return bool(claimed)


def postpone(sql: Cursor, row: dict[str, Any], error: Exception, now: datetime) -> None:
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row["attempts"], 10))
    sql.execute(POSTPONE, {"id": row["id"], "due_at": now + pause, "error": f"{type(error).__name__}: {error}"[:2000]})
    log.warning("%s work failed: %s", row["kind"], error)


ADD = """
INSERT INTO store_duework (kind, subject, due_at, attempts, last_error)
SELECT %(kind)s, subject, %(due_at)s, 0, '' FROM unnest(%(subjects)s::bigint[]) AS subject
"""
CLAIM = load("queries/claim_work.sql")
DONE = "DELETE FROM store_duework WHERE id = ANY(%(ids)s)"
POSTPONE = """
UPDATE store_duework SET attempts = attempts + 1, due_at = %(due_at)s, last_error = %(error)s WHERE id = %(id)s
"""
