"""Absences end at their time, and work is handed on when an agent stays away too long."""

from __future__ import annotations

from datetime import datetime, timedelta

from deskwright.desk import workflows
from deskwright.desk.staff import absences, returns
from deskwright.store.models import Agent, Ticket, TicketEvent
from tests.factories import a_team, a_ticket, an_agent

FLOW = """
calendars: {office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}}
queues: {north: {team: north}}
default_queue: north
routing_rules: []
sla: {calendar: office}
assignment: {capacity: {per_agent: 12}, hand_on_after: 2h}
escalation_matrix: {}
automations: []
"""


def test_an_absence_ends_at_its_time_and_waiting_work_is_offered(db: str, now: datetime) -> None:
    workflows.publish(FLOW, now=now)
    ada = an_agent("Ada", teams=(a_team("north"),))
    returns.set_available(ada, False, now=now, until=now + timedelta(hours=1))
    ticket = a_ticket(now)
    assert absences.end_absences(now + timedelta(minutes=59), 10) == 0

    assert absences.end_absences(now + timedelta(hours=1), 10) == 1

    assert Ticket.objects.get(pk=ticket.pk).assignee_id == ada.pk
    ada = Agent.objects.get(pk=ada.pk)
    assert (ada.available, ada.away_since, ada.away_until) == (True, None, None)
    assert absences.end_absences(now + timedelta(hours=2), 10) == 0


def test_switching_off_twice_keeps_the_moment_the_agent_left(db: str, now: datetime) -> None:
    ada = an_agent("Ada")
    returns.set_available(ada, False, now=now)
    returns.set_available(ada, False, now=now + timedelta(hours=1))
    assert Agent.objects.get(pk=ada.pk).away_since == now


def test_work_is_handed_on_after_the_policys_business_time_and_once(db: str, now: datetime) -> None:
    workflows.publish(FLOW, now=now)
    north = a_team("north")
    ada = an_agent("Ada", teams=(north,))
    held = [a_ticket(now), a_ticket(now)]
    ben = an_agent("Ben", teams=(north,))
    leaving = now.replace(hour=15)  # 16:00 in Berlin: one business hour is left of the day
    returns.set_available(ada, False, now=leaving)

    assert absences.hand_on_work(leaving + timedelta(hours=12), 10) == 0
    due = (leaving + timedelta(days=1)).replace(hour=9)
    assert absences.hand_on_work(due, 1) == 1
    assert absences.hand_on_work(due, 10) == 1

    assert {Ticket.objects.get(pk=ticket.pk).assignee_id for ticket in held} == {ben.pk}
    assert absences.hand_on_work(due, 10) == 0
    told = TicketEvent.objects.filter(ticket=held[0], kind="reconsidered")
    assert [event.data["because"] for event in told] == ["Ada is away"]


def test_work_of_the_absent_stays_where_the_policy_says_nothing(db: str, now: datetime) -> None:
    workflows.publish(FLOW.replace(", hand_on_after: 2h", ""), now=now)
    ada = an_agent("Ada", teams=(a_team("north"),))
    a_ticket(now)
    returns.set_available(ada, False, now=now)
    assert absences.hand_on_work(now + timedelta(days=30), 10) == 0


def test_work_nobody_else_can_take_waits_for_the_agents_return(db: str, now: datetime) -> None:
    workflows.publish(FLOW, now=now)
    ada = an_agent("Ada", teams=(a_team("north"),))
    ticket = a_ticket(now)
    returns.set_available(ada, False, now=now)

    absences.hand_on_work(now + timedelta(days=1), 10)
    assert Ticket.objects.get(pk=ticket.pk).assignee_id is None
    returns.set_available(ada, True, now=now + timedelta(days=2))

    assert Ticket.objects.get(pk=ticket.pk).assignee_id == ada.pk
