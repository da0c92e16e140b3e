"""What is said, decided whole: each event runs its steps in order over one view."""

import copy
from dataclasses import replace

from deskwright.engine.decide import decide
from deskwright.engine.effects import (
    Acknowledge,
    AddTags,
    Assign,
    EnterTier,
    FireTriggers,
    MarkBoosted,
    OpenFollowUp,
    PutClock,
    Route,
    SetField,
    SetSignals,
)
from deskwright.engine.events import (
    EVENTS,
    CustomerWrote,
    NoteAdded,
    SurveyAnswered,
    TicketOpened,
)
from deskwright.engine.facts import Message, Organisation
from tests.engine.building import at
from tests.engine.desktop import ADA, CLEO, CUSTOMER, DESK, DORA, FLOW, NOW, Desktop


def test_an_opened_ticket_is_classified_routed_timed_assigned_and_acknowledged():
    desk = Desktop(category="technical", impact="high", urgency="high").opened()
    assert desk.ticket.priority == "critical"
    assert (desk.ticket.queue, desk.ticket.rule, desk.ticket.assignee) == ("technical", "Critical", ADA.id)
    assert desk.ticket.sla_target == "15m"
    assert desk.clocks["first_response", 1].due_at == at("10:15")
    assert desk.clocks["resolution", 1].due_at == at("14:00")
    assert desk.clocks["tier", 1].due_at == at("12:00")
    assert desk.of(Assign)[0].turn == 8
    assert desk.told() == [("managers", (DORA.id,)), ("assignee", (ADA.id,))]
    assert desk.of(Acknowledge)[0].values == {
        "with": (),
        "expected_first_response": at("10:15"),
        "expected_resolution": at("14:00"),
    }


def test_effects_come_in_the_order_of_the_steps():
    desk = Desktop(impact="high", urgency="high").opened(text="urgent: lawyer informed")
    kinds = [type(effect) for effect in desk.effects]
    firsts = [kinds.index(kind) for kind in (SetSignals, Route, PutClock, Assign, EnterTier, FireTriggers, Acknowledge)]
    assert firsts == sorted(firsts)


def test_later_rules_see_what_earlier_ones_decided_and_targets_follow():
    desk = Desktop(fields={"amount": 20_000}).opened()
    assert (desk.ticket.priority, desk.ticket.queue, desk.ticket.rule) == ("high", "success", "Big money")
    assert desk.clocks["first_response", 1].due_at == at("11:00")
    assert desk.told()[0] == ("account_manager", ())


def test_rules_that_go_on_add_to_the_winner():
    desk = Desktop(category="technical").opened(text="An outage since noon")
    assert desk.ticket.tags == {"outage"}
    assert desk.ticket.rule == "Technical"


def test_no_rule_leads_to_the_default_queue():
    desk = Desktop().opened()
    assert (desk.ticket.queue, desk.ticket.rule) == (FLOW.default_queue, None)
    assert any("no rule assigns it" in text for text in desk.said())


def test_the_dedicated_person_of_the_organisation_gets_it():
    desk = Desktop(replace(CUSTOMER, tier="enterprise"), Organisation(1, "Initech", csm=CLEO.id))
    desk.opened()
    assert (desk.ticket.assignee, desk.ticket.queue) == (CLEO.id, "success")
    assert desk.clocks["first_response", 1].target == "1h"


def test_a_customer_who_escalates_often_is_raised_once_and_gets_a_senior():
    desk = Desktop(replace(CUSTOMER, escalations_30d=3), category="technical", impact="medium", urgency="medium")
    desk.opened()
    assert (desk.ticket.priority, desk.ticket.assignee, desk.ticket.boosted) == ("high", ADA.id, True)
    assert desk.clocks["first_response", 1].target == "1h"
    desk.changed("10:30", urgency="high")
    assert desk.of(MarkBoosted) == []


def test_an_automatic_mail_and_an_agents_ticket_get_no_acknowledgement():
    assert Desktop().opened(automatic=True).of(Acknowledge) == []
    desk = Desktop(by_agent=True).happen(TicketOpened(by="agent"))
    assert desk.of(Acknowledge) == []
    assert ("first_response", 1) not in desk.clocks


def test_an_imported_ticket_is_classified_but_nobody_is_told_and_nothing_timed():
    desk = Desktop(imported=True, impact="high", urgency="high").opened(text="lawyer")
    assert desk.ticket.priority == "critical"
    assert {type(effect) for effect in desk.effects} <= {SetSignals, SetField, Route, AddTags}


