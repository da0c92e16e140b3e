"""What a log says of the process behind it: its hours, what runs side by side, how long work and waiting take.

Cases are kept as skeletons (which activity after which), so that loops and branches stay as they are in life. Durations
and delays are in open seconds of the log's own working hours. Waiting that no busy resource explains is measured and
kept as a delay of its own: leaving it out is what makes naive models miss (Chapela-Campa & Dumas, Enhancing business
process simulation models with extraneous activity delays, 2022).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.calendars.calendar import instant
from deskwright.lab.processes.eventlog import Case, Step

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RARELY: Final = 0.1
"""An hour of the week with fewer begins and ends than this share of a usual one is closed."""
TOGETHER: Final = 0.05
"""Two activities that overlap in this share of the cases that have both run side by side."""
HOUR, DAY = 3600, 86400


@dataclass(frozen=True, slots=True)
class Planned:
    """One step of a skeleton: the activity, and the places of the steps it waits for."""

    activity: str
    after: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """`durations` and `delays` are samples in open seconds, `pools` the resources that did each activity; `days` are
    the moments of a day at which cases began, for each day the log was open.
    """

    calendar: Calendar
    skeletons: tuple[tuple[Planned, ...], ...]
    durations: Mapping[str, tuple[int, ...]]
    delays: Mapping[str, tuple[int, ...]]
    pools: Mapping[str, tuple[str, ...]]
    days: tuple[tuple[int, ...], ...]


def discover(cases: Sequence[Case]) -> Process:
    """The process behind the cases (UTC wall clock). The more cases, the truer: below some fifty it is an anecdote."""
    calendar = hours_of(cases)
    beside = side_by_side(cases)
    skeletons = tuple(skeleton(case, beside) for case in cases)
    durations: dict[str, list[int]] = defaultdict(list)
    pools: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for step in case:
            durations[step.activity].append(open_seconds(calendar, step.begin, step.end))
            pools[step.activity].add(step.resource)
    return Process(
        calendar,
        skeletons,
        {name: tuple(found) for name, found in durations.items()},
        delays_of(cases, skeletons, calendar, pools),
        {name: tuple(sorted(found)) for name, found in pools.items()},
        tuple(days_of(cases, calendar)),
    )


# Hours


def hours_of(cases: Sequence[Case]) -> Calendar:
    """The hours of the week in which work begins and ends as often as usual; round the clock when none stands out."""
    seen = Counter(hour_of_week(at) for case in cases for step in case for at in (step.begin, step.end - 1))
    usual = sorted(seen.values())[len(seen) // 2]
    opened = {hour for hour, count in seen.items() if count >= RARELY * usual}
    if len(opened) > 0.9 * 24 * 7:
        return ALWAYS
    hours = {
        day: stretches(sorted(hour % 24 for hour in opened if hour // 24 == number))
        for number, day in enumerate(WEEKDAYS)
    }
    return Calendar.from_document({"timezone": "UTC", "hours": {day: found for day, found in hours.items() if found}})


def hour_of_week(second: int) -> int:
    at = instant(second)
    return at.weekday() * 24 + at.hour


def stretches(hours: Sequence[int]) -> list[str]:
    """Hours of a day, ascending, as the language writes them: [7, 8, 10] is 07:00-09:00 and 10:00-11:00."""
    found: list[list[int]] = []
    for hour in hours:
        if found and found[-1][1] == hour:
            found[-1][1] = hour + 1
        else:
            found.append([hour, hour + 1])
    return [f"{begin:02}:00-{end:02}:00" for begin, end in found]


def open_seconds(calendar: Calendar, begin: int, end: int) -> int:
    return calendar.elapsed_seconds(instant(begin), instant(end))


def days_of(cases: Sequence[Case], calendar: Calendar) -> Iterator[tuple[int, ...]]:
    """For each day of the log on which it was open: the seconds after midnight at which cases began."""
    began: dict[int, list[int]] = defaultdict(list)
    for case in cases:
        began[case[0].begin // DAY].append(case[0].begin % DAY)
    for day in range(min(began), max(began) + 1):
        if day in began or calendar.open_between(midnight(day), midnight(day + 1)):
            yield tuple(began.get(day, ()))


def midnight(day: int) -> datetime:
    return instant(day * DAY)


# Order


def side_by_side(cases: Sequence[Case]) -> frozenset[tuple[str, str]]:
    """Pairs of activities that run at the same time in enough of the cases that have both. Both ways round."""
    both: Counter[tuple[str, str]] = Counter()
    overlapping: Counter[tuple[str, str]] = Counter()
    for case in cases:
        pairs, over = set(), set()
        for place, step in enumerate(case):
            for other in case[place + 1 :]:
                pair = (step.activity, other.activity)
                pairs.add(pair)
                if other.begin < step.end and step.activity != other.activity:
                    over.add(pair)
        both.update(pairs)
        overlapping.update(over)
    found = {pair for pair, count in overlapping.items() if count >= TOGETHER * both[pair]}
    return frozenset(found | {(later, earlier) for earlier, later in found})


def skeleton(case: Case, beside: frozenset[tuple[str, str]]) -> tuple[Planned, ...]:
    """Each step after the steps that had ended when it began, but for those its activity runs beside."""
    return tuple(
        Planned(
            step.activity,
            tuple(
                earlier
                for earlier, other in enumerate(case[:place])
                if other.end <= step.begin and (other.activity, step.activity) not in beside
            ),
        )
        for place, step in enumerate(case)
    )


# Waiting


def delays_of(
    cases: Sequence[Case],
    skeletons: Sequence[Sequence[Planned]],
    calendar: Calendar,
    pools: Mapping[str, set[str]],
) -> dict[str, tuple[int, ...]]:
    """Open seconds from the moment a step could have begun (what it waits for was done, somebody of its pool was free)
    to the moment it did. The first step of a case waits for nothing.
    """
    busy = busy_of(cases)
    found: dict[str, list[int]] = defaultdict(list)
    for case, planned in zip(cases, skeletons, strict=True):
        for step, plan in zip(case, planned, strict=True):
            if plan.after:
                ready = max(case[place].end for place in plan.after)
                free = min((free_from(busy[name], ready, step) for name in pools[step.activity]), default=ready)
                found[step.activity].append(open_seconds(calendar, min(max(ready, free), step.begin), step.begin))
    return {name: tuple(delays) for name, delays in found.items()}


def busy_of(cases: Sequence[Case]) -> dict[str, list[tuple[int, int]]]:
    """When each resource was at work: (begin, end), ascending."""
    busy: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for case in cases:
        for step in case:
            busy[step.resource].append((step.begin, step.end))
    return {name: sorted(found) for name, found in busy.items()}


def free_from(busy: Sequence[tuple[int, int]], ready: int, step: Step) -> int:
    """The first moment from `ready` on at which the resource does nothing else, up to the step's begin."""
    place, at = max(0, bisect_left(busy, (ready, 0)) - 1), ready
    while place < len(busy) and busy[place][0] <= at:
        begin, end = busy[place]
        if at < end and (begin, end) != (step.begin, step.end):
            at = end
        place += 1
    return at
