"""What agents write: replies leave threaded, notes never do, a stale reply is stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskwright.desk.answering import replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.errors import Forbidden, Invalid, NotFound, StaleReply
from deskwright.desk.staff import people
from deskwright.desk.tickets import changing
from deskwright.store.models import Agent, Clock, Delivery, Message, Ticket

MAIL = Arrival(
    channel="email",
    requester=Person("mina@harbor.example", "Mina Holt"),
    subject="Export",
    text="The export is empty.",
    mail_id="<first@harbor.example>",
)


@pytest.fixture
def agent(db: str) -> Agent:
    return people.add_agent("Ada Quill", "ada@desk.example", role="lead", level="senior")


@pytest.fixture
def ticket(agent: Agent, now: datetime) -> int:
    (outcome,) = intake.receive([MAIL], now)
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def test_a_reply_leaves_threaded_under_the_customer_s_mail(agent: Agent, ticket: int, now: datetime) -> None:
    message = replies.reply(agent, ticket, "Which **export** is it?", now=now + timedelta(minutes=10))

    delivery = Delivery.objects.get(message_id=message)
    assert delivery.recipient == "mina@harbor.example"
    assert delivery.content["references"][0] == "<first@harbor.example>"
    assert delivery.content["subject"] == "Re: Export"
    assert "<strong>export</strong>" in delivery.content["html"]
    assert delivery.content["auto_submitted"] is None


def test_the_first_reply_meets_the_first_response(agent: Agent, ticket: int, now: datetime) -> None:
    replies.reply(agent, ticket, "On it.", now=now + timedelta(minutes=10))

    clock = Clock.objects.get(ticket=ticket, metric="first_response")
    assert (clock.state, clock.stopped_at) == ("met", now + timedelta(minutes=10))
    assert Ticket.objects.get(pk=ticket).first_response_at == now + timedelta(minutes=10)


def test_a_note_is_no_response_and_is_not_sent(agent: Agent, ticket: int, now: datetime) -> None:
    message = replies.note(agent, ticket, "Looks like last week's.", now=now + timedelta(minutes=1))

    assert Message.objects.get(pk=message).kind == "note"
    assert not Delivery.objects.filter(message_id=message).exists()
    assert Clock.objects.get(ticket=ticket, metric="first_response").state == "running"


def test_replying_and_solving_stops_every_clock(agent: Agent, ticket: int, now: datetime) -> None:
    replies.reply(agent, ticket, "Fixed.", now=now + timedelta(minutes=10), solve=True)

    row = Ticket.objects.get(pk=ticket)
    assert (row.status, row.solved_at, row.next_due_at) == ("solved", now + timedelta(minutes=10), None)
    assert not Clock.objects.filter(ticket=ticket, stopped_at__isnull=True).exclude(metric="tier").exists()


def test_an_answer_to_a_solved_ticket_reopens_it(agent: Agent, ticket: int, now: datetime) -> None:
    replies.reply(agent, ticket, "Fixed.", now=now + timedelta(minutes=10), solve=True)

    again = replace(MAIL, mail_id="<again@harbor.example>", references=("<first@harbor.example>",), text="Still empty.")
    intake.receive([again], now + timedelta(hours=1))

    row = Ticket.objects.get(pk=ticket)
    assert (row.status, row.reopen_count) == ("open", 1)
    assert row.next_due_at is not None


def test_a_reply_to_what_the_agent_has_not_seen_is_stopped(agent: Agent, ticket: int, now: datetime) -> None:
    seen = Message.objects.get(ticket_id=ticket, kind="customer").pk
    intake.receive([replace(MAIL, mail_id="<2@h.example>", references=(MAIL.mail_id or "",), text="Wait!")], now)

    with pytest.raises(StaleReply) as stopped:
        replies.reply(agent, ticket, "Here you go.", now=now, seen=seen)

    assert [message["new_text"] for message in stopped.value.messages] == ["Wait!"]
    assert not Message.objects.filter(kind="agent").exists()


@pytest.mark.parametrize("text", ["", "  \n ", "\x00"])
def test_an_empty_reply_is_refused(agent: Agent, ticket: int, now: datetime, text: str) -> None:
    with pytest.raises(Invalid):
        replies.reply(agent, ticket, text, now=now)


def test_a_light_agent_may_note_but_not_reply(agent: Agent, ticket: int, now: datetime) -> None:
    light = people.add_agent("Lou Fern", "lou@desk.example", role="light")
    Ticket.objects.filter(pk=ticket).update(assignee=light)

    replies.note(light, ticket, "Seen.", now=now)

    with pytest.raises(Forbidden):
        replies.reply(light, ticket, "Hello", now=now)


def test_a_ticket_that_is_not_there_cannot_be_answered(agent: Agent, now: datetime) -> None:
    with pytest.raises(NotFound):
        replies.reply(agent, 987654, "Hello", now=now)


def test_waiting_on_the_customer_pauses_the_resolution(agent: Agent, ticket: int, now: datetime) -> None:
    replies.reply(agent, ticket, "Which one?", now=now + timedelta(minutes=10))
    changing.change(agent, [ticket], {"status": "waiting_on_customer"}, now=now + timedelta(minutes=10))

    clock = Clock.objects.get(ticket=ticket, metric="resolution")
    assert (clock.state, clock.running_since) == ("paused", None)


def test_a_change_names_every_wrong_field(agent: Agent, ticket: int, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        changing.change(agent, [ticket], {"status": "gone", "assignee": 4711, "colour": "red"}, now=now)

    assert set(refused.value.fields) == {"status", "assignee", "colour"}


def test_several_tickets_change_in_one_deed(agent: Agent, ticket: int, now: datetime) -> None:
    (other,) = intake.receive([replace(MAIL, mail_id="<o@h.example>", text="Other.")], now)
    assert other.ticket_id is not None

    changing.change(agent, [ticket, other.ticket_id], {"priority": "critical"}, now=now)

    assert set(Ticket.objects.values_list("priority", flat=True)) == {"critical"}
