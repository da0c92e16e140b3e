"""What was due next, at any moment of a ticket's life: what agents look at when they choose what to do next. An answer
comes before a solution: where a customer waits for neither, nothing presses.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from deskwright.engine.effects import Effect, PutClock
from deskwright.engine.facts import Clock
from deskwright.engine.history import Recorded
from deskwright.engine.values import FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION
from deskwright.lab.replay import People, Replay, Replayed, Workflows, begin_deed, end_deed, happen

FAR: Final = datetime.max.replace(tzinfo=UTC)
ANSWERS: Final = frozenset({FIRST_RESPONSE, NEXT_RESPONSE})
PRESSING: Final = ANSWERS | {RESOLUTION}
WITHIN: Final = ((20, "20m"), (60, "1h"), (150, "2.5h"), (300, "5h"), (540, "9h"))
"""Minutes to the due instant, and how a pool of that haste is called."""
LATER, NEVER = "later", "never"
SOLVED: Final = "solved in "
"""Before the haste of what is to be solved and waits for no answer."""
_WORDS: Final = (*(name for _, name in WITHIN), LATER)
HASTES: Final = (_WORDS, tuple(SOLVED + word for word in _WORDS))
"""Of answers and of solutions, the most hurried first; what is never due has none."""


class Due(NamedTuple):
    at: datetime
    answer: bool
    """A customer waits for one; else for the solution."""


def order(due: Due | None) -> tuple[bool, datetime]:
    """What is done first: answers before solutions, sooner before later; what is never due comes last."""
    return (True, FAR) if due is None else (not due.answer, due.at)


Timeline = list[tuple[datetime, Due | None]]
"""From when what was due next, ascending."""


def soonest(clocks: Iterable[Clock]) -> Due | None:
    """The next answer that is due; where none is, the solution, unless its clock stands still."""
    dues = [
        Due(clock.due_at, clock.metric in ANSWERS)
        for clock in clocks
        if clock.metric in PRESSING and clock.running_since and not clock.stopped_at and clock.due_at is not None
    ]
    return min(dues, key=order, default=None)


def haste(due: Due | None, now: datetime) -> str:
    """How soon that is, in a word."""
    if due is None:
        return NEVER
    minutes = (due.at - now).total_seconds() / 60
    word = next((name for most, name in WITHIN if minutes <= most), LATER)
    return word if due.answer else SOLVED + word


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


def due_at(timeline: Timeline, at: datetime) -> Due | None:
    """What was due as of then."""
    place = bisect_right(timeline, at, key=lambda entry: entry[0])
    return timeline[place - 1][1] if place else None
