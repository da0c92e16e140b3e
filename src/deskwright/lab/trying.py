"""One automation tried out on tickets as they stand: what it would do if its moment came now. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from deskwright.engine import sla
from deskwright.engine.automation import EVERY
from deskwright.engine.calendars import Calendar
from deskwright.engine.decide import decide
from deskwright.engine.effects import RanAutomation
from deskwright.engine.events import TimePassed
from deskwright.engine.facts import Clock, Facts
from deskwright.engine.values import TIER_METRIC
from deskwright.engine.workflow import Automation, Workflow

Hours = Callable[[Clock], Calendar]
"""The calendar a clock counts in."""


@dataclass(frozen=True, slots=True)
class Would:
    """What an automation would do to one ticket: a sentence for each of its actions."""

    ticket: int
    subject: str
    outcomes: tuple[str, ...]


def tried(
    workflow: Workflow, automation: Automation, tickets: Iterable[Facts], hours: Hours, now: datetime
) -> Iterator[Would]:
    """The tickets it would run on, whatever it waits for. Switches and caps do not count; one that waits for warnings
    sees the clock that has used most of its target.
    """
    pretended = replace(workflow, automations=(replace(automation, on=EVERY, enabled=True),))
    for seen in tickets:
        alone = replace(seen, desk=replace(seen.desk, resting={}))
        event = TimePassed(automation.name, *most_used(seen.clocks, hours, now))
        for effect in decide(pretended, alone, event, now).effects:
            if isinstance(effect, RanAutomation):
                yield Would(seen.ticket.id, seen.ticket.subject, effect.outcomes)


def most_used(clocks: Iterable[Clock], hours: Hours, now: datetime) -> tuple[str, float]:
    """Metric and share of the running clock that has used most of its target; no metric when none runs."""
    shares = {
        clock.metric: sla.risk(clock, hours(clock), now)
        for clock in clocks
        if clock.metric != TIER_METRIC and clock.running_since and not clock.stopped_at
    }
    metric = max(shares, key=lambda metric: shares[metric], default="")
    return metric, shares.get(metric, 0.0)
