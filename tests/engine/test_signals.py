"""Signals: whole words of the customer's new text, negation, conditions, and what lasts."""

from datetime import UTC, datetime

import pytest

from deskwright.engine import signals
from deskwright.engine.events import ClockMark, CustomerWrote, TicketOpened
from deskwright.engine.facts import Customer, Facts, Message, Organisation, Ticket
from deskwright.engine.loading import load
from deskwright.engine.vocabulary import view

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STARTER = load("")


def held(text="", event=None, workflow=STARTER, organisation=None, automatic=False, **known):
    message = Message(f"{text}\n> urgent lawyer asap", text, automatic=automatic) if text else None
    facts = Facts(Ticket(1, created_at=NOW, **known), Customer(1), organisation, message)
    seen = view(workflow, facts, event or CustomerWrote(), NOW)
    return signals.held(workflow, seen, message)


@pytest.mark.parametrize(
    "text",
    [
        "It is URGENT",
        "Our shop is down!",
        "the server's down",
        "broken,really",
        "please reply asap.",
        "we need it as soon as possible",
        "as soon\nas possible",
        "Not only slow but down",
        "I don't know why it is down",
        "This is not a question. It is broken.",
        "not sure if it's down",
        "nothing works, everything is broken",
        "It's not working and we are down",
        "no answer for a week now, and this is urgent",
        "I can't wait: urgent",
        "Is it not urgent to you? It is down for us",
    ],
)
def test_urgency_is_heard(text):
    assert "urgency" in held(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "I downloaded the breakdown of our countdown",
        "this is not urgent",
        "it isn't down",
        "it isn’t down any more, thanks",
        "no longer broken",
        "nothing is broken",
        "it was never urgent",
        "nobody said it was broken",
        "I don't think it is urgent",
        "it is broken no longer",
        "without anything urgent",
        "das ist nicht urgent",
        "unbroken downtown urgently_named",
        "hello",
    ],
)
def test_urgency_is_not_heard(text):
    assert "urgency" not in held(text)[0]


def test_quoted_history_and_machines_are_not_heard():
    assert held("thanks")[0] == frozenset()
    assert held("urgent", automatic=True)[0] == frozenset()


def test_the_subject_counts_when_the_ticket_opens_and_not_later():
    assert "urgency" in held("see above", TicketOpened(), subject="URGENT")[0]
    assert "urgency" not in held("see above", CustomerWrote(), subject="URGENT")[0]


def test_a_step_shows_the_word_and_what_stands_around_it():
    _, steps = held("Since noon our shop is down and we lose orders")
    assert (steps[0].text, steps[0].held) == ("urgency: the customer wrote 'down'", True)
    assert "our shop is down and we" in steps[0].seen["words"]


def test_a_negated_word_is_told_when_nothing_else_raised_the_signal():
    _, steps = held("this is not urgent")
    assert (steps[0].text, steps[0].held) == ("urgency: 'urgent' stands negated by 'not'", False)
    _, steps = held("not urgent, but down")
    assert [step.held for step in steps] == [True]


def test_signals_of_words_last_and_those_of_conditions_are_asked_again():
    known = frozenset({"legal_threat", "vip_customer", "gone_from_the_workflow"})
    assert held(event=ClockMark(), signals=known)[0] == {"legal_threat"}
    vip = Organisation(1, "Acme Example", vip=True)
    assert held(event=ClockMark(), signals=known, organisation=vip)[0] == {"legal_threat", "vip_customer"}


def test_a_condition_may_ask_for_signals_that_stand_after_it():
    workflow = load(
        """
signals:
  worst: {when: "signal('bad') AND signal('urgency')"}
  bad: {when: "signal('legal_threat')"}
"""
    )
    assert {"worst", "bad"} <= held("urgent, my lawyer says", workflow=workflow)[0]
    assert "worst" not in held("my lawyer says", workflow=workflow)[0]


def test_the_frustrated_customer_of_the_starter():
    assert "customer_frustration" in held("hello", reopen_count=2)[0]
    assert "customer_frustration" in held("hello", sentiment=-0.8)[0]
    assert "customer_frustration" not in held("hello", sentiment=None)[0]


def test_a_long_hostile_text_is_read_in_linear_time():
    found, _ = held("not down " * 100_000)
    assert "urgency" not in found


@pytest.mark.parametrize(
    "text",
    [
        "When I scroll down the list jumps.",
        "The drop-down is empty, and the DROP\nDOWN too",
        "Please write down my number, I have noted\u00a0down yours",
        "Costs, broken down by month",
    ],
)
def test_words_in_a_harmless_phrase_raise_nothing(text):
    assert "urgency" not in held(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "When I scroll down the page, the shop is down.",
        "It is down, scroll down to see it",
        "The scroll is down",
    ],
)
def test_the_same_word_elsewhere_still_counts(text):
    assert "urgency" in held(text)[0]


def test_a_document_brings_its_own_harmless_phrases():
    workflow = load("signals: {urgency: {words: [down, broken], unless: [broken English]}}")
    assert "urgency" not in held("Sorry for my broken english", workflow=workflow)[0]
    assert "urgency" in held("scroll down", workflow=workflow)[0]
