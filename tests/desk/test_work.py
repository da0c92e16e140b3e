"""Checklists and time spent: deeds with events, one timer for an agent, corrections that leave a history."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import workflows
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.work import checklists, timing
from deskwright.store.models import Agent, ChecklistItem, TicketEvent, TimeEntry
from tests.factories import a_team, a_ticket, an_agent

FLOW = """
workflow: Work
queues:
  technical: {team: technical}
default_queue: technical
routing_rules: []
"""


@pytest.fixture
def agent(db: str, now: datetime) -> Agent:
    workflows.publish(FLOW, now=now)
    return an_agent("Jonas Reed", teams=(a_team("technical"),))


@pytest.fixture
def ticket(agent: Agent, now: datetime) -> int:
    return a_ticket(now).pk


def texts(ticket: int) -> list[str]:
    return [item.text for item in ChecklistItem.objects.filter(ticket=ticket)]


def kinds(ticket: int) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True))[1:]


def test_items_are_added_in_order_ticked_off_and_moved(agent: Agent, ticket: int, now: datetime) -> None:
    first, second, third = checklists.add(agent, ticket, ["Call", "  ", "Write   down", "Tell"], now=now)
    checklists.tick(agent, second, True, now=now)
    checklists.move(agent, third, -1, now=now)
    checklists.move(agent, first, -1, now=now)

    assert texts(ticket) == ["Call", "Tell", "Write down"]
    done = ChecklistItem.objects.get(pk=second)
    assert (done.done_by, done.done_at) == (agent, now)
    assert kinds(ticket) == ["checklist_added", "checklist_done", "checklist_moved"]


def test_ticking_twice_says_it_once_and_a_tick_is_taken_away(agent: Agent, ticket: int, now: datetime) -> None:
    (item,) = checklists.add(agent, ticket, ["Call"], now=now)
    for done in (True, True, False):
        checklists.tick(agent, item, done, now=now)
    assert ChecklistItem.objects.get(pk=item).done_at is None
    assert kinds(ticket) == ["checklist_added", "checklist_done", "checklist_undone"]


def test_the_log_keeps_what_an_item_said(agent: Agent, ticket: int, now: datetime) -> None:
    (item,) = checklists.add(agent, ticket, ["Call"], now=now)
    checklists.reword(agent, item, "Call twice", now=now)
    checklists.drop(agent, item, now=now)
    assert texts(ticket) == []
    last, before = TicketEvent.objects.filter(ticket=ticket).order_by("-id")[:2]
    assert (last.kind, last.data["text"]) == ("checklist_dropped", "Call twice")
    assert (before.kind, before.data["was"]) == ("checklist_reworded", "Call")


def test_an_item_says_something_and_not_too_much(agent: Agent, ticket: int, now: datetime) -> None:
    for wrong in (["   "], ["x" * 301], ["x"] * 101):
        with pytest.raises(Invalid):
            checklists.add(agent, ticket, wrong, now=now)
    assert texts(ticket) == []


def test_a_timer_runs_on_the_server_and_counts_whole_minutes(agent: Agent, ticket: int, now: datetime) -> None:
    entry = timing.start(agent, ticket, now=now)
    assert timing.start(agent, ticket, now=now + timedelta(minutes=1)) == entry
    assert timing.stop(agent, ticket, now=now + timedelta(minutes=12, seconds=40)) == 13
    with pytest.raises(Conflict):
        timing.stop(agent, ticket, now=now)
    assert kinds(ticket) == ["timer_started", "time_spent"]


def test_starting_elsewhere_stops_the_first(agent: Agent, ticket: int, now: datetime) -> None:
    other = a_ticket(now).pk
    timing.start(agent, ticket, now=now)
    timing.start(agent, other, now=now + timedelta(minutes=5))
    assert list(TimeEntry.objects.order_by("id").values_list("ticket_id", "minutes")) == [(ticket, 5), (other, 0)]
    assert kinds(ticket) == ["timer_started", "time_spent"]


def test_two_agents_time_one_ticket(agent: Agent, ticket: int, now: datetime) -> None:
    timing.start(agent, ticket, now=now)
    timing.start(an_agent(teams=(a_team("technical"),)), ticket, now=now)
    assert TimeEntry.objects.filter(ended_at=None).count() == 2


def test_a_correction_leaves_its_history_in_the_log(agent: Agent, ticket: int, now: datetime) -> None:
    entry = timing.enter(agent, ticket, 30, now=now, billable=True, note="Looked into it")
    timing.correct(agent, entry, 20, now=now, billable=True, note="Looked into it")
    row = TimeEntry.objects.get(pk=entry)
    assert (row.minutes, row.billable, row.corrected_at) == (20, True, now)
    event = TicketEvent.objects.get(ticket=ticket, kind="time_corrected")
    assert event.data["changes"] == {"minutes": [30, 20]}


def test_only_leads_correct_the_time_of_others(agent: Agent, ticket: int, now: datetime) -> None:
    entry = timing.enter(agent, ticket, 30, now=now)
    colleague = an_agent(teams=(a_team("technical"),))
    stranger = an_agent(teams=(a_team("south"),))
    with pytest.raises(Forbidden):
        timing.correct(colleague, entry, 10, now=now)
    with pytest.raises(NotFound):
        timing.correct(stranger, entry, 10, now=now)
    timing.remove(an_agent(role="lead"), entry, now=now)
    assert TimeEntry.objects.get(pk=entry).removed_at == now
    with pytest.raises(NotFound):
        timing.correct(agent, entry, 10, now=now)


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_minutes_out_of_reach_are_refused(agent: Agent, ticket: int, now: datetime, minutes: int) -> None:
    with pytest.raises(Invalid):
        timing.enter(agent, ticket, minutes, now=now)


def test_a_checklist_is_for_those_who_may_change_the_ticket(agent: Agent, ticket: int, now: datetime) -> None:
    (item,) = checklists.add(agent, ticket, ["Call"], now=now)
    with pytest.raises(NotFound):
        checklists.tick(an_agent(teams=(a_team("south"),)), item, True, now=now)
    with pytest.raises(Forbidden):
        checklists.tick(an_agent(role="light", teams=(a_team("technical"),)), item, True, now=now)
