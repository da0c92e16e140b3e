"""Waiting work finds its agent: by a return, by finished work, by time; work is passed on and never comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import workflows
from deskwright.desk.errors import Invalid
from deskwright.desk.staff import returns
from deskwright.desk.tickets import changing
from deskwright.store.models import AgentLoad, DueWork, Ticket, TicketEvent
from tests.factories import a_team, a_ticket, an_agent

FLOW = """
calendars:
  office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}
  late: {timezone: Europe/Berlin, hours: {mon-fri: ["14:00-22:00"]}}
queues:
  north: {team: north, overflow: south}
  south: {team: south}
  skilled: {team: north, skills: [api]}
default_queue: north
routing_rules:
  - {name: South, condition: "subject CONTAINS 'south'", action: {assign: {queue: south}}}
  - {name: Skilled, condition: "subject CONTAINS 'api'", action: {assign: {queue: skilled}}}
  - {name: Rest, condition: true, action: {assign: {queue: north}, boost_priority: 1}}
sla: {calendar: office}
assignment: {capacity: {per_agent: 2}, relax_skills_after: 30m}
escalation_matrix: {}
automations: []
"""


@pytest.fixture(autouse=True)
def flow(db: str, now: datetime) -> None:
    workflows.publish(FLOW, now=now)


def owner(ticket: Ticket) -> int | None:
    return Ticket.objects.get(pk=ticket.pk).assignee_id


def heard(ticket: Ticket, kind: str) -> int:
    return TicketEvent.objects.filter(ticket=ticket, kind=kind).count()


def test_who_comes_back_is_offered_the_oldest_waiting_work_first(now: datetime) -> None:
    ada = an_agent("Ada", teams=(a_team("north"),))
    returns.set_available(ada, False, now=now)
    waiting = [a_ticket(now + timedelta(minutes=n), subject=f"number {n}") for n in range(4)]
    assert [owner(ticket) for ticket in waiting] == [None] * 4

    returns.set_available(ada, True, now=now + timedelta(hours=1))

    assert [owner(ticket) for ticket in waiting] == [ada.pk, ada.pk, None, None]
    assert [heard(ticket, "agent_returned") for ticket in waiting] == [1, 1, 0, 0]


def test_queues_the_agent_cannot_serve_do_not_use_up_what_is_offered(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returns, "AT_ONCE", 2)
    ada = an_agent("Ada", teams=(a_team("north"),))
    a_team("south")
    returns.set_available(ada, False, now=now)
    for number in range(3):
        a_ticket(now, subject=f"south {number}")
    mine = a_ticket(now + timedelta(minutes=5), subject="for the north")

    assert returns.set_available(ada, True, now=now + timedelta(hours=1)) == 1
    assert owner(mine) == ada.pk


def test_work_overflows_to_who_comes_back(now: datetime) -> None:
    north, south = a_team("north"), a_team("south")
    returns.set_available(an_agent("Ada", teams=(north,)), False, now=now)
    sam = an_agent("Sam", teams=(south,))
    returns.set_available(sam, False, now=now)
    ticket = a_ticket(now, subject="something")

    returns.set_available(sam, True, now=now)

    assert owner(ticket) == sam.pk
    assert Ticket.objects.get(pk=ticket.pk).queue == "north"


def test_finished_work_makes_room_for_what_waits(now: datetime) -> None:
    ada = an_agent("Ada", teams=(a_team("north"),), role="agent")
    held = [a_ticket(now, subject=f"number {n}") for n in range(2)]
    waiting = a_ticket(now + timedelta(minutes=1), subject="one too many")
    assert owner(waiting) is None

    changing.change(ada, [held[0].pk], {"status": "solved"}, now=now + timedelta(minutes=5))
    assert DueWork.objects.filter(kind="offer", subject=ada.pk).count() == 1
    assert returns.offer_due(now + timedelta(minutes=5), 10) == 1

    assert owner(waiting) == ada.pk
    assert returns.offer_due(now + timedelta(minutes=6), 10) == 0


def test_a_ticket_waits_for_the_next_shift_and_is_asked_about_then(now: datetime) -> None:
    ada = an_agent("Ada", teams=(a_team("north"),), shift="late")
    ticket = a_ticket(now, subject="early")
    opens = now.replace(hour=13)
    assert ticket.ask_again_at == opens
    assert returns.ask_again(opens - timedelta(seconds=1), 10) == 0

    assert returns.ask_again(opens, 10) == 1

    assert owner(ticket) == ada.pk
    assert returns.ask_again(opens + timedelta(hours=1), 10) == 0


def test_a_ticket_waits_for_its_skills_to_be_relaxed(now: datetime) -> None:
    ada = an_agent("Ada", teams=(a_team("north"),))
    ticket = a_ticket(now, subject="api trouble")
    assert (ticket.queue, ticket.assignee_id, ticket.ask_again_at) == ("skilled", None, now + timedelta(minutes=30))

    returns.ask_again(now + timedelta(minutes=30), 10)

    assert owner(ticket) == ada.pk


def test_asking_again_in_vain_waits_for_the_next_moment_and_boosts_nothing(now: datetime) -> None:
    ada = an_agent("Ada", teams=(a_team("north"),), shift="late", capacity=0)
    ticket = a_ticket(now, subject="early")
    priority, opens = ticket.priority, now.replace(hour=13)

    returns.ask_again(opens, 10)

    later = Ticket.objects.get(pk=ticket.pk)
    assert (later.assignee_id, later.priority) == (None, priority)
    assert later.ask_again_at is None  # the shift is open now; only room can help
    assert returns.ask_again(opens + timedelta(hours=1), 10) == 0
    assert AgentLoad.objects.get(agent=ada).turn == 0


def test_who_passes_a_ticket_on_is_not_asked_again(now: datetime) -> None:
    north = a_team("north")
    ada = an_agent("Ada", teams=(north,))
    ticket = a_ticket(now, subject="not for me")
    assert owner(ticket) == ada.pk

    returns.pass_on(ada, ticket.pk, now=now + timedelta(minutes=1), reason="I wrote the bug")
    assert owner(ticket) is None
    returns.offer_due(now + timedelta(minutes=2), 10)
    returns.set_available(ada, True, now=now + timedelta(minutes=3))
    assert owner(ticket) is None

    ben = an_agent("Ben", teams=(north,))
    returns.set_available(ben, True, now=now + timedelta(minutes=4))
    assert owner(ticket) == ben.pk
    with pytest.raises(Invalid, match="Only its own agent"):
        returns.pass_on(ada, ticket.pk, now=now + timedelta(minutes=5))


def test_given_work_is_counted_with_the_agent(now: datetime) -> None:
    ada = an_agent("Ada", teams=(a_team("north"),))
    a_ticket(now, subject="one")
    assert AgentLoad.objects.get(agent=ada).given == pytest.approx(0.5)
    a_ticket(now, subject="two")
    assert AgentLoad.objects.get(agent=ada).given == pytest.approx(1.0)
