"""By which way a reply leaves: as the customer prefers, unless the conversation goes another way for a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import holding, replies
from deskwright.desk.answering.leaving import Leaving, leaving
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.customers import addresses
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.lines import posts, settings, ways
from deskwright.desk.tickets import handing_over
from deskwright.store.connection import cursor
from deskwright.store.models import (
    Agent,
    Chat,
    Customer,
    Delivery,
    Draft,
    HeldReply,
    Line,
    Message,
    NumberProof,
    Ticket,
)
from tests import factories
from tests.desk.providers import ACCOUNT, TOKEN, Provider, post

OWN, THEIRS, MINA = "+493023125001", "+4917012345678", "mina.holt@harbourpike.example"
HOUR = timedelta(hours=1)
VALUES = {"name": "Hotline", "number": OWN, "provider": "twilio", "calls": True, "sms": True, "whatsapp": True}


@pytest.fixture
def line(provider: Provider, now: datetime) -> Line:
    values = VALUES | {"dial": "", "account": ACCOUNT, "token": TOKEN, "api": provider.url}
    return settings.connect(None, values, now=now)[0]


def comes(line: Line, provider: Provider, now: datetime, sid: str = "SM1", channel: str = "sms") -> None:
    prefix = "whatsapp:" if channel == "whatsapp" else ""
    values = {"MessageSid": sid, "From": prefix + THEIRS, "To": prefix + OWN, "Body": "Hello", "NumMedia": "0"}
    post(line, ways.MESSAGES, now, **values)
    posts.work_off(now, 20, provider.fetch)


def by_mail(lead: Agent, now: datetime, prefers: str, *, proved: bool = True, channel: str = "email") -> Ticket:
    """A mail ticket of somebody whose number is known, and proved."""
    ticket = factories.a_ticket(now, requester=Person(MINA, "Mina Holt"), channel=channel)
    addresses.add(lead, ticket.customer_id, "phone", THEIRS, now=now)
    Customer.objects.filter(pk=ticket.customer_id).update(preferred_channel=prefers)
    if proved:
        told = {"created_at": now, "expires_at": now, "used_at": now, "code_hmac": ""}
        NumberProof.objects.create(customer_id=ticket.customer_id, value=THEIRS, **told)
    return ticket


def how(ticket: Ticket, now: datetime, by: str = "") -> Leaving:
    return leaving(cursor(), ticket.pk, now, by)


def test_a_mail_is_answered_by_text_message_as_the_customer_prefers_and_their_answer_finds_the_ticket(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    ticket = by_mail(lead, now, "sms")
    comes(line, provider, now - HOUR, "SM0")
    apart = Ticket.objects.get(channel="sms")

    replies.reply(lead, ticket.pk, "It is on its way.", now=now)
    comes(line, provider, now + HOUR, "SM2")

    said = Message.objects.get(kind="agent")
    assert (said.channel, said.recipients) == ("sms", {"to": [THEIRS]})
    assert Delivery.objects.get(message=said).recipient == THEIRS
    assert Message.objects.latest("id").ticket_id == ticket.pk != apart.pk
    ticket.refresh_from_db()
    assert ticket.channel == "email" and how(ticket, now + HOUR).channel == "sms", "so does the next one"


def test_a_text_message_is_answered_by_mail_where_the_customer_prefers_that(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    by_mail(lead, now, "email")
    comes(line, provider, now)
    ticket = Ticket.objects.get(channel="sms")

    replies.reply(lead, ticket.pk, "By mail.", now=now)

    assert Message.objects.get(kind="agent").channel == "email"
    assert Delivery.objects.get(message__kind="agent").recipient == MINA
    assert how(ticket, now).instead == "sms"


def test_a_number_an_agent_has_noted_proves_nothing_and_a_line_that_is_off_carries_nothing(
    line: Line, lead: Agent, now: datetime
) -> None:
    ticket = by_mail(lead, now, "sms", proved=False)
    assert how(ticket, now) == Leaving("email")
    NumberProof.objects.create(
        customer_id=ticket.customer_id, value=THEIRS, created_at=now, expires_at=now, used_at=now, code_hmac=""
    )
    assert how(ticket, now).channel == "sms"
    settings.switch(None, line.pk, False, now=now)
    assert how(ticket, now) == Leaving("email")


def test_a_preference_for_what_nobody_can_write_to_changes_nothing(line: Line, lead: Agent, now: datetime) -> None:
    assert how(by_mail(lead, now, "phone"), now) == Leaving("email")
    with pytest.raises(NotFound):
        leaving(cursor(), 10**9, now)


def test_whatsapp_is_preferred_only_while_it_takes_free_words(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    ticket = by_mail(lead, now, "whatsapp")
    assert how(ticket, now) == Leaving("email", closed=True), "they never wrote there"
    comes(line, provider, now, channel="whatsapp")
    assert how(ticket, now + 23 * HOUR).channel == "whatsapp"
    assert how(ticket, now + 25 * HOUR) == Leaving("email", closed=True)


def test_a_hand_over_by_an_agent_beats_the_preference(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    by_mail(lead, now, "sms", channel="email")
    comes(line, provider, now, channel="whatsapp")
    ticket = Ticket.objects.get(channel="whatsapp")
    handing_over.hand_over(lead, ticket.pk, "email", "", now=now)
    assert how(ticket, now) == Leaving("email")


def test_a_hand_over_by_a_rule_beats_the_preference(line: Line, lead: Agent, now: datetime) -> None:
    rule = "automations: [{name: By mail, on: ticket_opened, when: TRUE, do: {set: {channel: email}}}]\n"
    workflows.publish(f"workflow: W\nqueues: {{everybody: {{}}}}\n{rule}", now=now)
    ticket = by_mail(lead, now, "sms", channel="portal")
    assert ticket.channel == "email" and how(ticket, now) == Leaving("email")


def test_a_visitor_in_the_chat_is_answered_there(line: Line, lead: Agent, now: datetime) -> None:
    ticket = by_mail(lead, now, "sms", channel="chat")
    chat = Chat.objects.create(ticket=ticket, visitor="v", started_at=now, here_at=now)
    assert how(ticket, now).visitor == "v"
    Chat.objects.filter(pk=chat.pk).update(ended_at=now)
    assert how(ticket, now).channel == "sms"


def test_one_reply_leaves_the_other_way_where_its_agent_asks_for_that(line: Line, lead: Agent, now: datetime) -> None:
    ticket = by_mail(lead, now, "sms")
    held = holding.send(lead, ticket.pk, "By mail this once.", now=now, by="email")
    assert HeldReply.objects.get().by == "email"

    holding.take_back(lead, held, now=now)
    assert Draft.objects.get().by == "email", "taken back, it is still to leave so"

    holding.send(lead, ticket.pk, "By mail this once.", now=now, by="email")
    holding.leave_due(now + HOUR, 10)
    assert Message.objects.get(kind="agent").channel == "email" and not Draft.objects.exists()
    assert how(ticket, now).channel == "sms"
    with pytest.raises(Invalid, match="cannot be reached this way"):
        holding.send(lead, ticket.pk, "By owl.", now=now, by="owl")


def test_what_the_preferred_way_does_not_carry_is_refused_before_it_is_sent(
    line: Line, lead: Agent, now: datetime
) -> None:
    ticket = by_mail(lead, now, "sms")
    with pytest.raises(Invalid, match="at most 1,600"):
        holding.send(lead, ticket.pk, "x" * 1601, now=now)
    holding.send(lead, ticket.pk, "x" * 1601, now=now, by="email")
