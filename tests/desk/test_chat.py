"""Chats beside the wire: who a visitor is, what goes by mail when they leave, and what comes back."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import jwt
import psycopg
import pytest

from deskwright.desk import access, workflows
from deskwright.desk.answering import replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.chat import becoming, being, leaving, reading, saying, serving, visitors, widgets
from deskwright.desk.chat.saying import Said
from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.chat.widgets import Window
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.surveys import answering as surveys
from deskwright.desk.surveys import sending
from deskwright.desk.tickets import changing
from deskwright.store.connection import from_json
from deskwright.store.models import (
    Agent,
    Chat,
    Customer,
    Delivery,
    Identity,
    Message,
    Ticket,
    TicketEvent,
    Widget,
)
from tests import factories

SHOP = "https://shop.example"
LONG_GONE = timedelta(minutes=10)


@pytest.fixture
def window(db: None, now: datetime) -> Window:
    widgets.forget()
    reading.forget()
    workflows.publish("workflow: Chat\n", now=now)
    return widgets.opened(widgets.set_up(None, name="Shop", origins=[SHOP], now=now))


@pytest.fixture
def ada(window: Window) -> Agent:
    return factories.an_agent("Ada Quill")


@pytest.fixture
def visitor(window: Window) -> Visitor:
    return visitors.anonymous(window)


def say(visitor: Visitor, text: str, now: datetime, once: str = "message-1", **more: Any) -> Ticket:
    (outcome,) = saying.say([Said(visitor, once, text, **more)], now)
    assert outcome.error is None, outcome
    return Ticket.objects.get(pk=outcome.ticket_id)


def signed(window: Window, **said: Any) -> tuple[str, str]:
    user = json.dumps(said)
    return user, hmac.new(window.secret.encode(), user.encode(), hashlib.sha256).hexdigest()


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True))


def test_who_the_shop_signs_for_is_the_customer_with_that_address(window: Window, now: datetime, ada: Agent) -> None:
    mina = Customer.objects.create(name="Mina Holt", email="mina@harbor.example", created_at=now)
    Identity.objects.create(customer=mina, kind="email", value="mina@harbor.example")
    user, signature = signed(window, id=4711, email="mina@harbor.example", name="Mina Holt")
    known = visitors.identified(window, user=user, signature=signature, now=now)
    assert say(known, "Where is my order?", now).customer == mina
    token = jwt.encode({"sub": "4711", "email": "mina@harbor.example", "exp": now + LONG_GONE}, window.secret)
    assert visitors.identified(window, token=token, now=now).key == known.key


@pytest.mark.parametrize(
    "wrong",
    [
        lambda user, signature, secret: {"user": user, "signature": "0" * 64},
        lambda user, signature, secret: {"user": user, "signature": ""},
        lambda user, signature, secret: {"user": user, "signature": "ünsigned"},
        lambda user, signature, secret: {"user": user.replace("4711", "4712"), "signature": signature},
        lambda user, signature, secret: {
            "token": jwt.encode({"sub": "1", "exp": 4e9}, "another secret, longer than what is asked for")
        },
        lambda user, signature, secret: {"token": jwt.encode({"sub": "1", "exp": 4e9}, None, algorithm="none")},
        lambda user, signature, secret: {"token": jwt.encode({"sub": "1", "exp": 1}, secret)},
        lambda user, signature, secret: {"token": jwt.encode({"sub": "1"}, secret)},
        lambda user, signature, secret: {"token": "nothing"},
    ],
)
def test_a_signature_that_is_not_the_shops_is_refused(window: Window, now: datetime, wrong: Any) -> None:
    user, signature = signed(window, id="4711", email="mina@harbor.example")
    with pytest.raises(Forbidden):
        visitors.identified(window, **wrong(user, signature, window.secret), now=now)


def test_a_signature_has_an_end(window: Window, now: datetime) -> None:
    user, signature = signed(window, id="4711", exp=(now - LONG_GONE).timestamp())
    with pytest.raises(Forbidden):
        visitors.identified(window, user=user, signature=signature, now=now)


def test_an_address_that_is_only_typed_joins_nobody(
    window: Window, now: datetime, visitor: Visitor, ada: Agent
) -> None:
    mina = Customer.objects.create(name="Mina Holt", email="mina@harbor.example", created_at=now)
    Identity.objects.create(customer=mina, kind="email", value="mina@harbor.example")
    ticket = say(visitor, "I am Mina, tell me my address.", now, name="Mina Holt", email="mina@harbor.example")
    being.go_on_by_mail(visitor, "mina@harbor.example", now=now)
    ticket.refresh_from_db()
    assert ticket.customer != mina
    assert not Identity.objects.filter(customer=ticket.customer, kind="email").exists()


def test_a_token_opens_its_own_widget_only(window: Window, visitor: Visitor, now: datetime) -> None:
    other = widgets.opened(widgets.set_up(None, name="Other", origins=[], now=now))
    assert visitors.known(visitor.token, window) == visitor
    assert visitors.known(visitor.token, other) is None
    assert visitors.known(visitor.token[:-1] + "x", window) is None


def test_a_chat_goes_on_as_that_of_who_signs_in(window: Window, now: datetime, visitor: Visitor, ada: Agent) -> None:
    ticket = say(visitor, "Where is my order?", now)
    user, signature = signed(window, id="4711", email="mina@harbor.example", name="Mina Holt")
    known = visitors.identified(window, user=user, signature=signature, now=now)
    becoming.become(visitor, known, now=now)
    again = say(known, "It is number 12.", now, "message-2")
    assert (again.pk, again.customer.email) == (ticket.pk, "mina@harbor.example")
    assert reading.chat_of(visitor) is None


def test_what_a_visitor_who_left_has_not_read_goes_by_one_mail_and_the_answer_comes_back(
    now: datetime, visitor: Visitor, ada: Agent
) -> None:
    ticket = say(visitor, "Do you ship to Norway?", now)
    being.go_on_by_mail(visitor, "Nils@fjord.example", now=now)
    for text in ("We do.", "Within **a week**."):
        replies.reply(ada, ticket.pk, text, now=now)
    gone = now + LONG_GONE
    assert leaving.carry_over(gone, 10) == 1
    states = list(Delivery.objects.filter(ticket=ticket, channel="email").order_by("id"))
    assert [(one.state, one.recipient) for one in states] == [
        ("sent", "Nils@fjord.example"),
        ("due", "Nils@fjord.example"),
    ]
    mail = from_json(states[1].content)
    assert all(words in mail["text"] for words in ("We do.", "Within **a week**.", "reply to this mail"))
    assert "chat_by_mail" in kinds(ticket)
    assert leaving.carry_over(gone, 10) == 0

    back = Arrival("email", Person("nils@fjord.example"), mail["subject"], "Thank you!", thread_ticket=ticket.pk)
    (outcome,) = intake.receive([back], gone)
    answer = Message.objects.get(pk=outcome.message_id)
    assert (outcome.ticket_id, answer.verified, answer.customer) == (ticket.pk, True, ticket.customer)
    assert Identity.objects.get(kind="email", value="nils@fjord.example").customer == ticket.customer


def test_an_answer_to_a_visitor_long_gone_goes_by_mail_at_once(now: datetime, visitor: Visitor, ada: Agent) -> None:
    ticket = say(visitor, "Do you ship to Norway?", now)
    being.go_on_by_mail(visitor, "nils@fjord.example", now=now)
    message = replies.reply(ada, ticket.pk, "We do.", now=now + LONG_GONE)
    assert Delivery.objects.get(message=message).channel == "email"


def test_while_the_visitor_is_there_nothing_goes_by_mail(now: datetime, visitor: Visitor, ada: Agent) -> None:
    ticket = say(visitor, "Do you ship to Norway?", now)
    being.go_on_by_mail(visitor, "nils@fjord.example", now=now)
    replies.reply(ada, ticket.pk, "We do.", now=now)
    later = now + LONG_GONE
    being.stay([ticket.pk], now=later)
    leaving.carry_over(later, 10)
    delivery = Delivery.objects.get(ticket=ticket)
    assert (delivery.channel, delivery.state, delivery.due_at) > ("chat", "due", later)


def test_without_an_address_the_answer_waits_in_the_chat_until_one_is_given(
    now: datetime, visitor: Visitor, ada: Agent
) -> None:
    ticket = say(visitor, "Do you ship to Norway?", now)
    replies.reply(ada, ticket.pk, "We do.", now=now)
    leaving.carry_over(now + LONG_GONE, 10)
    delivery = Delivery.objects.get(ticket=ticket)
    assert (delivery.channel, delivery.state, delivery.due_at) == ("chat", "due", None)
    being.go_on_by_mail(visitor, "nils@fjord.example", now=now + LONG_GONE)
    leaving.carry_over(now + LONG_GONE, 10)
    delivery.refresh_from_db()
    assert (delivery.channel, delivery.recipient) == ("email", "nils@fjord.example")


def test_an_answer_in_the_chat_leaves_at_once_and_takes_the_chat(now: datetime, visitor: Visitor, ada: Agent) -> None:
    ticket = say(visitor, "Hello?", now)
    serving.answer(ada, ticket.pk, "Hello!", now=now)
    assert Message.objects.get(ticket=ticket, kind="agent").text == "Hello!"
    chat = Chat.objects.get()
    assert (chat.accepted_by, chat.accepted_at) == (ada, now)


def test_a_chat_is_taken_by_one_and_taken_anew_when_it_is_handed_over(
    now: datetime, visitor: Visitor, ada: Agent
) -> None:
    bram = factories.an_agent("Bram Oak")
    ticket = say(visitor, "Hello?", now)
    serving.accept(ada, ticket.pk, now=now)
    with pytest.raises(Conflict):
        serving.accept(bram, ticket.pk, now=now)
    changing.change(ada, [ticket.pk], {"assignee": bram.pk}, now=now)
    serving.accept(bram, ticket.pk, now=now)
    assert Chat.objects.get().accepted_by == bram
    assert kinds(ticket).count("chat_accepted") == 2


def test_of_two_who_take_a_chat_at_once_the_second_hears_of_the_first(
    now: datetime, visitor: Visitor, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    bram = factories.an_agent("Bram Oak")
    ticket = say(visitor, "Hello?", now)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    look = access.ticket_for

    def overtaken(actor: Agent, number: int, right: str) -> Any:
        seen = look(actor, number, right)
        if actor == bram:
            serving.accept(ada, number, now=now)
        return seen

    monkeypatch.setattr(access, "ticket_for", overtaken)
    with pytest.raises(Conflict):
        serving.accept(bram, ticket.pk, now=now)


def test_an_end_that_comes_second_is_not_told_again(
    now: datetime, visitor: Visitor, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = say(visitor, "Hello?", now)
    serving.end(ada, ticket.pk, solve=False, now=now)
    monkeypatch.setattr(being, "current", lambda *_: ticket.pk)
    being.end(visitor, now=now)
    assert kinds(ticket).count("chat_ended") == 1


@pytest.mark.parametrize(
    "deed",
    [
        lambda ada, visitor, ticket, now: serving.accept(ada, ticket, now=now),
        lambda ada, visitor, ticket, now: serving.end(ada, ticket, solve=False, now=now),
        lambda ada, visitor, ticket, now: being.end(visitor, now=now),
    ],
)
def test_a_ticket_is_held_before_its_chat(
    now: datetime, visitor: Visitor, ada: Agent, deed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = say(visitor, "Hello?", now)
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def heard(sql: Any, query: Any, *values: Any, **more: Any) -> Any:
        said.append(str(query))
        return execute(sql, query, *values, **more)

    monkeypatch.setattr(psycopg.Cursor, "execute", heard)
    deed(ada, visitor, ticket.pk, now)
    tickets = [number for number, one in enumerate(said) if "store_ticket" in one and "FOR NO KEY UPDATE" in one]
    chats = [number for number, one in enumerate(said) if "UPDATE store_chat" in one or serving.LOCK in one]
    assert tickets[0] < chats[0]


def test_a_chat_whose_mail_cannot_be_written_does_not_keep_the_others(
    now: datetime, window: Window, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = []
    for number in range(2):
        visitor = visitors.anonymous(window)
        tickets.append(say(visitor, "Hello?", now))
        being.go_on_by_mail(visitor, f"nils{number}@fjord.example", now=now)
        replies.reply(ada, tickets[-1].pk, "Hello!", now=now)
    mail = leaving.mail

    def broken(sql: Any, case: Any, *more: Any) -> None:
        mail(sql, case, *more)
        if case.row["id"] == tickets[0].pk:
            raise ValueError("it cannot be written")

    monkeypatch.setattr(leaving, "mail", broken)
    gone = now + LONG_GONE
    leaving.carry_over(gone, 10)
    first, second = (Delivery.objects.get(ticket=ticket) for ticket in tickets)
    assert (first.channel, first.due_at, second.channel) == ("chat", gone + timedelta(minutes=5), "email")


def test_a_chat_is_not_given_to_who_takes_none_and_offered_when_they_do(
    now: datetime, visitor: Visitor, ada: Agent
) -> None:
    serving.take_chats(ada, False, now=now)
    ticket = say(visitor, "Hello?", now)
    assert ticket.assignee is None
    assert factories.a_ticket(now).assignee == ada
    serving.take_chats(ada, True, now=now)
    ticket.refresh_from_db()
    assert ticket.assignee == ada


def test_nobody_of_another_team_nor_a_light_agent_takes_or_ends_a_chat(now: datetime, window: Window) -> None:
    workflows.publish("workflow: Teams\nqueues: {billing: {team: billing}}\ndefault_queue: billing\n", now=now)
    factories.an_agent("Cleo Fern", teams=(factories.a_team("billing"),))
    ticket = say(visitors.anonymous(window), "My bill is wrong", now)
    stranger = factories.an_agent("Bram Oak", teams=(factories.a_team("technical"),))
    light = factories.an_agent("Dora Elm", teams=(factories.a_team("billing"),), role="light")
    for deed in (serving.accept, lambda who, number, now: serving.end(who, number, solve=False, now=now)):
        with pytest.raises(NotFound):
            deed(stranger, ticket.pk, now=now)
        with pytest.raises(Forbidden):
            deed(light, ticket.pk, now=now)


def test_after_the_end_a_new_chat_is_a_new_ticket(now: datetime, visitor: Visitor, ada: Agent) -> None:
    first = say(visitor, "Hello?", now)
    serving.end(ada, first.pk, solve=True, now=now)
    assert Ticket.objects.get(pk=first.pk).status == "solved"
    second = say(visitor, "One more thing", now, "message-2")
    assert second.pk != first.pk
    with pytest.raises(Conflict):
        serving.end(ada, first.pk, solve=False, now=now)


def test_the_place_in_line_is_counted_and_the_wait_is_told_only_when_it_is_known(
    now: datetime, window: Window, ada: Agent
) -> None:
    people_before = [
        say(visitors.anonymous(window), "Hello?", now + timedelta(seconds=n), f"number-{n:04}") for n in range(8)
    ]
    last = say(visitors.anonymous(window), "And me?", now + timedelta(seconds=30))
    assert (reading.states([last.pk], now)[last.pk]["place"], reading.states([last.pk], now)[last.pk]["minutes"]) == (
        9,
        None,
    )
    for ticket in people_before:
        serving.answer(ada, ticket.pk, "Yes?", now=now + timedelta(minutes=3))
    reading.forget()
    state = reading.states([last.pk], now)[last.pk]
    assert (state["place"], state["minutes"]) == (1, 3)


def test_only_who_may_change_settings_sets_widgets_up_and_wrong_sites_are_named(window: Window, now: datetime) -> None:
    lead = factories.an_agent("Nora Vale", role="agent")
    with pytest.raises(Forbidden):
        widgets.set_up(lead, name="Mine", origins=[SHOP], now=now)
    with pytest.raises(Invalid) as wrong:
        widgets.set_up(None, name="", origins=["shop.example/path"], hours="never", now=now)
    assert set(wrong.value.fields) == {"name", "origins", "hours"}
    assert Widget.objects.count() == 1


def test_a_widget_follows_its_hours_and_asks_for_a_message_while_nobody_takes_chats(now: datetime, ada: Agent) -> None:
    office = 'calendars: {office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}}'
    workflows.publish(f"workflow: Hours\n{office}\nsla: {{calendar: office}}\n", now=now)
    window = widgets.opened(widgets.set_up(None, name="Shop", hours="office", now=now))
    assert widgets.opening(window, now).open
    evening = now + timedelta(hours=10)
    closed = widgets.opening(window, evening)
    assert (closed.open, closed.opens) == (False, now + timedelta(days=1) - timedelta(hours=1))
    Agent.objects.update(takes_chats=False)
    assert not widgets.opening(window, now).open


def test_the_satisfaction_question_is_asked_in_the_window_and_not_by_mail_again(
    now: datetime, visitor: Visitor, ada: Agent
) -> None:
    ticket = say(visitor, "Hello?", now)
    being.go_on_by_mail(visitor, "nils@fjord.example", now=now)
    serving.end(ada, ticket.pk, solve=True, now=now)
    token = reading.states([ticket.pk], now)[ticket.pk]["rate"]
    assert token, "the starter's survey is planned when a ticket is solved"
    surveys.answer(token, 5, now=now)
    ticket.refresh_from_db()
    assert ticket.csat == 5
    sending.send_due(now + timedelta(days=3), 10)
    assert not Delivery.objects.filter(ticket=ticket, channel="email").exists()
