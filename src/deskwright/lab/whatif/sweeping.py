"""Time-based automations of a workflow on trial: whose turn it is, and which tickets it meets.

An automation the live workflow had too met in the log what it met: here it meets only the tickets it would not have met
then. Caps per hour do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from deskwright.engine import vocabulary
from deskwright.engine.automation import EVERY
from deskwright.engine.events import TimePassed
from deskwright.engine.facts import Facts
from deskwright.engine.history import Recorded
from deskwright.engine.workflow import Automation, Workflow

if TYPE_CHECKING:
    from deskwright.lab.whatif.rerunning import Rerun

SHORTEST: Final = timedelta(minutes=1)
"""Between two turns, whatever is written; as on the live desk."""
OF_THE_CLOCK: Final = frozenset({"age", "business_hours", "now"})
"""Facts that change by themselves."""


@dataclass(slots=True)
class Sweep:
    """One automation and its next turn. `fresh` are tickets that may be met though nothing but time has passed since
    the last turn: those that were touched, and those met then.
    """

    rule: Automation
    pause: timedelta
    clocked: bool
    due_at: datetime | None = None
    fresh: set[int] = field(default_factory=set)


def sweeps_of(workflow: Workflow) -> list[Sweep]:
    return [sweep_of(rule) for rule in workflow.automations if rule.on == EVERY and rule.enabled]


def sweep_of(rule: Automation) -> Sweep:
    every = rule.every
    pause = timedelta(days=every.business_days, minutes=every.minutes) if every else SHORTEST
    asks = rule.when is not None and (not OF_THE_CLOCK.isdisjoint(rule.when.names) or "days_until" in rule.when.text)
    return Sweep(rule, max(pause, SHORTEST), asks)


def begin(course: Rerun, at: datetime) -> None:
    """The first turns come a pause after the log begins."""
    for sweep in course.sweeps:
        if sweep.due_at is None:
            sweep.due_at = at + sweep.pause


def is_told(course: Rerun, recorded: Recorded) -> bool:
    """Whether this run takes the event from the log: a turn only of an automation it has as it was then."""
    event = recorded.event
    if course.past is None or not isinstance(event, TimePassed):
        return True
    return any(sweep.rule.name == event.automation and was_there(course, sweep.rule) for sweep in course.sweeps)


def was_there(course: Rerun, rule: Automation) -> bool:
    """Whether the workflow that was live then had it, too."""
    assert course.past is not None
    return rule in course.past.replay.workflows(course.past.version).automations


def turns(course: Rerun, at: datetime) -> Iterator[tuple[int, TimePassed]]:
    """The tickets that automations due at `at` meet. Their next turns are set."""
    for sweep in course.sweeps:
        if sweep.due_at is None or sweep.due_at > at:
            continue
        sweep.due_at += sweep.pause
        if sweep.rule.name in course.replay.resting:
            continue
        wanted = sorted(course.live if sweep.clocked else course.live & sweep.fresh)
        met = [number for number in wanted if meets(course, sweep.rule, number, at)]
        sweep.fresh = set(met)
        logged = course.past is not None and was_there(course, sweep.rule)
        for number in met:
            if not (logged and met_then(course, sweep.rule, number, at)):
                yield number, TimePassed(automation=sweep.rule.name)


def met_then(course: Rerun, rule: Automation, number: int, at: datetime) -> bool:
    """Whether the log has this turn."""
    past = course.past
    return past is not None and number in past.live and meets(past, rule, number, at)


def meets(course: Rerun, rule: Automation, number: int, at: datetime) -> bool:
    if rule.when is None:
        return True
    replayed = course.replay.tickets[number]
    seen = Facts(replayed.ticket, replayed.customer, replayed.organisation, clocks=tuple(replayed.clocks.values()))
    workflow = course.replay.workflows(course.version)
    return rule.when.holds(vocabulary.view(workflow, seen, TimePassed(automation=rule.name), at))
