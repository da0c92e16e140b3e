"""Reads what experiments change: their sections laid over the document's, as far as a section can be tried on its own.

Sections that define names others use (queues, signals, calendars ...) are not tried; a change of one is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from deskwright.engine.document import Node
from deskwright.engine.loading import extras, facts, people, rules, targets
from deskwright.engine.loading.reading import Reading
from deskwright.engine.problems import Problem
from deskwright.engine.routing import RuleIndex
from deskwright.engine.saying import _

Section = Callable[[str], Node | None]
Parts = Mapping[str, Any]


def _rules(reading: Reading, node: Node | None) -> Parts:
    found = rules.rules(reading, node)
    return {"rules": found, "rule_index": RuleIndex.of(found)}


def _escalation(reading: Reading, node: Node | None) -> Parts:
    tiers, management = targets.escalation(reading, node)
    return {"tiers": tiers, "management": management}


def _one(part: str, read: Callable[[Reading, Node | None], Any]) -> Callable[[Reading, Node | None], Parts]:
    return lambda reading, node: {part: read(reading, node)}


TRIED: Final[Mapping[str, Callable[[Reading, Node | None], Parts]]] = {
    "priority_matrix": _one("priority_matrix", facts.priority_matrix),
    "complexity": _one("complexity", facts.complexity),
    "routing_rules": _rules,
    "assignment": _one("assignment", people.assignment),
    "sla_matrix": _one("sla_matrix", targets.sla_matrix),
    "sla": _one("sla", targets.sla),
    "escalation_matrix": _escalation,
    "automations": _one("automations", rules.automations),
    "replies": _one("replies", extras.replies),
}
"""section -> what it becomes in a workflow."""


def variants(reading: Reading, node: Node | None, section: Section) -> dict[str, Parts]:
    """experiment -> the parts of the workflow it changes. Two experiments that change one section are refused: nobody
    could say whose doing a difference is.
    """
    found: dict[str, Parts] = {}
    taken: dict[str, str] = {}
    before = len(reading.problems)
    for name, entry in reading.named(node, "experiments"):
        change = entry.get("change")
        parts: dict[str, Any] = {}
        for key, own in change.items() if change is not None else ():
            if key in taken:
                said = _(
                    "the experiment %(taken)s changes %(key)s too; try one after the other", taken=taken[key], key=key
                )
                reading.refuse(change or entry, said, key=key)
            elif key in TRIED:
                taken[key] = name
                parts |= TRIED[key](reading, laid_over(section(key), own))
        found[name] = parts
    _tell_once(reading, before)
    return found


def _tell_once(reading: Reading, before: int) -> None:
    """What is wrong with a section is told where it stands, not again for each variant of it."""
    told = {_place(problem) for problem in reading.problems[:before]}
    reading.problems[before:] = [problem for problem in reading.problems[before:] if _place(problem) not in told]


def _place(problem: Problem) -> tuple[int, int, str]:
    return problem.line, problem.column, problem.message


def laid_over(known: Node | None, own: Node) -> Node:
    """A mapping's entries over those of the document, at any depth; anything else in its place."""
    if known is None or known.kind != "mapping" or own.kind != "mapping":
        return own
    entries = {name: laid_over(known.value.get(name), node) for name, node in own.value.items()}
    return replace(own, value={**known.value, **entries}, keys={**(known.keys or {}), **(own.keys or {})})
