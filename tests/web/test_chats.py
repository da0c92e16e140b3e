"""The chats' page, the line above a chat, and its settings: what agents see and do there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.desk.chat import being, saying, serving, widgets
from deskwright.desk.chat.saying import Said
from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.errors import Conflict
from deskwright.desk.tickets import merging
from deskwright.store.models import Agent, Chat, Message, Ticket, Widget

SignedIn = Callable[[Agent], Client]
PART = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def widget(desk: None, now: datetime) -> Widget:
    return widgets.set_up(None, name="Shop", origins=["https://shop.example"], asks=["name"], now=now)


def chat(widget: Widget, now: datetime, name: str = "Nils Berg", **moved: Any) -> Ticket:
    (outcome,) = saying.say([Said(Visitor(widget.pk, f"visitor-{name}"), "message-1", "Hello?", name=name)], now)
    Ticket.objects.filter(pk=outcome.ticket_id).update(queue="technical", **moved)
    return Ticket.objects.get(pk=outcome.ticket_id)


def test_the_page_tells_who_waits_and_for_how_long(
    ada: Agent, bram: Agent, widget: Widget, now: datetime, signed_in: SignedIn
) -> None:
    chat(widget, now - timedelta(minutes=7), assignee=None)
    chat(widget, now, "Ida Lund", assignee=ada)
    page = signed_in(ada).get("/chats/").content.decode()
    assert [word in page for word in ("Nils Berg", "7 m", "Ida Lund", "Yours", "Waiting for somebody")] == [True] * 5
    assert 'data-waiting="2"' in page
    assert "No open chats" in signed_in(bram).get("/chats/").content.decode()


def test_the_list_takes_a_fixed_number_of_statements(
    ada: Agent, widget: Widget, now: datetime, signed_in: SignedIn, statements: Callable[[], Any]
) -> None:
    client, counts = signed_in(ada), []
    for number in range(9):
        chat(widget, now, f"Visitor {number}")
        with statements() as sent:
            client.get("/chats/", **PART)
        counts.append(len(sent))
    assert len(set(counts[1:])) == 1


def test_an_agent_accepts_answers_and_ends_a_chat_on_its_page(
    ada: Agent, widget: Widget, now: datetime, signed_in: SignedIn
) -> None:
    ticket, client = chat(widget, now, assignee=None), signed_in(ada)
    address = f"/tickets/{ticket.pk}/"
    assert "The visitor is in the chat" in client.get(address).content.decode()
    assert client.post(f"{address}chat/accept/", **PART).status_code == 204
    assert (Chat.objects.get().accepted_by, Ticket.objects.get().assignee) == (ada, ada)
    sent = {"text": "Hello!", "chat": "1", "then": ""}
    assert client.post(f"{address}reply/", sent, **PART).status_code == 204
    answer = Message.objects.get(kind="agent")
    first = Message.objects.get(kind="customer")
    assert client.post(f"{address}chat/seen/", {"upto": first.pk}, **PART).status_code == 204
    assert (answer.text, Chat.objects.get().agent_seen) == ("Hello!", first.pk)
    assert client.post(f"{address}chat/end/", {"solve": "1"}, **PART).status_code == 204
    assert Ticket.objects.get().status == "solved"
    assert "The chat has ended" in client.get(f"{address}chat/").content.decode()


def test_a_colleague_of_another_team_finds_no_chat(
    bram: Agent, widget: Widget, now: datetime, signed_in: SignedIn
) -> None:
    ticket, client = chat(widget, now), signed_in(bram)
    Ticket.objects.update(assignee=None)
    assert client.get(f"/tickets/{ticket.pk}/chat/").status_code == 404
    for deed in ("accept", "end", "seen"):
        assert client.post(f"/tickets/{ticket.pk}/chat/{deed}/", {"upto": "1"}, **PART).status_code == 404


def test_how_one_chats_is_kept(ada: Agent, widget: Widget, signed_in: SignedIn) -> None:
    client = signed_in(ada)
    assert serving.habits(ada) == {"enter": True, "sound": False, "title": False}
    assert client.post("/chats/habits/", {"sound": "on"}, **PART).status_code == 204
    ada.refresh_from_db()
    assert (serving.habits(ada), ada.takes_chats) == ({"enter": False, "sound": True, "title": False}, False)
    assert 'data-sound="1"' in client.get("/chats/").content.decode()


def test_the_line_says_where_answers_go_when_the_visitor_has_left(
    ada: Agent, widget: Widget, now: datetime, signed_in: SignedIn
) -> None:
    ticket = chat(widget, now - timedelta(minutes=9))
    client = signed_in(ada)
    assert "Left 9 m ago without an address" in client.get(f"/tickets/{ticket.pk}/chat/").content.decode()
    being.go_on_by_mail(Visitor(widget.pk, "visitor-Nils Berg"), "nils@fjord.example", now=now)
    line = client.get(f"/tickets/{ticket.pk}/chat/").content.decode()
    assert "answers go by mail to nils@fjord.example" in line
    assert "Address not proved" in line


def test_an_open_chat_is_not_merged_into_what_others_wrote(ada: Agent, widget: Widget, now: datetime) -> None:
    source, target = chat(widget, now), chat(widget, now, "Ida Lund")
    with pytest.raises(Conflict):
        merging.merge(ada, [source.pk], target.pk, now=now, across=True)
    serving.end(ada, source.pk, solve=False, now=now)
    assert merging.merge(ada, [source.pk], target.pk, now=now, across=True) == target.pk


def test_widgets_are_set_up_and_changed_in_the_settings(lead: Agent, desk: None, signed_in: SignedIn) -> None:
    Agent.objects.filter(pk=lead.pk).update(role="admin")
    client = signed_in(lead)
    wrong = client.post("/console/chat/new/", {"name": "Shop", "origins": "shop", "colour": "red"})
    assert wrong.status_code == 422
    right = {"name": "Shop", "origins": "https://shop.example\nhttps://www.shop.example/", "asks": ["email"]}
    client.post("/console/chat/new/", right | {"greeting_de": "Moin!"})
    row = Widget.objects.get()
    assert row.origins == ["https://shop.example", "https://www.shop.example"]
    assert (row.asks, row.greetings) == (["email"], {"de": "Moin!"})
    page = client.get(f"/console/chat/{row.pk}/").content.decode()
    assert f"data-desk=&quot;{row.key}&quot;" in page
    client.post(f"/console/chat/{row.pk}/switch/", {"on": "0"})
    assert Client().get("/chat/demo/").status_code == 404
    client.post(f"/console/chat/{row.pk}/delete/", {"typed": "Shop"})
    assert not Widget.objects.exists()


def test_only_who_may_change_settings_reaches_the_widgets(ada: Agent, widget: Widget, signed_in: SignedIn) -> None:
    client = signed_in(ada)
    for path in ("", "new/", f"{widget.pk}/", f"{widget.pk}/change/", f"{widget.pk}/delete/"):
        assert client.get(f"/console/chat/{path}").status_code == 403
