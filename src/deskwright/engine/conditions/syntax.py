"""The tree of a condition. Parsing makes it, binding resolves it, and every back end walks the bound tree.

One meaning for all back ends: a test of a missing value is false, its negated operator (!=, NOT IN, NOT LIKE ...) too;
NOT, AND and OR are two-valued. A node that a back end does not know is refused by it, never skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Value = str | int | float | bool | date | datetime


def _place() -> Any:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """A name. Bound: the canonical name in the view and the vocabulary's kind."""

    name: str
    kind: str = field(default="", compare=False)
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class DaysUntil:
    """Whole days from today (UTC) to the fact's date; negative when it has passed, missing when the fact is."""

    fact: Fact
    at: int = _place()
    end: int = _place()


Operand = Fact | Literal | DaysUntil


@dataclass(frozen=True, slots=True)
class Constant:
    """`true` or `false` on its own."""

    value: bool
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Truth:
    """A boolean fact on its own."""

    fact: Fact
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Compare:
    """`op` is one of == != < <= > >=. Bound, the left side is never a literal."""

    left: Operand
    op: str
    right: Operand
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class In:
    """Bound also from == and != on words, and from ordered comparisons of choices; a category lists its children."""

    fact: Operand
    values: tuple[Literal, ...]
    negated: bool = False
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends belong to it."""

    fact: Operand
    low: Operand
    high: Operand
    negated: bool = False
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Missing:
    """IS NULL; negated, IS NOT NULL. The only test a missing value can pass."""

    fact: Operand
    negated: bool = False
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Like:
    """SQL's: % any characters, _ one, \\ before them means themselves; the whole text, case counts."""

    fact: Fact
    pattern: str
    negated: bool = False
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Contains:
    """On text: its whole words hold this phrase, case aside. On a set: one member equals it, case aside."""

    fact: Fact
    phrase: str
    negated: bool = False
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Matches:
    """RE2, found anywhere in the text; case counts unless the pattern says (?i)."""

    fact: Fact
    pattern: str
    negated: bool = False
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class SignalHeld:
    name: str
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Not:
    part: Tree
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Tree, ...]
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Tree, ...]
    at: int = _place()
    end: int = _place()


Tree = Constant | Truth | Compare | In | Between | Missing | Like | Contains | Matches | SignalHeld | Not | And | Or


class ConditionError(ValueError):
    """A condition that cannot be used: `faults` are (offset in its text, message, suggestion)."""

    def __init__(self, faults: list[tuple[int, str, str | None]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{message} (character {at + 1})" for at, message, _ in faults))
