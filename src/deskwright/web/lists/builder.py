"""A condition as chips (field, operator, value) and back, for people who do not write conditions.

Chips say what one AND or one OR of plain tests says; anything deeper stays text, and the builder says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskwright.engine.conditions import ConditionError, parse, printed
from deskwright.engine.conditions.syntax import (
    And,
    Between,
    Compare,
    Constant,
    Contains,
    Fact,
    In,
    Like,
    Literal,
    Matches,
    Missing,
    Not,
    Or,
    SignalHeld,
    Tree,
    Truth,
)
from deskwright.engine.vocabulary import Name, Vocabulary

OPERATORS: Final[Mapping[str, Promise]] = {
    "is": _("is"),
    "not": _("is not"),
    "in": _("is one of"),
    "least": _("is at least"),
    "most": _("is at most"),
    "more": _("is more than"),
    "less": _("is less than"),
    "has": _("contains"),
    "lacks": _("does not contain"),
    "none": _("is empty"),
    "any": _("is not empty"),
    "yes": _("is true"),
    "no": _("is false"),
}
COMPARED: Final = {"is": "==", "not": "!=", "least": ">=", "most": "<=", "more": ">", "less": "<"}
_ENDS: Final = ("none", "any")
_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "choice": ("is", "not", "in", *_ENDS),
    "word": ("is", "not", "in", *_ENDS),
    "text": ("has", "lacks", "is", "not", *_ENDS),
    "number": ("is", "not", "more", "less", "least", "most", *_ENDS),
    "minutes": ("more", "less"),
    "boolean": ("yes", "no"),
    "date": ("more", "less", "is", *_ENDS),
    "instant": ("more", "less", *_ENDS),
    "set": ("has", "lacks"),
}
WITHOUT_VALUE: Final = frozenset({"none", "any", "yes", "no"})
COMMON: Final = (
    "priority", "status", "assignee", "queue", "category", "tags", "age", "subject", "description", "channel",
    "language", "customer_tier", "sentiment", "reopen_count", "type",
)  # fmt: skip
"""The fields that are offered first."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One test. `value` holds several words with commas for "is one of"; `me` is whoever looks."""

    field: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Chips:
    """`joined`: and | or."""

    joined: str
    chips: Sequence[Chip]


def operators(name: Name) -> list[tuple[str, Promise]]:
    """What the builder offers for a field."""
    offered = _OF_KIND[name.kind]
    if name.ordered:
        offered = ("is", "not", "least", "most", *offered[2:])
    return [(key, OPERATORS[key]) for key in offered]


def words(name: Name) -> Sequence[str]:
    """The values to choose from; none where any may be written."""
    return ("me",) if name.name == "assignee" else name.words


# Chips as text


def text_of(chips: Chips, known: Vocabulary) -> str:
    """The condition the chips mean; a chip of an unknown field or without its value is left out."""
    parts = [test for chip in chips.chips if (test := test_of(chip, known)) is not None]
    if len(parts) < 2:
        return printed(parts[0]) if parts else ""
    return printed(Or(tuple(parts)) if chips.joined == "or" else And(tuple(parts)))


def test_of(chip: Chip, known: Vocabulary) -> Tree | None:
    name = known.find(chip.field)
    if name is None or (chip.operator not in WITHOUT_VALUE and not chip.value.strip()):
        return None
    fact = Fact(name.name)
    match chip.operator:
        case "none" | "any":
            return Missing(fact, chip.operator == "any")
        case "yes":
            return Truth(fact)
        case "no":
            return Not(Truth(fact))
        case "has" | "lacks":
            return Contains(fact, chip.value.strip(), chip.operator == "lacks")
        case "in":
            return In(fact, tuple(Literal(word.strip()) for word in chip.value.split(",") if word.strip()))
        case operator if operator in COMPARED:
            return Compare(fact, COMPARED[operator], literal(chip.value.strip(), name))
    return None


def literal(text: str, name: Name) -> Literal | Fact:
    if text == "me" and name.name == "assignee":
        return Fact("me")
    if name.kind == "number":
        try:
            return Literal(float(text) if "." in text else int(text))
        except ValueError:
            return Literal(text)
    return Literal(text)


# Text as chips


def chips_of(text: str, known: Vocabulary) -> Chips | None:
    """The chips that say the same; None for a broken text, unknown fields, or more than chips can say."""
    if not text.strip():
        return Chips("and", ())
    try:
        tree = parse(text)
    except ConditionError:
        return None
    parts = tree.parts if isinstance(tree, And | Or) else () if tree == Constant(True) else (tree,)
    chips = [chip_of(part) for part in parts]
    if any(chip is None or known.find(chip.field) is None for chip in chips):
        return None
    return Chips("or" if isinstance(tree, Or) else "and", present(chips))


def present(chips: Iterable[Chip | None]) -> list[Chip]:
    return [chip for chip in chips if chip is not None]


def chip_of(part: Tree) -> Chip | None:
    match part:
        case Truth(Fact(name)):
            return Chip(name, "yes")
        case Not(Truth(Fact(name))):
            return Chip(name, "no")
        case Missing(Fact(name), negated):
            return Chip(name, "any" if negated else "none")
        case Contains(Fact(name), phrase, negated):
            return Chip(name, "lacks" if negated else "has", phrase)
        case In(Fact(name), values, False):
            return Chip(name, "in", ", ".join(str(value.value) for value in values))
        case Compare(Fact(name), op, right):
            return compared(name, op, right)
        case SignalHeld(name):
            return Chip("signals", "has", name)
        case And() | Or() | Not() | Constant() | Between() | Like() | Matches() | Compare() | In():
            return None
    return None


def compared(name: str, op: str, right: object) -> Chip | None:
    operator = next(key for key, sign in COMPARED.items() if sign == op)
    match right:
        case Literal(bool() as truth) if op in ("==", "!="):
            return Chip(name, "yes" if truth == (op == "==") else "no")
        case Literal(value) if not isinstance(value, bool):
            return Chip(name, operator, span(value) if name == "age" and isinstance(value, int) else str(value))
        case Fact("me"):
            return Chip(name, operator, "me")
    return None


def span(minutes: int) -> str:
    """Minutes as a duration: 2880 -> "2d"."""
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
