"""What is the same and what goes on: twins of a new ticket, and the window in which an answer reopens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from deskwright.engine.duplicates import twins
from deskwright.engine.facts import Ticket
from deskwright.engine.loading import load
from deskwright.engine.problems import WorkflowError
from deskwright.engine.reopening import goes_on
from tests.engine.building import at

NOW = at("10:00")


def like(share, customer=True, live=True):
    return {"share": share, "customer": customer, "live": live, "words": ["exports", "fail"]}


def found(policy, **alike):
    workflow = load(f"duplicates: {policy}")
    seen = twins(workflow, {number.strip("t"): one for number, one in alike.items()})
    return [(twin.ticket, twin.same) for twin in seen]


POLICY = "{suggest_at: 75%, merge_at: 95%}"


@pytest.mark.parametrize(
    ("alike", "expected"),
    [
        ({}, []),
        ({"t1": like(0.7)}, []),
        ({"t1": like(0.75)}, [(1, False)]),
        ({"t1": like(0.95)}, [(1, True)]),
        ({"t1": like(0.99, customer=False)}, [(1, False)]),
        ({"t1": like(0.99, live=False)}, [(1, False)]),
        ({"t1": like(0.96), "t2": like(0.98), "t3": like(0.8)}, [(2, True)]),
        ({"t9": like(0.97), "t2": like(0.97)}, [(2, True)]),
        ({f"t{n}": like(0.8) for n in range(1, 6)}, [(1, False), (2, False), (3, False)]),
    ],
)
def test_who_is_suggested_and_who_is_merged(alike, expected):
    assert found(POLICY, **alike) == expected


def test_without_a_policy_nothing_is_the_same():
    assert found("{}", t1=like(1.0)) == []
    assert found("{suggest_at: 0.5}", t1=like(1.0)) == [(1, False)]
    assert found("{merge_at: 0.9}", t1=like(0.8)) == []


def test_a_twin_says_why():
    (twin,) = twins(load(f"duplicates: {POLICY}"), {"7": like(0.83)})
    assert twin.because == "same customer, 0.83 alike: exports, fail"


REOPEN = (
    "reopen: {within: 14d, queues: {front_desk: 2bd}}\nqueues: {front_desk: {}, other: {}}\ndefault_queue: front_desk"
)


@pytest.mark.parametrize(
    ("queue", "days", "expected"),
    [
        ("other", 14, True),
        ("other", 14.1, False),
        ("front_desk", 2, True),
        ("front_desk", 2.1, False),
        (None, 15, False),
    ],
)
def test_a_window_counts_from_solving_and_ends_with_its_last_moment(queue, days, expected):
    solved = Ticket(1, status="solved", queue=queue, solved_at=NOW)
    assert goes_on(load(REOPEN), solved, NOW + timedelta(days=days)) is expected


def test_in_a_queue_of_by_requester_nobody_else_opens_a_ticket_again():
    workflow = load(REOPEN.replace("2bd}", "2bd}, by_requester: [other]"))
    solved = Ticket(1, status="solved", queue="other", solved_at=NOW)

    assert goes_on(workflow, solved, NOW)
    assert not goes_on(workflow, solved, NOW, requester=False)
    assert goes_on(workflow, replace(solved, queue="front_desk"), NOW, requester=False)
    assert goes_on(workflow, replace(solved, status="open", solved_at=None), NOW, requester=False)


def test_without_a_window_and_while_it_is_open_a_ticket_goes_on_for_ever():
    late = NOW + timedelta(days=4000)
    assert goes_on(load(""), Ticket(1, status="solved", solved_at=NOW), late)
    assert goes_on(load(REOPEN), Ticket(1, status="on_hold", queue="other", solved_at=None), late)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "reopen: {queues: {fornt_desk: 3d}}\nqueues: {front_desk: {}}\ndefault_queue: front_desk",
            "no queue is named",
        ),
        ("reopen: {by_requester: [fornt_desk]}", "no queue is named"),
        ("reopen: {with_in: 3d}", "'with_in' is not part of"),
        ("reopen: {within: soon}", "soon"),
        ("reopen: 14d", "as a mapping"),
    ],
)
def test_a_wrong_window_is_refused_in_words(text, said):
    with pytest.raises(WorkflowError, match=said):
        load(text)
