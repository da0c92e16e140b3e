"""Automations: which ones answer, in which order, what they see, and how their changes come back as events."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskwright.engine.automation import OFF, ONCE, SPENT, AutomationFailed
from deskwright.engine.decide import decide, steps
from deskwright.engine.effects import (
    Acknowledge,
    AddTags,
    Assign,
    EnterTier,
    OpenFollowUp,
    RanAutomation,
    SetField,
    SetStatus,
)
from deskwright.engine.events import FieldsChanged, NoteAdded, TicketOpened, TimePassed
from deskwright.engine.facts import Customer, Facts, Ticket
from deskwright.engine.loading import load
from tests.engine.building import at
from tests.engine.desktop import DESK, DORA

NOW = at("10:00")
CHAINS = {
    "a": "on: [note_added, fields_changed], do: [{set: {priority: high}}]",
    "b": "on: [priority_changed, fields_changed], do: [{set: {priority: low}}]",
    "c": "on: [fields_changed], do: [{status: on_hold}]",
    "d": "on: [note_added, fields_changed], do: [{status: open}, {boost_priority: 1}]",
    "e": "on: [fields_changed], do: [{set: {category: billing}}]",
    "f": "on: [fields_changed], do: [{set: {category: technical}}, {boost_priority: -1}]",
}


def decided(automations, event=None, flow=None, desk=DESK, **ticket):
    workflow = flow or load(f"automations:\n{automations}\n")
    known = {"priority": "low", "queue": "general", "status": "open", "created_at": NOW, **ticket}
    return decide(workflow, Facts(Ticket(1, **known), Customer(1), desk=desk), event or NoteAdded(agent=1), NOW)


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
        FieldsChanged({"priority": ("low", "medium"), "status": ("open", "waiting_on_customer")}, ("raise",)),
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


# Guards, turns and the run log


def ran(decision):
    return [(effect.rule, effect.outcomes) for effect in decision.effects if isinstance(effect, RanAutomation)]


def test_two_that_undo_each_other_come_to_rest():
    text = """
  - {name: up, on: [note_added, priority_changed], when: "priority == 'low'", do: [{set: {priority: high}}]}
  - {name: down, on: priority_changed, when: "priority == 'high'", do: [{set: {priority: low}}]}"""
    first = decided(text)
    second = decided(text, first.consequences[0], priority="high")
    third = decided(text, second.consequences[0], priority="low")
    assert [ran(each) for each in (first, second, third)] == [
        [("up", ("priority became high",))],
        [("down", ("priority became low",))],
        [],
    ]
    assert third.consequences == ()
    assert any(step.text == f"up {ONCE}" for step in third.trace.steps)


def test_one_that_waits_for_two_things_runs_once_when_both_happen():
    text = "  - {name: both, on: [note_added, escalated], do: [{tag: [seen]}, {escalate: true}]}"
    assert [rule for rule, _ in ran(decided(text, tier="tier_1", tier_number=1))] == ["both"]


def test_a_follow_up_does_not_open_a_follow_up_of_its_own():
    text = "  - {name: again, on: ticket_opened, do: [{open_follow_up: {subject: More}}]}"
    first = decided(text, TicketOpened())
    (follow_up,) = [effect for effect in first.effects if isinstance(effect, OpenFollowUp)]
    second = decided(text, TicketOpened(by="system", caused_by=follow_up.caused_by))
    assert not any(isinstance(effect, OpenFollowUp) for effect in second.effects)


def test_a_rule_opens_no_follow_up_to_its_own_follow_up():
    flow = load("routing_rules:\n  - {name: All, condition: true, action: {open_follow_up: {subject: More}}}\n")
    first = decided("", TicketOpened(), flow)
    (follow_up,) = [effect for effect in first.effects if isinstance(effect, OpenFollowUp)]
    second = decided("", TicketOpened(by="system", caused_by=follow_up.caused_by), flow)
    assert not any(isinstance(effect, OpenFollowUp) for effect in second.effects)


@pytest.mark.parametrize("reason", [OFF, SPENT])
def test_one_that_rests_is_told_with_the_reason(reason):
    desk = replace(DESK, resting={"one": reason})
    decision = decided("  - {name: one, on: note_added, do: [{tag: [a]}]}", desk=desk)
    assert ran(decision) == []
    assert decision.trace.steps[-1].text == f"one {reason}"


def test_each_action_has_its_outcome_in_words():
    decision = decided(
        """
  - name: all
    on: note_added
    do:
      - {boost_priority: 1}
      - {tag: [a, b]}
      - {tag: [a]}
      - {notify: leads}
      - {assign: {role: lead}}
      - {open_follow_up: {subject: Call them}}
      - {status: on_hold}"""
    )
    assert ran(decision) == [
        (
            "all",
            (
                "priority became medium",
                "tagged a, b",
                "nothing to change",
                "told leads (1 agent)",
                "assigned to Dora; told assignee (1 agent)",
                "opened a follow-up: Call them",
                "status became on_hold",
            ),
        )
    ]


def test_one_that_breaks_is_named(monkeypatch):
    def breaks(*arguments, **named):
        raise LookupError("no such thing")

    monkeypatch.setattr(steps, "place", breaks)
    with pytest.raises(AutomationFailed, match="one: no such thing") as caught:
        decided("  - {name: one, on: note_added, do: [{assign: {role: lead}}]}")
    assert caught.value.rule == "one"


TIMED = """
  - {name: stale, every: 1h, when: "age > 2h", do: [{tag: [stale]}]}
  - {name: other, every: 1h, do: [{tag: [other]}]}"""


@pytest.mark.parametrize(("hours", "expected"), [(1, []), (3, [("stale",)])])
def test_a_time_based_one_runs_at_its_own_turn_where_its_condition_holds(hours, expected):
    created = NOW - timedelta(hours=hours)
    assert tags(decided(TIMED, TimePassed("stale"), created_at=created)) == expected
    assert tags(decided(TIMED, NoteAdded(agent=1), created_at=created)) == []


def test_a_turn_passes_a_solved_ticket_by():
    assert decided(TIMED, TimePassed("other"), status="solved").effects == ()


@given(st.lists(st.sampled_from(sorted(CHAINS)), min_size=1, max_size=6, unique=True))
def test_no_set_of_automations_keeps_a_ticket_from_rest(names):
    text = "".join(f"\n  - {{name: {name}, {CHAINS[name]}}}" for name in names)
    flow = load(f"automations:{text}\n")
    waiting, decisions = [NoteAdded(agent=1)], 0
    known = {"priority": "low", "queue": "general", "status": "open", "category": None}
    while waiting:
        decision = decided("", waiting.pop(), flow, **known)
        known |= {effect.name: effect.value for effect in decision.effects if isinstance(effect, SetField)}
        for effect in decision.effects:
            known |= {"status": effect.status} if isinstance(effect, SetStatus) else {}
        waiting += decision.consequences
        decisions += 1
        assert decisions <= len(names) + 1
