"""How the result of an experiment came to be: the same figure over the tickets opened up to each day. Reads only.

A point says what the tickets opened until then say today; the last one is the experiment's present result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, sqrt
from typing import Any, Final

from deskwright.desk.experiments import Standing
from deskwright.engine.experiments import CONTROL, VARIANT
from deskwright.engine.values import METRICS
from deskwright.lab.experiments import LEAST, Result, compare, sample_size
from deskwright.store.connection import cursor
from deskwright.store.sql import load

POINTS: Final = 40
"""At which the course is looked at."""
Values = dict[int, list[float]]
"""unit -> the values of its tickets."""


@dataclass(frozen=True, slots=True)
class Point:
    at: datetime
    result: Result


def course(standing: Standing, figure: str, now: datetime) -> list[Point]:
    """The result over time, from the first ticket to now; empty where there is none. One statement."""
    if standing.since is None:
        return []
    arms = [f"{standing.name}={arm}" for arm in (CONTROL, VARIANT)]
    statement = COURSE.format(figure=FIGURES[figure])
    rows = cursor().execute(statement, {"arms": arms}).fetchall()
    return list(points(rows, moments(standing.since, standing.stopped_at or now)))


def moments(begin: datetime, end: datetime) -> list[datetime]:
    """Evenly spaced instants, the last one `end`."""
    return [begin + (end - begin) * number / POINTS for number in range(1, POINTS + 1)]


def points(rows: Sequence[Mapping[str, Any]], cuts: Sequence[datetime]) -> Iterator[Point]:
    known: dict[str, Values] = {CONTROL: {}, VARIANT: {}}
    read = 0
    for number, at in enumerate(cuts):
        last = number == len(cuts) - 1
        while read < len(rows) and (last or rows[read]["created_at"] <= at):
            row, read = rows[read], read + 1
            if row["value"] is not None:
                known[row["arm"]].setdefault(row["unit"], []).append(row["value"])
        control, variant = ([sum(one) / len(one) for one in known[arm].values()] for arm in (CONTROL, VARIANT))
        yield Point(at, compare(control, variant))


def deviation(result: Result) -> float:
    """The standard deviation of a unit's value, both arms together; 0 where nothing is known."""
    arms = [one for one in (result.control, result.variant) if one.n > 1]
    units = sum(one.n for one in arms)
    return sqrt(sum(one.variance * one.n for one in arms) / units) if units else 0.0


def units_needed(difference: float, spread: float) -> int | None:
    """Customers in each arm that would show the difference in four of five cases; None where it cannot be said."""
    try:
        needed = sample_size(difference, spread)
    except (ValueError, OverflowError):
        return None
    return max(needed, LEAST)


def weeks_left(standing: Standing, needed: int, now: datetime) -> int | None:
    """Weeks until the smaller arm has so many customers, at the rate so far; None where there is no rate."""
    least = min(standing.units.values(), default=0)
    if standing.since is None or not least or needed <= least:
        return 0 if least and needed <= least else None
    weeks = max((now - standing.since).total_seconds() / (7 * 86400), 1 / 7)
    return ceil((needed - least) * weeks / least - 1e-9)


def _clock(metric: str, what: str) -> str:
    return f"SELECT {what} FROM store_clock WHERE ticket_id = t.id AND state <> 'cancelled' AND metric = '{metric}'"


SPENT: Final = "avg(used_seconds) FILTER (WHERE stopped_at IS NOT NULL) / 60"
MET: Final = "avg((breached_at IS NULL)::int) FILTER (WHERE stopped_at IS NOT NULL OR breached_at IS NOT NULL)"
FIGURES: Final[Mapping[str, str]] = {
    "csat": "t.csat",
    "reopened": "(t.reopen_count > 0)::int",
    "escalated": "(t.tier_number > 1)::int",
    **{metric: _clock(metric, SPENT) for metric in METRICS},
    **{f"{metric}_met": _clock(metric, MET) for metric in METRICS},
}
COURSE: Final = load("queries/experiment_course.sql")
