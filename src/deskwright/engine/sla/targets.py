"""Which targets a ticket has: the cell of the matrix, a rule's override, and the calendar each one counts in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.durations import Duration
from deskwright.engine.remembering import once
from deskwright.engine.saying import _
from deskwright.engine.sla.clocks import target_of
from deskwright.engine.trace import MISSING, Step
from deskwright.engine.values import FIRST_RESPONSE, METRICS
from deskwright.engine.workflow import SlaPolicy, Targets, Workflow

KEPT: Final = 4096
"""Goals that are remembered under one policy, before all are let go."""


@dataclass(frozen=True, slots=True)
class Goal:
    target: Duration
    calendar: str
    """"" is round the clock."""
    why: str


def goals(workflow: Workflow, view: Mapping[str, Any], sla_target: str | None) -> Mapping[str, Goal]:
    """metric -> goal for what the view says of priority, customer tier and queue."""
    queue = workflow.queues.get(view.get("queue") or "")
    kept = _kept(workflow.sla_matrix, workflow.sla)
    asked = view.get("priority"), view.get("customer_tier"), queue and queue.calendar, sla_target
    found = kept.get(asked)
    if found is None:
        if len(kept) >= KEPT:
            kept.clear()
        found = kept[asked] = _goals(workflow, view, sla_target)
    return found


def _goals(workflow: Workflow, view: Mapping[str, Any], sla_target: str | None) -> dict[str, Goal]:
    cell = row(workflow, view.get("priority"), view.get("customer_tier"))
    found: dict[str, Goal] = {}
    if cell is not None:
        why = _("the SLA matrix for %(priority)s, %(customer_tier)s", priority=cell.priority, customer_tier=cell.tier)
        for metric, target in cell.by_metric.items():
            found[metric] = Goal(target, calendar_name(workflow, view, metric, target), why)
    for metric, target in overriding(sla_target).items():
        name = calendar_name(workflow, view, metric, target)
        found[metric] = Goal(target, name, _("the rule's sla_target, which overrides the matrix"))
    return found


@once
def _kept(matrix: Mapping[tuple[str, str], Targets], policy: SlaPolicy) -> dict[tuple[Any, ...], Mapping[str, Goal]]:
    """What was found under them, by what was asked."""
    return {}


def overriding(sla_target: str | None) -> dict[str, Duration]:
    """metric -> target, from what a ticket keeps of its rule (see `Rule.override`)."""
    found = {}
    for part in (sla_target or "").split(", "):
        metric, _, written = part.partition(" ")
        if metric in METRICS:
            found[metric] = target_of(written)
        elif part:
            found[FIRST_RESPONSE] = target_of(part)
    return found


def row(workflow: Workflow, priority: str | None, tier: str | None) -> Targets | None:
    """(p, t) -> (p, any) -> (any, t) -> (any, any) -> None."""
    matrix = workflow.sla_matrix
    for key in ((priority, tier), (priority, "any"), ("any", tier), ("any", "any")):
        if None not in key and (cell := matrix.get(key)) is not None:  # type: ignore[arg-type]
            return cell
    return None


def calendar_name(workflow: Workflow, view: Mapping[str, Any], metric: str, target: Duration) -> str:
    """The metric's own calendar, else the queue's, else the policy's; wall-clock targets run round the clock."""
    if target.wall:
        return ""
    queue = workflow.queues.get(view.get("queue") or "")
    return workflow.sla.calendars.get(metric) or (queue and queue.calendar) or workflow.sla.calendar or ""


def calendar(workflow: Workflow, name: str) -> Calendar:
    """The calendar of that name; round the clock for "" and for a name this version no longer has."""
    return workflow.calendars.get(name, ALWAYS) if name else ALWAYS


def told(found: Mapping[str, Goal], view: Mapping[str, Any]) -> Step:
    seen = {name: view.get(name) or MISSING for name in ("priority", "customer_tier")}
    if not found:
        return Step("sla", _("no cell of the SLA matrix fits, so nothing is timed"), False, seen)
    parts = [Step("sla", _goal(metric.replace("_", " "), goal)) for metric, goal in found.items()]
    return Step("sla", _("targets"), True, seen, parts)


def _goal(metric: str, goal: Goal) -> str:
    values = {"metric": metric, "target": str(goal.target), "why": goal.why}
    if goal.calendar:
        return _("%(metric)s within %(target)s of %(calendar)s time: %(why)s", calendar=goal.calendar, **values)
    return _("%(metric)s within %(target)s of wall-clock time: %(why)s", **values)