def test_management_triggers_are_told_once_per_ticket():
    desk = Desktop().opened(text="I will call my lawyer")
    assert desk.ticket.triggers_fired == {"legal_threat"}
    assert ("managers", (DORA.id,)) in desk.told()
    desk.wrote("10:20", "My lawyer is on it")
    assert desk.of(FireTriggers) == []


def test_a_customers_message_reopens_resumes_and_starts_the_next_response():
    desk = Desktop(category="technical").opened()
    desk.replied("10:30")
    assert desk.clocks["first_response", 1].state == "met"
    desk.changed("11:00", status="solved")
    assert (desk.clocks["resolution", 1].state, desk.clocks["tier", 1].state) == ("met", "cancelled")
    desk.ticket = replace(desk.ticket, reopen_count=0)
    desk.wrote("Tue 10:00")
    assert desk.ticket.status == "open"
    assert desk.clocks["next_response", 1].due_at == at("Tue 12:00")
    assert (desk.clocks["resolution", 2].state, desk.clocks["resolution", 2].used_seconds) == ("running", 3600)
    assert desk.clocks["tier", 1].due_at == at("Tue 12:00")
    assert "reopened" in desk.ticket.tags
    desk.replied("Tue 11:00")
    assert desk.clocks["next_response", 1].state == "met"


def test_a_second_reopening_frustrates_and_escalates_at_once():
    desk = Desktop(category="technical", reopen_count=1, status="new").opened()
    desk.replied("10:10")
    desk.changed("10:30", status="solved")
    desk.wrote("11:00", "Still broken")
    assert "customer_frustration" in desk.ticket.signals
    assert (desk.ticket.tier, desk.of(EnterTier)[0].reason) == ("tier_2", "customer_frustration")


def test_an_automatic_message_changes_nothing():
    desk = Desktop().opened()
    desk.changed("10:30", status="solved")
    desk.happen(
        CustomerWrote(automatic=True), "11:00", Message("I am away", "I am away", at=at("11:00"), automatic=True)
    )
    assert desk.effects == []
    assert desk.ticket.status == "solved"


def test_waiting_pauses_the_resolution_and_the_customers_answer_resumes_it():
    desk = Desktop(category="technical").opened()
    desk.replied("10:30")
    desk.changed("11:00", status="waiting_on_customer")
    assert desk.clocks["resolution", 1].state == "paused"
    desk.wrote("12:00")
    assert (desk.ticket.status, desk.clocks["resolution", 1].state) == ("open", "running")
    assert desk.clocks["resolution", 1].used_seconds == 3600


def test_a_ticket_of_an_absent_agent_is_handed_on_when_the_customer_writes():
    desk = Desktop(category="technical").opened()
    first = desk.ticket.assignee
    desk.desk = replace(DESK, agents={**DESK.agents, first: replace(DESK.agents[first], available=False)})
    desk.wrote("10:30")
    assert desk.ticket.assignee not in {first, None}
    assert desk.of(Assign)[0].because == "its agent is away"


def test_a_present_agent_keeps_the_ticket_and_hears_of_the_message():
    desk = Desktop(category="technical").opened()
    desk.wrote("10:30")
    assert desk.of(Assign) == []
    assert desk.told() == [("assignee", (desk.ticket.assignee,))]


def test_a_first_reply_answers_and_opens_the_ticket():
    desk = Desktop(unanswered_since=NOW).opened().replied("10:30")
    assert (desk.ticket.first_response_at, desk.ticket.unanswered_since) == (at("10:30"), None)
    assert desk.ticket.status == "open"


def test_a_bad_rating_opens_a_follow_up():
    desk = Desktop().opened().happen(SurveyAnswered(csat=1))
    assert desk.ticket.csat == 1
    assert desk.of(OpenFollowUp)[0].subject == "Follow-up: Help"
    assert desk.happen(SurveyAnswered(csat=5)).of(OpenFollowUp) == []


def test_every_event_is_decided_without_touching_the_facts():
    desk = Desktop(category="technical").opened()
    facts = desk.facts(Message("urgent lawyer", "urgent lawyer", at=at("11:00")))
    before = copy.deepcopy(facts)
    for kind in EVENTS.values():
        first = decide(FLOW, facts, kind(), at("11:00"))
        assert decide(FLOW, facts, kind(), at("11:00")).effects == first.effects
        assert first.trace.as_json() is not None
    assert facts == before
    assert decide(FLOW, facts, NoteAdded(agent=1), at("11:00")).effects == ()
