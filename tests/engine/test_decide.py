"""Whole decisions: each event runs its steps in order over one view, and asks for what should happen."""

import copy
from dataclasses import replace
from datetime import timedelta

import pytest

from deskwright.engine.decide import decide
from deskwright.engine.effects import (
    Acknowledge,
    AddTags,
    Assign,
    EnterTier,
    FireTriggers,
    MarkBoosted,
    Notify,
    OpenFollowUp,
    PutClock,
    Route,
    SetField,
    SetSignals,
    SetStatus,
)
from deskwright.engine.events import (
    EVENTS,
    AgentReplied,
    AgentReturned,
    ClockMark,
    CustomerWrote,
    EscalatedByHand,
    EscalationAcknowledged,
    FieldsChanged,
    HandedBack,
    NoteAdded,
    Reconsidered,
    SurveyAnswered,
    TicketOpened,
)
from deskwright.engine.facts import Agent, Customer, Desk, Facts, Load, Message, Organisation, Ticket
from deskwright.engine.loading import load
from tests.engine.building import at

NOW = at("10:00")
TEXT = """
calendars:
  office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}
fields: {amount: {type: number}}
queues:
  general: {}
  technical: {team: technical}
  engineering: {team: engineering}
  success: {team: success}
assignees:
  senior_engineer: {queue: technical, level: senior}
  engineering_team: {queue: engineering}
  dedicated_csm: {from: organisation.csm, otherwise: {queue: success}}
audiences:
  managers: {role: lead, by: [mail, in_app]}
  account_manager: {from: organisation.account_manager}
routing_rules:
  - {name: Tag outages, condition: "description CONTAINS 'outage'", action: {tag: [outage]}, continue: true}
  - name: Critical
    condition: "priority == 'critical'"
    action: assign_to_senior_engineer
    notify: managers
    sla_target: 15m
  - name: Big money
    condition: "amount > 10000"
    action: {assign: {queue: success}, set: {priority: high}}
    cc: account_manager
  - {name: Enterprise, condition: "customer_tier == 'enterprise'", action: assign_to_dedicated_csm, sla_target: 1h}
  - {name: Technical, condition: "category == 'technical'", action: {assign: {queue: technical}}}
sla_matrix:
  critical, any: {first_response: 30m, resolution: 4h}
  high, any: {first_response: 1h, resolution: 8h}
  any, any: {first_response: 4h, next_response: 2h, resolution: 24h}
sla: {calendar: office, warn_at: [50%, 75%, 90%], pause: {resolution: [waiting_on_customer]}, on_reopen: resume}
signals:
  urgency: {words: [urgent, asap]}
  legal_threat: {words: [lawyer]}
  product_bug: {words: [regression]}
  customer_frustration: {when: "sentiment <= -0.5 OR reopen_count >= 2"}
escalation_matrix:
  tier_1:
    timeout: 2h
    conditions: [no_response, customer_frustration]
    escalate_to: senior_engineer
    notify: [managers]
  tier_2: {timeout: 4h, conditions: [product_bug], escalate_to: engineering_team}
  management: {triggers: [legal_threat], notify: [managers]}
assignment:
  capacity: {weights: {level_1: 1, level_2: 2, level_3: 3}, per_agent: 12}
  repeat_escalations: {over: 2, within: 30d, boost_priority: 1, level: senior}
automations:
  - name: Late
    on: sla_warning
    when: "metric == 'first_response' AND share >= 0.75"
    do: [{boost_priority: 1}, {notify: managers}]
  - {name: Told, on: priority_changed, do: [{tag: [reprioritised]}]}
  - {name: Sorry, on: survey_answered, when: "csat <= 2", do: [{open_follow_up: {assign: {role: lead}}}]}
  - {name: Reopened, on: ticket_reopened, do: [{tag: [reopened]}]}
  - {name: Escalated, on: escalated, do: [{tag: [escalated]}]}
replies: {acknowledge: templates/acknowledge}
"""

ADA = Agent(1, "Ada", level="senior", teams=frozenset({"technical"}))
BEN = Agent(2, "Ben", teams=frozenset({"technical", "general"}))
CLEO = Agent(3, "Cleo", teams=frozenset({"success"}))
DORA = Agent(4, "Dora", role="lead", teams=frozenset({"management"}))
EVE = Agent(5, "Eve", teams=frozenset({"engineering"}))
DESK = Desk({agent.id: agent for agent in (ADA, BEN, CLEO, DORA, EVE)}, {}, 7)
CUSTOMER = Customer(1, "Rosa Example", tier="standard")


