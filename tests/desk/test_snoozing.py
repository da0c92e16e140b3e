"""Snoozed tickets: aside until a time or until the customer writes, never with a mail, never with a clock stopped."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import access
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.errors import Conflict, Forbidden, Invalid
from deskwright.desk.tickets import changing, snoozing
from deskwright.store.models import Agent, Clock, Delivery, Notice, Ticket
from deskwright.store.models import TicketEvent as Event
from deskwright.store.queries import inbox
from tests.factories import a_ticket, an_agent

HOUR = timedelta(hours=1)
MINA = Person("mina@harbor.example", "Mina Holt")


@pytest.fixture
def agent(db: str) -> Agent:
    return an_agent("Ada Quill", role="lead")


@pytest.fixture
def ticket(agent: Agent, now: datetime) -> int:
    made = a_ticket(now, channel="email", requester=MINA).pk
    changing.change(agent, [made], {"assignee": agent.pk}, now=now)
    return made


def listed(agent: Agent, view: str, now: datetime) -> list[int]:
    page = inbox.page(view, access.visible_tickets(agent), agent=agent.pk, now=now)
    return [row["id"] for row in page.rows]


def test_a_snoozed_ticket_leaves_the_open_views_and_comes_back_with_a_notice(
    agent: Agent, ticket: int, now: datetime
) -> None:
    clocks = list(Clock.objects.filter(ticket=ticket).values_list("metric", "due_at", "running_since"))
    mails = Delivery.objects.count()
    snoozing.snooze(agent, [ticket], now + HOUR, now=now)
    assert listed(agent, "mine", now) == listed(agent, "all_open", now) == []
    assert listed(agent, "snoozed", now) == [ticket]

    assert snoozing.wake_due(now + HOUR - timedelta(seconds=1), 10) == 0
    assert snoozing.wake_due(now + HOUR, 10) == 1 and snoozing.wake_due(now + HOUR, 10) == 0

    assert listed(agent, "mine", now) == [ticket] and listed(agent, "snoozed", now) == []
    assert Notice.objects.filter(agent=agent, subject__contains="Snoozed until now").count() == 1
    assert list(Event.objects.filter(ticket=ticket, kind__in=["snoozed", "woken"]).values_list("kind", flat=True)) == [
        "snoozed",
        "woken",
    ]
    assert list(Clock.objects.filter(ticket=ticket).values_list("metric", "due_at", "running_since")) == clocks
    assert Delivery.objects.count() == mails


def test_a_customer_who_writes_wakes_the_ticket_at_once(agent: Agent, ticket: int, now: datetime) -> None:
    snoozing.snooze(agent, [ticket], None, now=now)
    assert snoozing.wake_due(now + 300 * 24 * HOUR, 10) == 0

    intake.receive([Arrival("email", MINA, "Re", "Automatic", thread_ticket=ticket, automatic="auto-replied")], now)
    assert Ticket.objects.get(pk=ticket).snoozed_since == now

    intake.receive([Arrival("email", MINA, "Re", "And now?", thread_ticket=ticket)], now + HOUR)
    assert Ticket.objects.get(pk=ticket).snoozed_since is None
    assert Event.objects.get(ticket=ticket, kind="woken").data["because"] == "customer_wrote"
    assert Notice.objects.filter(agent=agent, subject__contains="The customer wrote").exists()


def test_snoozing_is_taken_back_and_only_once(agent: Agent, ticket: int, now: datetime) -> None:
    snoozing.snooze(agent, [ticket], now + HOUR, now=now)
    assert snoozing.wake(agent, [ticket], now=now) == [ticket]
    with pytest.raises(Conflict):
        snoozing.wake(agent, [ticket], now=now)
    assert not Notice.objects.filter(subject__contains="Snoozed").exists()


def test_solving_ends_the_snooze_without_waking_anybody(agent: Agent, ticket: int, now: datetime) -> None:
    snoozing.snooze(agent, [ticket], now + HOUR, now=now)
    changing.change(agent, [ticket], {"status": "solved"}, now=now)
    assert Ticket.objects.get(pk=ticket).snoozed_since is None
    assert snoozing.wake_due(now + 2 * HOUR, 10) == 0


def test_a_ticket_nobody_has_wakes_whoever_put_it_aside(agent: Agent, ticket: int, now: datetime) -> None:
    changing.change(agent, [ticket], {"assignee": None}, now=now)
    Ticket.objects.filter(pk=ticket).update(assignee=None)
    snoozing.snooze(agent, [ticket], now + HOUR, now=now)
    snoozing.wake_due(now + HOUR, 10)
    assert Notice.objects.filter(agent=agent, subject__contains="Snoozed until now").exists()


def test_what_cannot_be_snoozed_is_refused(agent: Agent, ticket: int, now: datetime) -> None:
    for moment in (now, now - HOUR, now + timedelta(days=400)):
        with pytest.raises(Invalid, match="coming year"):
            snoozing.snooze(agent, [ticket], moment, now=now)
    with pytest.raises(Forbidden):
        snoozing.snooze(an_agent("Lia Moss", role="light"), [ticket], now + HOUR, now=now)
    changing.change(agent, [ticket], {"status": "solved"}, now=now)
    with pytest.raises(Invalid, match="open tickets"):
        snoozing.snooze(agent, [ticket], now + HOUR, now=now)


def test_a_target_at_risk_is_shown_though_its_ticket_is_snoozed(agent: Agent, ticket: int, now: datetime) -> None:
    snoozing.snooze(agent, [ticket], now + 300 * HOUR, now=now)
    due = Ticket.objects.get(pk=ticket).next_due_at
    assert due is not None
    assert listed(agent, "at_risk", due) == [ticket]
