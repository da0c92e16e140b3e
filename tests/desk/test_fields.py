"""Custom fields, ticket types and custom statuses: what agents fill in, what is asked for, what keeps from solving."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import holding, replies
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.fields import parties
from deskwright.desk.fields.forms import asked_of_customers
from deskwright.desk.fields.values import understood
from deskwright.desk.tickets import changing, undoing
from deskwright.engine.conditions import compile_condition
from deskwright.engine.vocabulary import vocabulary
from deskwright.store import filters
from deskwright.store.models import Agent, Customer, Ticket, TicketEvent
from tests.factories import a_team, a_ticket, an_agent

FLOW = """
workflow: Filling in
types:
  question: {}
  incident: {portal: true, set: {priority: critical, affected: some}}
fields:
  affected: {choices: [one, some, all], types: [incident], portal: true, required: on_open}
  lost_sales: {type: number, types: [incident], when: "affected == 'all'", portal: true}
  root_cause: {label: {en: Root cause, de: Ursache}, types: [incident], required: on_solve}
  seats: {type: number, of: customer}
statuses:
  waiting_on_supplier: {category: on_hold, label: Waiting on supplier}
  old_one: {category: on_hold, archived: true}
queues:
  technical: {team: technical}
default_queue: technical
routing_rules: []
automations:
  - {name: Chase, on: fields_changed, when: "substatus == 'waiting_on_supplier'", do: {tag: [chase]}}
  - name: Big
    on: fields_changed
    when: "changed CONTAINS 'lost_sales' AND lost_sales > 1000"
    do: {status: waiting_on_supplier}
