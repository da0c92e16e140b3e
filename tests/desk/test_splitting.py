"""Messages get a ticket of their own: files go along, its clock starts when they were written, and it is undone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import File, Person
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.tickets import merging, splitting
from deskwright.store import facts as rows
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, Attachment, Delivery, Message, Ticket, TicketEvent, TicketLink
from deskwright.store.queries import ticket as pages
from tests import factories
from tests.desk.test_history import assert_rebuilt
from tests.desk.test_merging import HOUR, MINA, MINUTE, TOM, clock, promises, ticket
from tests.desk.test_merging import ada as ada

FLOW = """
workflow: Splitting
queues: {support: {team: support}}
default_queue: support
routing_rules: []
sla_matrix: {"any, any": {first_response: 120m, next_response: 4h}}
sla: {warn_at: [50%]}
"""
NINE_THIRTY, ELEVEN = timedelta(minutes=30), timedelta(hours=2)


@pytest.fixture
def thread(ada: Agent, now: datetime) -> tuple[Ticket, int]:
    """Opened at 9:00 (of the fixed day), answered at 9:10, and at 9:30 somebody asks something else, with a file."""
    workflows.publish(FLOW, now=now)
    first = ticket(now)
    replies.reply(ada, first.pk, "Done.", now=now + 10 * MINUTE)
    return first, add(
        first, "By the way, the invoice is wrong.", now + NINE_THIRTY, files=(File("a.txt", "text/plain", b"x"),)
    )


def add(to: Ticket, text: str, at: datetime, who: Person = MINA, **details: Any) -> int:
    (outcome,) = intake.receive([factories.an_arrival(text=text, thread_ticket=to.pk, requester=who, **details)], at)
    return outcome.message_id or 0


@pytest.mark.parametrize(("clocks_from", "due"), [("message", NINE_THIRTY + 2 * HOUR), ("now", ELEVEN + 2 * HOUR)])
def test_case_34_the_clock_starts_as_the_message_was_written_or_at_the_split(
    ada: Agent, thread: tuple[Ticket, int], now: datetime, clocks_from: str, due: timedelta
) -> None:
    made = splitting.split(ada, thread[0].pk, [thread[1]], now=now + ELEVEN, clocks_from=clocks_from)

    assert clock(made, "first_response").due_at == now + due
    assert_rebuilt()


def test_messages_move_with_their_files_and_the_tickets_are_linked(
    ada: Agent, thread: tuple[Ticket, int], now: datetime
) -> None:
    first, message = thread
    made = splitting.split(ada, first.pk, [message], now=now + ELEVEN, subject="Invoice")

    new = Ticket.objects.get(pk=made)
    assert (new.subject, new.description, new.customer_id) == (
        "Invoice",
        "By the way, the invoice is wrong.",
        first.customer_id,
    )
    assert [row["id"] for row in pages.messages(made)] == [message]
    assert Attachment.objects.get(message__ticket=made).name == "a.txt"
    assert message not in {row["id"] for row in pages.messages(first.pk)}
    assert TicketLink.objects.filter(kind="split", ticket=made, other=first.pk).exists()
    assert not Delivery.objects.filter(ticket=made).exists(), "nobody is told of a ticket they did not open"


def test_the_origin_owes_no_answer_to_what_has_left(ada: Agent, thread: tuple[Ticket, int], now: datetime) -> None:
    first, message = thread
    assert clock(first.pk, "next_response").started_at == now + NINE_THIRTY
    splitting.split(ada, first.pk, [message], now=now + ELEVEN)

    first.refresh_from_db()
    assert first.unanswered_since is None
    assert clock(first.pk, "next_response").state == "cancelled"


def test_a_split_is_undone_by_merging_it_back(ada: Agent, thread: tuple[Ticket, int], now: datetime) -> None:
    first, message = thread
    before = promises(rows.clocks(cursor(), [first.pk])[first.pk])
    made = splitting.split(ada, first.pk, [message], now=now + ELEVEN)

    merging.merge(ada, [made], first.pk, now=now + ELEVEN + timedelta(seconds=5))

    first.refresh_from_db()
    assert first.unanswered_since == now + NINE_THIRTY
    assert message in {row["id"] for row in pages.messages(first.pk)}
    assert clock(first.pk, "next_response").due_at == before[-1][3] if before[-1][0] == "next_response" else True
    assert_rebuilt()


def test_answers_to_what_was_split_go_to_the_new_ticket(ada: Agent, now: datetime) -> None:
    first = ticket(now, channel="email", mail_id="<one@harbor.example>")
    other = add(first, "And the invoice?", now + MINUTE, channel="email", mail_id="<two@harbor.example>")
    made = splitting.split(ada, first.pk, [other], now=now + HOUR)

    (answer,) = intake.receive(
        [factories.an_arrival(text="Hello?", requester=MINA, references=("<two@harbor.example>",))], now + 2 * HOUR
    )
    assert answer.ticket_id == made


def test_the_new_ticket_is_of_whoever_wrote_the_message(ada: Agent, now: datetime) -> None:
    first = ticket(now)
    other = add(first, "Here it fails too.", now + MINUTE, TOM)
    made = splitting.split(ada, first.pk, [other], now=now + HOUR)
    assert Ticket.objects.get(pk=made).customer.email == TOM.value


def test_what_cannot_leave_is_refused(ada: Agent, thread: tuple[Ticket, int], now: datetime) -> None:
    first, message = thread
    opening = Message.objects.filter(ticket=first).order_by("pk")[0].pk
    elsewhere = Message.objects.filter(ticket=ticket(now))[0].pk
    for chosen in ([], [opening], [message, elsewhere], [10**9]):
        with pytest.raises(Invalid):
            splitting.split(ada, first.pk, chosen, now=now + HOUR)
    with pytest.raises(Invalid):
        splitting.split(ada, first.pk, [message], now=now + HOUR, clocks_from="yesterday")
    stranger = factories.an_agent(teams=(factories.a_team("south"),))
    with pytest.raises(NotFound):
        splitting.split(stranger, first.pk, [message], now=now + HOUR)
    merging.merge(ada, [first.pk], ticket(now).pk, now=now + HOUR)
    with pytest.raises(Conflict):
        splitting.split(ada, first.pk, [message], now=now + HOUR)


@pytest.mark.parametrize(
    ("subject", "told"), [("Re: Exports", None), ("AW: FW: exports", None), ("Invoice", "Invoice"), ("", None)]
)
def test_a_mail_under_another_subject_is_pointed_out(ada: Agent, now: datetime, subject: str, told: str | None) -> None:
    first = ticket(now, channel="email", subject="Exports")
    add(first, "One more thing.", now + MINUTE, channel="email", subject=subject)
    assert TicketEvent.objects.get(kind="customer_wrote").data.get("other_subject") == told
