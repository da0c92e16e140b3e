"""What re-applying another version of the workflow to open tickets would do, before anybody does it.

A pure computation over facts; the deed makes the same decisions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskwright.engine.decide import decide
from deskwright.engine.effects import Assign, PutClock, Route, SetField
from deskwright.engine.events import WorkflowReapplied
from deskwright.engine.facts import Clock, Facts
from deskwright.engine.values import TIER_METRIC
from deskwright.engine.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Target:
    """One clock that would move. Without `after` nothing would be promised any more, without `before` nothing was."""

    metric: str
    before: str | None
    after: str | None
    due_before: datetime | None
    due_after: datetime | None
    breaches: bool
    """The new target has passed already, and the old one had not."""


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one ticket."""

    ticket: int
    subject: str
    queue: tuple[str | None, str | None] | None
    """(from, to), None when it stays."""
    assignee: tuple[int | None, int | None] | None
    targets: tuple[Target, ...]

    @property
    def breaches(self) -> bool:
        return any(target.breaches for target in self.targets)


@dataclass(frozen=True, slots=True)
class Preview:
    looked_at: int
    """Open tickets of another version."""
    changes: tuple[Change, ...]
    """Those something would change for."""

    @property
    def moved(self) -> int:
        """Tickets that would be routed elsewhere."""
        return sum(change.queue is not None for change in self.changes)

    @property
    def retargeted(self) -> int:
        return sum(bool(change.targets) for change in self.changes)

    @property
    def breaching(self) -> int:
        """Tickets that would be late at once."""
        return sum(change.breaches for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        figures = {name: getattr(self, name) for name in ("looked_at", "moved", "retargeted", "breaching")}
        return {**figures, "changed": len(self.changes), "tickets": [change_json(change) for change in self.changes]}


def preview(workflow: Workflow, open_tickets: Iterable[Facts], now: datetime) -> Preview:
    """What `workflow` would change for these tickets at `now` (UTC). Each is looked at by itself: loads stand still."""
    looked, found = 0, []
    for facts in open_tickets:
        looked += 1
        if (change := changed(workflow, facts, now)) is not None:
            found.append(change)
    return Preview(looked, tuple(found))


def changed(workflow: Workflow, facts: Facts, now: datetime) -> Change | None:
    """What would change for one ticket; None when nothing would."""
    ticket = facts.ticket
    event = WorkflowReapplied(version=workflow.version, before=ticket.version)
    effects = decide(workflow, facts, event, now).effects
    queue: tuple[str | None, str | None] | None = None
    assignee: tuple[int | None, int | None] | None = None
    targets: list[Target] = []
    for effect in effects:
        if isinstance(effect, Route) and effect.queue != ticket.queue:
            queue = ticket.queue, effect.queue
        elif isinstance(effect, Assign) and effect.agent != ticket.assignee:
            assignee = ticket.assignee, effect.agent
        elif isinstance(effect, PutClock) and (moved := target_of(facts, effect)) is not None:
            targets.append(moved)
    overridden = any(isinstance(effect, SetField) and effect.name == "sla_target" for effect in effects)
    if not (queue or assignee or targets or overridden):
        return None
    return Change(ticket.id, ticket.subject, queue, assignee, tuple(targets))


def target_of(facts: Facts, effect: PutClock) -> Target | None:
    """How one clock would move; None for one that stays, and for the ladder's own."""
    clock = effect.clock
    before = next((own for own in facts.clocks if (own.metric, own.cycle) == (clock.metric, clock.cycle)), None)
    if clock.metric == TIER_METRIC or effect.change == "kept":
        return None
    gone = effect.change == "cancelled" or clock.stopped_at is not None
    return Target(
        clock.metric,
        before.target if before else None,
        None if gone else clock.target,
        before.due_at if before else None,
        None if gone else clock.due_at,
        breaches=_late(clock) and not _late(before),
    )


def _late(clock: Clock | None) -> bool:
    return clock is not None and clock.breached_at is not None


def change_json(change: Change) -> dict[str, Any]:
    document: dict[str, Any] = {"ticket": change.ticket, "subject": change.subject, "breaches": change.breaches}
    for name in ("queue", "assignee"):
        if (pair := getattr(change, name)) is not None:
            document[name] = {"from": pair[0], "to": pair[1]}
    document["targets"] = [
        {name: getattr(moved, name) for name in Target.__dataclass_fields__} for moved in change.targets
    ]
    return document
