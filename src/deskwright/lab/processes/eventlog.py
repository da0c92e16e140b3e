"""An event log: who did which activity of which case, from when to when. Rows in, cases out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from deskwright.engine.calendars.calendar import seconds

COLUMNS: Final = {
    "case": ("case_id", "case", "case:concept:name", "ticket", "ticket_id", "Case ID"),
    "activity": ("activity", "concept:name", "event", "action", "Activity"),
    "resource": ("resource", "org:resource", "agent", "user", "assignee", "Resource"),
    "begin": ("start_time", "start", "start_timestamp", "begin"),
    "end": ("end_time", "end", "time:timestamp", "timestamp", "complete_timestamp", "Complete Timestamp"),
    "lifecycle": ("lifecycle:transition", "lifecycle", "transition"),
}
"""What the log's parts are usually called; the first name that is there is taken."""
MAY_LACK: Final = frozenset({"begin", "resource", "lifecycle"})
BEGINS, ENDS = "start", "complete"
"""Of the steps of an activity's life; what else a log tells of it (scheduled, suspended ...) is left out."""
SHOWN: Final = 20
"""Faults told at most."""

Row = Mapping[str, str | None]
Moment = Callable[[str], datetime]


class Unreadable(ValueError):
    """The log cannot be read; each fault says which line or column and why."""

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        more = [f"and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        super().__init__("\n".join([*faults[:SHOWN], *more]))


@dataclass(frozen=True, slots=True)
class Step:
    """One activity of a case. Seconds since 1970 UTC."""

    activity: str
    resource: str
    begin: int
    end: int


Case = tuple[Step, ...]
"""Ordered by begin, then end."""


@dataclass(slots=True)
class Reading:
    """A log on its way in. `begun` are starts of activities whose end has not come yet: oldest first."""

    columns: Mapping[str, str]
    moment: Moment
    cases: dict[str, list[Step]] = field(default_factory=dict)
    begun: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read(rows: Iterable[Row], names: Mapping[str, str] | None = None) -> list[Case]:
    """The cases of a log in the order in which they begin. `names` says what the log calls its parts (case, activity,
    resource, begin, end, lifecycle) where it is not one of the usual names; a log with one time per row has steps of no
    length, unless a lifecycle tells starts from ends. Instants without a zone are taken as UTC. Raises Unreadable.
    """
    numbered = list(enumerate(rows, 2))
    if not numbered:
        raise Unreadable("The log has no rows.")
    return collect(numbered, named(list(numbered[0][1]), names or {}), datetime.fromisoformat)


def collect(numbered: Iterable[tuple[int, Row]], columns: Mapping[str, str], moment: Moment) -> list[Case]:
    """The cases of rows with their line numbers. Raises Unreadable with every fault."""
    reading = Reading(columns, moment)
    for line, row in numbered:
        try:
            take(reading, row)
        except ValueError as fault:
            reading.faults.append(f"Line {line}: {fault}")
    if reading.faults or not reading.cases:
        raise Unreadable(*(reading.faults or ["The log has no rows."]))
    ordered = (tuple(sorted(steps, key=lambda each: (each.begin, each.end))) for steps in reading.cases.values())
    return sorted(ordered, key=lambda case: case[0].begin)


def named(found: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """What each part is called in a log with these columns. Raises Unreadable for one that is missing."""
    if not any(found):
        raise Unreadable("The log is empty.")
    columns = {}
    for part, usual in COLUMNS.items():
        wanted = (names[part],) if part in names else usual
        column = next((name for name in wanted if name in found), None)
        if column is not None:
            columns[part] = column
        elif part not in MAY_LACK or part in names:
            raise Unreadable(f"No column holds the {part}: there are {', '.join(found)}.")
    return columns


def take(reading: Reading, row: Row) -> None:
    """Raises ValueError with what is wrong with the row."""
    case, activity = cell(reading, row, "case"), cell(reading, row, "activity")
    life = (row.get(reading.columns.get("lifecycle", "")) or ENDS).lower()
    if life == BEGINS:
        reading.begun.setdefault((case, activity), []).append(at(reading, row, "end"))
    elif life == ENDS:
        end = at(reading, row, "end")
        open_starts = reading.begun.get((case, activity))
        begin = at(reading, row, "begin") if "begin" in reading.columns else open_starts.pop(0) if open_starts else end
        if end < begin:
            raise ValueError("it ends before it begins.")
        resource = row.get(reading.columns.get("resource", "")) or ""
        reading.cases.setdefault(case, []).append(Step(activity, resource, begin, end))


def cell(reading: Reading, row: Row, part: str) -> str:
    value = row.get(reading.columns[part])
    if not value:
        raise ValueError(f"the {part} is empty.")
    return value


def at(reading: Reading, row: Row, part: str) -> int:
    written = cell(reading, row, part)
    try:
        found = reading.moment(written)
    except ValueError:
        raise ValueError(f"{written[:80]!r} is no date and time like the others.") from None
    return seconds(found if found.tzinfo else found.replace(tzinfo=UTC))


def cycle_times(cases: Iterable[Case]) -> Iterator[int]:
    """Seconds from the begin of each case to its last end."""
    for case in cases:
        yield max(each.end for each in case) - case[0].begin


def halves(cases: Sequence[Case]) -> tuple[Sequence[Case], Sequence[Case]]:
    """The earlier and the later half: to learn from, and to be measured by."""
    middle = len(cases) // 2
    return cases[:middle], cases[middle:]
