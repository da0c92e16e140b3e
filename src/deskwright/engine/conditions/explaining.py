"""Why a condition held or not: part by part, in the author's own words, with the values seen.

A plan is laid out once per condition, with each test compiled on its own: telling costs little more than asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from deskwright.engine.conditions.asking import operands, seen
from deskwright.engine.conditions.compiling import Holds, compiled
from deskwright.engine.conditions.syntax import And, DaysUntil, Fact, Missing, Not, Operand, Or, SignalHeld, Tree
from deskwright.engine.saying import _, ngettext
from deskwright.engine.trace import MISSING, Step

LONGEST: Final = 120
"""Characters of a value that the trace keeps."""
_JOINED: Final[Mapping[type, str]] = {
    And: _("all of these"),
    Or: _("at least one of these"),
    Not: _("not"),
}


@dataclass(slots=True)
class Plan:
    """How to tell of one node of a condition."""

    said: str
    holds: Holds
    parts: tuple[Plan, ...]
    facts: tuple[tuple[str, Operand], ...]
    """What a test looks at, by the name it is told under."""
    all_needed: bool
    """Parts of an AND: the first that fails says why the whole does."""
    may_be_missing: bool


def planned(tree: Tree, text: str) -> Plan:
    """`text` is the condition as written; each test is told in its words."""
    if isinstance(tree, And | Or | Not):
        parts = (tree.part,) if isinstance(tree, Not) else tree.parts
        plans = tuple(planned(part, text) for part in parts)
        return Plan(_JOINED[type(tree)], compiled(tree), plans, (), isinstance(tree, And), False)
    looked_at = [operand for operand in operands(tree) if isinstance(operand, Fact | DaysUntil)]
    facts = tuple((_called(operand), operand) for operand in looked_at)
    if isinstance(tree, SignalHeld):
        facts = (("signals", Fact("signals", "set")),)
    said = " ".join(text[tree.at : tree.end].split())
    return Plan(said, compiled(tree), (), facts, False, isinstance(tree, Missing | SignalHeld))


def explained(plan: Plan, view: Mapping[str, Any], topic: str) -> Step:
    """The step of a whole condition; its parts are the parts of the condition, all of them asked."""
    held = plan.holds(view)
    if plan.parts:
        return Step(topic, plan.said, held, parts=[explained(part, view, topic) for part in plan.parts])
    said, values = plan.said, {}
    missing = []
    for name, operand in plan.facts:
        value = seen(operand, view)
        if value is None and not plan.may_be_missing:
            missing.append(name)
        values[name] = shown(value)
    if missing:
        said = ngettext(
            "%(condition)s: %(facts)s is missing",
            "%(condition)s: %(facts)s are missing",
            len(missing),
            condition=said,
            facts=" and ".join(missing),
        )
    return Step(topic, said, held, values)


def certain(plan: Plan, view: Mapping[str, Any]) -> bool | None:
    """Whether it holds whatever is missing may turn out to be; None when that depends on it."""
    if not plan.parts:
        unknown = not plan.may_be_missing and any(seen(operand, view) is None for _, operand in plan.facts)
        return None if unknown else plan.holds(view)
    found = [certain(part, view) for part in plan.parts]
    if plan.said == _JOINED[Not]:
        return None if found[0] is None else not found[0]
    decisive = not plan.all_needed
    return decisive if decisive in found else None if None in found else not decisive


def values_seen(plan: Plan, view: Mapping[str, Any]) -> dict[str, Any]:
    """Every fact it looks at, with its value."""
    found = {name: shown(seen(operand, view)) for name, operand in plan.facts}
    for part in plan.parts:
        found |= values_seen(part, view)
    return found


def first_failing(plan: Plan, view: Mapping[str, Any], topic: str) -> Step:
    """The first part that did not hold, enough to see why the whole did not."""
    while plan.all_needed:
        plan = next((part for part in plan.parts if not part.holds(view)), plan.parts[-1])
    return explained(plan, view, topic)


def shown(value: Any) -> Any:
    """A value as JSON can keep it."""
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[: LONGEST - 3] + "..."
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple | list):
        return sorted(str(member) for member in value)
    return value


def _called(operand: Operand) -> str:
    if isinstance(operand, DaysUntil):
        return f"days_until({operand.fact.name})"
    return operand.name if isinstance(operand, Fact) else ""
