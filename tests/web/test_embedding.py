"""The help centre elsewhere: its form in a frame on sites the desk names, its looks under other host names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape

import pytest
from django.test import Client
from django.test.utils import override_settings

from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.settings import brands, house
from deskwright.store.models import Agent, AuditEntry, Brand, Customer, Delivery, Ticket

SignIn = Callable[[Agent], Client]
SHOP = "https://shop.example"
QUESTION = {
    "email": "mina@harbor.example",
    "subject": "Exports",
    "text": "They stop.",
    "type": "question",
    "category": "",
}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
BRAND = {"host": "Help.Shop.example", "name": "The Shop", "accent": "#aa3300", "portal_title": "Ahoy", "tag": "shop"}


@pytest.fixture(autouse=True)
def fresh(desk: None) -> Iterator[None]:
    house.forget()
    with override_settings(ALLOWED_HOSTS=["testserver", "help.shop.example"]):
        yield
    house.forget()


def test_the_form_is_shown_and_asked_for_the_brand_its_tag_names(admin: Agent, now: datetime) -> None:
    brands.embed(admin, [SHOP], now=now)
    shown = {"host": "help.shop.example", "name": "The Shop", "portal_title": "Ahoy", "accent": "#116644"}
    brand = brands.keep(admin, None, shown, now=now, logo=PNG)
    stranger = Client()

    page = stranger.get("/help/embed/?brand=help.shop.example").content.decode()
    assert "Ahoy" in page
    assert re.search(r'action="/help/embed/\?brand=help.shop.example"', page)
    assert re.search(r'href="/brand/\d+.css\?brand=help.shop.example"', page)
    centre = stranger.get("/help/?brand=help.shop.example").content.decode()
    logo = re.search(r'src="(/brand/\d+/logo[^"]*)"', centre)
    assert logo and stranger.get(unescape(logo[1])).content == PNG
    answer = stranger.post("/help/embed/?brand=help.shop.example", QUESTION)
    assert Ticket.objects.latest("id").brand_id == brand
    assert answer.headers["Location"].endswith("?brand=help.shop.example")
    stranger.post("/help/embed/?brand=unknown.example", {**QUESTION, "subject": "Another"})
    assert Ticket.objects.latest("id").brand_id is None


def test_the_form_is_in_no_frame_until_a_site_may_embed_it(admin: Agent, now: datetime) -> None:
    assert Client().get("/help/embed/").status_code == 404

    brands.embed(admin, [f"{SHOP}/"], now=now)
    answer = Client().get("/help/embed/")

    assert answer.status_code == 200
    assert f"frame-ancestors 'self' {SHOP};" in answer.headers["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in answer.headers
    for other in ("/help/", "/help/new", "/login/"):
        policy = Client().get(other).headers
        assert "frame-ancestors 'none'" in policy["Content-Security-Policy"] and policy["X-Frame-Options"] == "DENY"


def test_a_question_asked_in_a_frame_needs_no_cookie_and_its_thanks_stay_in_the_frame(
    admin: Agent, now: datetime
) -> None:
    brands.embed(admin, [SHOP], now=now)
    stranger = Client(enforce_csrf_checks=True)

    answer = stranger.post("/help/embed/", QUESTION)

    assert answer.headers["Location"].startswith("/help/embed/thanks/")
    thanks = Client().get(answer.headers["Location"])
    assert f"#{Ticket.objects.get().pk}" in thanks.content.decode()
    assert SHOP in thanks.headers["Content-Security-Policy"]
    assert stranger.post("/help/new", QUESTION).status_code == 403, "outside a frame forms are guarded as ever"
    wrong = stranger.post("/help/embed/", {**QUESTION, "email": "nonsense"})
    assert wrong.status_code == 422 and SHOP in wrong.headers["Content-Security-Policy"]


def test_the_script_puts_the_frame_of_this_host(admin: Agent) -> None:
    answer = Client().get("/help/embed.js")

    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert r"http://testserver/help/embed/" in answer.content.decode().replace(r"\u002D", "-")


@pytest.mark.parametrize(
    "origin",
    ["shop.example", "https://shop.example/path", "https://*", "https://a.example; script-src *", "ftp://x.example"],
)
def test_what_is_no_site_is_refused(origin: str, admin: Agent, now: datetime) -> None:
    with pytest.raises(Invalid):
        brands.embed(admin, [origin], now=now)


def test_a_host_of_its_own_has_its_own_name_greeting_logo_and_colour(admin: Agent, now: datetime) -> None:
    brands.keep(admin, None, BRAND, now=now, logo=PNG)

    there = Client(headers={"host": "help.shop.example"}).get("/help/").content.decode()
    here = Client().get("/help/").content.decode()

    assert "The Shop" in there and "Ahoy" in there and "/brand/1/logo" in there
    assert "The Shop" not in here and "Ahoy" not in here
    logo = Client(headers={"host": "help.shop.example"}).get("/brand/1/logo")
    assert (logo.content, logo.headers["Content-Type"]) == (PNG, "image/png")
    assert Client().get("/brand/1/logo").status_code == 404
    colours = Client(headers={"host": "help.shop.example:8000"}).get("/brand/1.css").content.decode()
    assert "--accent" in colours


def test_questions_asked_there_carry_its_tag(admin: Agent, now: datetime) -> None:
    brands.keep(admin, None, BRAND, now=now)

    Client(headers={"host": "help.shop.example"}).post("/help/new", QUESTION)
    Client().post("/help/new", {**QUESTION, "subject": "Another"})

    assert [ticket.tags for ticket in Ticket.objects.order_by("pk")] == [["shop"], []]


def test_questions_asked_there_are_answered_by_the_brand(admin: Agent, now: datetime) -> None:
    brand = brands.keep(admin, None, BRAND, now=now)

    Client(headers={"host": "help.shop.example"}).post("/help/new", QUESTION)

    ticket = Ticket.objects.get()
    assert ticket.brand_id == brand
    assert Delivery.objects.get(ticket=ticket).content["from_name"] == "The Shop"


def test_a_brand_keeps_its_sender_and_shows_its_signatures_before(admin: Agent, signed_in: SignIn) -> None:
    client = signed_in(admin)
    there = "/console/help-centre/brands/new/"
    said = {**BRAND, "address": "ahoy@shop.example", "signature": "Yours, *$desk*", "signature_de": "Gruß, $team"}

    looked = client.post(there, {**said, "do": "preview"})
    assert looked.status_code == 200 and "Yours, &lt;em&gt;Our desk" in looked.content.decode()
    assert not Brand.objects.exists(), "a look keeps nothing"

    assert client.post(there, said).status_code == 302
    brand = Brand.objects.get()
    assert (brand.address, brand.signature, brand.signatures) == (
        "ahoy@shop.example",
        "Yours, *$desk*",
        {"de": "Gruß, $team"},
    )
    here = f"/console/help-centre/brands/{brand.pk}/"
    assert "Gruß, $team" in client.get(here).content.decode()
    for wrong in ({"address": "a@stranger.example"}, {"signature_de": "$nobody"}):
        assert client.post(here, {**said, **wrong}).status_code == 422


def test_brands_are_kept_by_who_may_once_for_a_host(
    admin: Agent, lead: Agent, now: datetime, signed_in: SignIn
) -> None:
    with pytest.raises(Forbidden):
        brands.keep(lead, None, BRAND, now=now)
    client = signed_in(admin)
    assert client.post("/console/help-centre/brands/new/", BRAND).status_code == 302
    assert client.post("/console/help-centre/brands/new/", BRAND).status_code == 422
    assert client.post("/console/help-centre/brands/new/", {**BRAND, "host": "no host"}).status_code == 422
    brand = Brand.objects.get()
    client.post(f"/console/help-centre/brands/{brand.pk}/", {**BRAND, "name": "Our Shop"})

    house.forget()
    page = client.get("/console/help-centre/").content.decode()
    assert "help.shop.example" in page and "Our Shop" in page
    client.post(f"/console/help-centre/brands/{brand.pk}/delete/")
    assert not Brand.objects.exists()
    with pytest.raises(NotFound):
        brands.remove(admin, brand.pk, now=now)
    assert AuditEntry.objects.filter(action__startswith="brand.").count() == 3


def test_the_page_keeps_the_sites_and_shows_the_line_to_put_there(admin: Agent, signed_in: SignIn) -> None:
    client = signed_in(admin)

    assert client.post("/console/help-centre/", {"origins": f"{SHOP}\nhttp://localhost:3000"}).status_code == 302
    assert client.post("/console/help-centre/", {"origins": "nonsense"}).status_code == 422

    house.forget()
    assert house.house().embed_origins == (SHOP, "http://localhost:3000")
    assert "/help/embed.js" in client.get("/console/help-centre/").content.decode()


def test_a_link_to_come_in_leads_to_the_host_it_was_asked_under_if_that_is_a_brand(
    admin: Agent, mina: Customer, now: datetime
) -> None:
    brands.keep(admin, None, BRAND, now=now)

    Client(headers={"host": "help.shop.example"}).post("/help/enter/", {"email": mina.email})
    there = Delivery.objects.latest("id").content
    Client(headers={"host": "testserver"}).post("/help/enter/", {"email": mina.email})
    here = Delivery.objects.latest("id").content

    assert "http://help.shop.example/help/enter/" in there["text"] and "The Shop" in there["subject"]
    assert "http://testserver/help/enter/" in here["text"]
