"""Who looked at what: one line for a person, a thing and a quarter of an hour, found, filtered and handed out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import orjson
import pytest
from django.test import Client

from deskwright.desk import audit, clock
from deskwright.store.models import Agent, AuditEntry, Customer, Ticket
from tests.web import rows

SignedIn = Callable[[Agent], Client]


@pytest.fixture
def ticket(mina: Customer, now: datetime) -> Ticket:
    return rows.ticket(mina, now, queue="technical", subject="Export stops")


def looks(**wanted: Any) -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.filter(kind="access", **wanted).order_by("id")
    return [(entry.actor_name, entry.action, entry.thing or entry.subject) for entry in found]


def test_a_look_at_a_ticket_is_one_line_however_often_its_parts_are_fetched(
    ticket: Ticket, ada: Agent, bram: Agent, lead: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(ada)
    for part in ("", "side/", "conversation/", "why/", ""):
        assert client.get(f"/tickets/{ticket.pk}/{part}").status_code == 200
    signed_in(lead).get(f"/tickets/{ticket.pk}/")
    assert signed_in(bram).get(f"/tickets/{ticket.pk}/").status_code == 404

    seen = f"ticket:{ticket.pk}"
    assert looks() == [(ada.email, "ticket.seen", seen), (lead.email, "ticket.seen", seen)]


def test_looking_again_after_a_quarter_of_an_hour_is_another_line(
    ticket: Ticket, ada: Agent, now: datetime, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(ada)
    client.get(f"/tickets/{ticket.pk}/")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=16))
    client.get(f"/tickets/{ticket.pk}/")

    assert len(looks()) == 2


def test_customers_organisations_and_words_that_were_looked_for_are_kept(
    mina: Customer, ada: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(ada)
    client.get(f"/customers/{mina.pk}/")
    client.get(f"/organisations/{mina.organisation_id}/")
    client.get("/customers/?q=holt")
    client.get("/organisations/?q=harbor")
    client.get("/search/?q=export")
    client.get("/palette/?q=export")
    client.get("/palette/?q=ex")

    assert [one[1:] for one in looks()] == [
        ("customer.seen", f"customer:{mina.pk}"),
        ("organisation.seen", f"organisation:{mina.organisation_id}"),
        ("customers.searched", "holt"),
        ("organisations.searched", "harbor"),
        ("tickets.searched", "export"),
    ]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/customers/", ("customers.listed", "")),
        ("/customers/?q=+", ("customers.listed", "")),
        ("/customers/?q=王伟", ("customers.searched", "王伟")),
        ("/organisations/", ("organisations.listed", "")),
        ("/organisations/?q=HP", ("organisations.searched", "HP")),
        ("/calls/", ("calls.listed", "")),
        ("/console/outbox/?q=holt", ("mails.listed", "holt")),
        ("/console/outbox/?q=%00holt", ("mails.listed", "holt")),
        ("/console/mail-log/", ("mail_log.listed", "")),
        ("/console/mail-log/?q=%00holt", ("mail_log.listed", "holt")),
        ("/console/suppressions/?q=holt", ("suppressions.listed", "holt")),
    ],
)
def test_a_list_that_shows_addresses_or_numbers_is_a_look_once_a_sitting(
    address: str, said: tuple[str, str], admin: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(admin)
    for _again in range(3):
        assert client.get(address).status_code == 200

    assert looks() == [(admin.email, *said)]


@pytest.mark.parametrize(
    ("action", "address", "filters"),
    [
        ("mails.listed", "/console/outbox/?q=holt&state=", ("waiting", "given-up")),
        ("mail_log.listed", "/console/mail-log/?q=holt&state=", ("", "quarantined", "pending")),
        ("suppressions.listed", "/console/suppressions/?q=holt&because=", ("", "bounce", "complaint")),
    ],
)
def test_lists_of_other_mails_are_other_looks_and_say_what_was_chosen(
    action: str, address: str, filters: tuple[str, ...], admin: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(admin)
    for chosen in (*filters, *filters):
        assert client.get(address + chosen).status_code == 200

    name = address.rpartition("&")[2].rstrip("=")
    found = AuditEntry.objects.filter(action=action).order_by("id")
    assert [(one.subject, one.changes) for one in found] == [
        ("holt", {name: [None, chosen]} if chosen else {}) for chosen in filters
    ]


def test_a_filter_nobody_knows_is_not_noted(admin: Agent, signed_in: SignedIn) -> None:
    client = signed_in(admin)
    for address in ("outbox/?state=gossip", "mail-log/?state=gossip", "suppressions/?because=gossip"):
        assert client.get(f"/console/{address}").status_code == 200

    found = AuditEntry.objects.order_by("id").values_list("action", "changes")
    assert list(found) == [
        ("mails.listed", {"state": [None, "waiting"]}),
        ("mail_log.listed", {}),
        ("suppressions.listed", {}),
    ]


def test_a_list_of_tickets_is_work_and_no_look(ticket: Ticket, ada: Agent, signed_in: SignedIn) -> None:
    client = signed_in(ada)
    client.get("/inbox/all_open/")
    client.get(f"/queues/{ticket.queue}/")

    assert looks() == []


@pytest.fixture
def log(ticket: Ticket, admin: Agent, ada: Agent, now: datetime) -> Iterator[None]:
    """One of each kind, an hour apart."""
    audit.note(admin, "team.changed", "Billing", now=now - timedelta(hours=3))
    audit.looked(ada, "ticket.seen", f"ticket:{ticket.pk}", now=now - timedelta(hours=2))
    audit.note(ada, "agent.signed_in", ada.email, now=now - timedelta(hours=1), kind=audit.SIGN_IN)
    yield


SAID = {"team.changed": "changed the team", "ticket.seen": "looked at", "agent.signed_in": "signed in"}
"""How the page calls them."""


def table(page: str) -> str:
    """The rows of the page."""
    return page.partition("<tbody>")[2]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=change", {"team.changed"}),
        ("kind=access", {"ticket.seen"}),
        ("kind=sign_in", {"agent.signed_in"}),
        ("person={ada}", {"ticket.seen", "agent.signed_in"}),
        ("person=0", set()),
        ("thing=%23{ticket}", {"ticket.seen"}),
        ("thing=customer+1", set()),
        ("q=bill", {"team.changed"}),
        ("since=2026-11-24", set()),
        ("since=2026-11-23&until=2026-11-23", {"team.changed", "ticket.seen", "agent.signed_in"}),
    ],
)
def test_the_page_and_the_file_hold_what_is_asked_for(
    asked: str, found: set[str], log: None, ticket: Ticket, admin: Agent, ada: Agent, signed_in: SignedIn
) -> None:
    client, asked = signed_in(admin), asked.format(ada=ada.pk, ticket=ticket.pk)

    page = table(client.get(f"/console/audit/?{asked}").content.decode())
    lines = client.get(f"/console/audit/audit.jsonl?{asked}").getvalue().splitlines()

    assert {name for name, words in SAID.items() if words in page} == found
    assert {orjson.loads(one)["action"] for one in lines} - {"audit.exported"} == found
    exported = AuditEntry.objects.get(action="audit.exported")
    assert exported.kind == "access" and exported.changes == ({"rows": [None, len(found)]})


@pytest.mark.parametrize(
    "asked",
    ["thing=nonsense", "since=yesterday", "kind=gossip", "person=nobody", "until=9999-12-31", "since=0001-01-01"],
)
def test_a_filter_that_says_nothing_is_told_beside_its_field(
    asked: str, log: None, admin: Agent, signed_in: SignedIn
) -> None:
    answer = signed_in(admin).get(f"/console/audit/?{asked}")

    assert answer.status_code == 422 and "problem" in answer.content.decode()
    assert not table(answer.content.decode())
    assert signed_in(admin).get(f"/console/audit/audit.csv?{asked}").status_code == 404


def test_pages_follow_one_another_without_a_gap(admin: Agent, now: datetime, signed_in: SignedIn) -> None:
    for number in range(120):
        audit.note(admin, "tag.changed", f"tag {number}", now=now - timedelta(seconds=number // 7))
    client, address, seen = signed_in(admin), "/console/audit/?kind=change", []
    while address:
        page = table(client.get(address).content.decode())
        seen += re.findall(r"tag \d+", page)
        older = re.search(r'<nav class="pages".*?href="([^"]+)"', page)
        address = f"/console/audit/{unescape(older[1])}" if older else ""

    assert len(seen) == 120 == len(set(seen))


def test_a_ticket_and_a_customer_lead_to_who_has_looked_at_them(
    ticket: Ticket, mina: Customer, admin: Agent, ada: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(admin)
    address = f"/console/audit/?kind=access&amp;thing=ticket:{ticket.pk}"

    assert address in client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert f"thing=customer:{mina.pk}" in client.get(f"/customers/{mina.pk}/").content.decode()
    assert "/console/audit/" not in signed_in(ada).get(f"/tickets/{ticket.pk}/").content.decode()
    page = client.get(address.replace("&amp;", "&")).content.decode()
    assert "ticket.seen" in page and ada.email in page


def test_the_log_shows_no_more_of_a_thing_than_its_number(
    ticket: Ticket, mina: Customer, admin: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(admin)
    client.get(f"/tickets/{ticket.pk}/")
    client.get(f"/customers/{mina.pk}/")

    page = client.get("/console/audit/?kind=access").content.decode()

    assert f"ticket #{ticket.pk}" in page and f"customer {mina.pk}" in page
    assert mina.email not in page and ticket.subject not in page
