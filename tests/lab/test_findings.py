"""What a history says of its workflow: each finding from figures that can be counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deskwright.engine.events import TicketOpened
from deskwright.engine.facts import Agent, Clock, Message, Ticket
from deskwright.engine.history import Recorded
from deskwright.engine.loading import load
from deskwright.lab.advice import findings
from deskwright.lab.advice.findings import of_rules, of_targets, of_teams, of_words
from deskwright.lab.replay import Replayed
from deskwright.lab.whatif.outcomes import Outcome

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
RULES = load(
    """
extends: nothing
queues: {front: {}, exports: {skills: [sql]}}
default_queue: front
routing_rules:
  - {name: Words, condition: "subject CONTAINS 'export'", action: {assign: {queue: exports}}}
  - {name: Empty exports, condition: "subject CONTAINS 'empty export'", action: {assign: {queue: front}}}
  - {name: Fax, condition: "channel == 'sms'", action: {assign: {queue: front}}}
"""
)


def opened(number: int, subject: str) -> Recorded:
    changes = {"subject": subject, "description": subject, "created_at": MONDAY}
    message = Message(new_text=subject, at=MONDAY)
    return Recorded(number, number, MONDAY, TicketOpened(), 1, 0, False, changes, message=message)


def test_rules_that_hold_for_nothing_and_rules_that_never_have_a_say_are_told_apart() -> None:
    found = list(of_rules([opened(1, "An empty export"), opened(2, "An export"), opened(3, "Hello")], RULES))
    assert [(each.kind, each.subject, each.tickets) for each in found] == [
        (findings.LOSING, "Empty exports", (1,)),
        (findings.DEAD, "Fax", ()),
    ]
    assert (found[0].figures["held"], found[0].figures["winner"], found[1].figures["opened"]) == (1, "Words", 3)
    assert list(of_rules([], RULES)) == []


def ended(number: int, target: str, used: int, late: bool) -> Replayed:
    replayed = Replayed(Ticket(number, priority="high"))
    breached = MONDAY if late else None
    clock = Clock(
        "resolution", 1, "met", MONDAY, target, "", None, used_seconds=used, stopped_at=MONDAY, breached_at=breached
    )
    replayed.clocks = {("resolution", 1): clock}
    return replayed


def test_promises_are_told_that_are_broken_too_often_or_hardly_used() -> None:
    poor = {number: ended(number, "1h", 5000, number % 2 == 0) for number in range(20)}
    easy = {number: ended(number, "8h", 1800, False) for number in range(100, 120)}
    right = {number: ended(number, "2h", 5000, False) for number in range(200, 220)}
    few = {number: ended(number, "3h", 90000, True) for number in range(300, 305)}
    found = list(of_targets(poor | easy | right | few, RULES))
    assert [(each.kind, each.figures["target"], each.figures["kept"]) for each in found] == [
        (findings.BROKEN, "1h", 0.5),
        (findings.EASY, "8h", 1.0),
    ]
    assert found[0].tickets == (18, 16, 14, 12, 10)


def test_queues_whose_tickets_wait_are_told_with_how_many_could_take_them() -> None:
    outcomes = {
        number: Outcome(number, queue="exports", waits=[(MONDAY, MONDAY + timedelta(hours=number))])
        for number in range(5)
    }
    agents = {1: Agent(1, "Ada", skills={"sql": 1}), 2: Agent(2, "Ben")}
    (found,) = of_teams(outcomes, RULES, agents, MONDAY)
    assert (found.kind, found.subject, found.tickets) == (findings.SCARCE, "exports", (4, 3, 2, 1))
    assert [found.figures[name] for name in ("waited", "tickets", "able", "members")] == [4, 5, 1, 2]
    assert found.figures["half_waited"] == 2.5 * 3600


def test_sentences_that_come_again_are_told_unless_a_macro_has_them() -> None:
    again = "You can find the invoice under Settings, Billing, Documents."
    known = "Please restart the app and try it once more."
    answers = [(number, f"Hello {number},\n{again} {known}\nBye") for number in range(4)]
    assert [(each.subject, each.figures) for each in of_words(answers, [f"Hello!\n{known}"])] == [
        (again, {"tickets": 4})
    ]
    assert list(of_words(answers[:3], [])) == []
