"""Types and custom fields on pages: the portal's form, the side panel, the choosers, the console's lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deskwright.desk import workflows
from deskwright.store.models import Agent, Customer, Organisation, Ticket
from tests.web import rows

SignIn = Callable[[Agent], Client]
FLOW = """
workflow: Own fields
types:
  question: {label: {en: Question, de: Frage}, portal: true}
  incident: {label: Incident, portal: true}
fields:
  affected:
    {label: Who is affected, choices: {one: Only me, all: Everybody}, types: [incident], portal: true,
     required: on_open}
  lost: {label: Orders lost, type: number, types: [incident], when: "affected == 'all'", portal: true}
  root_cause: {label: Root cause, types: [incident], required: on_solve}
  seats: {type: number, of: organisation}
statuses:
  waiting_on_supplier: {category: on_hold, label: {en: Waiting on supplier, de: Wartet auf Lieferant}, icon: truck}
  gone: {category: on_hold, label: Long gone, archived: true}
queues:
  technical: {team: technical}
"""
ASKED = {"email": "ida@hull.example", "subject": "Down", "text": "Nothing works."}


@pytest.fixture
def flow(desk: None, now: datetime) -> None:
    workflows.publish(FLOW, now=now)


@pytest.fixture
def incident(flow: None, now: datetime) -> Ticket:
    customer = rows.customer("Ida Hull", now, organisation=rows.organisation("Hull"))
    return rows.ticket(customer, now, type="incident", queue="technical")


def ask(**more: str) -> Any:
    return Client().post(reverse("ask"), {**ASKED, **more})


def page(answer: Any) -> str:
    return answer.content.decode()


def test_customers_choose_a_type_and_see_its_fields_at_once(flow: None) -> None:
    first = page(Client().get(reverse("ask")))
    assert "Incident" in first
    assert "Who is affected" not in first

    part = page(Client().post(reverse("own_fields"), {"type": "incident"}))
    assert "Who is affected" in part
    assert "Orders lost" not in part
    part = page(Client().post(reverse("own_fields"), {"type": "incident", "field_affected": "all"}))
    assert "Orders lost" in part


def test_without_a_script_sending_shows_what_is_still_asked(flow: None) -> None:
    answer = ask(type="incident")
    assert answer.status_code == 422
    assert "Please answer this too." in page(answer)
    assert not Ticket.objects.exists()

    assert ask(type="incident", field_affected="all", field_lost="12").status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.type, ticket.fields) == ("incident", {"affected": "all", "lost": 12})


def test_an_answer_nobody_asked_for_is_left_out(flow: None) -> None:
    assert ask(type="question", field_affected="all", field_root_cause="me").status_code == 302
    assert Ticket.objects.get().fields == {}


def test_a_wrong_answer_is_marked_and_kept(flow: None) -> None:
    answer = ask(type="incident", field_affected="all", field_lost="a lot")
    assert answer.status_code == 422
    assert "This is not a number." in page(answer)
    assert 'value="a lot"' in page(answer)


def test_the_panel_shows_the_fields_of_the_type_and_says_what_solving_needs(
    incident: Ticket, ada: Agent, signed_in: SignIn
) -> None:
    shown = page(signed_in(ada).get(reverse("side", args=[incident.pk])))
    assert "Root cause" in shown
    assert "to solve" in shown
    assert "Orders lost" not in shown
    assert "Seats" in shown


def test_a_field_is_filled_in_and_undone_like_any_change(incident: Ticket, ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(ada)
    client.post(reverse("change"), {"ticket": incident.pk, "fields.affected": "all"}, headers={"HX-Request": "true"})
    assert Ticket.objects.get().fields == {"affected": "all"}
    refused = client.post(
        reverse("change"), {"ticket": incident.pk, "status": "solved"}, headers={"HX-Request": "true"}
    )
    assert refused.status_code == 422
    assert "Root cause" in refused.headers["HX-Trigger"]


def test_an_organisation_is_filled_in_from_its_ticket(incident: Ticket, ada: Agent, signed_in: SignIn) -> None:
    client = signed_in(ada)
    client.post(reverse("fill_in", args=[incident.pk, "organisation"]), {"fields.seats": "12"})
    assert Organisation.objects.get().fields == {"seats": 12}
    assert Customer.objects.get().fields == {}
    assert "seats" in page(client.get(reverse("conversation", args=[incident.pk]))).lower()


def test_statuses_are_offered_under_their_category_and_archived_ones_are_not(
    incident: Ticket, ada: Agent, signed_in: SignIn
) -> None:
    offered = page(signed_in(ada).get(reverse("choose", args=["status"]), {"ticket": incident.pk}))
    assert offered.index("On hold") < offered.index("Waiting on supplier")
    assert "Long gone" not in offered


def test_a_custom_status_shows_in_list_and_panel_in_the_readers_language(
    incident: Ticket, ada: Agent, signed_in: SignIn
) -> None:
    client = signed_in(ada)
    client.post(reverse("change"), {"ticket": incident.pk, "status": "waiting_on_supplier"})
    assert "Waiting on supplier" in page(client.get(reverse("inbox", args=["all_open"])))
    german = page(client.get(reverse("side", args=[incident.pk]), headers={"Accept-Language": "de"}))
    assert "Wartet auf Lieferant" in german


def test_choices_of_fields_are_found_for_several_tickets(incident: Ticket, ada: Agent, signed_in: SignIn) -> None:
    offered = page(signed_in(ada).get(reverse("choose", args=["fields"]), {"ticket": incident.pk}))
    assert "Who is affected: Everybody" in offered


def test_the_console_shows_statuses_with_their_tickets_and_fields_with_their_conditions(
    incident: Ticket, lead: Agent, signed_in: SignIn
) -> None:
    client = signed_in(lead)
    Ticket.objects.update(status="on_hold", substatus="nobody_knows_it")
    statuses = page(client.get(reverse("statuses")))
    assert "Waiting on supplier" in statuses
    assert "“Nobody knows it”" in statuses
    assert "affected == &#x27;all&#x27;" in page(client.get(reverse("fields")))
