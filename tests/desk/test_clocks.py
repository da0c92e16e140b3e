"""The beat: due marks are claimed in batches, told once, judged by their own time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskwright.desk import clocks
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.staff import people
from deskwright.store.models import Agent, Clock, Ticket, TicketEvent

MAIL = Arrival(
    channel="email",
    requester=Person("mina@harbor.example"),
    subject="Export",
    text="It is empty.",
    mail_id="<1@h.example>",
)


@pytest.fixture
def agent(db: str) -> Agent:
    return people.add_agent("Ada Quill", "ada@desk.example", role="lead", level="senior")


def first_response(ticket: int | None) -> Clock:
    return Clock.objects.get(ticket=ticket, metric="first_response")


def test_nothing_is_due_before_its_time(agent: Agent, now: datetime) -> None:
    (outcome,) = intake.receive([MAIL], now)

    assert clocks.tick(now) == 0
    assert first_response(outcome.ticket_id).next_mark == 0.5


def test_a_mark_is_told_once(agent: Agent, now: datetime) -> None:
    (outcome,) = intake.receive([MAIL], now)
    due = first_response(outcome.ticket_id).next_mark_at
    assert due is not None

    assert clocks.tick(due) >= 1
    assert clocks.tick(due) == 0

    assert (
        TicketEvent.objects.filter(
            ticket_id=outcome.ticket_id, kind="clock_mark", data__metric="first_response"
        ).count()
        == 1
    )
    assert first_response(outcome.ticket_id).next_mark == 0.75


def test_a_late_worker_tells_only_the_highest_mark_and_dates_the_breach_at_its_due_time(
    agent: Agent, now: datetime
) -> None:
    (outcome,) = intake.receive([MAIL], now)
    due = first_response(outcome.ticket_id).due_at
    assert due is not None

    while clocks.tick(due + timedelta(hours=2)):
        pass

    clock = first_response(outcome.ticket_id)
    assert clock.breached_at == due
    assert clock.next_mark_at is None
    marks = TicketEvent.objects.filter(ticket_id=outcome.ticket_id, kind="clock_mark", data__metric="first_response")
    assert marks.count() == 1
    assert Ticket.objects.get(pk=outcome.ticket_id).breached


def test_a_mail_that_was_long_on_its_way_opens_with_the_marks_that_have_passed_each_clock_told_once(
    agent: Agent, now: datetime
) -> None:
    (outcome,) = intake.receive([replace(MAIL, at=now - timedelta(days=90))], now)

    opened, *following = TicketEvent.objects.filter(ticket_id=outcome.ticket_id).order_by("id")
    marks = [event for event in following if event.kind == "clock_mark"]
    told = [(event.data["metric"], event.data["share"]) for event in marks]
    assert opened.kind == "ticket_opened"
    assert told == [("first_response", 0.5), ("tier", 1.0), ("resolution", 0.5)]
    assert {event.at for event in marks} == {now}
    assert all(event.trace for event in marks)
    assert first_response(outcome.ticket_id).breached_at == first_response(outcome.ticket_id).due_at
    assert Ticket.objects.get(pk=outcome.ticket_id).breached
    assert clocks.tick(now) == 0


def test_a_mail_that_opened_late_does_not_keep_the_marks_to_come_from_their_beat(agent: Agent, now: datetime) -> None:
    intake.receive([replace(MAIL, at=now - timedelta(days=90))], now)
    (punctual,) = intake.receive([replace(MAIL, mail_id="<2@h.example>", text="Late", at=now)], now)
    following = first_response(punctual.ticket_id).next_mark_at
    assert following is not None

    assert clocks.tick(following - timedelta(seconds=1)) == 0
    assert clocks.tick(following) >= 1
    told = TicketEvent.objects.filter(kind="clock_mark", at=following).values_list("ticket_id", flat=True)
    assert set(told) == {punctual.ticket_id}


def test_a_tick_takes_no_more_than_its_limit(agent: Agent, now: datetime) -> None:
    batch = [replace(MAIL, mail_id=f"<{n}@h.example>", text=f"Number {n}") for n in range(5)]
    intake.receive(batch, now)
    later = now + timedelta(days=30)

    assert clocks.tick(later, limit=2) == 2


def test_a_mark_nobody_can_decide_on_is_not_claimed_for_ever(
    agent: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    (outcome,) = intake.receive([MAIL], now)
    due = first_response(outcome.ticket_id).next_mark_at
    assert due is not None

    def broken(*_: object) -> None:
        raise ArithmeticError("a defect of ours")

    monkeypatch.setattr("deskwright.desk.step.decide", broken)
    assert clocks.tick(due) >= 1

    assert clocks.tick(due) == 0
    event = TicketEvent.objects.filter(ticket_id=outcome.ticket_id, kind="clock_mark").latest("id")
    assert "could not decide" in event.data["failed"]
