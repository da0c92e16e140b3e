"""Asks a bound tree node by node. Slower than the compiled function and the plainest statement of what a test means.

Explaining uses it, and the tests hold the compiled function against it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

import re2

from deskwright.engine.conditions.binding import pattern
from deskwright.engine.conditions.syntax import (
    And,
    Between,
    Compare,
    Constant,
    Contains,
    DaysUntil,
    Fact,
    In,
    Like,
    Literal,
    Matches,
    Missing,
    Not,
    Operand,
    Or,
    SignalHeld,
    Tree,
    Truth,
)
from deskwright.engine.words import folded, spoken

View = Mapping[str, Any]
_OPS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def truth(tree: Tree, view: View) -> bool:
    """Whether the tree holds for the view."""
    match tree:
        case And(parts):
            return all(truth(part, view) for part in parts)
        case Or(parts):
            return any(truth(part, view) for part in parts)
        case Not(part):
            return not truth(part, view)
        case Constant(value):
            return value
        case Truth(fact):
            return view.get(fact.name) is True
        case SignalHeld(name):
            return name in (view.get("signals") or ())
        case Missing(fact, negated):
            return (seen(fact, view) is None) is not negated
        case _:
            return _tested(tree, view)


def _tested(tree: Compare | In | Between | Like | Contains | Matches, view: View) -> bool:
    if any(seen(operand, view) is None for operand in operands(tree)):
        return False
    match tree:
        case Compare(left, op, right):
            return _OPS[op](seen(left, view), seen(right, view))
        case In(fact, values, negated):
            return any(seen(fact, view) == value.value for value in values) is not negated
        case Between(fact, low, high, negated):
            return (seen(low, view) <= seen(fact, view) <= seen(high, view)) is not negated
        case Contains(fact, phrase, negated):
            return _contains(fact, phrase, seen(fact, view)) is not negated
        case Like(fact, text, negated):
            return (like(text).match(seen(fact, view)) is not None) is not negated
        case Matches(fact, text, negated):
            return (pattern(text).search(seen(fact, view)) is not None) is not negated


def operands(tree: Tree) -> tuple[Operand, ...]:
    """What a test looks at; nothing for AND, OR, NOT and constants."""
    match tree:
        case Compare(left, _, right):
            return left, right
        case Between(fact, low, high):
            return fact, low, high
        case Truth(fact) | In(fact) | Missing(fact) | Like(fact) | Contains(fact) | Matches(fact):
            return (fact,)
    return ()


def seen(operand: Operand, view: View) -> Any:
    """The value of an operand; None when it is missing."""
    match operand:
        case Literal(value):
            return value
        case DaysUntil(fact):
            return days_until(view.get(fact.name), view.get("now"))
        case Fact(name):
            return view.get(name)


def days_until(value: date | None, now: datetime | None) -> int | None:
    """Whole days from the UTC date of `now` to the date; None when either is missing."""
    if value is None or now is None:
        return None
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    return (day - now.astimezone(UTC).date()).days


@lru_cache(maxsize=512)
def like(text: str) -> re2._Regexp:
    """A LIKE pattern as an anchored regular expression."""
    out, escaped = [], False
    for char in text:
        if char == "\\" and not escaped:
            escaped = True
            continue
        out.append(re2.escape(char) if escaped else {"%": "(?s:.*)", "_": "(?s:.)"}.get(char) or re2.escape(char))
        escaped = False
    return pattern("^(?:" + "".join(out) + (re2.escape("\\") if escaped else "") + r")\z")


def _contains(fact: Fact, phrase: str, value: Any) -> bool:
    if fact.kind == "set":
        return phrase in folded(frozenset(value))
    return f" {phrase} " in spoken(value)
