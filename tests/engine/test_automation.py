"""Automations: which ones answer, in which order, what they see, and how their changes come back as events."""

from dataclasses import replace

import pytest

from deskwright.engine.decide import decide
from deskwright.engine.effects import Acknowledge, AddTags, Assign, EnterTier, SetField, SetStatus
from deskwright.engine.events import FieldsChanged, NoteAdded, TicketOpened
from deskwright.engine.facts import Customer, Facts, Ticket
from deskwright.engine.loading import load
from tests.engine.building import at
from tests.engine.desktop import DESK, DORA

NOW = at("10:00")


def decided(automations, event=None, flow=None, **ticket):
    workflow = flow or load(f"automations:\n{automations}\n")
    known = {"priority": "low", "queue": "general", "status": "open", "created_at": NOW, **ticket}
    return decide(workflow, Facts(Ticket(1, **known), Customer(1), desk=DESK), event or NoteAdded(agent=1), NOW)


def tags(decision):
    return [effect.tags for effect in decision.effects if isinstance(effect, AddTags)]


def test_they_answer_their_event_in_the_documents_order():
    decision = decided(
        """
  - {name: one, on: note_added, do: [{tag: [a]}, {tag: [b]}]}
  - {name: other, on: customer_wrote, do: [{tag: [x]}]}
  - {name: two, on: note_added, do: [{tag: [c]}]}"""
    )
    assert tags(decision) == [("a",), ("b",), ("c",)]


def test_each_condition_sees_what_the_earlier_ones_did():
    decision = decided(
        """
  - {name: raise, on: note_added, do: [{boost_priority: 1}]}
  - {name: medium, on: note_added, when: "priority == 'medium'", do: [{tag: [seen]}]}
  - {name: low, on: note_added, when: "priority == 'low'", do: [{tag: [unseen]}]}"""
    )
    assert tags(decision) == [("seen",)]
    assert any(step.text == "low does not apply" and step.parts for step in decision.trace.steps)


def test_what_they_change_comes_back_as_an_event_and_is_answered_there():
    text = """
  - {name: raise, on: note_added, do: [{boost_priority: 1}, {status: waiting_on_customer}]}
  - {name: told, on: priority_changed, do: [{tag: [told]}]}"""
    first = decided(text)
    assert tags(first) == []
    assert first.consequences == (
        FieldsChanged({"priority": ("low", "medium"), "status": ("open", "waiting_on_customer")}),
    )
    second = decided(text, first.consequences[0], priority="medium", status="waiting_on_customer")
    assert tags(second) == [("told",)]
    assert second.consequences == ()


def test_an_automation_runs_once_in_a_decision_even_when_it_answers_itself():
    decision = decided("  - {name: up, on: escalated, do: [{escalate: true}]}", NoteAdded(agent=1), tier="tier_1")
    assert decision.effects == ()
    text = """
  - {name: start, on: note_added, do: [{escalate: true}]}
  - {name: up, on: escalated, do: [{escalate: true}, {tag: [up]}]}"""
    decision = decided(text, tier="tier_1", tier_number=1)
    assert [effect.reason for effect in decision.effects if isinstance(effect, EnterTier)] == ["automation"]
    assert tags(decision) == [("up",)]


def test_one_that_is_switched_off_says_so():
    flow = load("automations:\n  - {name: one, on: note_added, do: [{tag: [a]}]}\n")
    off = replace(flow, automations=tuple(replace(automation, enabled=False) for automation in flow.automations))
    decision = decided("", flow=off)
    assert decision.effects == ()
    assert decision.trace.steps[-1].text == "one is switched off"


def test_they_may_assign_and_set_fields():
    decision = decided("  - {name: one, on: note_added, do: [{assign: {role: lead}, set: {category: billing}}]}")
    assert [effect.agent for effect in decision.effects if isinstance(effect, Assign)] == [DORA.id]
    assert [(effect.name, effect.value) for effect in decision.effects if isinstance(effect, SetField)] == [
        ("category", "billing")
    ]
    assert decision.consequences[0].changes.keys() == {"category", "assignee"}


def test_a_custom_field_is_set_as_one():
    flow = load(
        "fields: {amount: {type: number}}\nautomations:\n  - {name: a, on: note_added, do: [{set: {amount: 5}}]}\n"
    )
    assert [effect.name for effect in decided("", flow=flow).effects if isinstance(effect, SetField)] == [
        "fields.amount"
    ]


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_a_rule_that_closes_a_ticket_at_the_door_leaves_nothing_running(status):
    flow = load(
        "routing_rules:\n"
        f"  - {{name: noise, condition: \"subject CONTAINS 'noise'\", action: {{status: {status}, tag: [noise]}}}}\n"
    )
    facts = Facts(Ticket(1, subject="noise", created_at=NOW), Customer(1), desk=DESK)
    decision = decide(flow, facts, TicketOpened(), NOW)
    assert [effect.status for effect in decision.effects if isinstance(effect, SetStatus)] == [status]
    running = [e.clock for e in decision.effects if hasattr(e, "clock") and e.clock.stopped_at is None]
    assert running == []
    assert not any(isinstance(effect, (Assign, Acknowledge)) for effect in decision.effects)
