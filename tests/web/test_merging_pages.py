"""Merging on the pages: what is told before, where the merged number leads, how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from deskwright.desk import clock
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.tickets import merging
from deskwright.store.models import Agent, Ticket
from tests import factories
from tests.web import rows

SignedIn = Callable[[Agent], Client]
MINA, TOM = Person("mina@harbor.example", "Mina Holt"), Person("tom@harbor.example", "Tom Aske")


@pytest.fixture
def pair(lead: Agent, now: datetime) -> tuple[Ticket, Ticket]:
    first = factories.a_ticket(now, subject="Exports stop", text="It stops at noon.", requester=MINA)
    return first, factories.a_ticket(now, subject="Still no exports", text="And again today.", requester=MINA)


def test_the_other_ticket_is_offered_found_by_number_and_described_before_it_happens(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn
) -> None:
    first, second = pair
    client, here = signed_in(lead), f"/tickets/{second.pk}/merge/"
    for asked in ("", f"?q={first.pk}", f"?q=%23{first.pk}"):
        assert f"{here}?into={first.pk}" in client.get(here + asked).content.decode()
    assert "No ticket like that" in client.get(here + "?q=zeppelin").content.decode()
    shown = client.get(f"{here}?into={first.pk}").content.decode()
    assert f"#{second.pk} becomes part of #{first.pk}" in shown and "Somebody waits for an answer" in shown
    assert Ticket.objects.filter(merged_into=None).count() == 2


def test_the_number_leads_to_the_whole_which_shows_both_and_lets_go_again(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn
) -> None:
    first, second = pair
    client = signed_in(lead)
    done = client.post(f"/tickets/{second.pk}/merge/", {"into": first.pk})
    assert done.headers["Location"] == f"/tickets/{first.pk}/"
    page = client.get(f"/tickets/{second.pk}/", follow=True)
    whole = page.content.decode()
    assert page.redirect_chain == [(f"/tickets/{first.pk}/", 302)]
    assert f"#{second.pk} was merged into this ticket" in whole
    assert "It stops at noon." in whole and "And again today." in whole and "Take out again" in whole
    assert f'data-undo="/tickets/{second.pk}/unmerge/"' in whole
    assert f"into={second.pk}" not in client.get(f"/tickets/{first.pk}/merge/").content.decode()

    back = client.post(f"/tickets/{second.pk}/unmerge/", headers={"HX-Request": "true"})

    assert (back.status_code, back.headers["HX-Redirect"]) == (204, f"/tickets/{second.pk}/")
    assert "And again today." not in client.get(f"/tickets/{first.pk}/").content.decode()
    assert "Take out" not in client.get(f"/tickets/{first.pk}/side/").content.decode()


def test_tickets_of_two_customers_need_a_word(lead: Agent, now: datetime, signed_in: SignedIn) -> None:
    first, second = factories.a_ticket(now, requester=MINA), factories.a_ticket(now, requester=TOM)
    client, here = signed_in(lead), f"/tickets/{second.pk}/merge/"
    assert "different customers (Mina Holt, Tom Aske)" in client.get(f"{here}?into={first.pk}").content.decode()
    client.post(here, {"into": first.pk})
    assert Ticket.objects.get(pk=second.pk).merged_into_id is None
    client.post(here, {"into": first.pk, "across": "1"})
    assert Ticket.objects.get(pk=second.pk).merged_into_id == first.pk


def test_a_merged_ticket_stands_in_no_list_of_solved_ones(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn
) -> None:
    merging.merge(lead, [pair[1].pk], pair[0].pk, now=clock.now() + timedelta(minutes=1))
    assert "Still no exports" not in signed_in(lead).get("/inbox/solved/").content.decode()


def test_who_may_not_merge_is_offered_nothing(pair: tuple[Ticket, Ticket], now: datetime, signed_in: SignedIn) -> None:
    light = rows.agent("Lil Fern", "light", ("technical", "billing"))
    client = signed_in(light)
    page = client.get(f"/tickets/{pair[1].pk}/")
    assert page.status_code == 200 and "merge-link" not in page.content.decode()
    assert client.get(f"/tickets/{pair[1].pk}/merge/").status_code == 403
    assert Ticket.objects.filter(merged_into=None).count() == 2


def test_who_sees_the_part_alone_stays_on_its_page(
    pair: tuple[Ticket, Ticket], lead: Agent, ada: Agent, signed_in: SignedIn, now: datetime
) -> None:
    first, second = pair
    Ticket.objects.filter(pk=first.pk).update(queue="billing", assignee=None)
    Ticket.objects.filter(pk=second.pk).update(queue="technical", assignee=None)
    merging.merge(lead, [second.pk], first.pk, now=now)
    assert signed_in(ada).get(f"/tickets/{second.pk}/").status_code == 200
    assert signed_in(ada).get(f"/tickets/{first.pk}/").status_code == 404
