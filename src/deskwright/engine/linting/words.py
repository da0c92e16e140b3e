"""Words in conditions and actions that this workflow gives to nothing, and conditions that can never hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deskwright.engine.conditions import Condition, nodes
from deskwright.engine.conditions.syntax import Fact, In
from deskwright.engine.linting.places import Places
from deskwright.engine.linting.reasoning import contradiction
from deskwright.engine.problems import Problem, meant
from deskwright.engine.saying import _
from deskwright.engine.values import TIERS
from deskwright.engine.workflow import Action, Workflow

ANY = "any"


def conditions(workflow: Workflow) -> Iterator[tuple[str, Condition]]:
    """(path, condition) of every condition that was written."""
    for rule in workflow.rules:
        yield f"routing_rules[{rule.number}].condition", rule.condition
    for level, condition in workflow.complexity:
        yield f"complexity.{level}", condition
    for signal in workflow.signals.values():
        if signal.when is not None:
            yield f"signals.{signal.name}.when", signal.when
    for automation in {each.number: each for each in workflow.automations}.values():
        if automation.when is not None:
            yield f"automations[{automation.number}].when", automation.when
    for name, condition in workflow.proactive.get("risk_factors", {}).items():
        yield f"proactive.risk_factors.{name}", condition


def impossible(workflow: Workflow, places: Places) -> Iterator[Problem]:
    for path, condition in conditions(workflow):
        if (why := contradiction(condition.tree)) is not None:
            yield places.tell(path, _("this condition never holds: %(why)s", why=why), offset=0)


def unknown(workflow: Workflow, places: Places) -> Iterator[Problem]:
    known = _known(workflow)
    for path, condition in conditions(workflow):
        for node in nodes(condition.tree):
            if not isinstance(node, In) or not isinstance(node.fact, Fact) or node.fact.name not in known:
                continue
            for value in node.values:
                if value.value not in known[node.fact.name]:
                    offset = value.at or node.at
                    yield _told(places, path, node.fact.name, str(value.value), known[node.fact.name], offset)
    for path, action in _actions(workflow):
        for name, value in action.set.items():
            if name in known and value is not None and value not in known[name]:
                yield _told(places, f"{path}.set.{name}", name, str(value), known[name])


def _told(places: Places, path: str, name: str, word: str, known: frozenset[str], offset: int | None = None) -> Problem:
    message = _("no %(name)s of this workflow is named %(word)s", name=name.replace("_", " "), word=repr(word))
    return places.tell(path, message, meant(word, known), offset=offset)


def _known(workflow: Workflow) -> Mapping[str, frozenset[str]]:
    return {
        "category": frozenset(workflow.categories),
        "queue": frozenset(workflow.queues),
        "tier": frozenset(tier.name for tier in workflow.tiers),
        "customer_tier": tiers(workflow),
    }


def tiers(workflow: Workflow) -> frozenset[str]:
    """The tiers customers may have, as far as the workflow says."""
    return frozenset(TIERS) | {tier for _, tier in workflow.sla_matrix if tier != ANY}


def _actions(workflow: Workflow) -> Iterator[tuple[str, Action]]:
    for rule in workflow.rules:
        yield f"routing_rules[{rule.number}].action", rule.action
    for automation in {each.number: each for each in workflow.automations}.values():
        for place, action in enumerate(automation.do, 1):
            yield f"automations[{automation.number}].do[{place}]", action
