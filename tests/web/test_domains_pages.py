"""Sending domains as pages: keys with the record to publish, and a test of DNS that needs none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from deskwright.channels.email.dns_records import Network
from deskwright.desk.settings import house
from deskwright.store.models import Agent, DkimKey
from tests.web import rows

SignIn = Callable[[Agent], Client]
PLACE = "/console/domains/desk.example/"


@pytest.fixture
def client(desk: None, signed_in: SignIn) -> Iterator[Client]:
    house.forget()
    yield signed_in(rows.agent("Odile Marsh", "admin"))
    house.forget()


def test_a_key_is_made_used_and_replaced_and_its_private_half_is_never_shown(client: Client) -> None:
    assert "No key yet" in client.get(PLACE).content.decode()
    client.post(PLACE + "keys/")
    first = DkimKey.objects.get()
    page = client.get(PLACE).content.decode()
    assert f"{first.selector}._domainkey.desk.example" in page and first.public[:40] in page
    assert first.private not in page and "Prepare the next key" in page

    client.post(f"/console/domains/keys/{first.pk}/use/")
    client.post(PLACE + "keys/")
    second = DkimKey.objects.latest("id")
    client.post(f"/console/domains/keys/{second.pk}/use/")
    assert set(DkimKey.objects.values_list("state", flat=True)) == {"signing", "resting"}
    assert f"<code>{second.selector}</code>" in client.get("/console/domains/").content.decode()

    place = f"/console/domains/keys/{first.pk}/delete/"
    assert client.post(place, {"typed": "no"}).status_code == 422
    client.post(place, {"typed": first.selector})
    assert list(DkimKey.objects.all()) == [second]


def test_pasted_records_are_judged_without_asking_anybody(client: Client) -> None:
    said = '@ TXT "v=spf1 mx +all"\n@ MX 10 mx.desk.example.\nthis is no record'
    page = client.post(PLACE, {"records": said}).content.decode()
    assert "anybody may send mail in your name" in page
    assert "v=spf1 mx ~all" in page and "v=DMARC1; p=none" in page
    assert "<code>this is no record</code>" in page


def test_dns_is_asked_only_when_somebody_wants_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def look(self: Network, name: str, kind: str) -> list[str]:
        asked.append((name, kind))
        return []

    monkeypatch.setattr(Network, "_ask", look)
    client.get(PLACE)
    assert asked == []
    assert "No SPF record" in client.get(PLACE + "?look_up=1").content.decode()
    assert ("_dmarc.desk.example", "TXT") in asked


def test_a_domain_nobody_sends_from_has_no_page_and_agents_have_none_at_all(client: Client, signed_in: SignIn) -> None:
    assert client.get("/console/domains/harbor.example/").status_code == 404
    assert client.post("/console/domains/keys/999/use/", headers={"HX-Request": "true"}).status_code == 404
    agent = signed_in(rows.agent("Ada Quill", "lead"))
    assert agent.get("/console/domains/").status_code == 403 == agent.get(PLACE).status_code
