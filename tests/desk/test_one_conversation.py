"""One person, one conversation: addresses joined by proof, a ticket handed from channel to channel, a wish kept."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import replies
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.chat import being, saying, visitors, widgets
from deskwright.desk.chat.saying import Said
from deskwright.desk.chat.visitors import Visitor
from deskwright.desk.customers import addresses, proofs
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.settings import house
from deskwright.desk.tickets import handing_over
from deskwright.store.models import (
    Agent,
    AuditEntry,
    Clock,
    Customer,
    Delivery,
    DueWork,
    Identity,
    Merge,
    Message,
    Ticket,
    TicketEvent,
)
from tests import factories
from tests.desk.test_history import assert_rebuilt
from tests.web import rows

MINA, OTHER = "mina.holt@harbourpike.example", "m.holt@private.example"
WISHES = """
workflow: Wishes
queues: {everybody: {}}
automations:
  - name: Who likes the phone is phoned
    on: ticket_opened
    when: "customer.preferred_channel == 'phone'"
    do: {set: {channel: phone}}
  - name: Callers are called back
    on: ticket_opened
    when: "description CONTAINS 'call me' AND customer.preferred_channel IS NULL"
    do: {set: {customer.preferred_channel: phone}}
"""


@pytest.fixture
def desk(db: str, now: datetime) -> None:
    workflows.publish("workflow: One\nqueues: {everybody: {}}\nsla_matrix: {'any, any': {resolution: 8h}}\n", now=now)


@pytest.fixture
def lead(desk: None) -> Agent:
    return rows.agent("Nora Lind", "lead")


def asked(now: datetime, email: str = MINA, text: str = "It stops.", **more: object) -> Ticket:
    return factories.a_ticket(now, text=text, requester=Person(email, "Mina Holt"), **more)


def token(to: str) -> str:
    text = Delivery.objects.filter(recipient=to).latest("id").content["text"]
    found = re.search(r"/help/details/address/(\S+)/", text)
    assert found
    return found[1]


def test_the_link_leads_back_to_the_brand_the_customer_stands_under(
    desk: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mina = asked(now).customer
    looks = {"name": "Boards", "tag": "", "accent": "", "portal_title": "", "portal_about": "", "logo_type": ""}
    branded = replace(house.house(), brands={"help.boards.example": looks})
    monkeypatch.setattr(house, "house", lambda: branded)

    proofs.ask(mina, OTHER, now=now, host="help.boards.example")

    text = Delivery.objects.filter(recipient=OTHER).latest("id").content["text"]
    assert "://help.boards.example/help/details/address/" in text and "Boards keeps your address apart" in text


def test_an_address_proved_by_both_ends_joins_two_customers_with_all_they_wrote(desk: None, now: datetime) -> None:
    first, second = asked(now), asked(now, OTHER, "From home.")
    mina = first.customer
    proofs.ask(mina, "M.Holt@private.example", now=now)

    assert proofs.prove(mina, token(OTHER), now=now) == OTHER

    second.refresh_from_db()
    assert second.customer_id == mina.pk
    assert Identity.objects.get(value=OTHER).customer_id == mina.pk
    assert Merge.objects.get().kept == mina.pk, "it can be taken back"
    assert AuditEntry.objects.get(action="customer.proved").actor_name == MINA


def test_an_address_nobody_wrote_from_is_added(desk: None, now: datetime) -> None:
    mina = asked(now).customer
    proofs.ask(mina, OTHER, now=now)

    proofs.prove(mina, token(OTHER), now=now)

    assert asked(now, OTHER).customer_id == mina.pk
    assert not Merge.objects.exists()


def test_a_link_that_somebody_else_follows_joins_nothing(desk: None, now: datetime) -> None:
    mina, victim = asked(now).customer, asked(now, OTHER).customer
    proofs.ask(mina, OTHER, now=now)

    with pytest.raises(NotFound):
        proofs.prove(victim, token(OTHER), now=now)

    assert Identity.objects.get(value=OTHER).customer_id == victim.pk
    said = Delivery.objects.filter(recipient=OTHER).latest("id").content["text"]
    assert "says that this address is theirs too" in said


def test_a_link_works_once_and_for_two_hours(desk: None, now: datetime) -> None:
    mina = asked(now).customer
    proofs.ask(mina, OTHER, now=now)
    link = token(OTHER)

    with pytest.raises(NotFound):
        proofs.prove(mina, link, now=now + proofs.LASTS)
    proofs.prove(mina, link, now=now)
    with pytest.raises(NotFound):
        proofs.prove(mina, link, now=now)


def test_nobody_is_flooded_with_links(desk: None, now: datetime) -> None:
    mina = asked(now).customer
    for _ in range(proofs.ASKED):
        proofs.ask(mina, OTHER, now=now)

    with pytest.raises(Conflict, match="hour"):
        proofs.ask(mina, OTHER, now=now)
    proofs.ask(mina, OTHER, now=now + proofs.WINDOW + timedelta(seconds=1))
    with pytest.raises(Invalid):
        proofs.ask(mina, "no address", now=now)
    with pytest.raises(Conflict, match="already"):
        proofs.ask(mina, MINA, now=now)


def test_a_ticket_goes_on_by_another_way_with_a_summary_and_the_same_clocks(lead: Agent, now: datetime) -> None:
    ticket = asked(now, channel="chat")
    addresses.add(lead, ticket.customer_id, "phone", "+49 30 1234567", now=now)
    before = list(Clock.objects.filter(ticket=ticket).order_by("pk").values())

    note = handing_over.hand_over(lead, ticket.pk, "phone", "She wants to be called at ten.", now=now)

    ticket.refresh_from_db()
    assert ticket.channel == "phone"
    assert Message.objects.get(pk=note).text == "Handed over from chat to phone.\n\nShe wants to be called at ten."
    assert list(Clock.objects.filter(ticket=ticket).order_by("pk").values()) == before
    first = Message.objects.filter(ticket=ticket, kind="customer").get()
    assert first.channel == "chat", "what was said keeps the way it came by"
    moved = TicketEvent.objects.get(ticket=ticket, kind="fields_changed")
    assert moved.data["changes"] == {"channel": ["chat", "phone"]}
    assert_rebuilt()


def test_a_chat_handed_to_mail_is_answered_by_mail(lead: Agent, now: datetime) -> None:
    ticket = asked(now, channel="chat")
    handing_over.hand_over(lead, ticket.pk, "email", "", now=now)

    replies.reply(lead, ticket.pk, "By mail from now on.", now=now)

    sent = Delivery.objects.get(message__kind="agent")
    assert (sent.channel, sent.recipient) == ("email", MINA)


@pytest.fixture
def visitor(desk: None, now: datetime) -> Visitor:
    widgets.forget()
    return visitors.anonymous(widgets.opened(widgets.set_up(None, name="Shop", now=now)))


def test_a_chat_goes_on_by_mail_to_the_address_its_visitor_has_typed(
    lead: Agent, visitor: Visitor, now: datetime
) -> None:
    (outcome,) = saying.say([Said(visitor, "message-1", "Do you ship to Norway?")], now)
    ticket = Ticket.objects.get(pk=outcome.ticket_id)
    assert handing_over.ways(ticket.customer_id, "chat") == []

    being.go_on_by_mail(visitor, MINA, now=now)
    handing_over.hand_over(lead, ticket.pk, "email", "", now=now)
    replies.reply(lead, ticket.pk, "We do.", now=now)

    sent = Delivery.objects.get(message__kind="agent")
    assert (sent.channel, sent.recipient) == ("email", MINA)
    assert not Identity.objects.filter(value=MINA).exists(), "it proves nobody"


@pytest.mark.parametrize("later", [False, True])
def test_by_an_address_given_in_a_chat_earlier_chats_are_found_too(
    visitor: Visitor, now: datetime, later: bool
) -> None:
    saying.say([Said(visitor, "message-1", "Do you ship to Norway?")], now)
    being.end(visitor, now=now)
    DueWork.objects.filter(kind="index_ticket").delete()

    saying.say([Said(visitor, "message-2", "And to Sweden?", email="" if later else MINA)], now)
    if later:
        DueWork.objects.filter(kind="index_ticket").delete()
        being.go_on_by_mail(visitor, MINA, now=now)

    due = sorted(DueWork.objects.filter(kind="index_ticket").values_list("subject", flat=True))
    assert due == sorted(Ticket.objects.values_list("pk", flat=True)), "each once"
    assert len(due) == 2


def test_a_way_the_customer_has_no_address_for_is_refused(lead: Agent, now: datetime) -> None:
    ticket = asked(now, channel="chat")

    assert handing_over.ways(ticket.customer_id, "chat") == ["email"]
    with pytest.raises(Invalid):
        handing_over.hand_over(lead, ticket.pk, "phone", "", now=now)
    with pytest.raises(Conflict):
        handing_over.hand_over(lead, ticket.pk, "chat", "", now=now)
    with pytest.raises(Forbidden):
        handing_over.hand_over(rows.agent("Lou Light", "light"), ticket.pk, "email", "", now=now)


def test_rules_keep_the_wish_of_a_customer_and_follow_it_the_next_time(desk: None, now: datetime) -> None:
    workflows.publish(WISHES, now=now)

    first = asked(now, text="Please call me back.")
    mina = Customer.objects.get(pk=first.customer_id)
    assert (mina.preferred_channel, first.channel) == ("phone", "portal")

    second = asked(now + timedelta(minutes=5), text="Once more.")
    assert second.channel == "phone"
    assert_rebuilt()
