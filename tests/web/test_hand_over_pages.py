"""Handing over and joining on pages: what agents and customers see and click."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from django.test import Client

from deskwright.desk.customers import addresses
from deskwright.store.models import Agent, Customer, Delivery, Identity, Ticket
from tests import factories
from tests.web import rows

SignIn = Callable[[Agent], Client]


def test_an_agent_hands_over_by_the_way_the_customer_likes(
    mina: Customer, lead: Agent, now: datetime, signed_in: SignIn
) -> None:
    ticket = rows.ticket(mina, now)
    Customer.objects.filter(pk=mina.pk).update(preferred_channel="phone")
    client = signed_in(lead)
    assert "go on this way" in client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert "There is no other way" in client.get(f"/tickets/{ticket.pk}/hand-over/").content.decode()
    addresses.add(lead, mina.pk, "phone", "+49 30 1234567", now=now)

    page = client.get(f"/tickets/{ticket.pk}/hand-over/").content.decode()
    assert "Phone, as the customer likes it" in page
    assert client.post(f"/tickets/{ticket.pk}/hand-over/", {"channel": "owl"}).status_code == 422
    answer = client.post(f"/tickets/{ticket.pk}/hand-over/", {"channel": "phone", "summary": "Call at ten."})

    assert answer.headers["Location"] == f"/tickets/{ticket.pk}/"
    assert Ticket.objects.get().channel == "phone"
    shown = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert "Call at ten." in shown and "go on this way" not in shown


def test_who_cannot_see_or_change_the_ticket_hands_nothing_over(
    mina: Customer, bram: Agent, now: datetime, signed_in: SignIn
) -> None:
    ticket = rows.ticket(mina, now, queue="technical")

    assert signed_in(bram).get(f"/tickets/{ticket.pk}/hand-over/").status_code == 404
    light = signed_in(rows.agent("Lou Light", "light", ("technical",)))
    assert light.get(f"/tickets/{ticket.pk}/hand-over/").status_code == 403


def test_the_side_panel_unfolds_the_customers_whole_story(
    mina: Customer, lead: Agent, now: datetime, signed_in: SignIn
) -> None:
    here, other = rows.ticket(mina, now), rows.ticket(mina, now, "By phone", channel="phone")
    rows.message(other, now, text="Said on the phone", channel="phone")
    client = signed_in(lead)

    page = client.get(f"/tickets/{here.pk}/").content.decode()
    address = re.search(r'<details class="whole-story"[^>]*hx-get="([^"]+)"', page)
    assert address and "Said on the phone" not in page
    assert "Said on the phone" in client.get(address[1], headers={"HX-Request": "true"}).content.decode()


def test_a_customer_adds_an_address_by_following_the_link_that_is_mailed_there(mina: Customer, now: datetime) -> None:
    visitor = factories.came_in(mina)
    asked = visitor.post("/help/details/address/", {"address": "m@x.example"}, follow=True)
    assert "A link is on its way" in asked.content.decode()
    text = Delivery.objects.get(recipient="m@x.example").content["text"]
    path = re.search(r"http://testserver(/help/details/address/\S+/)", text)
    assert path

    assert Client().get(path[1]).headers["Location"] == "/help/enter/", "a scanner uses nothing up"
    assert factories.came_in(rows.customer("Zoe Reed", now)).get(path[1]).status_code == 404
    assert "m@x.example" in visitor.get(path[1]).content.decode()
    done = visitor.post(path[1], follow=True).content.decode()

    assert "We know you by m@x.example too." in done
    assert Identity.objects.get(value="m@x.example").customer_id == mina.pk


def test_a_wrong_address_says_so(mina: Customer) -> None:
    visitor = factories.came_in(mina)

    for wrong in ("nonsense", "", mina.email):
        answer = visitor.post("/help/details/address/", {"address": wrong}, follow=True)
        assert 'role="alert"' in answer.content.decode(), wrong
    assert not Delivery.objects.exists()
