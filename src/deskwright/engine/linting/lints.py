"""Every lint of a workflow, in the document's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from deskwright.engine.conditions import Condition, nodes
from deskwright.engine.conditions.syntax import Fact, In
from deskwright.engine.linting.reachability import unreachable
from deskwright.engine.linting.reasoning import contradiction
from deskwright.engine.problems import Problem, meant
from deskwright.engine.sla.targets import row
from deskwright.engine.values import FIRST_RESPONSE, PRIORITIES, RESOLUTION, TIERS
from deskwright.engine.workflow import Queue, Targets, Workflow

ANY: Final = "any"


def lint(workflow: Workflow) -> tuple[Problem, ...]:
    """Line 0 is a place the workflow does not remember; `path` names it."""
    found = [
        *unreachable(workflow.rules),
        *_impossible(workflow),
        *_unknown_words(workflow),
        *_rings(workflow.queues),
        *_holes(workflow),
        *_late_answers(workflow),
    ]
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.path, problem.message)))


def conditions(workflow: Workflow) -> Iterator[tuple[int, str, Condition]]:
    """(line, path, condition) of every condition that was written."""
    for rule in workflow.rules:
        yield rule.line, f"routing_rules[{rule.number}].condition", rule.condition
    for level, condition in workflow.complexity:
        yield 0, f"complexity.{level}", condition
    for signal in workflow.signals.values():
        if signal.when is not None:
            yield 0, f"signals.{signal.name}.when", signal.when
    for automation in workflow.automations:
        if automation.when is not None:
            yield 0, f"automations.{automation.name}.when", automation.when
    for name, condition in workflow.proactive.get("risk_factors", {}).items():
        yield 0, f"proactive.risk_factors.{name}", condition


def _impossible(workflow: Workflow) -> Iterator[Problem]:
    for line, path, condition in conditions(workflow):
        if (why := contradiction(condition.tree)) is not None:
            yield Problem(line, 1, path, f"this condition never holds: {why}")


def _unknown_words(workflow: Workflow) -> Iterator[Problem]:
    known: Mapping[str, frozenset[str]] = {
        "category": frozenset(workflow.categories),
        "queue": frozenset(workflow.queues),
        "tier": frozenset(tier.name for tier in workflow.tiers),
        "customer_tier": _tiers(workflow),
    }
    for line, path, condition in conditions(workflow):
        for node in nodes(condition.tree):
            if not isinstance(node, In) or not isinstance(node.fact, Fact) or node.fact.name not in known:
                continue
            words = known[node.fact.name]
            for value in node.values:
                if value.value not in words:
                    what = node.fact.name.replace("_", " ")
                    message = f"no {what} of this workflow is named {value.value!r}"
                    yield Problem(line, 1, path, message, meant(str(value.value), words))


def _tiers(workflow: Workflow) -> frozenset[str]:
    return frozenset(TIERS) | {tier for _, tier in workflow.sla_matrix if tier != ANY}


def _rings(queues: Mapping[str, Queue]) -> Iterator[Problem]:
    told: set[frozenset[str]] = set()
    for start in queues:
        path, name = [start], queues[start].overflow
        while name is not None and name in queues and name not in path:
            path.append(name)
            name = queues[name].overflow
        if name == start and frozenset(path) not in told:
            told.add(frozenset(path))
            ring = " -> ".join([*path, start])
            yield Problem(0, 1, f"queues.{start}.overflow", f"these queues overflow into each other in a ring: {ring}")


def _holes(workflow: Workflow) -> Iterator[Problem]:
    for priority in PRIORITIES:
        bare = [tier for tier in sorted(_tiers(workflow)) if row(workflow, priority, tier) is None]
        if bare:
            message = f"tickets of priority {priority} have no targets for the tiers {', '.join(bare)}"
            yield Problem(0, 1, "sla_matrix", message, f"{priority}, any")
    for cell in workflow.sla_matrix.values():
        for metric in (FIRST_RESPONSE, RESOLUTION):
            if metric not in cell.by_metric:
                yield Problem(0, 1, _path(cell), f"no target for {metric.replace('_', ' ')}, so nothing times it")


def _late_answers(workflow: Workflow) -> Iterator[Problem]:
    for cell in workflow.sla_matrix.values():
        first, last = cell.by_metric.get(FIRST_RESPONSE), cell.by_metric.get(RESOLUTION)
        if first is None or last is None or first.wall != last.wall:
            continue
        if first.business_days == last.business_days == 0 and first.minutes > last.minutes:
            message = f"the first response ({first}) may come later than the resolution ({last})"
            yield Problem(0, 1, _path(cell), message)


def _path(cell: Targets) -> str:
    return f"sla_matrix.{cell.priority}, {cell.tier}"
