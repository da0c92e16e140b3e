"""Links, splits, duplicates and answers to all incidents on the pages: who may, who only looks, a stranger."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.tickets import linking
from deskwright.store.models import Agent, HeldReply, Message, Ticket, TicketLink
from tests import factories

SignedIn = Callable[[Agent], Client]
PART = {"HX-Request": "true"}
MINA, TOM = Person("mina@harbor.example", "Mina Holt"), Person("tom@harbor.example", "Tom Aske")


@pytest.fixture
def pair(lead: Agent, now: datetime) -> tuple[Ticket, Ticket]:
    first = factories.a_ticket(now, subject="Exports stop", text="It stops at noon.", requester=MINA)
    return first, factories.a_ticket(now, subject="Invoice", text="The total is wrong.", requester=TOM)


def page(answer: Any) -> str:
    return answer.content.decode()


def undo(answer: Any) -> str:
    return json.loads(answer.headers["HX-Trigger"])["desk:undoable"]["url"]


def write(to: Ticket, text: str, at: datetime) -> int:
    (outcome,) = intake.receive([factories.an_arrival(text=text, thread_ticket=to.pk, requester=MINA)], at)
    return outcome.message_id or 0


def test_a_link_is_made_shown_from_both_sides_removed_and_brought_back(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn
) -> None:
    first, second = pair
    client = signed_in(lead)
    assert "Invoice" in page(client.get(f"/tickets/{first.pk}/link/?q={second.pk}"))
    client.post(f"/tickets/{first.pk}/link/", {"other": second.pk, "way": "parent"})
    made = TicketLink.objects.get()
    assert (made.ticket_id, made.other_id, made.kind) == (second.pk, first.pk, "child")
    assert "Children" in page(client.get(f"/tickets/{first.pk}/side/"))
    assert "Parent" in page(client.get(f"/tickets/{second.pk}/side/"))

    gone = client.post(f"/links/{made.pk}/remove/", headers=PART)
    assert not TicketLink.objects.exists()
    client.post(undo(gone), headers=PART)
    assert TicketLink.objects.get().kind == "child"


@pytest.mark.parametrize("form", [{}, {"other": "x", "way": "related"}, {"other": "1", "way": "sibling"}])
def test_a_wrong_link_is_refused_with_a_sentence(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn, form: dict[str, str]
) -> None:
    answer = signed_in(lead).post(f"/tickets/{pair[0].pk}/link/", form, headers=PART)
    assert answer.status_code == 422 and "Choose the other ticket" in answer.headers["HX-Trigger"]


def test_a_parent_is_solved_anyway_by_who_means_it(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn, now: datetime
) -> None:
    first, second = pair
    linking.link(lead, second.pk, first.pk, "child", now=now)
    client, form = signed_in(lead), {"ticket": first.pk, "status": "solved"}

    asked = client.post("/tickets/change/", form, headers=PART)
    assert asked.headers["HX-Retarget"] == "#chooser"
    assert f"has an open child: #{second.pk}" in page(asked) and 'name="despite_children"' in page(asked)
    assert Ticket.objects.get(pk=first.pk).status != "solved"
    client.post("/tickets/change/", form | {"despite_children": "1"}, headers=PART)
    assert Ticket.objects.get(pk=first.pk).status == "solved"


def test_messages_are_split_off_and_put_back(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn, now: datetime
) -> None:
    first = pair[0]
    client = signed_in(lead)
    assert "nothing to split off" in page(client.get(f"/tickets/{first.pk}/split/"))
    message = write(first, "By the way, the invoice is wrong.", now + timedelta(minutes=1))
    here = f"/tickets/{first.pk}/split/?message={message}"
    assert here in page(client.get(f"/tickets/{first.pk}/"))
    shown = page(client.get(here))
    assert f'value="{message}" checked' in shown and "It stops at noon" not in shown

    done = client.post(f"/tickets/{first.pk}/split/", {"message": message, "subject": "Invoice 2"})
    made = TicketLink.objects.get(kind="split").ticket
    assert done.headers["Location"] == f"/tickets/{made.pk}/" and made.subject == "Invoice 2"
    assert "Split off from" in page(client.get(f"/tickets/{made.pk}/"))
    client.post(f"/tickets/{made.pk}/split/undo/?from={first.pk}", headers=PART)
    assert Ticket.objects.get(pk=made.pk).merged_into_id == first.pk
    assert "the invoice is wrong" in page(client.get(f"/tickets/{first.pk}/conversation/"))


def test_a_suggested_duplicate_is_shown_until_somebody_says_no(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn, now: datetime
) -> None:
    first, second = pair
    made = TicketLink.objects.create(
        kind="duplicate", ticket=second, other=first, share=0.83, because="same customer, 0.83 alike", created_at=now
    )
    client = signed_in(lead)
    shown = page(client.get(f"/tickets/{second.pk}/"))
    assert f"Looks like #{first.pk}" in shown and f"/tickets/{second.pk}/merge/?into={first.pk}" in shown

    said = client.post(f"/links/{made.pk}/no-duplicate/", headers=PART)
    assert "Looks like" not in page(client.get(f"/tickets/{second.pk}/side/"))
    client.post(undo(said), headers=PART)
    assert "Looks like" in page(client.get(f"/tickets/{second.pk}/side/"))


def test_all_incidents_get_one_answer_after_a_look_at_it(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn, now: datetime
) -> None:
    problem = factories.a_ticket(now, subject="The disk is full")
    client = signed_in(lead)
    assert "No open incident" in page(client.get(f"/tickets/{problem.pk}/incidents/"))
    for one in pair:
        linking.link(lead, one.pk, problem.pk, "incident", now=now)
    assert "Reply to all 2 incidents" in page(client.get(f"/tickets/{problem.pk}/side/"))
    here, numbers = f"/tickets/{problem.pk}/incidents/", [one.pk for one in pair]

    looked = page(client.post(here, {"text": "Dear {{requester.first_name}}", "ticket": numbers, "look": "1"}))
    assert "Dear Mina" in looked and not HeldReply.objects.exists()
    refused = page(client.post(here, {"text": " ", "ticket": numbers, "send": "1"}))
    assert "Write something first" in refused
    sent = client.post(here, {"text": "Dear {{requester.first_name}}", "ticket": numbers, "send": "1", "solve": "1"})
    assert sent.headers["Location"] == f"/tickets/{problem.pk}/"
    assert set(HeldReply.objects.values_list("ticket", "text", "status")) == {
        (pair[0].pk, "Dear Mina", "solved"),
        (pair[1].pk, "Dear Tom", "solved"),
    }


@pytest.mark.parametrize("where", ["link", "split", "incidents"])
def test_pages_of_a_ticket_one_does_not_see_are_not_there(
    pair: tuple[Ticket, Ticket], bram: Agent, signed_in: SignedIn, where: str
) -> None:
    Ticket.objects.update(queue="technical", assignee=None)
    for method in ("get", "post"):
        assert getattr(signed_in(bram), method)(f"/tickets/{pair[0].pk}/{where}/").status_code in {302, 404}
    assert signed_in(bram).get(f"/tickets/{pair[0].pk}/{where}/").status_code == 404
    assert Client().get(f"/tickets/{pair[0].pk}/{where}/").status_code == 302
    assert not Message.objects.filter(kind="agent").exists()


def test_who_may_only_look_neither_links_nor_splits(
    pair: tuple[Ticket, Ticket], signed_in: SignedIn, now: datetime, lead: Agent
) -> None:
    light = factories.an_agent(role="light")
    number = linking.link(lead, pair[0].pk, pair[1].pk, "related", now=now)
    Ticket.objects.update(assignee=light)
    client = signed_in(light)
    for where in ("link", "split", "incidents"):
        assert client.get(f"/tickets/{pair[0].pk}/{where}/").status_code == 403
    assert client.post(f"/links/{number}/remove/", headers=PART).status_code == 403
    assert "Split off" not in page(client.get(f"/tickets/{pair[0].pk}/side/"))


def test_tickets_picked_in_a_list_become_one_and_several_again(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn, now: datetime
) -> None:
    third = factories.a_ticket(now, requester=MINA)
    numbers = [pair[0].pk, pair[1].pk, third.pk]
    client, here = signed_in(lead), "/tickets/merge/"
    asked = "&".join(f"ticket={number}" for number in numbers)
    assert client.get(f"{here}?ticket={numbers[0]}").status_code == 422
    shown = page(client.get(f"{here}?{asked}&into={third.pk}"))
    assert f'name="into" value="{third.pk}"' in shown and "I mean it" in shown

    sent = client.post(here, {"ticket": numbers, "into": third.pk, "across": "1"})
    assert sent.headers["Location"] == f"/tickets/{third.pk}/"
    assert Ticket.objects.filter(merged_into=third.pk).count() == 2
    undone = f"{here}undo/?ticket={numbers[0]}&ticket={numbers[1]}"
    assert undone.replace("&", "&amp;") in page(client.get(f"/tickets/{third.pk}/"))
    client.post(undone, headers=PART)
    assert not Ticket.objects.filter(merged_into__isnull=False).exists()


def test_strangers_tickets_do_not_become_one_unasked(
    pair: tuple[Ticket, Ticket], lead: Agent, signed_in: SignedIn
) -> None:
    form = {"ticket": [one.pk for one in pair], "into": pair[0].pk}
    assert signed_in(lead).post("/tickets/merge/", form, headers=PART).status_code == 409
    assert not Ticket.objects.filter(merged_into__isnull=False).exists()
