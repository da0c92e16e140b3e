"""A decision without its trace is the same decision: property-tested over courses of events, folded as they go."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from deskwright.engine import events
from deskwright.engine.altering import replace
from deskwright.engine.decide import begin, decide, go_on
from deskwright.engine.events import Event
from deskwright.engine.facts import Agent, Customer, Desk, Facts, Load, Message, Organisation, Signals, Ticket
from deskwright.engine.loading import load
from deskwright.lab.folding import Standing, fold
from tests.engine.building import at

DEMO = Path(__file__).resolve().parents[2] / "src/deskwright/desk/demo/workflow.yaml"
WORKFLOWS = {"starter": load(""), "demo": load(DEMO.read_text(encoding="utf-8"))}
NOW = at("10:00")
AGENTS = {
    1: Agent(1, "Ada", teams=frozenset({"support"}), level="senior"),
    2: Agent(2, "Ben", teams=frozenset({"engineering"}), skills={"api_expert": 2}, shift="berlin"),
    3: Agent(3, "Cleo", role="lead", teams=frozenset({"accounts"}), capacity=1),
    4: Agent(4, "Dora", available=False),
    5: Agent(5, "Edda", teams=frozenset({"engineering", "support"}), takes_chats=False, languages=frozenset({"de"})),
    6: Agent(6, "Finn", teams=frozenset({"engineering"}), level="senior", shift="sydney_week", capacity=30),
    7: Agent(7, "Gita", teams=frozenset({"support", "accounts"}), level="junior"),
}
WORDS = (
    "our shop is down, urgent", "the invoice is wrong", "I will call my lawyer", "not urgent at all", "api error 503",
    "a bug, reproducible", "merci", "",
)  # fmt: skip

tickets = some.builds(
    Ticket,
    id=some.just(1),
    subject=some.sampled_from(WORDS),
    description=some.sampled_from(WORDS),
    channel=some.sampled_from(["email", "chat", "phone"]),
    type=some.sampled_from(["question", "incident"]),
    priority=some.sampled_from([None, "low", "critical"]),
    category=some.sampled_from([None, "billing", "technical", "integration"]),
    impact=some.sampled_from([None, "high"]),
    reopen_count=some.integers(0, 3),
    fields=some.sampled_from([{}, {"amount": 12000}]),
    created_at=some.just(NOW),
    imported=some.booleans(),
    by_agent=some.booleans(),
)
customers = some.builds(
    Customer,
    id=some.just(7),
    tier=some.sampled_from([None, "enterprise"]),
    escalations_30d=some.integers(0, 4),
    last_agent=some.sampled_from([None, 1]),
    last_agent_at=some.just(NOW),
)
organisations = some.sampled_from([None, Organisation(5, "Harbour Pike", "enterprise", vip=True, csm=3)])
happenings: some.SearchStrategy[Event] = some.one_of(
    some.builds(events.CustomerWrote, automatic=some.booleans()),
    some.builds(events.AgentReplied, agent=some.just(1)),
    some.builds(events.NoteAdded, agent=some.just(1)),
    some.builds(
        events.FieldsChanged,
        changes=some.sampled_from(
            [
                {"status": ("open", "solved")},
                {"status": ("solved", "open")},
                {"status": ("open", "waiting_on_customer")},
                {"priority": ("medium", "high")},
                {"queue": (None, "billing")},
                {"urgency": (None, "high")},
                {"spam": (False, True)},
            ]
        ),
    ),
    some.builds(events.ClockMark, metric=some.sampled_from(["first_response", "resolution", "tier"])),
    some.builds(events.EscalatedByHand, agent=some.just(1)),
    some.builds(events.EscalationAcknowledged, agent=some.just(1)),
    some.builds(events.HandedBack, agent=some.just(2)),
    some.builds(events.PassedOn, agent=some.just(1)),
    some.builds(events.AgentReturned, agent=some.just(2)),
    some.builds(events.Reconsidered, reroute=some.booleans()),
    some.builds(events.SurveyAnswered, csat=some.integers(1, 5)),
    some.builds(events.WorkflowReapplied, version=some.just(2)),
    some.builds(events.Merged, into=some.just(9)),
)


@pytest.mark.parametrize("name", list(WORKFLOWS))
@given(tickets, customers, organisations, some.lists(some.tuples(happenings, some.integers(0, 600)), max_size=6))
def test_a_decision_is_the_same_whether_it_is_told_or_not(
    name: str, ticket: Ticket, customer: Customer, organisation: Organisation | None, course: list[tuple[Event, int]]
) -> None:
    standing, now = Standing(ticket), NOW
    for event, minutes in [(events.TicketOpened(), 0), *course]:
        now += timedelta(minutes=minutes)
        follow(name, standing, customer, organisation, event, now)


def follow(
    name: str, standing: Standing, customer: Customer, organisation: Organisation | None, event: Event, now: datetime
) -> None:
    if isinstance(event, events.FieldsChanged):
        standing.set(**{field: new for field, (_, new) in event.changes.items() if field != "spam"})
    seen = Facts(
        standing.ticket,
        customer,
        organisation,
        Message(new_text=standing.ticket.description, at=now, signals=Signals(-0.8, "en")),
        tuple(standing.clocks.values()),
        Desk(AGENTS, {1: Load(3, 2, 1, 0.5)}, 1, 1, {"A breach raises the priority": "is switched off"}),
    )
    told, untold = (decide(WORKFLOWS[name], seen, event, now, told=each) for each in (True, False))
    assert told.effects == untold.effects
    assert told.consequences == untold.consequences
    assert (told.trace.steps and not untold.trace.steps) or not told.trace.steps
    for effect in told.effects:
        fold(standing, effect, now)


@pytest.mark.parametrize("name", list(WORKFLOWS))
@given(tickets, customers, organisations, some.one_of(some.just(events.TicketOpened()), happenings))
def test_what_a_decision_began_with_goes_on_on_any_desk_with_the_same_people(
    name: str, ticket: Ticket, customer: Customer, organisation: Organisation | None, event: Event
) -> None:
    message = Message(new_text=ticket.description, at=NOW)
    here = Facts(ticket, customer, organisation, message, desk=Desk(AGENTS, {1: Load(3, 2, 1, 0.5)}, 1))
    begun = begin(WORKFLOWS[name], here, event, NOW, told=False).come_to()
    for loads, turn in (({}, 0), ({2: Load(9, 4, 7, 2.5)}, 7), ({1: Load(11, 9, 8, 1.0)}, 8)):
        there = replace(here, desk=Desk(AGENTS, loads, turn))
        assert go_on(WORKFLOWS[name], there, event, NOW, begun) == decide(
            WORKFLOWS[name], there, event, NOW, told=False
        )


def test_a_fact_altered_is_the_fact_with_that_part_otherwise() -> None:
    ticket = Ticket(1, subject="Hello", tags=frozenset({"a"}))
    changed = replace(ticket, status="open", assignee=4)
    assert changed == Ticket(1, subject="Hello", tags=frozenset({"a"}), status="open", assignee=4)
    assert ticket.status == "new"
    with pytest.raises(AttributeError):
        replace(ticket, mood="fine")
