"""Leaves aside the rules that cannot match: a tree that asks one fact at a time and follows the value the view has.

A rule is filed under values it cannot hold without. It must never leave aside a rule that would hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from deskwright.engine.conditions.syntax import (
    And,
    Compare,
    Constant,
    Contains,
    Fact,
    In,
    Literal,
    Missing,
    Not,
    Or,
    SignalHeld,
    Tree,
    Truth,
)
from deskwright.engine.words import folded, word_set
from deskwright.engine.workflow import Rule

SMALL: Final = 6
"""Rules that are not worth splitting further."""
MOST_ALTERNATIVES: Final = 12
"""Ways in which one rule may hold; a rule with more is always a candidate."""

Key = tuple[str, str]
"""How the view is asked, and for which fact: is | member | words."""
Needs = dict[Key, frozenset[Any]]
"""Each key must show one of these values."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Fork:
    key: Key
    branches: Mapping[Any, _Leaf | _Fork]
    rest: _Leaf | _Fork | None
    """Rules that do not need this fact."""


class RuleIndex:
    """Which rules may match a view. Immutable."""

    __slots__ = ("root",)

    def __init__(self, root: _Leaf | _Fork) -> None:
        self.root = root

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> RuleIndex:
        """The index over the rules' places (from 0)."""
        filed = [(place, needs) for place, rule in enumerate(rules) for needs in alternatives(rule.condition.tree)]
        return cls(_built(filed))

    def candidates(self, view: Mapping[str, Any]) -> list[int]:
        """The places of every rule that holds for the view and of some that do not, in order."""
        found: list[int] = []
        ahead: list[_Leaf | _Fork] = [self.root]
        while ahead:
            node = ahead.pop()
            if isinstance(node, _Leaf):
                found += node.rules
                continue
            if node.rest is not None:
                ahead.append(node.rest)
            how, name = node.key
            if how == "is":
                branch = node.branches.get(view.get(name))
                if branch is not None:
                    ahead.append(branch)
            elif (value := view.get(name)) is not None:
                there = word_set(value) if how == "words" else folded(frozenset(value)) if how == "member" else value
                ahead += [node.branches[key] for key in node.branches.keys() & there]
        return sorted(set(found))


def _built(filed: list[tuple[int, Needs]]) -> _Leaf | _Fork:
    key = _best(filed) if len(filed) > SMALL else None
    if key is None:
        return _Leaf(tuple(sorted({place for place, _ in filed})))
    sorted_out: dict[Any, list[tuple[int, Needs]]] = {}
    rest: list[tuple[int, Needs]] = []
    for place, needs in filed:
        left = {other: values for other, values in needs.items() if other != key}
        for value in needs.get(key, ()):
            sorted_out.setdefault(value, []).append((place, left))
        if key not in needs:
            rest.append((place, needs))
    branches = {value: _built(part) for value, part in sorted_out.items()}
    return _Fork(key, branches, _built(rest) if rest else None)


def _best(filed: Iterable[tuple[int, Needs]]) -> Key | None:
    """The fact that leaves aside the most rules: needed by many, and by each for another value."""
    needed: Counter[Key] = Counter()
    largest: dict[Key, Counter[Any]] = {}
    for _, needs in filed:
        for key, values in needs.items():
            needed[key] += 1
            largest.setdefault(key, Counter()).update(values)
    gains = {key: count - max(largest[key].values(), default=0) for key, count in needed.items()}
    best = max(gains, key=lambda key: (gains[key], key), default=None)
    return best if best is not None and gains[best] > 0 else None


# What a condition cannot hold without


def alternatives(tree: Tree) -> list[Needs]:
    """The ways in which it can hold, each with what it needs; an empty need may always hold, no way never does."""
    found = _ways(tree)
    return found if len(found) <= MOST_ALTERNATIVES else [{}]


def _ways(tree: Tree) -> list[Needs]:
    match tree:
        case And(parts):
            return _together([_ways(part) for part in parts])
        case Or(parts):
            return [way for part in parts for way in _ways(part)]
        case Constant(False):
            return []
        case Not(Constant(True)):
            return []
    need = _need(tree)
    return [{}] if need is None else [dict([need])]


def _need(tree: Tree) -> tuple[Key, frozenset[Any]] | None:
    match tree:
        case In(Fact(name), values, False):
            return ("is", name), frozenset(value.value for value in values)
        case Compare(Fact(name), "==", Literal(value)):
            return ("is", name), frozenset((value,))
        case Truth(Fact(name)):
            return ("is", name), frozenset((True,))
        case Missing(Fact(name), False):
            return ("is", name), frozenset((None,))
        case SignalHeld(name):
            return ("set", "signals"), frozenset((name,))
        case Contains(Fact(name, "set"), phrase, False):
            return ("member", name), frozenset((phrase,))
        case Contains(Fact(name), phrase, False):
            return ("words", name), frozenset((max(phrase.split(), key=len),))
    return None


def _together(parts: list[list[Needs]]) -> list[Needs]:
    """Every way of each part with every way of the others, as long as they are few; then only the single ways."""
    total = 1
    for ways in parts:
        total *= max(len(ways), 1)
    if total > MOST_ALTERNATIVES:
        parts = [ways for ways in parts if len(ways) <= 1]
    joined = (_joined(combination) for combination in product(*parts))
    return [way for way in joined if way is not None]


def _joined(ways: Iterable[Needs]) -> Needs | None:
    """All needs at once; None when they contradict each other. A set or a text can show several values."""
    joined: Needs = {}
    for needs in ways:
        for key, values in needs.items():
            if key not in joined:
                joined[key] = values
            elif key[0] == "is":
                joined[key] &= values
                if not joined[key]:
                    return None
    return joined
