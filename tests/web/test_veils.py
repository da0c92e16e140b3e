"""What a role hides is in no answer: every page and every operation is read with marked values, and none is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
import pytest
from django.test import Client
from django.urls import reverse

from deskwright.api import front, table, tokens
from deskwright.api.problems import Problem
from deskwright.desk import workflows
from deskwright.desk.access import RIGHTS
from deskwright.desk.access.fields import NAMED, RAW
from deskwright.desk.errors import DeskError, Forbidden, Invalid
from deskwright.desk.fields import parties
from deskwright.desk.macros import shelf
from deskwright.desk.settings import roles
from deskwright.desk.tickets import changing
from deskwright.desk.views import keeping
from deskwright.store.connection import cursor
from deskwright.store.models import (
    Agent,
    ApiToken,
    Customer,
    Identity,
    Message,
    Organisation,
    Participant,
    Role,
    Ticket,
)
from deskwright.store.search import index
from tests.api.test_front import make_token
from tests.api.test_routes import path
from tests.web import furnished
from tests.web.furnished import Known
from tools.routes import pages

SignIn = Callable[[Agent], Client]
FLOW: Final = """
workflow: Veils
fields:
  budget: {label: Money}
  contract: {label: Paper, of: customer}
  region: {label: Place, of: organisation}
queues:
  technical: {team: technical}
  billing: {team: billing}
"""
ADDRESS, NUMBER, THIRD = "mina@harbor.example", "+4930123456", "third@elsewhere.example"
MARKS: Final = {
    "customer.email": (ADDRESS, THIRD),
    "customer.phone": (NUMBER, NUMBER.removeprefix("+")),
    "customer.notes": ("secret-customer-note",),
    "organisation.notes": ("secret-house-note",),
    "ticket.budget": ("secret-budget-before", "secret-budget-after"),
    "ticket.contract": ("secret-contract",),
    "ticket.region": ("secret-region",),
}
HIDDEN: Final = tuple(MARKS)
ASKS_ADDRESS: Final = f"customer.email == '{ADDRESS}'"


@dataclass
class Marked:
    known: Known
    veiled: Agent
    plain: Agent
    view: int
    macro: int


@pytest.fixture
def marked(desk: None, now: datetime) -> Marked:
    """A ticket whose customer, house and fields hold marked values, now and in what happened to it."""
    workflows.publish(FLOW, now=now)
    known = furnished.furnish(now)
    nora = known.people["nora"]
    Customer.objects.filter(pk=known.customer.pk).update(name="", notes="secret-customer-note")
    Organisation.objects.filter(pk=known.numbers["organisations"]).update(notes="secret-house-note")
    Identity.objects.create(customer=known.customer, kind="phone", value=NUMBER)
    sent = {"to": [ADDRESS], "cc": [THIRD]}
    Message.objects.filter(ticket=known.ticket).update(recipients=sent)
    Participant.objects.create(ticket_id=known.ticket, email=THIRD, because="cc", added_at=now)
    for value in ("secret-budget-before", "secret-budget-after"):
        changing.change(nora, [known.ticket], {"fields": {"budget": value}}, now=now)
    parties.fill_in(nora, known.ticket, "customer", {"contract": "secret-contract"}, now=now)
    parties.fill_in(nora, known.ticket, "organisation", {"region": "secret-region"}, now=now)
    view = keeping.create(nora, keeping.Wanted("Theirs", ASKS_ADDRESS, audience="everybody"), now=now)
    words = "{{requester.email}} {{ticket.budget}} {{requester.contract}} {{organisation.region}}"
    actions = {"fields": {"budget": "no more"}}
    macro = shelf.write(nora, shelf.Written("Tell", texts={"en": words}, actions=actions), now=now)
    known.numbers["macros"] = macro.pk
    grants = {right: "all" for right in RIGHTS if right not in RAW}
    people = []
    for key, hidden in (("veiled", list(HIDDEN)), ("plain", [])):
        who = Agent.objects.create(name=f"{key} one", email=f"{key}@desk.example", role="lead", password="!")
        who.custom_role = Role.objects.create(key=key, name=key, base="lead", grants=grants, hidden=hidden)
        who.save()
        people.append(who)
    return Marked(known, *people, view.pk, macro.pk)


def told(marked: Marked, client: Client) -> Iterator[tuple[str, str]]:
    """(address, page) of every GET that answers."""
    known = marked.known
    asked = {"ticket": known.ticket, "other": known.other}
    for route in pages():
        if route.name and not route.path.startswith("/login/elsewhere/"):
            url = reverse(route.name, kwargs=known.arguments(route))
            answer = client.get(url, asked)
            if answer.status_code == 200 and not answer.streaming:
                yield url, answer.content.decode(errors="replace")
    for url in (
        reverse("view", args=[marked.view]),
        f"{reverse('view_add')}?copy={marked.view}",
        f"{reverse('macro_preview', args=[marked.macro])}?ticket={known.ticket}",
        f"{reverse('search')}?q=export",
        f"{reverse('palette')}?q=export",
        f"{reverse('customers')}?q=harbor",
        f"{reverse('merge', args=['customer', known.customer.pk])}?q=harbor",
        f"{reverse('requester', args=[known.ticket])}?q=harbor",
    ):
        yield url, client.get(url).content.decode()


def found_in(pages: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Mark -> where it stands."""
    places: dict[str, list[str]] = {}
    for url, page in pages:
        for mark in (mark for marks in MARKS.values() for mark in marks if mark in page):
            places.setdefault(mark, []).append(url)
    return places


