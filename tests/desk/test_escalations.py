"""Escalations on the live desk: reasons kept on events, acknowledged, advanced, handed back, management told once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import clocks, workflows
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.tickets import escalating
from deskwright.store.models import Agent, Notice, Ticket, TicketEvent
from tests.factories import a_team, an_agent

FLOW = """
calendars: {office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}}
sla: {calendar: office}
queues: {first: {team: first}, second: {team: second}}
default_queue: first
routing_rules: [{name: All, condition: true, action: {assign: {queue: first}}}]
signals: {legal_threat: {words: [lawyer]}}
audiences: {bosses: {role: lead}}
escalation_matrix:
  tier_1: {timeout: 2h, conditions: [no_response], escalate_to: second}
  tier_2: {timeout: 4h, acknowledge_within: 30m, conditions: [], escalate_to: second}
  management: {triggers: [legal_threat], notify: [bosses]}
automations: []
"""
PERSON = Person("mina@harbor.example")


@pytest.fixture
def team(db: str, now: datetime) -> dict[str, Agent]:
    workflows.publish(FLOW, now=now)
    return {
        "ann": an_agent("Ann", teams=(a_team("first"),)),
        "ben": an_agent("Ben", teams=(a_team("second"),)),
        "lea": an_agent("Lea", role="lead"),
    }


def arrival(text: str, number: int) -> Arrival:
    answers = ("<1@harbor.example>",) if number > 1 else ()
    return Arrival(
        channel="email", requester=PERSON, subject="Export", text=text, mail_id=f"<{number}@harbor.example>",
        references=answers,
    )  # fmt: skip


def opened(now: datetime, text: str = "It is empty.") -> Ticket:
    (outcome,) = intake.receive([arrival(text, 1)], now)
    return Ticket.objects.get(pk=outcome.ticket_id)


def tick(now: datetime) -> None:
    while clocks.tick(now):
        pass


def entered(ticket: Ticket) -> list[tuple[str | None, str]]:
    events = TicketEvent.objects.filter(ticket=ticket).order_by("id")
    effects = [effect for event in events for effect in event.data["effects"] if effect["effect"] == "EnterTier"]
    return [(effect["tier"], effect["reason"]) for effect in effects]


def test_the_history_keeps_every_step_with_its_reason(team: dict[str, Agent], now: datetime) -> None:
    ticket = opened(now)
    tick(now + timedelta(hours=2))
    escalating.acknowledge(team["ben"], ticket.pk, now=now + timedelta(hours=2, minutes=10))
    escalating.hand_back(team["ben"], ticket.pk, now=now + timedelta(hours=3), reason="in the manual")
    escalating.escalate(team["ann"], ticket.pk, now=now + timedelta(hours=4), reason="not in the manual")

    assert entered(ticket) == [
        ("tier_1", "opened"),
        ("tier_2", "no_response"),
        ("tier_1", "handed_back"),
        ("tier_2", "not in the manual"),
    ]
    handed = TicketEvent.objects.get(ticket=ticket, kind="handed_back")
    assert (handed.agent_id, handed.data["reason"]) == (team["ben"].pk, "in the manual")
    assert Ticket.objects.get(pk=ticket.pk).assignee_id == team["ben"].pk


def test_an_escalation_advances_until_somebody_acknowledges_it(team: dict[str, Agent], now: datetime) -> None:
    ticket = opened(now)
    tick(now + timedelta(hours=2))
    tick(now + timedelta(hours=2, minutes=30))
    assert entered(ticket)[-1] == (None, "not_acknowledged")
    assert Notice.objects.filter(agent=team["lea"], subject__contains="Nobody acknowledged the last tier").count() == 1


def test_an_acknowledged_escalation_stays(team: dict[str, Agent], now: datetime) -> None:
    ticket = opened(now)
    tick(now + timedelta(hours=2))
    escalating.acknowledge(team["ben"], ticket.pk, now=now + timedelta(hours=2, minutes=20))
    tick(now + timedelta(days=5))
    assert entered(ticket)[-1] == ("tier_2", "no_response")
    assert Ticket.objects.get(pk=ticket.pk).tier_acknowledged


def test_it_is_handed_down_to_a_named_tier(team: dict[str, Agent], now: datetime) -> None:
    ticket = opened(now)
    escalating.escalate(team["ann"], ticket.pk, now=now)
    escalating.escalate(team["ben"], ticket.pk, now=now)
    escalating.hand_back(team["ben"], ticket.pk, now=now, to="tier_1")
    assert entered(ticket)[-1] == ("tier_1", "handed_back")
    assert Ticket.objects.get(pk=ticket.pk).assignee_id == team["ann"].pk


def test_management_is_told_of_a_trigger_once(team: dict[str, Agent], now: datetime) -> None:
    ticket = opened(now, "My lawyer will write.")
    intake.receive([arrival("The lawyer is here.", 2)], now + timedelta(minutes=5))
    assert TicketEvent.objects.filter(ticket=ticket, kind="customer_wrote").count() == 1
    assert Notice.objects.filter(agent=team["lea"], subject__contains="Legal threat").count() == 1
