"""What follows from a condition: the ways in which it can hold, what each allows a fact to be, what that entails.

Sound, not complete: `entails` and `contradiction` say yes only when it is so for every ticket.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

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
    Tree,
    Truth,
)
from deskwright.engine.saying import _

MOST_WAYS: Final = 32


@dataclass(slots=True)
class Allowed:
    """What a fact may be, as far as positive tests of one conjunction say."""

    present: bool = False
    missing: bool = False
    words: frozenset[Any] | None = None
    denied: frozenset[Any] = frozenset()
    low: tuple[Any, bool] | None = None
    """(bound, whether the bound itself is excluded)"""
    high: tuple[Any, bool] | None = None

    def nothing(self) -> bool:
        """Whether no value is left."""
        if self.missing and self.present:
            return True
        if self.words is not None and not self.words - self.denied:
            return True
        if self.low is None or self.high is None:
            return False
        return bool(self.low[0] > self.high[0]) or (self.low[0] == self.high[0] and (self.low[1] or self.high[1]))


@dataclass(slots=True)
class Way:
    """A conjunction of tests, some negated: one way in which a condition can hold."""

    tests: frozenset[tuple[Tree, bool]]
    facts: dict[str, Allowed] = field(default_factory=dict)


def ways(tree: Tree) -> list[Way]:
    """The ways that are possible; empty when there is none or there are too many to reason about."""
    return [way for way in _all_ways(tree) or [] if not _clash(way)]


def apart(found: list[Way]) -> list[Way]:
    """The same ways, with one word each where a test allows several; as they are when that makes too many."""
    split = [way for each in found for way in _one_word_each(each.tests)]
    return [way for way in map(_way, split) if not _clash(way)] if len(split) <= MOST_WAYS else found


def _one_word_each(tests: frozenset[tuple[Tree, bool]]) -> list[frozenset[tuple[Tree, bool]]]:
    several = [test for test, holds in tests if holds and isinstance(test, In) and not test.negated]
    several = [test for test in several if len(test.values) > 1]
    rest = tests - {(test, True) for test in several}
    if math.prod(len(test.values) for test in several) > MOST_WAYS:
        return [tests]
    choices = product(*([In(test.fact, (value,)) for value in test.values] for test in several))
    return [rest | {(test, True) for test in chosen} for chosen in choices]


def contradiction(tree: Tree) -> str | None:
    """Why the condition can never hold; None when it may, or when that is too much to find out."""
    found = _all_ways(tree)
    if found is None or tree == Constant(False):
        return None
    clashes = [_clash(way) for way in found]
    return clashes[0] or _("its parts exclude each other") if clashes and all(clashes) else None


def entails(way: Way, goal: Tree, holds: bool = True) -> bool:
    """Whether `goal` surely holds (or surely does not) when everything in `way` does."""
    match goal:
        case Constant(value):
            return value is holds
        case Not(part):
            return entails(way, part, not holds)
        case And(parts) | Or(parts):
            each = (entails(way, part, holds) for part in parts)
            return all(each) if isinstance(goal, And) is holds else any(each)
    return (goal, holds) in way.tests or (holds and _allowed_only(way, goal))


def _all_ways(tree: Tree) -> list[Way] | None:
    found = _tests(tree, True)
    return None if found is None else [_way(tests) for tests in found]


def _tests(tree: Tree, holds: bool) -> list[frozenset[tuple[Tree, bool]]] | None:
    match tree:
        case Constant(value):
            return [frozenset()] if value is holds else []
        case Not(part):
            return _tests(part, not holds)
        case And(parts) | Or(parts):
            each = [_tests(part, holds) for part in parts]
            if any(found is None for found in each):
                return None
            known = [found for found in each if found is not None]
            return _product(known) if isinstance(tree, And) is holds else _sum(known)
    return [frozenset({(tree, holds)})]


def _product(each: list[list[frozenset[tuple[Tree, bool]]]]) -> list[frozenset[tuple[Tree, bool]]] | None:
    if math.prod(len(found) for found in each) > MOST_WAYS:
        return None
    return [frozenset().union(*combination) for combination in product(*each)]


def _sum(each: list[list[frozenset[tuple[Tree, bool]]]]) -> list[frozenset[tuple[Tree, bool]]] | None:
    together = [tests for found in each for tests in found]
    return together if len(together) <= MOST_WAYS else None


def _way(tests: frozenset[tuple[Tree, bool]]) -> Way:
    way = Way(tests)
    for test, holds in tests:
        if holds:
            _narrow(way.facts, test)
    return way


def _clash(way: Way) -> str | None:
    for test, holds in way.tests:
        if holds and (test, False) in way.tests:
            return _("a test and its opposite are both asked for")
    for name, allowed in way.facts.items():
        if allowed.nothing():
            return _("nothing is left that %(name)s could be", name=name)
    return None


# Single tests


def _narrow(facts: dict[str, Allowed], test: Tree) -> None:
    subject = _subject(test)
    if subject is None:
        return
    allowed = facts.setdefault(subject, Allowed())
    match test:
        case Missing(_, False):
            allowed.missing = True
            return
        case In(_, values, negated):
            _narrow_words(allowed, frozenset(value.value for value in values), negated)
        case Truth():
            _narrow_words(allowed, frozenset((True,)), False)
        case Compare(_, op, Literal(value)):
            _narrow_bounds(allowed, op, value)
        case Between(_, Literal(low), Literal(high), False):
            _narrow_bounds(allowed, ">=", low)
            _narrow_bounds(allowed, "<=", high)
    allowed.present = True


def _narrow_words(allowed: Allowed, words: frozenset[Any], negated: bool) -> None:
    if negated:
        allowed.denied |= words
    else:
        allowed.words = words if allowed.words is None else allowed.words & words


def _narrow_bounds(allowed: Allowed, op: str, value: Any) -> None:
    if op == "!=":
        allowed.denied |= {value}
        return
    if isinstance(value, bool):
        _narrow_words(allowed, frozenset((value,)), op != "==")
        return
    if op in (">", ">=", "==") and (allowed.low is None or (value, op == ">") > allowed.low):
        allowed.low = (value, op == ">")
    if op in ("<", "<=", "==") and (
        allowed.high is None or (value, op != "<") < (allowed.high[0], not allowed.high[1])
    ):
        allowed.high = (value, op == "<")


def _allowed_only(way: Way, goal: Tree) -> bool:
    """Whether every value the way allows passes the goal."""
    subject = _subject(goal)
    allowed = way.facts.get(subject) if subject is not None else None
    if allowed is None:
        return False
    match goal:
        case Missing(_, negated):
            return allowed.present if negated else allowed.missing
        case In(_, values, negated):
            words = frozenset(value.value for value in values)
            return _only(allowed, words, negated)
        case Truth():
            return _only(allowed, frozenset((True,)), False)
        case Compare(_, op, Literal(value)):
            return _within(allowed, op, value)
        case Between(_, Literal(low), Literal(high), False):
            return _within(allowed, ">=", low) and _within(allowed, "<=", high)
    return False


def _only(allowed: Allowed, words: frozenset[Any], negated: bool) -> bool:
    if not allowed.present:
        return False
    left = None if allowed.words is None else allowed.words - allowed.denied
    if negated:
        return words <= allowed.denied or (left is not None and left.isdisjoint(words))
    return left is not None and left <= words


def _within(allowed: Allowed, op: str, value: Any) -> bool:
    if isinstance(value, bool):
        return _only(allowed, frozenset((value,)), op == "!=")
    low, high = allowed.low, allowed.high
    match op:
        case ">":
            return low is not None and (low[0] > value or (low[0] == value and low[1]))
        case ">=":
            return low is not None and bool(low[0] >= value)
        case "<":
            return high is not None and (high[0] < value or (high[0] == value and high[1]))
        case "<=":
            return high is not None and bool(high[0] <= value)
        case "==":
            return low is not None and high is not None and bool(low[0] == high[0] == value)
    return value in allowed.denied or _within(allowed, ">", value) or _within(allowed, "<", value)


def _subject(test: Tree) -> str | None:
    match test:
        case Truth(fact) | In(fact) | Missing(fact) | Like(fact) | Contains(fact) | Matches(fact) | Between(fact):
            return _called(fact)
        case Compare(left):
            return _called(left)
    return None


def _called(operand: Operand) -> str | None:
    match operand:
        case Fact(name):
            return name
        case DaysUntil(fact):
            return f"days_until({fact.name})"
    return None
