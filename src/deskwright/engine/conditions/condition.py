"""A condition ready to use: it holds or not, says why, and names the facts it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deskwright.engine.conditions.asking import operands
from deskwright.engine.conditions.binding import bind
from deskwright.engine.conditions.compiling import Holds, compiled
from deskwright.engine.conditions.explaining import Plan, certain, explained, first_failing, planned, values_seen
from deskwright.engine.conditions.parsing import parse
from deskwright.engine.conditions.syntax import And, DaysUntil, Fact, Not, Or, SignalHeld, Tree
from deskwright.engine.trace import Step
from deskwright.engine.vocabulary.names import Vocabulary


class Condition:
    """Immutable to its users. The function is compiled when first asked, so a thousand rules load fast.

    `text` is as written, `tree` is bound (see `syntax`); equal text and tree make equal conditions.
    """

    __slots__ = ("_plan", "holds", "text", "tree")

    holds: Holds
    """view -> whether it holds. A name the view lacks counts as missing; nothing is ever raised for it."""

    def __init__(self, text: str, tree: Tree) -> None:
        self.text = text
        self.tree = tree
        self.holds = self._first
        self._plan: Plan | None = None

    def _first(self, view: Mapping[str, Any]) -> bool:
        self.holds = compiled(self.tree)
        return self.holds(view)

    def explain(self, view: Mapping[str, Any], topic: str = "routing") -> Step:
        """Every part with its truth and the values seen."""
        return explained(self._planned(), view, topic)

    def first_failing(self, view: Mapping[str, Any], topic: str = "routing") -> Step:
        """The first part that kept a condition that did not hold from holding."""
        return first_failing(self._planned(), view, topic)

    def certain(self, view: Mapping[str, Any]) -> bool | None:
        """Whether it holds; None when that depends on something missing. `holds` takes what is missing for a no."""
        return certain(self._planned(), view)

    def values(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """Every fact it looks at, with its value as JSON can keep it."""
        return values_seen(self._planned(), view)

    def _planned(self) -> Plan:
        if self._plan is None:
            self._plan = planned(self.tree, self.text)
        return self._plan

    @property
    def names(self) -> frozenset[str]:
        """The facts it reads, by their canonical names."""
        return frozenset(_names(self.tree))

    @property
    def signals(self) -> frozenset[str]:
        """The signals it asks for."""
        return frozenset(node.name for node in nodes(self.tree) if isinstance(node, SignalHeld))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and (self.text, self.tree) == (other.text, other.tree)

    def __hash__(self) -> int:
        return hash((self.text, self.tree))

    def __repr__(self) -> str:
        return f"Condition({self.text!r})"

    def __reduce__(self) -> tuple[type[Condition], tuple[str, Tree]]:
        return Condition, (self.text, self.tree)


def compile_condition(text: str, vocabulary: Vocabulary) -> Condition:
    """The condition a text means. Raises ConditionError with every fault and its offset."""
    return Condition(text, bind(parse(text), vocabulary))


def nodes(tree: Tree) -> Iterator[Tree]:
    """The tree and everything in it, outermost first."""
    yield tree
    if isinstance(tree, And | Or):
        for part in tree.parts:
            yield from nodes(part)
    elif isinstance(tree, Not):
        yield from nodes(tree.part)


def _names(tree: Tree) -> Iterator[str]:
    for node in nodes(tree):
        if isinstance(node, SignalHeld):
            yield "signals"
        for operand in operands(node):
            if isinstance(operand, DaysUntil):
                yield operand.fact.name
            elif isinstance(operand, Fact):
                yield operand.name