@pytest.fixture(scope="module")
def flow():
    return load(TEXT)


class Desktop:
    """A ticket's life through `decide`: effects are kept as the desk would keep them, consequences decided at once."""

    def __init__(self, flow, customer=CUSTOMER, organisation=None, desk=DESK, **ticket):
        self.flow, self.customer, self.organisation, self.desk = flow, customer, organisation, desk
        self.ticket = Ticket(1, subject="Help", created_at=NOW, priority=None, **ticket)
        self.clocks, self.all, self.trace = {}, [], None

    def facts(self, message=None):
        return Facts(self.ticket, self.customer, self.organisation, message, tuple(self.clocks.values()), self.desk)

    def happen(self, event, when="10:00", message=None):
        decision = decide(self.flow, self.facts(message), event, at(when))
        self.effects, self.trace = list(decision.effects), decision.trace
        for effect in decision.effects:
            self.keep(effect, at(when))
        for consequence in decision.consequences:
            earlier = self.effects
            self.happen(consequence, when)
            self.effects = earlier + self.effects
        return self

    def opened(self, when="10:00", text="Hello there", **message):
        self.ticket = replace(self.ticket, description=text, created_at=at(when))
        return self.happen(TicketOpened(), when, Message(text, text, at=at(when), **message))

    def wrote(self, when, text="And another thing", **message):
        return self.happen(CustomerWrote(), when, Message(text, text, at=at(when), **message))

    def replied(self, when):
        self.ticket = replace(self.ticket, last_agent_at=at(when))
        return self.happen(AgentReplied(agent=1), when)

    def changed(self, when, **values):
        before = {name: getattr(self.ticket, name) for name in values}
        self.ticket = replace(self.ticket, **values)
        return self.happen(FieldsChanged({name: (before[name], value) for name, value in values.items()}), when)

    def keep(self, effect, when):
        match effect:
            case SetField() if not effect.name.startswith("fields."):
                self.ticket = replace(self.ticket, **{effect.name: effect.value})
            case SetStatus():
                self.ticket = replace(self.ticket, status=effect.status)
            case AddTags():
                self.ticket = replace(self.ticket, tags=self.ticket.tags.union(effect.tags))
            case SetSignals():
                self.ticket = replace(self.ticket, signals=effect.signals)
            case Route():
                self.ticket = replace(self.ticket, queue=effect.queue, rule=effect.rule)
            case Assign():
                self.ticket = replace(self.ticket, assignee=effect.agent)
            case PutClock():
                self.clocks[effect.clock.metric, effect.clock.cycle] = effect.clock
            case FireTriggers():
                self.ticket = replace(self.ticket, triggers_fired=self.ticket.triggers_fired | effect.triggers)
            case MarkBoosted():
                self.ticket = replace(self.ticket, boosted=True)
            case EnterTier():
                self.ticket = replace(
                    self.ticket,
                    tier=effect.tier,
                    tier_number=effect.number,
                    tier_since=effect.at,
                    tier_signals=effect.signals,
                )

    def of(self, kind):
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def told(self):
        return [(effect.audience, effect.agents) for effect in self.of(Notify)]

    def said(self):
        return [step.text for step in self.trace.steps]


def test_an_opened_ticket_is_classified_routed_timed_assigned_and_acknowledged(flow):
    desk = Desktop(flow, category="technical", impact="high", urgency="high").opened()
    assert desk.ticket.priority == "critical"
    assert (desk.ticket.queue, desk.ticket.rule, desk.ticket.assignee) == ("technical", "Critical", ADA.id)
    assert desk.ticket.sla_target == "15m"
    assert desk.clocks["first_response", 1].due_at == at("10:15")
    assert desk.clocks["resolution", 1].due_at == at("14:00")
    assert desk.clocks["tier", 1].due_at == at("12:00")
    assert desk.of(Assign)[0].turn == 8
    assert desk.told() == [("managers", (DORA.id,)), ("assignee", (ADA.id,))]
    assert desk.of(Acknowledge)[0].values == {
        "expected_first_response": at("10:15"),
        "expected_resolution": at("14:00"),
    }


