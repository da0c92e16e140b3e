"""What a provider tells of a line and of messages of ours: in any order, any number of times, each noted once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk.errors import Invalid
from deskwright.desk.lines import settings, ways
from deskwright.desk.said import in_english
from deskwright.store.models import Agent, Line, Notice, Ticket, TicketEvent
from tests.desk.providers import Provider, post, said
from tests.desk.test_texting import OWN, THEIRS, VALUES, comes, send
from tests.desk.test_texting import line as line  # the fixture


def test_what_became_of_it_is_told_in_any_order(line: Line, provider: Provider, lead: Agent, now: datetime) -> None:
    comes(line, provider, now)
    sent = send(lead, Ticket.objects.get().pk, "On its way.", provider, now)
    of = provider.messages[0]["StatusCallback"].partition("?")[2]
    for state, receipt in (("delivered", "delivered"), ("sent", "delivered"), ("read", "read"), ("delivered", "read")):
        post(line, ways.STATUS, now, of, MessageSid="SM0000", MessageStatus=state)
        sent.refresh_from_db()
        assert (sent.state, sent.receipt) == ("sent", receipt)
    post(line, ways.STATUS, now, of, MessageSid="SM0000", MessageStatus="undelivered", ErrorCode="30003")
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_message_that_was_not_delivered_says_why(line: Line, provider: Provider, lead: Agent, now: datetime) -> None:
    comes(line, provider, now)
    sent = send(lead, Ticket.objects.get().pk, "On its way.", provider, now)
    of = provider.messages[0]["StatusCallback"].partition("?")[2]
    post(line, ways.STATUS, now, of, MessageSid="SM0000", MessageStatus="undelivered", ErrorCode="30003")
    sent.refresh_from_db()
    assert (
        sent.state == "failed" and in_english(sent.last_error) == "The phone is switched off or out of reach. (30003)"
    )


def test_a_message_that_was_not_delivered_stands_on_the_ticket_once_and_its_writer_is_told(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    comes(line, provider, now)
    sent = send(lead, Ticket.objects.get().pk, "On its way.", provider, now)
    of = provider.messages[0]["StatusCallback"].partition("?")[2]
    for _again in range(2):
        post(line, ways.STATUS, now, of, MessageSid="SM0000", MessageStatus="undelivered", ErrorCode="30003")

    event = TicketEvent.objects.get(kind="mail_failed")
    assert event.data["delivery"] == sent.pk and in_english(event.data["said"]).startswith("The phone is switched off")
    notice = Notice.objects.get(key=f"mail:{sent.pk}")
    assert notice.agent == lead and THEIRS in in_english(notice.subject)


def test_an_address_with_parameters_without_end_is_refused(line: Line, now: datetime) -> None:
    with pytest.raises(Invalid, match="address cannot be read"):
        post(line, ways.STATUS, now, "&".join(f"of{number}=x" for number in range(30)), MessageSid="SM0000")


def test_another_line_says_nothing_about_a_message(line: Line, provider: Provider, lead: Agent, now: datetime) -> None:
    comes(line, provider, now)
    sent = send(lead, Ticket.objects.get().pk, "On its way.", provider, now)
    stranger, _ = settings.connect(None, VALUES | {"number": "+493023125009", "provider": "plain"}, now=now)
    said(stranger, ways.STATUS, now, reference=sent.mail_id, state="failed", error="Never")
    sent.refresh_from_db()
    assert (sent.state, sent.last_error) == ("sent", "")


def test_that_a_line_receives_is_noted_now_and_then_and_at_once_after_a_refusal(
    line: Line, provider: Provider, now: datetime
) -> None:
    def received(after: float) -> datetime | None:
        post(line, ways.MESSAGES, now + timedelta(seconds=after), MessageSid="SM1", From=THEIRS, To=OWN, Body="Hello")
        line.refresh_from_db()
        return line.received_at

    assert received(0) == received(5) == now
    assert received(11) == now + timedelta(seconds=11)
    Line.objects.update(refused_at=now + timedelta(seconds=12))
    assert received(13) == now + timedelta(seconds=13)
