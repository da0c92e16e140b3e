"""The arithmetic of one clock: begin, pause, resume, retarget, mark, stop, cancel. Each returns a new clock.

A clock uses business seconds of its calendar. It is late when the second after its due instant has begun; what counts
is when something happened, never when somebody looked. Must not know what a ticket is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from deskwright.engine import durations
from deskwright.engine.altering import replace
from deskwright.engine.calendars import EPOCH, Calendar
from deskwright.engine.durations import Duration
from deskwright.engine.facts import Clock

BREACH = 1.0
"""The share of the target at which a clock falls due."""


_BLANK: Final = Clock("", 0, "running", EPOCH, "", "", None)
"""What a new clock is made from: a copy costs a third of what the making does."""


@lru_cache(4096)
def target_of(text: str) -> Duration:
    """A clock's target as written. Raises ValueError."""
    return durations.parse(text)


def length(target: Duration, calendar: Calendar) -> int:
    """Seconds of open time the target grants."""
    days = target.business_days * calendar.day_seconds if target.business_days else 0
    return target.minutes * 60 + days


def live(clock: Clock | None) -> bool:
    """Not stopped: running or paused, late or not."""
    return clock is not None and clock.stopped_at is None


def used(clock: Clock, calendar: Calendar, at: datetime) -> int:
    """Seconds of open time used up to `at` (up to the stop when that was earlier)."""
    if clock.running_since is None or at <= clock.running_since:
        return clock.used_seconds
    return clock.used_seconds + calendar.elapsed_seconds(clock.running_since, at)


def begin(
    metric: str,
    cycle: int,
    target: Duration,
    calendar: tuple[str, Calendar],
    started_at: datetime,
    marks: tuple[float, ...],
    now: datetime | None = None,
    version: int = 0,
    fired: float = 0.0,
) -> Clock:
    """A clock that runs from `started_at`; its next mark is reckoned from `now`, which may be later.

    `fired` is the share below which no mark is wanted.
    """
    name, hours = calendar
    run = _Run(length(target, hours), 0, started_at, hours)
    due, share, instant = run.ahead(fired, now or started_at, marks)
    return replace(
        _BLANK,
        metric=metric,
        cycle=cycle,
        started_at=started_at,
        target=str(target),
        calendar=name,
        due_at=due,
        running_since=started_at,
        fired=fired,
        next_mark_at=instant,
        next_mark=share,
        version=version,
    )


@dataclass(slots=True)
class _Run:
    """What the instants of a running clock follow from: seconds in all and used, and since when in which calendar."""

    whole: int
    used: int
    since: datetime
    hours: Calendar

    def moment(self, share: float) -> datetime:
        missing = (self.whole if share == BREACH else round(self.whole * share)) - self.used
        if missing < 0:
            return self.hours.back_seconds(self.since, -missing)
        return self.hours.add_seconds(self.since, missing)

    def ahead(
        self, fired: float, now: datetime, marks: tuple[float, ...]
    ) -> tuple[datetime | None, float | None, datetime | None]:
        """The due instant, and the highest mark that has passed, else the first to come, with its instant.

        All None when open time ends before the target does: no due instant rather than a wrong one.
        """
        try:
            due = self.moment(BREACH)
            share, instant = self._next(fired, now, marks)
        except ValueError:
            return None, None, None
        return due, share, instant

    def _next(
        self, fired: float, now: datetime, marks: tuple[float, ...]
    ) -> tuple[float, datetime] | tuple[None, None]:
        passed: tuple[float, datetime] | tuple[None, None] = (None, None)
        for mark in marks:
            if mark > fired:
                moment = self.moment(mark)
                if moment > now:
                    return (mark, moment) if passed[0] is None else passed
                passed = mark, moment
        return passed


def _run(clock: Clock, calendar: Calendar) -> _Run:
    assert clock.running_since is not None
    return _Run(length(target_of(clock.target), calendar), clock.used_seconds, clock.running_since, calendar)


def timed(clock: Clock, calendar: Calendar, now: datetime, marks: tuple[float, ...]) -> Clock:
    """The running clock with its due instant and next mark: the highest that has passed, else the first to come.

    Both None when its calendar never gets there. `marks` are shares in rising order.
    """
    due, share, instant = _run(clock, calendar).ahead(clock.fired, now, marks)
    return replace(clock, due_at=due, next_mark=share, next_mark_at=instant)


def moment(clock: Clock, calendar: Calendar, share: float) -> datetime:
    """When the running clock has used this share of its target; before it began to run when it has done so already.

    Raises ValueError when its calendar never gets there.
    """
    return _run(clock, calendar).moment(share)


