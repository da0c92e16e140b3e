"""What time and people bring to an open ticket, decided whole: marks, tiers, changed fields, returning agents."""

import copy
from dataclasses import replace
from datetime import timedelta

from deskwright.engine.effects import (
    Assign,
    EnterTier,
    Notify,
)
from deskwright.engine.events import (
    AgentReturned,
    ClockMark,
    EscalatedByHand,
    EscalationAcknowledged,
    HandedBack,
    Merged,
    Reconsidered,
)
from deskwright.engine.facts import Load
from tests.engine.building import at
from tests.engine.desktop import ADA, BEN, CLEO, DESK, NOW, Desktop


def test_another_urgency_derives_the_priority_and_moves_the_targets():
    desk = Desktop(category="technical", impact="high", urgency="low").opened()
    assert (desk.ticket.priority, desk.clocks["first_response", 1].target) == ("medium", "4h")
    desk.changed("10:10", urgency="medium")
    assert (desk.ticket.priority, desk.clocks["first_response", 1].due_at) == ("high", at("11:00"))
    assert "reprioritised" in desk.ticket.tags


def test_a_priority_set_by_hand_is_not_derived_again():
    desk = Desktop(impact="high", urgency="low").opened()
    desk.changed("10:10", urgency="high", priority="low")
    assert desk.ticket.priority == "low"


def test_another_queue_finds_another_agent():
    desk = Desktop(category="technical").opened()
    desk.changed("10:10", queue="success")
    assert desk.ticket.assignee == CLEO.id
    assert desk.ticket.queue == "success"


def test_a_merged_ticket_owes_nothing():
    desk = Desktop().opened()
    desk.happen(Merged(into=9), "10:10")
    assert {clock.state for clock in desk.clocks.values()} == {"cancelled"}


def test_a_warning_runs_automations_and_their_changes_move_the_targets():
    desk = Desktop(category="technical", impact="medium", urgency="medium").opened()
    desk.happen(ClockMark("first_response", 1, 0.75), "13:00")
    assert desk.ticket.priority == "high"
    assert (desk.clocks["first_response", 1].target, desk.clocks["first_response", 1].state) == ("1h", "breached")
    assert "reprioritised" in desk.ticket.tags
    assert [audience for audience, _ in desk.told()] == ["managers", "assignee"]


def test_the_same_mark_is_told_under_the_same_keys():
    desk = Desktop(category="technical", impact="medium", urgency="medium").opened()
    twin = copy.deepcopy(desk)
    keys = [
        [effect.key for effect in one.happen(ClockMark("first_response", 1, 0.75), when).of(Notify)]
        for one, when in ((desk, "13:00"), (twin, "13:07"))
    ]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0])


def test_a_late_worker_tells_the_breach_only():
    desk = Desktop(category="technical", impact="medium", urgency="medium").opened()
    desk.happen(ClockMark("first_response", 1, 0.5), "15:00")
    clock = desk.clocks["first_response", 1]
    assert (clock.fired, clock.breached_at, clock.next_mark_at) == (1.0, at("14:00"), None)
    assert [effect.subject for effect in desk.of(Notify)] == ["First response is late: Help"]


def test_a_mark_of_a_solved_ticket_is_silenced():
    desk = Desktop().opened()
    stale = desk.clocks["first_response", 1]
    desk.changed("10:10", status="solved")
    desk.clocks["first_response", 1] = stale
    desk.happen(ClockMark("first_response", 1, 0.5), "12:00")
    assert desk.clocks["first_response", 1].next_mark_at is None
    assert desk.told() == []


def test_a_tier_whose_timeout_ran_out_moves_the_ticket_to_a_senior():
    desk = Desktop(category="technical", desk=replace(DESK, loads={1: Load(5, 5, 1)})).opened()
    assert desk.ticket.assignee == BEN.id
    desk.happen(ClockMark("tier", 1, 1.0), "12:00")
    assert (desk.ticket.tier, desk.ticket.assignee) == ("tier_2", ADA.id)
    assert desk.of(EnterTier)[0].reason == "no_response"
    assert "escalated" in desk.ticket.tags
    assert {"managers", "assignee"} <= {audience for audience, _ in desk.told()}


def test_escalating_by_hand_acknowledging_and_handing_back():
    desk = Desktop(category="technical", desk=replace(DESK, loads={1: Load(5, 5, 1)})).opened()
    desk.happen(EscalatedByHand(agent=2, reason="too hard"), "10:10")
    assert (desk.ticket.tier, desk.ticket.assignee, desk.of(EnterTier)[0].reason) == ("tier_2", ADA.id, "too hard")
    desk.happen(EscalationAcknowledged(agent=1), "10:20")
    assert desk.clocks["tier", 2].state == "paused"
    desk.happen(HandedBack(agent=1, reason="easy"), "10:30")
    assert (desk.ticket.tier, desk.ticket.tier_number, desk.ticket.assignee) == ("tier_1", 3, BEN.id)


def test_waiting_work_is_offered_when_an_agent_returns():
    nobody = replace(DESK, agents={**DESK.agents, 1: replace(ADA, available=False), 2: replace(BEN, available=False)})
    desk = Desktop(category="technical", desk=nobody).opened()
    assert (desk.ticket.queue, desk.ticket.assignee, desk.of(Assign)[0].agent) == ("technical", None, None)
    desk.desk = DESK
    desk.happen(AgentReturned(agent=2), "10:30")
    assert desk.ticket.assignee is not None
    desk.happen(AgentReturned(agent=1), "10:31")
    assert desk.of(Assign) == []


def test_reconsidering_keeps_a_present_agent_when_nobody_else_is_found():
    desk = Desktop(category="technical").opened()
    owner = desk.ticket.assignee
    full = {agent: Load(12, 12, 1) for agent in DESK.agents if agent != owner} | {owner: Load(99, 99, 1)}
    desk.desk = replace(DESK, loads=full)
    desk.happen(Reconsidered("a lead asked"), "10:30")
    assert desk.of(Assign) == []
    desk.desk = replace(desk.desk, agents={**DESK.agents, owner: replace(DESK.agents[owner], available=False)})
    desk.happen(Reconsidered("away"), "10:40")
    assert desk.ticket.assignee is None


def test_an_old_reply_does_not_count_for_a_new_tier():
    desk = Desktop(category="technical").opened()
    desk.ticket = replace(desk.ticket, last_agent_at=NOW - timedelta(days=1))
    desk.happen(ClockMark("tier", 1, 1.0), "12:00")
    assert desk.of(EnterTier)[0].reason == "no_response"