def test_no_page_shows_what_a_role_hides(marked: Marked, signed_in: SignIn) -> None:
    assert found_in(told(marked, signed_in(marked.veiled))) == {}


def test_the_marks_are_found_by_who_may_see_them(marked: Marked, signed_in: SignIn) -> None:
    assert set(found_in(told(marked, signed_in(marked.plain)))) == {mark for marks in MARKS.values() for mark in marks}


def shown(content: Any) -> str:
    return content.decode("latin-1") if isinstance(content, bytes) else orjson.dumps(content).decode()


def answers(marked: Marked, agent: Agent, now: datetime) -> Iterator[tuple[str, str]]:
    token_text = f"dw_{agent.name}"
    make_token(now, token_text, agent=agent)
    token = tokens.look_up(ApiToken.objects.latest("id").token_sha256)
    assert token is not None
    body = orjson.dumps({"tickets": [marked.known.ticket]})
    for route in table.ROUTES:
        if route.method == "GET" or route.path.endswith("/preview"):
            try:
                token.require(route.scope, route.asks)
                url = path(route, marked.known).replace(
                    f"/macros/{marked.known.numbers['macros']}/", f"/macros/{marked.macro}/"
                )
                given = front.answered(route, token, url, "", body, {})
            except (Problem, DeskError):
                continue
            yield f"{route.method} {url}", shown(given.content)


def test_no_answer_of_the_api_tells_what_a_role_hides(marked: Marked, now: datetime) -> None:
    assert found_in(answers(marked, marked.veiled, now)) == {}
    seen = set(found_in(answers(marked, marked.plain, now)))
    assert {ADDRESS, NUMBER, "secret-budget-before", "secret-contract", "secret-customer-note"} <= seen