def test_effects_come_in_the_order_of_the_steps(flow):
    desk = Desktop(flow, impact="high", urgency="high").opened(text="urgent: lawyer informed")
    kinds = [type(effect) for effect in desk.effects]
    firsts = [kinds.index(kind) for kind in (SetSignals, Route, PutClock, Assign, EnterTier, FireTriggers, Acknowledge)]
    assert firsts == sorted(firsts)


def test_later_rules_see_what_earlier_ones_decided_and_targets_follow(flow):
    desk = Desktop(flow, fields={"amount": 20_000}).opened()
    assert (desk.ticket.priority, desk.ticket.queue, desk.ticket.rule) == ("high", "success", "Big money")
    assert desk.clocks["first_response", 1].due_at == at("11:00")
    assert desk.told()[0] == ("account_manager", ())


def test_rules_that_go_on_add_to_the_winner(flow):
    desk = Desktop(flow, category="technical").opened(text="An outage since noon")
    assert desk.ticket.tags == {"outage"}
    assert desk.ticket.rule == "Technical"


def test_no_rule_leads_to_the_default_queue(flow):
    desk = Desktop(flow).opened()
    assert (desk.ticket.queue, desk.ticket.rule) == (flow.default_queue, None)
    assert any("no rule assigns it" in text for text in desk.said())


def test_the_dedicated_person_of_the_organisation_gets_it(flow):
    desk = Desktop(flow, replace(CUSTOMER, tier="enterprise"), Organisation(1, "Initech", csm=CLEO.id))
    desk.opened()
    assert (desk.ticket.assignee, desk.ticket.queue) == (CLEO.id, "success")
    assert desk.clocks["first_response", 1].target == "1h"


def test_a_customer_who_escalates_often_is_raised_once_and_gets_a_senior(flow):
    desk = Desktop(flow, replace(CUSTOMER, escalations_30d=3), category="technical", impact="medium", urgency="medium")
    desk.opened()
    assert (desk.ticket.priority, desk.ticket.assignee, desk.ticket.boosted) == ("high", ADA.id, True)
    assert desk.clocks["first_response", 1].target == "1h"
    desk.changed("10:30", urgency="high")
    assert desk.of(MarkBoosted) == []


def test_an_automatic_mail_and_an_agents_ticket_get_no_acknowledgement(flow):
    assert Desktop(flow).opened(automatic=True).of(Acknowledge) == []
    desk = Desktop(flow, by_agent=True).happen(TicketOpened(by="agent"))
    assert desk.of(Acknowledge) == []
    assert ("first_response", 1) not in desk.clocks


def test_an_imported_ticket_is_classified_but_nobody_is_told_and_nothing_timed(flow):
    desk = Desktop(flow, imported=True, impact="high", urgency="high").opened(text="lawyer")
    assert desk.ticket.priority == "critical"
    assert {type(effect) for effect in desk.effects} <= {SetSignals, SetField, Route, AddTags}


def test_management_triggers_are_told_once_per_ticket(flow):
    desk = Desktop(flow).opened(text="I will call my lawyer")
    assert desk.ticket.triggers_fired == {"legal_threat"}
    assert ("managers", (DORA.id,)) in desk.told()
    desk.wrote("10:20", "My lawyer is on it")
    assert desk.of(FireTriggers) == []


def test_a_customers_message_reopens_resumes_and_starts_the_next_response(flow):
    desk = Desktop(flow, category="technical").opened()
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


def test_a_second_reopening_frustrates_and_escalates_at_once(flow):
    desk = Desktop(flow, category="technical", reopen_count=1, status="new").opened()
    desk.replied("10:10")
    desk.changed("10:30", status="solved")
    desk.wrote("11:00", "Still broken")
    assert "customer_frustration" in desk.ticket.signals
    assert (desk.ticket.tier, desk.of(EnterTier)[0].reason) == ("tier_2", "customer_frustration")


def test_an_automatic_message_changes_nothing(flow):
    desk = Desktop(flow).opened()
    desk.changed("10:30", status="solved")
    desk.happen(
        CustomerWrote(automatic=True), "11:00", Message("I am away", "I am away", at=at("11:00"), automatic=True)
    )
    assert desk.effects == []
    assert desk.ticket.status == "solved"


