"""A ticket's life through whole decisions, on a workflow and a desk of five, for tests."""

from __future__ import annotations

from dataclasses import replace

from deskwright.engine.decide import decide
from deskwright.engine.effects import (
    AddTags,
    Assign,
    EnterTier,
    FireTriggers,
    MarkBoosted,
    Notify,
    PutClock,
    Route,
    SetField,
    SetSignals,
    SetStatus,
)
from deskwright.engine.events import AgentReplied, CustomerWrote, FieldsChanged, TicketOpened
from deskwright.engine.facts import Agent, Customer, Desk, Facts, Message, Ticket
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
FLOW = load(TEXT)


class Desktop:
    """A ticket's life through `decide`: effects are kept as the desk would keep them, consequences decided at once."""

    def __init__(self, customer=CUSTOMER, organisation=None, desk=DESK, **ticket):
        self.flow, self.customer, self.organisation, self.desk = FLOW, customer, organisation, desk
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
