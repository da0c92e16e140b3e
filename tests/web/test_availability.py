"""Being there or away: the switch in the rail, who sees it, and where signing in leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from deskwright.store.models import Agent, AgentLoad, Customer
from tests.web import rows

SignedIn = Callable[[Agent], Client]
HTMX = {"HX-Request": "true"}


def test_an_agent_goes_away_and_comes_back_by_the_switch(ada: Agent, signed_in: SignedIn) -> None:
    AgentLoad.objects.create(agent=ada)
    client = signed_in(ada)
    assert "switch to away" in client.get("/inbox/mine/").content.decode()

    answer = client.post("/account/availability/", {"available": "0"}, headers=HTMX)
    assert "switch to available" in answer.content.decode() and "no new tickets" in answer.headers["HX-Trigger"]
    assert not Agent.objects.get(pk=ada.pk).available

    answer = client.post("/account/availability/", {"available": "1"}, headers=HTMX)
    assert "switch to away" in answer.content.decode()
    assert Agent.objects.get(pk=ada.pk).available


def test_without_scripts_the_switch_comes_back_to_its_page(ada: Agent, signed_in: SignedIn) -> None:
    place = "http://testserver/inbox/recent/"
    answer = signed_in(ada).post("/account/availability/", {"available": "0"}, headers={"Referer": place})
    assert answer.headers["Location"] == place and not Agent.objects.get(pk=ada.pk).available


def test_a_refreshed_rail_brings_the_switch_as_it_stands(ada: Agent, now: datetime, signed_in: SignedIn) -> None:
    client = signed_in(ada)
    Agent.objects.filter(pk=ada.pk).update(available=False, away_until=now + timedelta(hours=1))
    rail = client.get("/rail/?here=mine").content.decode()
    assert 'hx-swap-oob="true"' in rail and "until" in rail and "switch to available" in rail


def test_a_light_agent_has_no_switch(desk: None, signed_in: SignedIn) -> None:
    light = rows.agent("Lia Fern", "light")
    client = signed_in(light)
    assert "availability" not in client.get("/inbox/all_open/").content.decode()
    assert "availability" not in client.get("/rail/?here=mine").content.decode()


def test_the_assign_chooser_says_who_is_away_and_puts_them_last(
    lead: Agent, ada: Agent, bram: Agent, mina: Customer, now: datetime, signed_in: SignedIn
) -> None:
    Agent.objects.filter(pk=ada.pk).update(available=False)
    ticket = rows.ticket(mina, now)
    chooser = signed_in(lead).get(f"/choose/assignee/?ticket={ticket.pk}").content.decode()
    assert chooser.index("Nora Lind") < chooser.index("Bram Oak") < chooser.index("Ada Quill")
    assert chooser.count("Away") == 1 and chooser.index("Ada Quill") < chooser.index("Away")


@pytest.mark.parametrize(
    ("role", "work", "view"),
    [
        ("lead", {}, "all_open"),
        ("lead", {"risky": True}, "at_risk"),
        ("admin", {"mine": True}, "all_open"),
        ("agent", {}, "unassigned"),
        ("agent", {"mine": True}, "mine"),
        ("agent", {"risky": True}, "unassigned"),
        ("light", {}, "all_open"),
    ],
)
def test_signing_in_leads_to_where_the_work_is(
    role: str, work: dict[str, bool], view: str, mina: Customer, now: datetime, signed_in: SignedIn
) -> None:
    me = rows.agent("Cleo Marsh", role)
    if "risky" in work:
        rows.ticket(mina, now, at_risk_at=now, next_due_at=now + timedelta(minutes=5))
    if "mine" in work:
        rows.ticket(mina, now, assignee=me)
    assert signed_in(me).get("/").headers["Location"] == f"/inbox/{view}/"
