"""Pages of customers and organisations: found, read across tickets and channels, changed, merged, written to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deskwright.desk import access, workflows
from deskwright.desk.customers import merging
from deskwright.desk.tickets import splitting
from deskwright.store.filters import EVERYTHING
from deskwright.store.models import (
    Agent,
    Clock,
    Customer,
    Delivery,
    Identity,
    Merge,
    Message,
    Organisation,
    Role,
    Ticket,
    TicketEvent,
)
from deskwright.store.queries import customers as queries
from deskwright.web.portal import entering
from tests.web import rows

SignedIn = Callable[[Agent], Client]
Statements = Callable[[], Any]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    "text", ["mina", "mina@harbor.example", "HARBOR LINES", "12345 67", "030 1234567", "+49 30 1234567"]
)
def test_customers_are_found_by_name_address_phone_and_organisation(
    text: str, ada: Agent, mina: Customer, signed_in: SignedIn, now: datetime
) -> None:
    Identity.objects.create(customer=mina, kind="phone", value="+49301234567")
    rows.customer("Otto Bay", now)

    page = text_of(signed_in(ada).get("/customers/", {"q": text}))

    assert "Mina Holt" in page and "Otto Bay" not in page


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("m", ["Mina Holt"]),
        ("ho", ["Mina Holt"]),
        ("ol", ["Olga Bay"]),
        ("olt", ["Mina Holt"]),
        ("na ho", ["Mina Holt"]),
        ("ga@har", ["Olga Bay"]),
        ("harbor.exa", ["Mina Holt", "Olga Bay"]),
        ("r li", ["Mina Holt"]),
        ("100%", ["100% Sure"]),
        ("0%_", []),
        ("%", []),
        ("ÉTÉ", ["Été Noir"]),
    ],
)
def test_any_part_of_a_name_or_an_address_finds_and_short_texts_begin_words(
    text: str, found: list[str], ada: Agent, mina: Customer, signed_in: SignedIn, now: datetime
) -> None:
    for name in ("Olga Bay", "100% Sure", "Été Noir"):
        Identity.objects.create(
            customer=Customer.objects.create(name=name, created_at=now),
            value=f"{name.split()[0].lower().strip('%')}@{'harbor' if name == 'Olga Bay' else 'bay'}.example",
        )
    page = text_of(signed_in(ada).get("/customers/", {"q": text}))
    everybody = ["Mina Holt", "Olga Bay", "100% Sure", "Été Noir"]
    assert [name for name in everybody if f">{name}</a>" in page] == found


def test_the_very_address_is_found_among_more_matches_than_are_put_into_an_order(
    ada: Agent, signed_in: SignedIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 3)
    for number in range(9):
        who = Customer.objects.create(name=f"Person {number}", created_at=now)
        Identity.objects.create(customer=who, value=f"b{'b' * number}.office@bay.example")
    page = text_of(signed_in(ada).get("/customers/", {"q": "bbbbbbbbb.office@bay.example"}))
    assert ">Person 8</a>" in page
    assert len(queries.people("office", EVERYTHING)) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [("l", False), ("h", True), ("li", True), ("harbor", True), ("bor li", True), ("arbor.ex", True), ("bay", False)],
)
def test_organisations_are_found_by_any_part_of_name_or_domain(
    text: str, found: bool, ada: Agent, mina: Customer, signed_in: SignedIn
) -> None:
    Organisation.objects.filter(pk=mina.organisation_id).update(domain="harbor.example")
    assert (">Harbor Lines</a>" in text_of(signed_in(ada).get("/organisations/", {"q": text}))) == found


def test_somebody_who_may_be_the_same_is_offered_for_a_merge(
    lead: Agent, mina: Customer, signed_in: SignedIn, now: datetime
) -> None:
    Customer.objects.create(name=mina.name, organisation=mina.organisation, created_at=now)
    page = text_of(signed_in(lead).get(f"/customers/{mina.pk}/"))
    assert "Perhaps the same person" in page and f'action="/merge/customer/{mina.pk}/"' in page


def test_lists_go_on_by_keyset_and_miss_and_repeat_nobody(ada: Agent, signed_in: SignedIn, now: datetime) -> None:
    Customer.objects.bulk_create(Customer(name=f"Person {number:03}", created_at=now) for number in range(120))
    client, seen, url = signed_in(ada), [], "/customers/?q=person"
    while url:
        page = text_of(client.get(url))
        seen += re.findall(r">(Person \d{3})</a>", page)
        more = re.search(r'href="(\?q=person&amp;after=[^"]+)"', page)
        url = "/customers/" + unescape(more[1]) if more else ""
    assert seen == [f"Person {number:03}" for number in range(120)]
    assert client.get("/customers/?after=nonsense").status_code == 200


def test_a_list_and_a_page_take_a_fixed_number_of_statements(
    ada: Agent, mina: Customer, signed_in: SignedIn, statements: Statements, now: datetime
) -> None:
    client = signed_in(ada)
    counted: dict[str, list[int]] = {}
    for _ in range(2):
        for url in (
            "/customers/",
            "/organisations/",
            f"/customers/{mina.pk}/",
            f"/organisations/{mina.organisation_id}/",
        ):
            client.get(url)
            with statements() as sent:
                assert client.get(url).status_code == 200
            counted.setdefault(url, []).append(len(sent))
        for number in range(5):
            ticket = rows.ticket(mina, now, f"Subject {number}")
            rows.message(ticket, now)
            rows.customer(f"Person{number}x{ticket.pk} Y", now, organisation=mina.organisation)
    assert all(first == second for first, second in counted.values()), counted


def test_the_story_has_all_tickets_the_agent_may_see_newest_first(
    ada: Agent, bram: Agent, mina: Customer, signed_in: SignedIn, now: datetime
) -> None:
    technical = rows.ticket(mina, now, queue="technical")
    billing = rows.ticket(mina, now, "Invoice", queue="billing", channel="phone")
    for number in range(45):
        rows.message(technical, now + timedelta(minutes=number), text=f"Word-{number:02}.")
    rows.message(billing, now + timedelta(hours=2), text="Only for billing.", channel="phone")

    page = text_of(signed_in(ada).get(f"/customers/{mina.pk}/"))
    assert page.index("Word-44.") < page.index("Word-43.") and "Only for billing." not in page
    assert "Only for billing." in text_of(signed_in(bram).get(f"/customers/{mina.pk}/"))
    older = re.search(r'hx-get="([^"]+before=[^"]+)"', page)
    assert older is not None
    rest = text_of(signed_in(ada).get(unescape(older[1]), headers={"HX-Request": "true"}))
    assert "Word-04." in rest and "Word-05." not in rest and "<html" not in rest


def test_the_story_of_many_tickets_is_read_page_by_page_and_nothing_is_lost(
    lead: Agent, mina: Customer, now: datetime
) -> None:
    dice = Random(5)
    for opened in range(60):
        at = now - timedelta(hours=opened)
        changed = at + timedelta(hours=dice.choice((0, 1, 1, 3, 40)))
        ticket = rows.ticket(mina, at, updated_at=changed, organisation=mina.organisation)
        for moment in {at, changed, at + (changed - at) / 3}:
            rows.message(ticket, moment)
    for one in range(25):
        rows.ticket(mina, now - timedelta(hours=30, minutes=one // 12), organisation=mina.organisation)
    wanted = list(Message.objects.order_by("-created_at", "-id").values_list("id", flat=True))
    for of, number in (("customer", mina.pk), ("organisation", mina.organisation_id)):
        assert walked(of, number, 5) == wanted


@pytest.mark.parametrize("clocks_from", splitting.CLOCKS_FROM)
def test_messages_that_got_a_ticket_of_their_own_later_keep_their_place_in_the_story(
    clocks_from: str, lead: Agent, mina: Customer, now: datetime
) -> None:
    workflows.publish("workflow: Desk\nqueues: {support: {}}\ndefault_queue: support\n", now=now)
    ticket = rows.ticket(mina, now - timedelta(hours=100))
    told = [
        rows.message(ticket, now - timedelta(hours=100 - one), kind="customer" if one % 4 else "agent")
        for one in range(30)
    ]
    splitting.split(
        lead, ticket.pk, [told[one].pk for one in (4, 21, 22)], now=now - timedelta(hours=1), clocks_from=clocks_from
    )
    wanted = [one.pk for one in reversed(told)]
    assert walked("customer", mina.pk, 5) == wanted and walked("organisation", mina.organisation_id, 5) == wanted


def walked(of: str, number: int | None, limit: int) -> list[int]:
    """The messages of a story, page by page."""
    told: list[int] = []
    before: queries.Moment | None = queries.LATEST
    while before:
        found = queries.story(of, number or 0, access.EVERYTHING, before, limit)
        told += [row["id"] for row in found.rows if row["sort"]]
        last = found.rows[-1] if len(found.rows) == limit else None
        before = (last["at"], last["sort"], last["id"]) if last else found.older
    return told


def test_a_customer_is_made_and_changed_and_faults_stand_beside_their_fields(
    lead: Agent, mina: Customer, signed_in: SignedIn
) -> None:
    client = signed_in(lead)
    wrong = client.post("/customers/new/", {"name": "Otto", "email": "nobody", "language": "en"})
    assert wrong.status_code == 422 and "name@example.com" in text_of(wrong)
    taken = client.post("/customers/new/", {"name": "Otto", "email": "mina@harbor.example"})
    assert taken.status_code == 422 and "belongs to Mina Holt" in text_of(taken)
    made = client.post("/customers/new/", {"name": "Otto", "email": "otto@harbor.example", "tier": "Gold"})
    otto = Customer.objects.get(name="Otto")
    assert (made.status_code, otto.tier) == (302, "gold")
    client.post(f"/customers/{otto.pk}/points/", {"value": "+49 30 555 1234"})
    refused = client.post(f"/customers/{otto.pk}/edit/", {"name": "Otto Bay", "language": "!!"})
    assert refused.status_code == 422 and "pt-br" in text_of(refused)
    client.post(f"/customers/{otto.pk}/edit/", {"name": "Otto Bay", "tier": "gold", "notes": "<b>Careful</b>"})
    page = text_of(client.get(f"/customers/{otto.pk}/"))
    assert "Otto Bay" in page and "+49305551234" in page and "&lt;b&gt;Careful" in page


def test_an_organisation_is_made_and_changed_by_its_pages(lead: Agent, signed_in: SignedIn) -> None:
    client = signed_in(lead)
    wrong = client.post("/organisations/new/", {"name": "Mailers", "domain": "gmail.com"})
    assert wrong.status_code == 422 and "Anybody can have an address" in text_of(wrong)
    client.post("/organisations/new/", {"name": "Tide", "domain": "tide.example", "outreach": "on", "csm": lead.pk})
    tide = Organisation.objects.get()
    assert (tide.csm_id, tide.no_outreach) == (lead.pk, False)
    client.post(f"/organisations/{tide.pk}/edit/", {"name": "Tide & Sons", "domain": "tide.example", "vip": "on"})
    tide.refresh_from_db()
    assert (tide.name, tide.vip, tide.csm_id, tide.no_outreach) == ("Tide & Sons", True, None, True)
    assert "Tide &amp; Sons" in text_of(client.get(f"/organisations/{tide.pk}/"))


def test_an_address_of_somebody_else_leads_to_a_merge_which_can_be_undone(
    ada: Agent, mina: Customer, signed_in: SignedIn, now: datetime
) -> None:
    client, other = signed_in(ada), rows.customer("Min Holt", now)
    ticket = rows.ticket(other, now)
    answer = client.post(f"/customers/{mina.pk}/points/", {"value": "min@harbor.example"})
    assert answer["Location"].startswith(f"/merge/customer/{mina.pk}/?q=")
    assert "Merge into this one" in text_of(client.get(answer["Location"]))

    client.post(f"/merge/customer/{mina.pk}/", {"other": other.pk})
    undo = f"/merges/{Merge.objects.get().pk}/undo/"
    assert undo in text_of(client.get(f"/customers/{mina.pk}/"))
    assert client.get(f"/customers/{other.pk}/")["Location"] == f"/customers/{mina.pk}/"
    assert Ticket.objects.get(pk=ticket.pk).customer_id == mina.pk
    client.post(undo)
    assert Ticket.objects.get(pk=ticket.pk).customer_id == other.pk


def test_a_light_agent_looks_and_changes_nothing_and_a_customer_sees_no_page(
    mina: Customer, signed_in: SignedIn, now: datetime
) -> None:
    light = rows.agent("Lia Fern", "light")
    other = rows.customer("Otto Bay", now)
    client = signed_in(light)
    assert client.get(f"/customers/{mina.pk}/").status_code == 200
    assert "New customer" not in text_of(client.get("/customers/"))
    for url in ("/customers/new/", f"/customers/{mina.pk}/edit/", f"/merge/customer/{mina.pk}/", "/tickets/new/"):
        assert client.get(url).status_code == 403, url
    client.post(f"/merge/customer/{mina.pk}/", {"other": other.pk})
    assert Merge.objects.count() == 0
    for url in ("/customers/", f"/customers/{mina.pk}/", "/organisations/", "/tickets/new/"):
        assert Client().get(url).status_code == 302, url
    assert client.get("/customers/999999/").status_code == 404


def test_a_role_that_may_not_see_customers_or_their_addresses_does_not(mina: Customer, signed_in: SignedIn) -> None:
    blind, veiled = rows.agent("Bea Moss"), rows.agent("Vic Rowan")
    blind.custom_role = Role.objects.create(key="blind", name="Blind", grants={"tickets:see": "all"})
    seeing = {"tickets:see": "all", "customers:see": "all"}
    veiled.custom_role = Role.objects.create(key="veiled", name="Veiled", grants=seeing, hidden=["customer.email"])
    blind.save()
    veiled.save()
    for url in ("/customers/", f"/customers/{mina.pk}/", "/organisations/"):
        assert signed_in(blind).get(url).status_code == 403
    page = text_of(signed_in(veiled).get(f"/customers/{mina.pk}/"))
    assert "Mina Holt" in page and "mina@harbor.example" not in page


def test_an_agent_writes_first_and_only_the_customers_answer_starts_a_clock(
    ada: Agent, mina: Customer, signed_in: SignedIn, now: datetime
) -> None:
    sent = {"subject": "Your export", "text": "We **fixed** it.", "mine": "on"}
    answer = signed_in(ada).post(f"/tickets/new/?customer={mina.pk}", sent)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/tickets/{ticket.pk}/"
    assert (ticket.customer_id, ticket.by_agent, ticket.assignee_id) == (mina.pk, True, ada.pk)
    (delivery,) = Delivery.objects.filter(ticket=ticket)
    assert delivery.recipient == "mina@harbor.example"
    assert not Clock.objects.filter(ticket=ticket, metric="first_response").exists()
    kinds = list(TicketEvent.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True))
    assert kinds[:2] == ["ticket_opened", "agent_replied"]
    signed_in(ada).post("/tickets/new/", sent | {"to": "new@tide.example"})
    assert Customer.objects.filter(email="new@tide.example").count() == 1
    wrong = signed_in(ada).post("/tickets/new/", {"to": "nobody", "subject": "", "text": ""})
    assert wrong.status_code == 422


def test_a_ticket_is_given_to_another_customer_and_says_so(
    ada: Agent, bram: Agent, mina: Customer, signed_in: SignedIn, now: datetime
) -> None:
    otto = rows.customer("Otto Bay", now)
    ticket = rows.ticket(mina, now, queue="technical")
    assert signed_in(bram).get(f"/tickets/{ticket.pk}/requester/").status_code == 404
    assert "Otto Bay" in text_of(signed_in(ada).get(f"/tickets/{ticket.pk}/requester/", {"q": "otto"}))

    signed_in(ada).post(f"/tickets/{ticket.pk}/requester/", {"other": otto.pk})

    ticket.refresh_from_db()
    assert (ticket.customer_id, ticket.organisation_id) == (otto.pk, None)
    page = text_of(signed_in(ada).get(f"/tickets/{ticket.pk}/"))
    assert f'href="/customers/{otto.pk}/"' in page and "requester Mina Holt → Otto Bay" in page


def test_the_palette_finds_customers_and_organisations(ada: Agent, mina: Customer, signed_in: SignedIn) -> None:
    found = text_of(signed_in(ada).get("/palette/", {"q": "harbor"}, headers={"HX-Request": "true"}))
    assert f"/customers/{mina.pk}/" in found and f"/organisations/{mina.organisation_id}/" in found


def test_empty_lists_say_what_would_stand_there(ada: Agent, signed_in: SignedIn) -> None:
    client = signed_in(ada)
    assert "No customers yet" in text_of(client.get("/customers/"))
    assert "No organisations yet" in text_of(client.get("/organisations/"))
    assert "Nobody like that" in text_of(client.get("/customers/?q=zzz"))


def test_somebody_who_was_merged_still_sees_their_questions_in_the_portal(
    ada: Agent, mina: Customer, now: datetime
) -> None:
    other = rows.customer("Min Holt", now)
    rows.message(rows.ticket(other, now, "Where is my export?"), now)
    client = Client()
    session = client.session
    session[entering.KEY] = other.pk
    session.save()
    merging.merge(ada, "customer", mina.pk, other.pk, now=now)

    assert "Where is my export?" in text_of(client.get(reverse("my_tickets")))
