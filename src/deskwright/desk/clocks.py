"""The worker's beat: clocks whose next mark has come are acted on, in batches that any number of workers may share."""

from __future__ import annotations

from datetime import datetime

from deskwright.desk.cases import Happening
from deskwright.desk.step import step
from deskwright.desk.working import take_up
from deskwright.engine.events import ClockMark
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.sql import load


def tick(now: datetime, limit: int = 1000) -> int:
    """Act on at most `limit` due marks. Returns how many were claimed: 0 when none is due or others have them.

    A breach is dated at its due instant, never at the moment a worker woke up; of several marks that passed, only the
    highest is told. Tickets are locked before their clocks, as everywhere.
    """
    with deed() as sql:
        due = sql.execute(DUE, {"now": now, "limit": limit}).fetchall()
        if not due:
            return 0
        cases = take_up(sql, sorted({row["ticket_id"] for row in due}), now)
        for row in due:
            mark = ClockMark(metric=row["metric"], cycle=row["cycle"], share=row["next_mark"])
            cases[row["ticket_id"]].happen(Happening(mark, now))
        working = list(cases.values())
        step(sql, working, rows.present(sql).desk)
        return len(due)


DUE = load("queries/due_marks.sql")
