"""One door in: arrivals become tickets, replies, notes, duplicates or are set aside, in batches."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskwright.channels.contract import Bounce
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Key, Person
from deskwright.desk.errors import Invalid
from deskwright.desk.staff import people
from deskwright.store.models import Agent, Clock, Customer, Delivery, Message, RawInput, Ticket, TicketEvent

MAIL = Arrival(
    channel="email",
    requester=Person("Mina@Harbor.example", "Mina Holt"),
    subject="Exports are down",
    text="Urgent: the nightly export is down again.",
    mail_id="<first@harbor.example>",
)


@pytest.fixture
def agent(db: str) -> Agent:
    team = people.add_team("support", "Support")
    return people.add_agent("Ada Quill", "ada@desk.example", teams=[team], level="senior", skills={"api": 3})


def test_a_mail_becomes_a_ticket_with_clocks_and_an_acknowledgement(agent: Agent, now: datetime) -> None:
    (outcome,) = intake.receive([MAIL], now)

    ticket = Ticket.objects.get(pk=outcome.ticket_id)
    assert outcome.disposition == "ticket"
    assert (ticket.subject, ticket.status, ticket.customer.email) == ("Exports are down", "new", "mina@harbor.example")
    assert "urgency" in ticket.signals
    assert set(Clock.objects.filter(ticket=ticket).values_list("metric", flat=True)) >= {"first_response", "resolution"}
    assert ticket.next_due_metric == "first_response"
    delivery = Delivery.objects.get(ticket=ticket, content__auto_submitted="auto-replied")
    assert delivery.content["in_reply_to"] == "<first@harbor.example>"
    assert delivery.state == "due"


def test_the_event_keeps_the_trace_of_its_decision(agent: Agent, now: datetime) -> None:
    (outcome,) = intake.receive([MAIL], now)

    event = TicketEvent.objects.get(ticket_id=outcome.ticket_id, kind="ticket_opened")
    topics = {step["topic"] for step in event.trace}
    assert {"signals", "priority", "routing", "sla", "assignment"} <= topics
    assert any(effect["effect"] == "Route" for effect in event.data["effects"])


def test_an_answer_joins_the_ticket_it_refers_to(agent: Agent, now: datetime) -> None:
    (first,) = intake.receive([MAIL], now)
    answer = replace(MAIL, mail_id="<second@harbor.example>", references=("<first@harbor.example>",), text="Any news?")

    (second,) = intake.receive([answer], now + timedelta(minutes=5))

    assert (second.disposition, second.ticket_id) == ("reply", first.ticket_id)
    assert Message.objects.filter(ticket_id=first.ticket_id, kind="customer").count() == 2


def test_an_answer_in_the_same_batch_as_its_question_joins_it(agent: Agent, now: datetime) -> None:
    answer = replace(MAIL, mail_id="<second@harbor.example>", references=("<first@harbor.example>",), text="Any news?")

    outcomes = intake.receive([MAIL, answer], now)

    assert [outcome.disposition for outcome in outcomes] == ["ticket", "reply"]
    assert Ticket.objects.count() == 1


def test_the_same_mail_twice_is_a_duplicate(agent: Agent, now: datetime) -> None:
    (first,) = intake.receive([MAIL], now)

    (again,) = intake.receive([MAIL], now)

    assert (again.disposition, again.ticket_id) == ("duplicate", first.ticket_id)
    assert Message.objects.filter(kind="customer").count() == 1


def test_the_same_message_id_with_other_words_is_kept(agent: Agent, now: datetime) -> None:
    intake.receive([MAIL], now)

    (other,) = intake.receive([replace(MAIL, text="Something else entirely.")], now)

    assert other.disposition == "ticket"


def test_a_stranger_in_a_thread_is_marked_unverified(agent: Agent, now: datetime) -> None:
    (first,) = intake.receive([MAIL], now)
    stranger = replace(
        MAIL,
        requester=Person("who@elsewhere.example"),
        mail_id="<x@elsewhere.example>",
        references=("<first@harbor.example>",),
    )

    (outcome,) = intake.receive([stranger], now)

    assert outcome.ticket_id == first.ticket_id
    assert not Message.objects.get(pk=outcome.message_id).verified


def test_automatic_mail_is_never_acknowledged_and_never_reopens(agent: Agent, now: datetime) -> None:
    (first,) = intake.receive([MAIL], now)
    away = replace(
        MAIL,
        mail_id="<away@harbor.example>",
        references=("<first@harbor.example>",),
        automatic="auto-replied",
        text="Away.",
    )

    (outcome,) = intake.receive([away], now)

    assert outcome.disposition == "note"
    assert Delivery.objects.filter(ticket_id=first.ticket_id).count() == 1


def test_a_repeated_key_gets_the_first_answer(agent: Agent, now: datetime) -> None:
    keyed = replace(MAIL, channel="api", mail_id=None, key=Key(1, "order-7", "a" * 64))
    (first,) = intake.receive([keyed], now)

    (again,) = intake.receive([keyed], now + timedelta(minutes=1))

    assert again.replayed
    assert again.ticket_id == first.ticket_id
    assert Ticket.objects.count() == 1


def test_a_key_twice_in_one_batch_opens_one_ticket(agent: Agent, now: datetime) -> None:
    keyed = replace(MAIL, channel="api", mail_id=None, key=Key(1, "order-7", "a" * 64))

    outcomes = intake.receive([keyed, replace(keyed)], now)

    assert outcomes[0].ticket_id == outcomes[1].ticket_id
    assert Ticket.objects.count() == 1


def test_a_key_with_another_body_is_refused_alone(agent: Agent, now: datetime) -> None:
    keyed = replace(MAIL, channel="api", mail_id=None, key=Key(1, "order-7", "a" * 64))
    intake.receive([keyed], now)

    good, bad = intake.receive([MAIL, replace(keyed, key=Key(1, "order-7", "b" * 64))], now)

    assert good.disposition == "ticket"
    assert isinstance(bad.error, Invalid)


def test_one_arrival_the_database_refuses_fails_alone(agent: Agent, now: datetime) -> None:
    poison = replace(MAIL, mail_id="<poison@harbor.example>", subject="a null \x00 byte")

    outcomes = intake.receive([MAIL, poison, replace(MAIL, mail_id="<third@harbor.example>", text="three")], now)

    assert [outcome.disposition for outcome in outcomes] == ["ticket", "refused", "ticket"]
    assert Ticket.objects.count() == 2


def test_the_number_of_statements_does_not_grow_with_the_batch(agent: Agent, now: datetime) -> None:
    people.add_organisation("Harbor", "harbor.example", tier="enterprise")
    counts = []
    for size in (2, 1, 40):
        batch = [
            replace(MAIL, mail_id=f"<{size}-{n}@harbor.example>", requester=Person(f"p{size}{n}@harbor.example"))
            for n in range(size)
        ]
        counts.append(statements(lambda batch=batch: intake.receive(batch, now)))
    assert counts[1] == counts[2]


def statements(run: object) -> int:
    import psycopg

    seen = 0
    execute = psycopg.Cursor.execute

    def counting(self: psycopg.Cursor, *args: object, **kwargs: object) -> object:
        nonlocal seen
        seen += 1
        return execute(self, *args, **kwargs)  # type: ignore[arg-type]

    psycopg.Cursor.execute = counting  # type: ignore[method-assign,assignment]
    try:
        run()  # type: ignore[operator]
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
    return seen


def test_an_agent_s_load_moves_with_the_assignment(agent: Agent, now: datetime) -> None:
    intake.receive([MAIL], now)

    agent.load.refresh_from_db()
    ticket = Ticket.objects.get()
    assert ticket.assignee_id == agent.pk
    assert (agent.load.tickets, agent.load.units) == (1, ticket.units)


def test_an_organisation_is_found_by_the_domain(agent: Agent, now: datetime) -> None:
    harbor = people.add_organisation("Harbor", "harbor.example", tier="enterprise")

    intake.receive([MAIL], now)

    assert Customer.objects.get().organisation == harbor
    assert Ticket.objects.get().organisation == harbor


RAW = b"""From: Mina <mina@harbor.example>
To: support@desk.example
Subject: Hello
Message-ID: <r1@harbor.example>

