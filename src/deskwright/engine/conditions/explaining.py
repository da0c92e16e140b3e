"""Why a condition held or not: part by part, in the author's own words, with the values seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from deskwright.engine.conditions.asking import operands, seen, truth
from deskwright.engine.conditions.syntax import And, DaysUntil, Fact, Missing, Not, Operand, Or, SignalHeld, Tree
from deskwright.engine.trace import Step

LONGEST: Final = 120
"""Characters of a value that the trace keeps."""


def explained(tree: Tree, text: str, view: Mapping[str, Any], topic: str) -> Step:
    """The step of a whole condition; its parts are the parts of the condition, all of them asked."""
    held = truth(tree, view)
    if isinstance(tree, And | Or):
        parts = [explained(part, text, view, topic) for part in tree.parts]
        joined = "all of these" if isinstance(tree, And) else "at least one of these"
        return Step(topic, joined, held, parts=parts)
    if isinstance(tree, Not):
        return Step(topic, "not", held, parts=[explained(tree.part, text, view, topic)])
    said = text[tree.at : tree.end].strip()
    if isinstance(tree, SignalHeld):
        return Step(topic, said, held, {"signals": shown(view.get("signals") or ())})
    looked_at = [operand for operand in operands(tree) if isinstance(operand, Fact | DaysUntil)]
    values = {_called(operand): seen(operand, view) for operand in looked_at}
    missing = [name for name, value in values.items() if value is None]
    if missing and not isinstance(tree, Missing):
        said = f"{said}: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    return Step(topic, said, held, {name: shown(value) for name, value in values.items()})


def first_failing(tree: Tree, text: str, view: Mapping[str, Any], topic: str) -> Step:
    """The first part that did not hold, enough to see why the whole did not."""
    if isinstance(tree, And):
        for part in tree.parts:
            if not truth(part, view):
                return first_failing(part, text, view, topic)
    return explained(tree, text, view, topic)


def shown(value: Any) -> Any:
    """A value as JSON can keep it."""
    if value is None:
        return "missing"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple, list)):
        return sorted(str(member) for member in value)
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, str) and len(value) > LONGEST:
        return value[: LONGEST - 3] + "..."
    return value


def _called(operand: Operand) -> str:
    if isinstance(operand, DaysUntil):
        return f"days_until({operand.fact.name})"
    return operand.name if isinstance(operand, Fact) else ""