def test_waiting_pauses_the_resolution_and_the_customers_answer_resumes_it(flow):
    desk = Desktop(flow, category="technical").opened()
    desk.replied("10:30")
    desk.changed("11:00", status="waiting_on_customer")
    assert desk.clocks["resolution", 1].state == "paused"
    desk.wrote("12:00")
    assert (desk.ticket.status, desk.clocks["resolution", 1].state) == ("open", "running")
    assert desk.clocks["resolution", 1].used_seconds == 3600


def test_a_ticket_of_an_absent_agent_is_handed_on_when_the_customer_writes(flow):
    desk = Desktop(flow, category="technical").opened()
    first = desk.ticket.assignee
    desk.desk = replace(DESK, agents={**DESK.agents, first: replace(DESK.agents[first], available=False)})
    desk.wrote("10:30")
    assert desk.ticket.assignee not in {first, None}
    assert desk.of(Assign)[0].because == "its agent is away"


def test_a_present_agent_keeps_the_ticket_and_hears_of_the_message(flow):
    desk = Desktop(flow, category="technical").opened()
    desk.wrote("10:30")
    assert desk.of(Assign) == []
    assert desk.told() == [("assignee", (desk.ticket.assignee,))]


def test_a_first_reply_answers_and_opens_the_ticket(flow):
    desk = Desktop(flow, unanswered_since=NOW).opened().replied("10:30")
    assert (desk.ticket.first_response_at, desk.ticket.unanswered_since) == (at("10:30"), None)
    assert desk.ticket.status == "open"


def test_another_urgency_derives_the_priority_and_moves_the_targets(flow):
    desk = Desktop(flow, category="technical", impact="high", urgency="low").opened()
    assert (desk.ticket.priority, desk.clocks["first_response", 1].target) == ("medium", "4h")
    desk.changed("10:10", urgency="medium")
    assert (desk.ticket.priority, desk.clocks["first_response", 1].due_at) == ("high", at("11:00"))
    assert "reprioritised" in desk.ticket.tags


def test_a_priority_set_by_hand_is_not_derived_again(flow):
    desk = Desktop(flow, impact="high", urgency="low").opened()
    desk.changed("10:10", urgency="high", priority="low")
    assert desk.ticket.priority == "low"


def test_another_queue_finds_another_agent(flow):
    desk = Desktop(flow, category="technical").opened()
    desk.changed("10:10", queue="success")
    assert desk.ticket.assignee == CLEO.id
    assert desk.ticket.queue == "success"


def test_a_merged_ticket_owes_nothing(flow):
    desk = Desktop(flow).opened()
    desk.happen(FieldsChanged({"merged_into": (None, 9)}), "10:10")
    assert {clock.state for clock in desk.clocks.values()} == {"cancelled"}


def test_a_warning_runs_automations_and_their_changes_move_the_targets(flow):
    desk = Desktop(flow, category="technical", impact="medium", urgency="medium").opened()
    desk.happen(ClockMark("first_response", 1, 0.75), "13:00")
    assert desk.ticket.priority == "high"
    assert (desk.clocks["first_response", 1].target, desk.clocks["first_response", 1].state) == ("1h", "breached")
    assert "reprioritised" in desk.ticket.tags
    assert [audience for audience, _ in desk.told()] == ["managers", "assignee"]


def test_the_same_mark_is_told_under_the_same_keys(flow):
    desk = Desktop(flow, category="technical", impact="medium", urgency="medium").opened()
    twin = copy.deepcopy(desk)
    keys = [
        [effect.key for effect in one.happen(ClockMark("first_response", 1, 0.75), when).of(Notify)]
        for one, when in ((desk, "13:00"), (twin, "13:07"))
    ]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0])


def test_a_late_worker_tells_the_breach_only(flow):
    desk = Desktop(flow, category="technical", impact="medium", urgency="medium").opened()
    desk.happen(ClockMark("first_response", 1, 0.5), "15:00")
    clock = desk.clocks["first_response", 1]
    assert (clock.fired, clock.breached_at, clock.next_mark_at) == (1.0, at("14:00"), None)
    assert [effect.subject for effect in desk.of(Notify)] == ["First response is late: Help"]


