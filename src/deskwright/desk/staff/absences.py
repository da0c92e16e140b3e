"""Absences end by themselves, and the work of those who stay away longer than the policy bears is handed on.

Both are due work that any number of workers may share; doing either twice changes nothing more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from deskwright.desk import workflows
from deskwright.desk.staff.people import people_changed
from deskwright.desk.staff.returns import HELD, consider, offer
from deskwright.engine import assignment
from deskwright.engine.events import Reconsidered
from deskwright.store.connection import deed

Cursor = psycopg.Cursor[dict[str, Any]]


def end_absences(now: datetime, limit: int) -> int:
    """Switch agents on whose absence was to end by now, and offer them what waits. Returns how many came back."""
    with deed() as sql:
        back = [row["id"] for row in sql.execute(END, {"now": now, "limit": limit})]
        if back:
            people_changed(sql)
            offer(sql, back, now)
        return len(back)


def hand_on_work(now: datetime, limit: int) -> int:
    """Ask who gets the live tickets of agents away for longer than `assignment.hand_on_after` of the live workflow.

    Returns how many tickets were claimed, `limit` at most; 0 where the policy leaves the work of absent agents.
    """
    with deed() as sql:
        names = overdue(sql, now)
        if not names:
            return 0
        held = sql.execute(HELD, {"agents": list(names), "limit": limit}).fetchall()
        events = {row["id"]: Reconsidered(f"{names[row['assignee_id']]} is away", reroute=False) for row in held}
        return consider(sql, dict(events), now)


def overdue(sql: Cursor, now: datetime) -> dict[int, str]:
    """Agents who have been away for longer than the policy bears, with their names."""
    workflow, found = workflows.live(), {}
    if workflow.assignment.hand_on_after is None:
        return {}
    for row in sql.execute(AWAY):
        ends = assignment.hand_on_from(workflow, row["away_since"])
        if ends is not None and ends <= now:
            found[row["id"]] = row["name"]
    return found


END = """
UPDATE store_agent SET available = true, away_since = NULL, away_until = NULL
WHERE id IN (
    SELECT id FROM store_agent WHERE away_until <= %(now)s AND NOT available AND is_active
    ORDER BY away_until LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""
AWAY = "SELECT id, name, away_since FROM store_agent WHERE NOT available AND away_since IS NOT NULL AND is_active"
