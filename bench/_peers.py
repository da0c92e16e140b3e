"""The rules of `_desk.condition` in the words of two packages, rule-engine and cel-python, asked first match first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

NAMES: Final = (
    "category",
    "customer_tier",
    "description",
    "amount",
    "priority",
    "tags",
    "subject",
    "channel",
    "language",
)
Ask = Callable[[Mapping[str, Any]], int | None]
"""A ticket -> the number of the first rule that matches, from 1."""


def plain(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the packages are given: the same facts, with a value for each, so that no comparison can fail there."""
    found: dict[str, Any] = {name: view.get(name) or "" for name in NAMES}
    return found | {"tags": sorted(view.get("tags") or ()), "amount": view.get("amount") or 0}


def tier(number: int) -> str:
    return ("enterprise", "professional", "standard", "free")[number % 4]


def in_rule_engine(number: int) -> str:
    kinds = (
        f"category == 'area_{number}' and customer_tier == '{tier(number)}'",
        f"description =~~ '(?is)\\\\bkeyword{number}\\\\b'",
        f"category == 'billing' and amount > {1000 * number}",
        f"priority == 'critical' and category == 'part_{number}'",
        f"'label_{number}' in tags or subject =~~ '(?i)\\\\bproduct{number}\\\\b'",
        f"channel == 'phone' and language == 'en' and category == 'desk_{number}'",
    )
    return kinds[number % len(kinds)]


def in_cel(number: int) -> str:
    kinds = (
        f"category == 'area_{number}' && customer_tier == '{tier(number)}'",
        f"description.matches('(?i)\\\\bkeyword{number}\\\\b')",
        f"category == 'billing' && amount > {1000 * number}",
        f"priority == 'critical' && category == 'part_{number}'",
        f"('label_{number}' in tags) || subject.matches('(?i)\\\\bproduct{number}\\\\b')",
        f"channel == 'phone' && language == 'en' && category == 'desk_{number}'",
    )
    return kinds[number % len(kinds)]


def rule_engine(size: int) -> Ask:
    import rule_engine

    context = rule_engine.Context(default_value=None)
    rules = [rule_engine.Rule(in_rule_engine(number), context=context) for number in range(1, size + 1)]
    return lambda ticket: first([rule.matches for rule in rules], ticket)


def cel(size: int) -> Ask:
    import celpy

    environment = celpy.Environment()
    programs = [environment.program(environment.compile(in_cel(number))) for number in range(1, size + 1)]
    known: dict[int, Any] = {}

    def ask(ticket: Mapping[str, Any]) -> int | None:
        if id(ticket) not in known:
            known[id(ticket)] = celpy.json_to_cel(dict(ticket))
        return first([program.evaluate for program in programs], known[id(ticket)])

    return ask


def first(tests: Sequence[Callable[[Any], Any]], ticket: Any) -> int | None:
    return next((number for number, test in enumerate(tests, 1) if test(ticket)), None)