def pause(clock: Clock, calendar: Calendar, at: datetime) -> Clock:
    """Standing still. It has no due instant while it pauses, unless it was late already."""
    spent = used(clock, calendar, at)
    due = clock.due_at if _late(clock, at) else None
    paused = replace(clock, used_seconds=spent, running_since=None, due_at=due, next_mark=None, next_mark_at=None)
    return _told_late(paused, clock.due_at) if due else replace(paused, state=_state(clock, "paused"))


def resume(clock: Clock, calendar: Calendar, at: datetime, marks: tuple[float, ...]) -> Clock:
    return timed(replace(clock, running_since=at, state=_state(clock, "running")), calendar, at, marks)


def retarget(
    clock: Clock,
    old: Calendar,
    target: Duration,
    calendar: tuple[str, Calendar],
    at: datetime,
    marks: tuple[float, ...],
    *,
    grace: bool = False,
) -> Clock:
    """Under another target or calendar, counted from the original start; open time used so far keeps its old calendar.

    Already past the new target: late at `at` (the change), or begun afresh there with `grace`. An earlier breach stays.
    """
    name, hours = calendar
    spent = used(clock, old, at)
    late = clock.breached_at is None and spent > length(target, hours)
    changed = replace(clock, target=str(target), calendar=name, used_seconds=0 if late and grace else spent)
    if late and not grace:
        changed = replace(changed, state="breached", breached_at=at)
    if clock.running_since is None:
        return changed
    return timed(replace(changed, running_since=at), hours, at, marks)


def passed_mark(clock: Clock, calendar: Calendar, at: datetime, marks: tuple[float, ...]) -> float | None:
    """The highest share that has passed by `at` and was not acted on; None when none has (the clock was moved)."""
    if clock.running_since is None or clock.stopped_at is not None:
        return None
    _, share, instant = _run(clock, calendar).ahead(clock.fired, at, marks)
    return share if instant is not None and instant <= at else None


def mark(clock: Clock, calendar: Calendar, share: float, at: datetime, marks: tuple[float, ...]) -> Clock:
    """Acted on this share and all below it; late from its due instant when that was the whole target."""
    marked = replace(clock, fired=share)
    if share >= BREACH:
        marked = _told_late(marked, clock.due_at)
    return timed(marked, calendar, at, marks)


def stop(clock: Clock, calendar: Calendar, at: datetime) -> Clock:
    """Done at `at`: met up to the due instant and including it, else breached."""
    breached_at = clock.breached_at
    if breached_at is not None:
        late = _whole(at) > _whole(breached_at)
    elif late := _late(clock, at):
        breached_at = clock.due_at
    verdict = {"state": "breached", "breached_at": breached_at} if late else {"state": "met", "breached_at": None}
    return _ended(clock, calendar, at, **verdict)


def cancel(clock: Clock, calendar: Calendar, at: datetime) -> Clock:
    """No longer asked for; a breach that came before stays one."""
    if _late(clock, at) or clock.breached_at is not None:
        return _ended(clock, calendar, at, state="breached", breached_at=clock.breached_at or clock.due_at or at)
    return _ended(clock, calendar, at, state="cancelled")


def unstopped(clock: Clock) -> Clock:
    """The same cycle as if it had only been paused when it stopped."""
    paused = replace(clock, stopped_at=None, due_at=clock.due_at if clock.breached_at else None)
    return replace(paused, state=_state(clock, "paused"))


def carry_on(clock: Clock, calendar: Calendar, at: datetime, marks: tuple[float, ...]) -> Clock:
    """The next cycle of a stopped clock, going on from the time it had used; the old cycle keeps its verdict."""
    again = replace(
        clock,
        cycle=clock.cycle + 1,
        state="breached" if clock.breached_at else "running",
        running_since=at,
        stopped_at=None,
    )
    return timed(again, calendar, at, marks)


def _ended(clock: Clock, calendar: Calendar, at: datetime, **verdict: Any) -> Clock:
    spent = used(clock, calendar, at)
    return replace(
        clock, used_seconds=spent, running_since=None, stopped_at=at, next_mark=None, next_mark_at=None, **verdict
    )


def _late(clock: Clock, at: datetime) -> bool:
    due = clock.due_at
    return due is not None and at > due and clock.running_since is not None and _whole(at) > due


def _told_late(clock: Clock, since: datetime | None) -> Clock:
    return replace(clock, state="breached", breached_at=clock.breached_at or since)


def _state(clock: Clock, otherwise: str) -> str:
    return "breached" if clock.breached_at is not None else otherwise


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
