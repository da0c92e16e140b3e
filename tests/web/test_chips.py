"""Chips and text say the same, wherever chips can say it."""

from __future__ import annotations

import pytest

from deskwright.engine import loading, vocabulary
from deskwright.engine.conditions import compile_condition
from deskwright.web.lists.builder import Chip, Chips, chips_of, operators, text_of

KNOWN = vocabulary.of_lists(loading.load(""))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "priority == 'high'",
        "priority >= 'high' AND tags CONTAINS 'export' AND age > '2d'",
        "assignee == me OR assignee IS NULL",
        "status IN ('new', 'open') AND subject NOT CONTAINS 'test'",
        "organisation.vip AND NOT business_hours",
        "sentiment < -0.5 AND reopen_count >= 2",
        "created_at > '2026-01-01'",
    ],
)
def test_what_chips_can_say_comes_back_as_it_was(text: str) -> None:
    chips = chips_of(text, KNOWN)
    assert chips is not None
    assert text_of(chips, KNOWN) == text
    assert chips_of(text_of(chips, KNOWN), KNOWN) == chips


def test_a_span_is_told_as_people_write_it() -> None:
    chips = chips_of("age > 2d AND age < 90", KNOWN)
    assert chips is not None and [chip.value for chip in chips.chips] == ["2d", "90m"]


@pytest.mark.parametrize(
    "text",
    [
        "(a == 1 OR b == 2) AND c == 3",
        "NOT (a == 1)",
        "subject LIKE 'a%'",
        "age BETWEEN 1 AND 2",
        "priority ==",
        "shoe_size > 4",
    ],
)
def test_deeper_conditions_stay_text(text: str) -> None:
    assert chips_of(text, KNOWN) is None


def test_every_operator_that_is_offered_makes_a_condition_that_is_understood() -> None:
    values = {
        "number": "3",
        "minutes": "2d",
        "date": "2026-12-31",
        "instant": "2026-12-31",
        "text": "word",
        "set": "word",
    }
    for name in KNOWN.names.values():
        if name.name == "me":
            continue
        value = name.words[0] if name.words else values.get(name.kind, "word")
        for operator, _word in operators(name):
            text = text_of(Chips("and", [Chip(name.name, operator, value)]), KNOWN)
            assert text, (name.name, operator)
            compile_condition(text, KNOWN)
