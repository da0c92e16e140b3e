"""Rules that can never decide, because an earlier rule always takes their tickets first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deskwright.engine.conditions.syntax import Constant, Tree
from deskwright.engine.linting.reasoning import Way, entails, ways
from deskwright.engine.problems import Problem
from deskwright.engine.workflow import Rule

MOST_PAIRS = 200_000
"""Comparisons of two rules; beyond that only equal conditions and rules for everything are told."""


def unreachable(rules: Sequence[Rule]) -> Iterator[Problem]:
    """One problem for each rule that no ticket reaches, naming the rule that takes them."""
    takers: list[tuple[Rule, frozenset[str]]] = []
    always: Rule | None = None
    seen: dict[Tree, Rule] = {}
    pairs = 0
    for rule in rules:
        before = always or seen.get(rule.condition.tree)
        if before is None and pairs < MOST_PAIRS:
            pairs += len(takers)
            before = _shadowing(rule, takers)
        if before is not None:
            yield _told(rule, before)
        if not rule.go_on:
            takers.append((rule, rule.condition.names))
            seen.setdefault(rule.condition.tree, rule)
            always = always or (rule if rule.condition.tree == Constant(True) else None)


def _shadowing(rule: Rule, takers: Sequence[tuple[Rule, frozenset[str]]]) -> Rule | None:
    """A rule that reads other facts than this one hardly covers it, and is not compared."""
    found = ways(rule.condition.tree)
    read = rule.condition.names
    near = (other for other, names in takers if names <= read) if found else ()
    return next((other for other in near if _covers(other, found)), None)


def _covers(other: Rule, found: Sequence[Way]) -> bool:
    return all(entails(way, other.condition.tree) for way in found)


def _told(rule: Rule, before: Rule) -> Problem:
    path = f"routing_rules[{rule.number}]"
    if before.condition.tree == Constant(True):
        return Problem(rule.line, 1, path, f"no ticket gets here: rule {before.number} takes every ticket")
    if before.condition.tree == rule.condition.tree:
        return Problem(rule.line, 1, path, f"no ticket gets here: rule {before.number} has the same condition")
    message = f"no ticket gets here: whatever meets it also meets rule {before.number} ({before.condition.text})"
    return Problem(rule.line, 1, path, message)
