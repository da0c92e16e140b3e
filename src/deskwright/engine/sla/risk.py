"""How a clock stands, for screens and reports: the share used, the time left, a plain sentence."""

from __future__ import annotations

from datetime import datetime

from deskwright.engine.calendars import Calendar
from deskwright.engine.facts import Clock
from deskwright.engine.sla.clocks import length, target_of, used


def risk(clock: Clock, calendar: Calendar, now: datetime) -> float:
    """The share of the target used, unclamped: 2.3 is 230 %. A target of nothing counts as used at once."""
    whole = length(target_of(clock.target), calendar)
    spent = used(clock, calendar, now)
    return spent / whole if whole else 1.0


def remaining_seconds(clock: Clock, calendar: Calendar, now: datetime) -> int:
    """Seconds of open time left; negative when late."""
    return length(target_of(clock.target), calendar) - used(clock, calendar, now)


def state_text(clock: Clock, calendar: Calendar, now: datetime) -> str:
    """One sentence: the verdict of a stopped clock, else how much is left or over and whether it pauses."""
    spent, left = used(clock, calendar, now), remaining_seconds(clock, calendar, now)
    if clock.stopped_at is not None:
        return f"{clock.state} after {_spoken(spent)} of {clock.target}"
    paused = ", paused" if clock.running_since is None else ""
    if clock.breached_at is not None or left < 0:
        return f"late by {_spoken(max(0, -left))}{paused}; the target was {clock.target}"
    return f"{_spoken(left)} of {clock.target} left{paused}"


def _spoken(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    said = (f"{hours} h " if hours else "") + (f"{minutes} min " if minutes else "") + (f"{rest} s" if rest else "")
    return said.strip() or "0 min"
