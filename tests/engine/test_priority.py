"""Classification: what was given stands, the rest is filled in, and each says why."""

from datetime import UTC, datetime

import pytest

from deskwright.engine import priority
from deskwright.engine.events import TicketOpened
from deskwright.engine.facts import Customer, Facts, Ticket
from deskwright.engine.loading import load
from deskwright.engine.vocabulary import view

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STARTER = load("")


def classified(workflow=STARTER, **known):
    seen = view(workflow, Facts(Ticket(1, created_at=NOW, **known), Customer(1)), TicketOpened(), NOW)
    changes, steps = priority.classify(workflow, seen)
    assert all(seen[name] == value for name, value in changes.items())
    return changes, steps


MATRIX = {
    ("high", "high"): "critical",
    ("high", "medium"): "high",
    ("high", "low"): "medium",
    ("medium", "high"): "high",
    ("medium", "medium"): "medium",
    ("medium", "low"): "low",
    ("low", "high"): "medium",
    ("low", "medium"): "low",
    ("low", "low"): "low",
}


@pytest.mark.parametrize(("known", "expected"), MATRIX.items())
def test_impact_and_urgency_give_the_priority(known, expected):
    changes, steps = classified(impact=known[0], urgency=known[1])
    assert changes["priority"] == expected
    assert f"impact {known[0]} with urgency {known[1]}" in steps[1].text


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "medium"),
        ({"impact": "high"}, "high"),
        ({"urgency": "low"}, "low"),
        ({"signals": frozenset({"urgency"})}, "high"),
        ({"signals": frozenset({"urgency"}), "impact": "high"}, "critical"),
        ({"signals": frozenset({"urgency"}), "urgency": "low"}, "low"),
    ],
)
def test_what_is_not_known_counts_as_medium_and_the_signal_as_urgent(known, expected):
    assert classified(**known)[0]["priority"] == expected


def test_what_was_given_stands():
    changes, steps = classified(priority="low", category="billing", complexity="level_3", impact="high", urgency="high")
    assert changes == {}
    assert steps == []


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("The invoice has a wrong VAT", "billing"),
        ("error after error, and a stack trace", "bug"),
        ("the timeout is back, so slow, such latency", "performance"),
        ("it crashed", "technical"),
        ("I cannot log in, locked out of SSO", "account"),
        ("our webhook of the REST API", "api"),
        ("breakdown of downloads", None),
        ("good morning", None),
    ],
)
def test_keywords_give_the_category_and_children_beat_their_parents(text, category):
    assert classified(description=text)[0].get("category") == category


def test_the_branch_with_the_most_keywords_wins():
    assert classified(subject="invoice", description="refund the charge; also an outage")[0]["category"] == "billing"


def test_complexity_sees_the_category_and_priority_just_found():
    assert classified(description="total outage", impact="high", urgency="high")[0]["complexity"] == "level_3"
    assert classified(description="an error")[0]["complexity"] == "level_2"
    assert classified(description="good morning")[0]["complexity"] == "level_1"