"""


@pytest.fixture
def agent(db: str, now: datetime) -> Agent:
    workflows.publish(FLOW, now=now)
    return an_agent("Ada Quill", teams=(a_team("technical"),))


@pytest.fixture
def incident(agent: Agent, now: datetime) -> int:
    return a_ticket(now, type="incident").pk


def row(number: int) -> Ticket:
    return Ticket.objects.get(pk=number)


def fill(agent: Agent, number: int, now: datetime, **fields: Any) -> list[int]:
    return changing.change(agent, [number], {"fields": fields}, now=now)


def test_a_type_gives_what_nobody_has_said(agent: Agent, now: datetime) -> None:
    opened = row(a_ticket(now, type="incident").pk)
    assert (opened.priority, opened.fields) == ("critical", {"affected": "some"})

    told = row(a_ticket(now, type="incident", priority="low", fields={"affected": "all"}).pk)
    assert (told.priority, told.fields) == ("low", {"affected": "all"})


def test_a_ticket_that_becomes_an_incident_gets_its_fields(agent: Agent, now: datetime) -> None:
    number = a_ticket(now).pk
    changing.change(agent, [number], {"type": "incident"}, now=now)
    assert row(number).fields == {"affected": "some"}


def test_a_custom_status_is_its_category_to_the_desk_and_itself_to_conditions(
    agent: Agent, incident: int, now: datetime
) -> None:
    changing.change(agent, [incident], {"status": "waiting_on_supplier"}, now=now)
    ticket = row(incident)
    assert (ticket.status, ticket.substatus) == ("on_hold", "waiting_on_supplier")
    assert "chase" in ticket.tags
    words = vocabulary({}, {}, ())
    asked = compile_condition("status == 'on_hold' AND substatus == 'waiting_on_supplier'", words)
    assert filters.matching(asked, workflows.live(), now) == [incident]


def test_another_category_ends_the_custom_status(agent: Agent, incident: int, now: datetime) -> None:
    changing.change(agent, [incident], {"status": "waiting_on_supplier"}, now=now)
    changing.change(agent, [incident], {"status": "open"}, now=now)
    assert (row(incident).status, row(incident).substatus) == ("open", None)


def test_undo_brings_a_custom_status_back(agent: Agent, incident: int, now: datetime) -> None:
    changing.change(agent, [incident], {"status": "waiting_on_supplier"}, now=now)
    events = changing.change(agent, [incident], {"status": "open"}, now=now)
    undoing.undo(agent, events, now=now + timedelta(seconds=3))
    assert (row(incident).status, row(incident).substatus) == ("on_hold", "waiting_on_supplier")


@pytest.mark.parametrize("status", ["old_one", "nobody_named_it"])
def test_an_archived_or_unknown_status_is_refused(agent: Agent, incident: int, now: datetime, status: str) -> None:
    with pytest.raises(Invalid) as refused:
        changing.change(agent, [incident], {"status": status}, now=now)
    assert "status" in refused.value.fields


def test_values_are_kept_as_the_workflow_types_them_and_the_event_names_each(
    agent: Agent, incident: int, now: datetime
) -> None:
    fill(agent, incident, now, affected="all", lost_sales="12,5")
    assert row(incident).fields == {"affected": "all", "lost_sales": 12.5}
    event = TicketEvent.objects.filter(ticket_id=incident, kind="fields_changed").order_by("id")[0]
    assert event.data["changes"] == {"fields.affected": ["some", "all"], "fields.lost_sales": [None, 12.5]}


def test_rules_hear_which_field_changed(agent: Agent, incident: int, now: datetime) -> None:
    fill(agent, incident, now, lost_sales=5000)
    assert row(incident).substatus == "waiting_on_supplier"


def test_undo_takes_a_field_back(agent: Agent, incident: int, now: datetime) -> None:
    events = fill(agent, incident, now, root_cause="A loose cable")
    undoing.undo(agent, events, now=now + timedelta(seconds=3))
    assert row(incident).fields == {"affected": "some"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"affected": "half"}, "fields.affected"),
        ({"lost_sales": "a lot"}, "fields.lost_sales"),
        ({"lost_sales": "nan"}, "fields.lost_sales"),
        ({"lost_sales": True}, "fields.lost_sales"),
        ({"root_cause": 5}, "fields.root_cause"),
        ({"shoe_size": 44}, "fields.shoe_size"),
        ({"seats": 44}, "fields.seats"),
    ],
)
def test_a_value_that_does_not_fit_is_named(
    agent: Agent, incident: int, now: datetime, given: Mapping[str, Any], wrong: str
) -> None:
    with pytest.raises(Invalid) as refused:
        fill(agent, incident, now, **given)
    assert list(refused.value.fields) == [wrong]


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("boolean", "no", False),
        ("boolean", True, True),
        ("date", "2026-12-31", "2026-12-31"),
        ("number", "1 200", 1200),
        ("number", "-3.50", -3.5),
        ("text", "  two\r\nlines ", "two\nlines"),
        ("text", "   ", None),
    ],
)
def test_a_value_as_a_form_sends_it(db: str, kind: str, written: Any, kept: Any) -> None:
    workflow = workflows.load(f"workflow: x\nfields: {{thing: {kind}}}\n")
    assert understood(workflow, "ticket", {"thing": written}) == {"thing": kept}


def test_solving_names_what_is_missing(agent: Agent, incident: int, now: datetime) -> None:
    with pytest.raises(Invalid, match="Root cause"):
        changing.change(agent, [incident], {"status": "solved"}, now=now)
    assert row(incident).status != "solved"

    changing.change(agent, [incident], {"status": "solved", "fields": {"root_cause": "A cable"}}, now=now)
    assert row(incident).status == "solved"


def test_several_are_solved_all_or_none_and_the_sentence_names_the_tickets(
    agent: Agent, incident: int, now: datetime
) -> None:
    plain = a_ticket(now).pk
    with pytest.raises(Invalid, match=rf"\(#{incident}\)"):
        changing.change(agent, [plain, incident], {"status": "solved"}, now=now)
    assert row(plain).status != "solved"


def test_a_reply_that_solves_is_refused_before_it_is_held(agent: Agent, incident: int, now: datetime) -> None:
    with pytest.raises(Invalid, match="Root cause"):
        holding.send(agent, incident, "It works again.", now=now, status="solved")
    with pytest.raises(Invalid, match="Root cause"):
        replies.reply(agent, incident, "It works again.", now=now, solve=True)
    assert holding.send(agent, incident, "It works again.", now=now)


def test_a_reply_may_leave_with_a_custom_status(agent: Agent, incident: int, now: datetime) -> None:
    holding.send(agent, incident, "We asked our supplier.", now=now, status="waiting_on_supplier")
    holding.leave_due(now + holding.UNDO_FOR, 10)
    assert (row(incident).status, row(incident).substatus) == ("on_hold", "waiting_on_supplier")


def test_a_question_is_solved_without(agent: Agent, now: datetime) -> None:
    number = a_ticket(now).pk
    changing.change(agent, [number], {"status": "solved"}, now=now)
    assert row(number).status == "solved"


def test_customers_are_asked_for_what_their_answers_so_far_lead_to(agent: Agent, now: datetime) -> None:
    def asked(**known: Any) -> list[str]:
        return [spec.name for spec in asked_of_customers(workflows.live(), known, now)]

    assert asked(type="question") == []
    assert asked(type="incident") == ["affected"]
    assert asked(type="incident", fields={"affected": "all"}) == ["affected", "lost_sales"]


def test_a_customer_has_fields_and_the_ticket_says_who_changed_them(agent: Agent, incident: int, now: datetime) -> None:
    assert parties.fill_in(agent, incident, "customer", {"seats": "12"}, now=now) == {"seats": (None, 12)}
    assert Customer.objects.get(tickets=incident).fields == {"seats": 12}
    event = TicketEvent.objects.get(ticket_id=incident, kind="party_changed")
    assert (event.agent, event.data["changes"]) == (agent, {"seats": [None, 12]})


def test_fields_are_for_those_who_may_change_the_ticket(agent: Agent, incident: int, now: datetime) -> None:
    stranger = an_agent(teams=(a_team("south"),))
    light = an_agent(role="light", teams=(a_team("technical"),))
    with pytest.raises(NotFound):
        parties.fill_in(stranger, incident, "customer", {"seats": 1}, now=now)
    with pytest.raises(Forbidden):
        parties.fill_in(light, incident, "customer", {"seats": 1}, now=now)
    with pytest.raises(NotFound):
        fill(stranger, incident, now, affected="one")
