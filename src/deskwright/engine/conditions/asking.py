"""What a test looks at, and the questions about values that compiled code calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import re2

from deskwright.engine.conditions.binding import pattern
from deskwright.engine.conditions.syntax import (
    Between,
    Compare,
    Contains,
    DaysUntil,
    Fact,
    In,
    Like,
    Literal,
    Matches,
    Missing,
    Operand,
    Tree,
    Truth,
)

View = Mapping[str, Any]


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