@pytest.mark.parametrize(
    "text", [f"from:{ADDRESS}", ADDRESS, "to:third", "org:mina", "from:mina", "-to:nobody", "mina"]
)
def test_a_search_tells_nothing_about_an_address_that_is_hidden(text: str, marked: Marked, signed_in: SignIn) -> None:
    ticket = reverse("ticket", args=[marked.known.ticket])
    assert ticket not in signed_in(marked.veiled).get(reverse("search"), {"q": text}).content.decode()
    assert ticket not in signed_in(marked.veiled).get(reverse("palette"), {"q": text}).content.decode()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from:holt", True),
        ("from:ho", True),
        ("org:lines", True),
        ("holt", True),
        ("holt export", True),
        ("mina ho", True),
        ("export -holt", False),
        ("from:elsewhere", False),
        ("from:@", False),
        ("third", False),
        ("30123456", False),
    ],
)
def test_names_are_found_by_who_does_not_get_to_see_addresses(
    text: str, found: bool, marked: Marked, signed_in: SignIn
) -> None:
    name = f"Mina Holt {THIRD} {NUMBER}"
    Customer.objects.filter(pk=marked.known.customer.pk).update(name=name)
    index(cursor(), [marked.known.ticket])
    ticket = reverse("ticket", args=[marked.known.ticket])
    page = signed_in(marked.veiled).get(reverse("search"), {"q": text}).content.decode()
    assert (ticket in page) == found and THIRD not in page and NUMBER not in page


@pytest.mark.parametrize("text", [ADDRESS, "mina@", "+49 30 123456", "123456"])
def test_customers_are_not_found_by_an_address_or_a_number_that_is_hidden(
    text: str, marked: Marked, signed_in: SignIn
) -> None:
    link = reverse("customer", args=[marked.known.customer.pk])
    assert link in signed_in(marked.plain).get(reverse("customers"), {"q": text}).content.decode()
    assert link not in signed_in(marked.veiled).get(reverse("customers"), {"q": text}).content.decode()


@pytest.mark.parametrize("text", [ASKS_ADDRESS, "budget == 'secret-budget-after'", "customer.contract LIKE 'secret%'"])
def test_a_condition_that_asks_for_something_hidden_is_not_understood(
    text: str, marked: Marked, now: datetime, signed_in: SignIn
) -> None:
    url, said = reverse("view_check"), {"by": "text", "condition": text}
    assert "does not get to see" not in signed_in(marked.plain).post(url, said).content.decode()
    assert "does not get to see" in signed_in(marked.veiled).post(url, said).content.decode()
    with pytest.raises(Invalid):
        keeping.create(marked.veiled, keeping.Wanted("Mine", text), now=now)


def test_a_shared_view_that_asks_for_something_hidden_is_neither_listed_counted_nor_copied(
    marked: Marked, signed_in: SignIn
) -> None:
    client, url = signed_in(marked.veiled), reverse("view", args=[marked.view])
    assert reverse("ticket", args=[marked.known.ticket]) not in client.get(url).content.decode()
    assert client.get(reverse("view_add"), {"copy": marked.view}).status_code == 403


def test_a_reply_of_who_sees_no_addresses_goes_to_the_conversation(marked: Marked, signed_in: SignIn) -> None:
    number = marked.known.ticket
    page = signed_in(marked.veiled).get(reverse("ticket", args=[number])).content.decode()
    assert 'name="to"' not in page and 'name="cc"' not in page

    answer = signed_in(marked.veiled).post(
        reverse("reply", args=[number]), {"text": "It works again."}, headers={"HX-Request": "true"}
    )
    assert answer.status_code in (200, 204), answer.content
    assert Ticket.objects.get(pk=number).held_replies.latest("id").recipients["cc"] == [THIRD]


def test_nobody_writes_over_what_they_do_not_get_to_see(marked: Marked, now: datetime) -> None:
    with pytest.raises(Forbidden):
        changing.change(marked.veiled, [marked.known.ticket], {"fields": {"budget": "0"}}, now=now)
    with pytest.raises(Forbidden):
        parties.fill_in(marked.veiled, marked.known.ticket, "customer", {"contract": "none"}, now=now)


@pytest.mark.parametrize("right", sorted(RAW))
def test_a_role_that_hides_something_cannot_see_it_by_another_right(right: str, marked: Marked, now: datetime) -> None:
    values = {"name": "x", "about": "", "base": "lead", "grants": {right: "all"}, "hidden": [next(iter(NAMED))]}
    with pytest.raises(Invalid):
        roles.make(marked.known.people["odile"], "x", values, now=now)