It broke.
"""


def test_many_raw_inputs_are_kept_in_their_order(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "WRITTEN_BYTES", 100)
    bodies = [bytes([number]) * (number * 7 % 60 + 1) for number in range(40)] + [bytes(500)]

    kept = intake.journal_many("email", [({"to": [f"{len(body)}@desk.example"]}, body) for body in bodies], now)

    rows = RawInput.objects.in_bulk(kept)
    assert [bytes(rows[number].body) for number in kept] == bodies
    assert [rows[number].envelope["to"] for number in kept] == [[f"{len(body)}@desk.example"] for body in bodies]


def test_journaled_mail_is_worked_off_into_a_ticket(agent: Agent, now: datetime) -> None:
    raw = intake.journal("email", {"to": ["support@desk.example"]}, RAW, now)

    assert intake.work_off(now) == 1

    row = RawInput.objects.get(pk=raw)
    assert (row.state, row.disposition) == ("done", "ticket")
    assert Ticket.objects.get(pk=row.ticket_id).subject == "Hello"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"Subject: nobody\r\n\r\nHello\r\n", "the mail names no sender"),
        (b"From: support@desk.example\r\nSubject: us\r\n\r\nHello\r\n", "loop"),
    ],
)
def test_mail_the_desk_cannot_take_is_quarantined_with_the_reason(
    agent: Agent, now: datetime, body: bytes, reason: str
) -> None:
    raw = intake.journal("email", {}, body, now)

    intake.work_off(now)

    row = RawInput.objects.get(pk=raw)
    assert row.state == "quarantined"
    assert reason in row.reason


def test_a_quarantined_mail_can_be_recovered(agent: Agent, now: datetime) -> None:
    raw = intake.journal("email", {}, RAW, now)
    intake.quarantine(raw, "a test", now)
    assert intake.work_off(now) == 0

    intake.recover(raw, now)

    assert intake.work_off(now) == 1
    assert RawInput.objects.get(pk=raw).state == "done"


def test_input_that_failed_five_times_blocks_nobody(agent: Agent, now: datetime) -> None:
    poison = intake.journal("email", {}, RAW, now)
    RawInput.objects.filter(pk=poison).update(attempts=intake.ATTEMPTS)
    good = intake.journal("email", {}, RAW.replace(b"r1@", b"r2@"), now)

    intake.work_off(now)

    assert RawInput.objects.get(pk=poison).state == "quarantined"
    assert RawInput.objects.get(pk=good).state == "done"


def test_a_bounce_fails_the_delivery_it_reports_on(agent: Agent, now: datetime) -> None:
    (first,) = intake.receive([MAIL], now)
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id
    report = replace(
        MAIL,
        requester=Person("mailer-daemon@harbor.example"),
        mail_id="<report@harbor.example>",
        references=(ours,),
        automatic="auto-replied (bounce)",
        bounce_of=ours,
        bounce=Bounce(None, "5.1.1", True, ours, reason="550 no such user"),
    )

    (outcome,) = intake.receive([report], now)

    assert (outcome.disposition, outcome.ticket_id) == ("note", first.ticket_id)
    delivery = Delivery.objects.get(mail_id=ours)
    assert (delivery.state, delivery.last_error) == ("bounced", "550 no such user")
    assert delivery.bounce_id == outcome.message_id and delivery.bounced_at is not None


def test_a_report_without_a_sender_still_finds_its_delivery(agent: Agent, now: datetime) -> None:
    (first,) = intake.receive([MAIL], now)
    ours = Delivery.objects.get(ticket_id=first.ticket_id).mail_id
    report = REPORT.replace(b"OURS", ours.encode())
    raw = intake.journal("email", {"from": "", "to": ["support@desk.example"]}, report, now)

    intake.work_off(now)

    row = RawInput.objects.get(pk=raw)
    assert (row.state, row.disposition, row.ticket_id) == ("done", "note", first.ticket_id)
    assert Delivery.objects.get(mail_id=ours).state == "bounced"


REPORT = b"""To: support@desk.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.harbor.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

<mina@harbor.example>: no such user here
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.harbor.example

Final-Recipient: rfc822; mina@harbor.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--cut
Content-Type: text/rfc822-headers

From: support@desk.example
To: mina@harbor.example
Subject: Re: Exports are down
Message-ID: OURS

--cut--
"""


def test_a_defect_of_ours_is_no_fault_of_the_message(
    agent: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deskwright.desk.arriving import opening
    from deskwright.desk.errors import Broken

    raw = intake.journal("email", {}, RAW, now)
    with monkeypatch.context() as broken:
        broken.setattr(opening, "open_ticket", lambda *_: 1 / 0)
        (outcome,) = intake.receive([MAIL], now)
        intake.work_off(now)
    assert isinstance(outcome.error, Broken)
    assert RawInput.objects.get(pk=raw).state == "pending"

    intake.work_off(now + intake.LEASE)

    assert RawInput.objects.get(pk=raw).state == "done"
