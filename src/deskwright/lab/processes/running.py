"""A process running again: cases arrive as on days of the log, take a skeleton of the log, and share its resources.

Everything runs in open seconds; only the ends are put back on the wall clock. Seeded and reproducible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from random import Random

from deskwright.engine.calendars import Calendar
from deskwright.engine.calendars.calendar import instant, seconds
from deskwright.lab.processes.discovery import DAY, Planned, Process, midnight

READY, DONE = range(2)


@dataclass(slots=True)
class Running:
    """One case on its way."""

    began: int
    """Seconds since 1970."""
    plan: tuple[Planned, ...]
    missing: list[int]
    """How many steps each step still waits for."""
    left: int
    ended: int = 0
    """Open seconds at which its last step ended."""


@dataclass(slots=True)
class Shop:
    """Who is free, and what waits for somebody. `agenda` is a heap of (when, what, case, step, resource)."""

    process: Process
    dice: Random
    agenda: list[tuple[int, int, int, int, str]] = field(default_factory=list)
    busy: set[str] = field(default_factory=set)
    waiting: list[tuple[int, int]] = field(default_factory=list)
    """(case, step), oldest first."""
    cases: list[Running] = field(default_factory=list)


def run(process: Process, begin: datetime, count: int, seed: int = 0, demand: float = 1.0) -> list[int]:
    """Seconds from begin to end of `count` cases that arrive from `begin` (UTC) on, in the order of their arrival.
    `demand` is how many times as many arrive in a day.
    """
    shop = Shop(process, Random(seed))
    calendar = process.calendar
    for began in arrivals(process, begin, count, Random(seed), demand):
        arrive(shop, began, calendar.elapsed_seconds(begin, instant(began)))
    while shop.agenda:
        now, what, case, step, resource = heappop(shop.agenda)
        if what == READY:
            shop.waiting.append((case, step))
        else:
            finish(shop, now, case, step, resource)
        hand_out(shop, now)
    return [wall(calendar, begin, case.ended) - case.began for case in shop.cases]


def arrivals(process: Process, begin: datetime, count: int, dice: Random, demand: float) -> Iterator[int]:
    """Each open day is like some open day of the log, or like several at once."""
    day, found = seconds(begin) // DAY, 0
    while found < count:
        if process.calendar.open_between(midnight(day), midnight(day + 1)):
            alike = int(demand) + (dice.random() < demand % 1)
            for second in sorted(second for _ in range(alike) for second in dice.choice(process.days)):
                if day * DAY + second >= seconds(begin) and found < count:
                    found += 1
                    yield day * DAY + second
        day += 1


def arrive(shop: Shop, began: int, now: int) -> None:
    plan = shop.dice.choice(shop.process.skeletons)
    number = len(shop.cases)
    shop.cases.append(Running(began, plan, [len(step.after) for step in plan], len(plan), now))
    for place, step in enumerate(plan):
        if not step.after:
            heappush(shop.agenda, (now, READY, number, place, ""))


def finish(shop: Shop, now: int, number: int, place: int, resource: str) -> None:
    """The step is done: its resource is free, and what waited for it becomes ready after a delay of its own."""
    shop.busy.discard(resource)
    case = shop.cases[number]
    case.ended = max(case.ended, now)
    case.left -= 1
    for later, step in enumerate(case.plan):
        if place in step.after:
            case.missing[later] -= 1
            if not case.missing[later]:
                delay = shop.dice.choice(shop.process.delays[step.activity])
                heappush(shop.agenda, (now + delay, READY, number, later, ""))


def hand_out(shop: Shop, now: int) -> None:
    """What waits is begun by anybody of its pool who is free, the oldest first."""
    kept = []
    for number, place in shop.waiting:
        activity = shop.cases[number].plan[place].activity
        free = [name for name in shop.process.pools[activity] if name not in shop.busy]
        if free:
            resource = shop.dice.choice(free)
            shop.busy.add(resource)
            done = now + shop.dice.choice(shop.process.durations[activity])
            heappush(shop.agenda, (done, DONE, number, place, resource))
        else:
            kept.append((number, place))
    shop.waiting = kept


def wall(calendar: Calendar, begin: datetime, opened: int) -> int:
    """Seconds since 1970 at which so many open seconds have passed since the begin."""
    return seconds(calendar.add_seconds(begin, opened))
