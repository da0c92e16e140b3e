"""Taking a change back: fields get back what they held, unless somebody changed them since."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import workflows
from deskwright.desk.errors import Conflict, Forbidden, Invalid
from deskwright.desk.tickets import changing, undoing
from deskwright.store.models import Agent, AgentLoad, Clock, Ticket, TicketEvent
from tests.desk.test_history import assert_rebuilt
from tests.factories import a_team, a_ticket, an_agent

SOON = timedelta(seconds=5)
FLOW = """
workflow: Undoing
queues:
  technical: {team: technical}
  south: {team: south}
default_queue: technical
routing_rules: []
"""


@pytest.fixture
def agent(db: str, now: datetime) -> Agent:
    workflows.publish(FLOW, now=now)
    a_team("south")
    return an_agent("Ada Quill", teams=(a_team("technical"),))


@pytest.fixture
def pair(agent: Agent, now: datetime) -> list[int]:
    return [a_ticket(now, priority="low").pk, a_ticket(now, priority="high").pk]


def values(numbers: list[int], name: str) -> list[object]:
    return [getattr(Ticket.objects.get(pk=number), name) for number in numbers]


def test_several_tickets_get_back_what_each_had(agent: Agent, pair: list[int], now: datetime) -> None:
    events = changing.change(agent, pair, {"priority": "critical"}, now=now)
    assert values(pair, "priority") == ["critical", "critical"]

    assert undoing.undo(agent, events, now=now + SOON) == pair
    assert values(pair, "priority") == ["low", "high"]


def test_a_ticket_that_did_not_move_is_not_part_of_it(agent: Agent, pair: list[int], now: datetime) -> None:
    events = changing.change(agent, pair, {"priority": "high"}, now=now)
    assert len(events) == 1
    assert undoing.undo(agent, events, now=now + SOON) == pair[:1]
    assert values(pair, "priority") == ["low", "high"]


def test_what_somebody_changed_since_stays(agent: Agent, pair: list[int], now: datetime) -> None:
    events = changing.change(agent, pair, {"priority": "critical", "type": "incident"}, now=now)
    changing.change(an_agent(role="lead"), pair[:1], {"priority": "medium"}, now=now + SOON)

    undoing.undo(agent, events, now=now + 2 * SOON)

    assert values(pair, "priority") == ["medium", "high"]
    assert values(pair, "type") == ["question", "question"]


def test_a_mistaken_solve_leaves_no_trace_in_clocks_and_counts(agent: Agent, pair: list[int], now: datetime) -> None:
    changing.change(agent, pair[:1], {"assignee": agent.pk}, now=now)
    before = Ticket.objects.get(pk=pair[0])
    running = Clock.objects.filter(ticket=before, stopped_at=None).exclude(metric="tier").order_by("metric")
    clocks = list(running.values_list("metric", "cycle", "due_at"))
    load = AgentLoad.objects.get(agent=agent).units
    events = changing.change(agent, pair[:1], {"status": "solved"}, now=now + SOON)
    assert AgentLoad.objects.get(agent=agent).units < load

    undoing.undo(agent, events, now=now + 2 * SOON)

    after = Ticket.objects.get(pk=pair[0])
    for name in ("status", "solved_at", "reopened_at", "reopen_count", "unanswered_since", "next_due_at"):
        assert getattr(after, name) == getattr(before, name), name
    assert list(running.values_list("metric", "cycle", "due_at")) == clocks
    assert AgentLoad.objects.get(agent=agent).units == load
    assert_rebuilt()


def test_tags_given_are_taken_and_those_of_others_stay(agent: Agent, pair: list[int], now: datetime) -> None:
    changing.change(agent, pair[:1], {}, now=now, tag=["export"])
    events = changing.change(agent, pair, {}, now=now, tag=["Data  Loss", "export"], untag=["beta"])
    assert values(pair, "tags") == [["data-loss", "export"]] * 2
    changing.change(an_agent(role="lead"), pair, {}, now=now + SOON, tag=["vip"])

    undoing.undo(agent, events, now=now + SOON)
    assert values(pair, "tags") == [["export", "vip"], ["vip"]]


def test_a_ticket_moved_out_of_sight_can_be_fetched_back(agent: Agent, pair: list[int], now: datetime) -> None:
    before = values(pair, "queue")
    events = changing.change(agent, pair, {"queue": "south"}, now=now)
    assert values(pair, "queue") == ["south", "south"]
    assert undoing.undo(agent, events, now=now + SOON) == pair
    assert values(pair, "queue") == before


def test_only_one_s_own_and_only_fresh_changes_are_taken_back(agent: Agent, pair: list[int], now: datetime) -> None:
    events = changing.change(agent, pair, {"priority": "critical"}, now=now)
    with pytest.raises(Conflict):
        undoing.undo(an_agent(role="admin"), events, now=now + SOON)
    with pytest.raises(Conflict):
        undoing.undo(agent, events, now=now + undoing.WINDOW)
    with pytest.raises(Forbidden):
        undoing.undo(an_agent(role="light"), events, now=now + SOON)
    undoing.undo(agent, events, now=now + SOON)
    with pytest.raises(Conflict):
        undoing.undo(agent, events, now=now + SOON)


def test_both_changes_stand_in_the_log(agent: Agent, pair: list[int], now: datetime) -> None:
    events = changing.change(agent, pair[:1], {"priority": "critical"}, now=now)
    undoing.undo(agent, events, now=now + SOON)
    changes = TicketEvent.objects.filter(ticket=pair[0], kind="fields_changed", actor="agent").order_by("id")
    assert [event.data["changes"] for event in changes] == [
        {"priority": ["low", "critical"]},
        {"priority": ["critical", "low"]},
    ]


@pytest.mark.parametrize("tag", ["", "  ", "x" * 61])
def test_a_tag_nobody_could_use_is_refused(tag: str, agent: Agent, pair: list[int], now: datetime) -> None:
    with pytest.raises(Invalid):
        changing.change(agent, pair, {}, now=now, tag=[tag])
    assert values(pair, "tags") == [[], []]
