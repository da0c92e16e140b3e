"""When an answer was due, at any moment of a ticket's life: what agents look at when they choose what to do next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from deskwright.engine.effects import Effect, PutClock
from deskwright.engine.facts import Clock
from deskwright.engine.history import Recorded
from deskwright.engine.values import FIRST_RESPONSE, NEXT_RESPONSE
from deskwright.lab.replay import People, Replay, Replayed, Workflows, begin_deed, end_deed, happen

ANSWERS: Final = frozenset({FIRST_RESPONSE, NEXT_RESPONSE})
WITHIN: Final = ((20, "20m"), (60, "1h"), (150, "2.5h"), (300, "5h"), (540, "9h"))
"""Minutes to the due instant, and how a pool of that haste is called."""
LATER, NEVER = "later", "never"
HASTES: Final = (*(name for _, name in WITHIN), LATER)
"""The most hurried first; what is never due has none."""

Timeline = list[tuple[datetime, datetime | None]]
"""From when an answer was due when, ascending."""


def soonest(clocks: Iterable[Clock]) -> datetime | None:
    """The next instant at which an answer is due."""
    running = (clock for clock in clocks if clock.metric in ANSWERS and clock.running_since and not clock.stopped_at)
    dues = [clock.due_at for clock in running]
    return min((due for due in dues if due is not None), default=None)


def haste(due: datetime | None, now: datetime) -> str:
    """How soon that is, in a word."""
    if due is None:
        return NEVER
    minutes = (due - now).total_seconds() / 60
    return next((name for most, name in WITHIN if minutes <= most), LATER)


def timelines(log: Iterable[Recorded], workflows: Workflows, people: People) -> dict[int, Timeline]:
    """Of each ticket of the log, as the versions that decided then had it."""
    found: dict[int, Timeline] = {}
    course = Replay(workflows, people)

    def watch(replayed: Replayed, asked: Sequence[Effect], at: datetime) -> None:
        if any(isinstance(effect, PutClock) for effect in asked):
            found.setdefault(replayed.number, []).append((at, soonest(replayed.clocks.values())))

    course.watch = watch
    for recorded in log:
        if recorded.place == 0 or recorded.ticket != course.current:
            end_deed(course)
            begin_deed(course, recorded.ticket)
        happen(course, recorded)
    end_deed(course)
    return found


def due_at(timeline: Timeline, at: datetime) -> datetime | None:
    """What was due as of then."""
    place = bisect_right(timeline, at, key=lambda entry: entry[0])
    return timeline[place - 1][1] if place else None
