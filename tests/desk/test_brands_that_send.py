"""Mail of a brand: its tickets know it, their mails have its sender and links; signatures by brand and language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import override_settings

from deskwright.desk.answering import letters, replies, signatures
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.domains.ours import ours
from deskwright.desk.errors import Invalid
from deskwright.desk.settings import brands, furnishing, house
from deskwright.desk.tickets import splitting
from deskwright.store.connection import from_json
from deskwright.store.models import Agent, Brand, Delivery, Mailbox, Team, Ticket
from tests.factories import an_agent
from tests.mail_cases.conftest import mailbox

SHOP = {"host": "help.shop.example", "name": "The Shop", "address": "ahoy@shop.example"}
MINA = Person("mina@harbor.example", "Mina Holt")
ASKS = Arrival("portal", MINA, "The export stops", "The export stops. Why does it?", host="help.shop.example:8000")


@pytest.fixture
def ada(db: str) -> Agent:
    return an_agent("Ada Quill", role="admin")


@pytest.fixture
def shop(ada: Agent, now: datetime) -> int:
    return brands.keep(ada, None, SHOP, now=now)


def asked(arrival: Arrival, now: datetime) -> Ticket:
    (outcome,) = intake.receive([arrival], now)
    return Ticket.objects.get(pk=outcome.ticket_id)


def answered(ada: Agent, ticket: Ticket, now: datetime) -> dict[str, Any]:
    message = replies.reply(ada, ticket.pk, "It works again.", now=now)
    content: dict[str, Any] = from_json(Delivery.objects.get(message=message).content)
    return content


def test_a_ticket_knows_the_brand_whose_host_it_came_in_by(shop: int, now: datetime) -> None:
    assert asked(ASKS, now).brand_id == shop
    assert asked(replace(ASKS, host="elsewhere.example", subject="Another"), now).brand_id is None
    assert asked(replace(ASKS, host="", channel="email", subject="A third"), now).brand_id is None


@pytest.mark.parametrize(
    ("to", "delivered"),
    [("ahoy@shop.example", ""), ("", "ahoy@shop.example"), ("Box <box@desk.example>", "")],
)
def test_a_mail_to_an_address_or_a_mailbox_of_a_brand_is_the_brands(
    ada: Agent, shop: int, now: datetime, to: str, delivered: str
) -> None:
    brands.keep(ada, shop, {**SHOP, "tag": "shop"}, now=now)
    mailbox("box@desk.example", now, brand_id=shop)
    raw = f"From: mina@harbor.example\r\nTo: {to}\r\nDelivered-To: {delivered}\r\nSubject: Help\r\n\r\nIt broke."

    intake.journal("email", {"to": []}, raw.encode(), now)
    intake.work_off(now)

    ticket = Ticket.objects.get()
    assert (ticket.brand_id, ticket.tags) == (shop, ["shop"])
    assert answered(ada, ticket, now)["from"] == "ahoy@shop.example"


def test_replies_and_letters_on_its_tickets_are_from_the_brand(ada: Agent, shop: int, now: datetime) -> None:
    ticket = asked(ASKS, now)
    letter = from_json(Delivery.objects.get(ticket=ticket).content)
    assert (letter["from"], letter["from_name"]) == ("ahoy@shop.example", "The Shop")
    assert letter["text"].rstrip().endswith("The Shop")

    content = answered(ada, ticket, now)
    assert (content["from"], content["from_name"]) == ("ahoy@shop.example", "The Shop")


def test_a_brand_without_an_address_still_has_its_name(ada: Agent, shop: int, now: datetime) -> None:
    brands.keep(ada, shop, {**SHOP, "address": "", "sender_name": "Shop crew"}, now=now)
    content = answered(ada, asked(ASKS, now), now)
    assert (content["from"], content["from_name"]) == (house.house().mail_from, "Shop crew")


def test_mails_of_no_brand_are_from_the_desk(ada: Agent, shop: int, now: datetime) -> None:
    content = answered(ada, asked(replace(ASKS, host=""), now), now)
    assert (content["from"], content["from_name"]) == (house.house().mail_from, house.house().name)


@override_settings(PUBLIC_URL="https://desk.example:8443")
def test_links_lead_to_the_host_of_the_brand(shop: int) -> None:
    assert house.site_of(house.house().brand(shop)) == "https://help.shop.example:8443"
    assert house.site_of(house.house().brand(shop + 1)) == "https://desk.example:8443"


def test_what_is_split_off_stays_with_the_brand(ada: Agent, shop: int, now: datetime) -> None:
    ticket = asked(ASKS, now)
    more = replace(ASKS, text="And invoices are late.", thread_ticket=ticket.pk, invited=True)
    asked(more, now)
    newest = ticket.messages.filter(kind="customer").latest("pk")
    made = splitting.split(ada, ticket.pk, [newest.pk], now=now)
    assert Ticket.objects.get(pk=made).brand_id == shop


def test_tickets_outlive_their_brand(ada: Agent, shop: int, now: datetime) -> None:
    ticket = asked(ASKS, now)
    brands.remove(ada, shop, now=now)
    ticket.refresh_from_db()
    assert ticket.brand_id is None
    assert answered(ada, ticket, now)["from"] == house.house().mail_from


def test_a_brand_removed_a_moment_ago_loses_no_question(shop: int, now: datetime) -> None:
    house.house()
    Brand.objects.filter(pk=shop).delete()
    ticket = asked(ASKS, now)
    house.forget()
    assert house.house().brand(ticket.brand_id) is None


def test_a_brand_sends_only_from_domains_the_desk_may_send_from(ada: Agent, shop: int, now: datetime) -> None:
    assert "shop.example" in ours(), "its own domain is checked as every other"
    stranger = {**SHOP, "address": "shop@stranger.example"}
    with pytest.raises(Invalid) as refusal:
        brands.keep(ada, shop, stranger, now=now)
    assert "address" in refusal.value.fields
    Mailbox.objects.create(name="Strangers", address="in@stranger.example", created_at=now)
    house.forget()
    brands.keep(ada, shop, stranger, now=now)
    assert "shop@stranger.example" in house.house().addresses


def test_the_nearest_signature_stands_below(ada: Agent, shop: int, now: datetime) -> None:
    """Brand in the language, brand, team in the language, team, desk in the language, desk."""
    team = Team.objects.create(key="support", name="Support")
    steps = ["brand de", "brand", "team de", "team", "desk de", "desk"]
    for gone in range(len(steps) + 1):
        left = {name: f"-- {name}" for name in steps[gone:]}

        def of(who: str, left: dict[str, str] = left) -> dict[str, Any]:
            own = {"de": left[f"{who} de"]} if f"{who} de" in left else {}
            return {"signature": left.get(who, ""), "signatures": own}

        brands.keep(ada, shop, {**SHOP, **of("brand")}, now=now)
        furnishing.sender(ada, team, {"address": "", "name": "Support", **of("team")}, now=now)
        furnishing.address(ada, of("desk"), now=now)
        house.forget()
        home = house.house()
        nearest = [letters.branded(home.brands[SHOP["host"]]), home.senders["support"], home.sender]
        assert letters.signature_of(nearest, "de-AT") == next(iter(left.values()), "")
        other = [text for name, text in left.items() if not name.endswith("de")]
        assert letters.signature_of(nearest, "fr") == next(iter(other), "")


def test_a_reply_carries_the_signature_of_brand_and_language(ada: Agent, shop: int, now: datetime) -> None:
    brands.keep(ada, shop, {**SHOP, "signature": "Yours", "signatures": {"de": "Euer $team, $desk"}}, now=now)
    german = replace(ASKS, text="Der Export funktioniert nicht mehr, bitte helfen Sie uns.", language="de")
    assert answered(ada, asked(german, now), now)["text"].endswith("Euer The Shop, The Shop")


def test_signatures_are_checked_in_every_language() -> None:
    assert signatures.checked({"signatures": {"DE": "Gruß", "fr": " "}}) == {"signatures": {"de": "Gruß"}}
    for wrong in ({"de": "$nobody"}, {"no language": "Hello"}):
        with pytest.raises(Invalid):
            signatures.checked({"signatures": wrong})
