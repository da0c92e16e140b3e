"""What an acknowledgement may honestly say about the first answer: the ticket's promise, and how fast it usually goes.

The promise is the clock's due time, which its calendar can keep. While many wait, the queue's own recent history says
what is usual; it is counted in business time, led through the same calendar, and never later than the promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

import psycopg

from deskwright.desk import workflows
from deskwright.desk.cases import Case, calendar_of
from deskwright.engine.values import FIRST_RESPONSE
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
LATELY: Final = timedelta(days=14)
ENOUGH: Final = 8
"""First answers of the queue below which nothing is called usual."""
BACKED_UP: Final = 5
"""Tickets that wait for their first answer, at least, before a queue counts as backed up."""
KEPT_FOR: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Queue:
    """`waiting` for a first answer now; `answered` first in the last day; `seconds` of business time of recent ones."""

    waiting: int = 0
    answered: int = 0
    seconds: tuple[float, ...] = ()

    @property
    def backed_up(self) -> bool:
        """More wait than are answered in a day."""
        return self.waiting >= BACKED_UP and self.waiting > self.answered

    @property
    def usual(self) -> float | None:
        """The median of its recent first answers in business seconds; None with too few of them."""
        return median(self.seconds) if len(self.seconds) >= ENOUGH else None


@dataclass(frozen=True, slots=True)
class Expectation:
    """Moments are UTC. `within` is how long it usually takes, in seconds; None where the desk closes in between."""

    promised: datetime | None
    usually_by: datetime | None = None
    within: float | None = None
    waiting: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"promised": self.promised, "usually_by": self.usually_by, "waiting": self.waiting}


_measured: list[tuple[datetime, Mapping[str, Queue]]] = []


def expectation(sql: Cursor, case: Case, at: datetime) -> Expectation:
    """What the requester of a ticket opened at `at` may expect."""
    clock = case.clocks.get((FIRST_RESPONSE, 1))
    if clock is None or clock.due_at is None or clock.stopped_at is not None:
        return Expectation(None)
    queue = measured(sql, case.row["queue"], at)
    if not queue.backed_up or queue.usual is None:
        return Expectation(clock.due_at)
    calendar = calendar_of(clock, workflows.version(case.row["workflow_version"]))
    usually_by = calendar.add(at, queue.usual / 60)
    if usually_by >= clock.due_at:
        return Expectation(clock.due_at, waiting=queue.waiting)
    without_a_break = (usually_by - at).total_seconds() < queue.usual + 60
    return Expectation(clock.due_at, usually_by, queue.usual if without_a_break else None, queue.waiting)


def measured(sql: Cursor, name: str | None, at: datetime) -> Queue:
    """The queue as all of them were measured within the last minutes: one statement, for any number of tickets."""
    kept = next(iter(_measured), None)
    if kept is None or not timedelta() <= at - kept[0] < KEPT_FOR:
        kept = (at, measure(sql, at))
        _measured[:] = [kept]
    return kept[1].get(name or "", Queue())


def measure(sql: Cursor, at: datetime) -> Mapping[str, Queue]:
    """Every queue in which somebody waits for a first answer."""
    rows = sql.execute(MEASURE, {"now": at, "since": at - LATELY, "most": 5000})
    return {row["queue"]: Queue(row["waiting"], row["answered"], tuple(row["seconds"] or ())) for row in rows}


def forget() -> None:
    """Drop what this process has measured."""
    _measured.clear()


MEASURE: Final = load("queries/first_answers.sql")
