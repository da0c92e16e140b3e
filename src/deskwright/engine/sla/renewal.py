"""A ticket's clocks under another version of the workflow: its targets and its calendars, from their original start.

Breaches that happened stay. Marks that have passed under the new target are told once more, the highest only.
"""

from __future__ import annotations

from deskwright.engine.altering import replace
from deskwright.engine.calendars import Calendar
from deskwright.engine.facts import Clock
from deskwright.engine.saying import _
from deskwright.engine.sla import clocks, targets
from deskwright.engine.sla.targets import Goal
from deskwright.engine.sla.timekeeping import Timekeeping, bring, moved_from


def renew(time: Timekeeping, because: str) -> None:
    """Bring every clock under the workflow's targets."""
    bring(time, because, _renew)


def _renew(time: Timekeeping, clock: Clock, goal: Goal, because: str) -> None:
    """The run since its start or last pause is counted again in the new version's hours."""
    hours = targets.calendar(time.workflow, goal.calendar)
    version = time.workflow.version
    clock = replace(clock, fired=_told(clock, goal, hours, time))
    grace = time.workflow.sla.retarget == "grace"
    named = goal.calendar, hours
    moved = clocks.retarget(clock, hours, goal.target, named, time.now, time.marks, grace=grace)
    time.put(replace(moved, version=version), _change(clock, moved), _why(clock, moved, because))


def _told(clock: Clock, goal: Goal, hours: Calendar, time: Timekeeping) -> float:
    """The highest share acted on that the new target has seen pass, too."""
    if clock.breached_at is not None:
        return clock.fired
    whole = clocks.length(goal.target, hours)
    share = clocks.used(clock, hours, time.now) / whole if whole else clocks.BREACH
    return max((mark for mark in time.marks if mark <= min(share, clock.fired)), default=0.0)


def _change(clock: Clock, moved: Clock) -> str:
    same = (clock.target, clock.calendar, clock.due_at) == (moved.target, moved.calendar, moved.due_at)
    return "kept" if same else "retargeted"


def _why(clock: Clock, moved: Clock, because: str) -> str:
    if moved.breached_at is not None and clock.breached_at is None:
        return _("%(because)s; %(target)s had already passed", because=because, target=moved.target)
    return moved_from(clock, moved, because)
