"""Rules that can never decide, because earlier rules always take their tickets first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from deskwright.engine.conditions.syntax import Constant, Tree
from deskwright.engine.linting.places import Places
from deskwright.engine.linting.reasoning import Way, apart, entails, ways
from deskwright.engine.problems import Problem
from deskwright.engine.saying import _
from deskwright.engine.workflow import Rule

MOST_PAIRS: Final = 200_000
"""Comparisons of two rules; beyond that only equal conditions and rules for everything are told."""
SAME: Final = "same_condition"
"""The code of a rule whose condition an earlier one has: it can go."""


def unreachable(rules: Sequence[Rule], places: Places) -> Iterator[Problem]:
    """One problem for each rule that no ticket reaches, naming the rules that take them."""
    takers: list[tuple[Rule, frozenset[str]]] = []
    always: Rule | None = None
    seen: dict[Tree, Rule] = {}
    pairs = 0
    for rule in rules:
        equal = always or seen.get(rule.condition.tree)
        before = [equal] if equal else []
        if not before and pairs < MOST_PAIRS:
            pairs += len(takers)
            before = _shadowing(rule, takers)
        if before:
            said = _("no ticket gets here: %(taken)s", taken=_taken(rule, before))
            yield places.tell(f"routing_rules[{rule.number}]", said, code=SAME if _same(rule, before) else "")
        if not rule.go_on:
            takers.append((rule, rule.condition.names))
            seen.setdefault(rule.condition.tree, rule)
            always = always or (rule if rule.condition.tree == Constant(True) else None)


def _shadowing(rule: Rule, takers: Sequence[tuple[Rule, frozenset[str]]]) -> list[Rule]:
    """The rules that together take every ticket of this one; a rule that reads other facts hardly does, and is not
    compared.
    """
    read = rule.condition.names
    near = [other for other, names in takers if names <= read]
    found = ways(rule.condition.tree) if near else []
    alone = next((other for other in near if found and all(_covers(other, way) for way in found)), None)
    if alone is not None or not found or len(near) < 2:
        return [alone] if alone else []
    return _together(near, apart(found))


def _together(near: Sequence[Rule], found: Sequence[Way]) -> list[Rule]:
    taking: list[Rule] = []
    for way in found:
        other = next((other for other in near if _covers(other, way)), None)
        if other is None:
            return []
        if other not in taking:
            taking.append(other)
    return taking


def _covers(other: Rule, way: Way) -> bool:
    return entails(way, other.condition.tree)


def _same(rule: Rule, before: Sequence[Rule]) -> bool:
    return len(before) == 1 and before[0].condition.tree == rule.condition.tree != Constant(True)


def _taken(rule: Rule, before: Sequence[Rule]) -> str:
    first = before[0]
    if len(before) > 1:
        numbers = ", ".join(str(other.number) for other in before[:-1])
        return _(
            "whatever meets it also meets one of the rules %(numbers)s and %(number)s",
            numbers=numbers,
            number=before[-1].number,
        )
    if first.condition.tree == Constant(True):
        return _("rule %(number)s takes every ticket", number=first.number)
    if _same(rule, before):
        return _("rule %(number)s has the same condition", number=first.number)
    return _(
        "whatever meets it also meets rule %(first)s (%(condition)s)",
        first=first.number,
        condition=first.condition.text,
    )