def test_a_mark_of_a_solved_ticket_is_silenced(flow):
    desk = Desktop(flow).opened()
    stale = desk.clocks["first_response", 1]
    desk.changed("10:10", status="solved")
    desk.clocks["first_response", 1] = stale
    desk.happen(ClockMark("first_response", 1, 0.5), "12:00")
    assert desk.clocks["first_response", 1].next_mark_at is None
    assert desk.told() == []


def test_a_tier_whose_timeout_ran_out_moves_the_ticket_to_a_senior(flow):
    desk = Desktop(flow, category="technical", desk=replace(DESK, loads={1: Load(5, 5, 1)})).opened()
    assert desk.ticket.assignee == BEN.id
    desk.happen(ClockMark("tier", 1, 1.0), "12:00")
    assert (desk.ticket.tier, desk.ticket.assignee) == ("tier_2", ADA.id)
    assert desk.of(EnterTier)[0].reason == "no_response"
    assert "escalated" in desk.ticket.tags
    assert {"managers", "assignee"} <= {audience for audience, _ in desk.told()}


def test_escalating_by_hand_acknowledging_and_handing_back(flow):
    desk = Desktop(flow, category="technical", desk=replace(DESK, loads={1: Load(5, 5, 1)})).opened()
    desk.happen(EscalatedByHand(agent=2, reason="too hard"), "10:10")
    assert (desk.ticket.tier, desk.ticket.assignee, desk.of(EnterTier)[0].reason) == ("tier_2", ADA.id, "too hard")
    desk.happen(EscalationAcknowledged(agent=1), "10:20")
    assert desk.clocks["tier", 2].state == "paused"
    desk.happen(HandedBack(agent=1, reason="easy"), "10:30")
    assert (desk.ticket.tier, desk.ticket.tier_number, desk.ticket.assignee) == ("tier_1", 3, BEN.id)


def test_a_bad_rating_opens_a_follow_up(flow):
    desk = Desktop(flow).opened().happen(SurveyAnswered(csat=1))
    assert desk.ticket.csat == 1
    assert desk.of(OpenFollowUp)[0].subject == "Follow-up: Help"
    assert desk.happen(SurveyAnswered(csat=5)).of(OpenFollowUp) == []


def test_waiting_work_is_offered_when_an_agent_returns(flow):
    nobody = replace(DESK, agents={**DESK.agents, 1: replace(ADA, available=False), 2: replace(BEN, available=False)})
    desk = Desktop(flow, category="technical", desk=nobody).opened()
    assert (desk.ticket.queue, desk.ticket.assignee, desk.of(Assign)[0].agent) == ("technical", None, None)
    desk.desk = DESK
    desk.happen(AgentReturned(agent=2), "10:30")
    assert desk.ticket.assignee is not None
    desk.happen(AgentReturned(agent=1), "10:31")
    assert desk.of(Assign) == []


def test_reconsidering_keeps_a_present_agent_when_nobody_else_is_found(flow):
    desk = Desktop(flow, category="technical").opened()
    owner = desk.ticket.assignee
    full = {agent: Load(12, 12, 1) for agent in DESK.agents if agent != owner} | {owner: Load(99, 99, 1)}
    desk.desk = replace(DESK, loads=full)
    desk.happen(Reconsidered("a lead asked"), "10:30")
    assert desk.of(Assign) == []
    desk.desk = replace(desk.desk, agents={**DESK.agents, owner: replace(DESK.agents[owner], available=False)})
    desk.happen(Reconsidered("away"), "10:40")
    assert desk.ticket.assignee is None


def test_every_event_is_decided_without_touching_the_facts(flow):
    desk = Desktop(flow, category="technical").opened()
    facts = desk.facts(Message("urgent lawyer", "urgent lawyer", at=at("11:00")))
    before = copy.deepcopy(facts)
    for kind in EVENTS.values():
        first = decide(flow, facts, kind(), at("11:00"))
        assert decide(flow, facts, kind(), at("11:00")).effects == first.effects
        assert first.trace.as_json() is not None
    assert facts == before
    assert decide(flow, facts, NoteAdded(agent=1), at("11:00")).effects == ()


def test_an_old_reply_does_not_count_for_a_new_tier(flow):
    desk = Desktop(flow, category="technical").opened()
    desk.ticket = replace(desk.ticket, last_agent_at=NOW - timedelta(days=1))
    desk.happen(ClockMark("tier", 1, 1.0), "12:00")
    assert desk.of(EnterTier)[0].reason == "no_response"
