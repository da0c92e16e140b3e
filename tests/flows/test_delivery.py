"""What leaves: claimed before it is sent, written down after, tried again with patience, always under its own id."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings

from deskwright.channels.contract import Deferred, Outcome, Outgoing, Refused, Sent
from deskwright.channels.email.compose import compose
from deskwright.desk import access
from deskwright.desk.answering import replies
from deskwright.desk.errors import Conflict, Forbidden, NotFound
from deskwright.desk.outbox import again, delivery
from deskwright.desk.said import in_english
from deskwright.desk.settings import house
from deskwright.desk.settings.sealing import seal
from deskwright.desk.staff import people
from deskwright.jobs import outlet
from deskwright.store.connection import to_json
from deskwright.store.models import Agent, Delivery, MailServer, Ticket
from tests.factories import a_ticket

MINUTE = timedelta(minutes=1)


class World:
    """A mail server of the outside world: answers as told and remembers what it was given."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.mails: list[Outgoing] = []

    def send(self, outgoing: Outgoing) -> Outcome:
        compose(outgoing)
        self.mails.append(outgoing)
        return self.outcomes.pop(0) if self.outcomes else Sent("250 OK")


@pytest.fixture
def ada(db: str) -> Agent:
    return people.add_agent("Ada Quill", "ada@desk.example", role="admin")


@pytest.fixture
def ticket(ada: Agent, now: datetime) -> Ticket:
    """A ticket whose acknowledgement has left."""
    ticket = a_ticket(now)
    Delivery.objects.all().delete()
    return ticket


@pytest.fixture
def answered(ticket: Ticket, ada: Agent, now: datetime) -> Delivery:
    """A reply that waits to be sent."""
    replies.reply(ada, ticket.pk, "We found **it**.", now=now)
    return Delivery.objects.get(ticket=ticket, recipient=ticket.customer.email)


def test_a_reply_leaves_whole_and_is_written_down(answered: Delivery, now: datetime) -> None:
    world = World()

    assert delivery.deliver(now, 10, world.send) == 1

    (mail,) = world.mails
    assert (mail.message_id, mail.to[0].email) == (answered.mail_id, answered.recipient)
    assert mail.from_.email == "support@desk.example"
    assert "We found" in mail.text
    assert mail.html is not None and "<strong>it</strong>" in mail.html
    answered.refresh_from_db()
    assert (answered.state, answered.sent_at, answered.due_at, answered.last_error) == ("sent", now, None, "")
    assert delivery.deliver(now, 10, world.send) == 0


def test_the_claim_is_committed_before_the_mail_is_sent(answered: Delivery, now: datetime) -> None:
    seen: list[str] = []

    def look(outgoing: Outgoing) -> Outcome:
        seen.append(Delivery.objects.get(pk=answered.pk).state)
        return Sent("250 OK")

    delivery.deliver(now, 10, look)

    assert seen == ["sending"]


def test_a_mail_that_must_wait_is_tried_again_with_growing_pauses(answered: Delivery, now: datetime) -> None:
    world = World(*[Deferred("421 busy")] * 9)
    waits = []

    at = now
    for _ in range(9):
        assert delivery.deliver(at, 10, world.send) == 1
        answered.refresh_from_db()
        assert (answered.state, answered.last_error) == ("due", "421 busy")
        assert answered.due_at is not None
        waits.append((answered.due_at - at).total_seconds())
        assert delivery.deliver(at, 10, world.send) == 0
        at = answered.due_at
    delivery.deliver(at, 10, world.send)

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    answered.refresh_from_db()
    assert (answered.state, answered.last_error) == ("sent", "")
    assert {mail.message_id for mail in world.mails} == {answered.mail_id}


def test_a_mail_that_never_gets_through_fails_in_the_end_and_says_why(answered: Delivery, now: datetime) -> None:
    Delivery.objects.update(attempts=delivery.ATTEMPTS - 1)

    delivery.deliver(now, 10, World(Deferred("451 not now")).send)

    answered.refresh_from_db()
    assert (answered.state, answered.due_at, answered.last_error) == ("failed", None, "451 not now")


def test_a_refused_mail_fails_at_once(answered: Delivery, now: datetime) -> None:
    delivery.deliver(now, 10, World(Refused("550 no such user")).send)

    answered.refresh_from_db()
    assert (answered.state, answered.last_error) == ("failed", "550 no such user")


def test_when_one_mail_must_wait_the_rest_of_the_claim_is_given_back(ticket: Ticket, ada: Agent, now: datetime) -> None:
    for number in range(3):
        replies.reply(ada, ticket.pk, f"Part {number}", now=now)
    world = World(Deferred("connection refused", server=True))

    assert delivery.deliver(now, 10, world.send) == 1

    states = Delivery.objects.order_by("id").values_list("state", "attempts", "due_at", "claimed_at")
    assert list(states) == [
        ("due", 1, now + timedelta(seconds=30), None),
        ("due", 0, now, None),
        ("due", 0, now, None),
    ]


def test_a_reader_whose_server_says_later_keeps_nobody_waiting(ticket: Ticket, ada: Agent, now: datetime) -> None:
    for number in range(3):
        replies.reply(ada, ticket.pk, f"Part {number}", now=now)

    assert delivery.deliver(now, 10, World(Deferred("451 greylisted")).send) == 3

    assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == ["due", "sent", "sent"]


def test_a_mail_whose_worker_died_goes_out_again_under_the_same_id_after_the_lease(
    answered: Delivery, now: datetime
) -> None:
    def die(outgoing: Outgoing) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        delivery.deliver(now, 10, die)
    world = World()

    assert delivery.deliver(now + delivery.LEASE - MINUTE, 10, world.send) == 0
    assert delivery.deliver(now + delivery.LEASE, 10, world.send) == 1
    assert [mail.message_id for mail in world.mails] == [answered.mail_id]


def test_a_worker_that_comes_late_does_not_undo_what_another_wrote(answered: Delivery, now: datetime) -> None:
    def overtaken(outgoing: Outgoing) -> Outcome:
        delivery.deliver(now + delivery.LEASE, 10, World().send)
        return Deferred("timed out")

    delivery.deliver(now, 10, overtaken)

    answered.refresh_from_db()
    assert answered.state == "sent"


def test_an_unexpected_failure_of_the_sender_is_a_mail_that_waits(answered: Delivery, now: datetime) -> None:
    def broken(outgoing: Outgoing) -> Outcome:
        raise RuntimeError("a defect")

    delivery.deliver(now, 10, broken)

    answered.refresh_from_db()
    assert (answered.state, answered.last_error) == ("due", "RuntimeError: a defect")


def test_a_row_that_is_no_mail_fails_and_harms_no_other(answered: Delivery, ada: Agent, now: datetime) -> None:
    Delivery.objects.create(recipient="x@y.example", mail_id="<broken@desk.example>", due_at=now, created_at=now)
    world = World()

    delivery.deliver(now, 10, world.send)

    assert [mail.message_id for mail in world.mails] == [answered.mail_id]
    assert Delivery.objects.get(mail_id="<broken@desk.example>").state == "failed"


def test_a_failed_mail_can_be_sent_again_by_hand(answered: Delivery, ada: Agent, now: datetime) -> None:
    delivery.deliver(now, 10, World(Refused("550 mailbox full")).send)
    world = World()

    again.resend(ada, answered.pk, now=now + MINUTE)
    delivery.deliver(now + MINUTE, 10, world.send)

    assert [mail.message_id for mail in world.mails] == [answered.mail_id]
    answered.refresh_from_db()
    assert (answered.state, answered.attempts) == ("sent", 1)


def test_a_mail_that_is_being_sent_is_not_sent_again(answered: Delivery, ada: Agent, now: datetime) -> None:
    Delivery.objects.update(state="sending")

    with pytest.raises(Conflict):
        again.resend(ada, answered.pk, now=now)


def test_only_those_who_may_answer_send_again(answered: Delivery, ada: Agent, now: datetime) -> None:
    light = people.add_agent("Lio Fenn", "lio@desk.example", role="light")
    stranger = people.add_agent("Ben Moss", "ben@desk.example", teams=[people.add_team("other", "Other")])
    Ticket.objects.update(queue=None, assignee=None)
    with pytest.raises(Forbidden):
        again.resend(light, answered.pk, now=now)
    Ticket.objects.update(queue="a queue nobody serves")
    assert "a queue nobody serves" not in access.visible_tickets(stranger).params["sees_queues"]
    with pytest.raises(NotFound):
        again.resend(stranger, answered.pk, now=now)
    with pytest.raises(NotFound):
        again.resend(ada, 0, now=now)


def test_a_key_that_was_changed_keeps_all_mail_back_with_a_sentence(
    answered: Delivery, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    entered = {"host": "smtp.desk.example", "port": 587, "tls": "starttls", "user": "desk", "password": "hunter2"}
    MailServer.objects.create(pk=1, secret=seal(to_json(entered)))
    monkeypatch.setattr(settings, "SECRET_KEY", "quite another key")
    house.forget()

    with outlet.visiting() as send:
        delivery.deliver(now, 10, send)

    answered.refresh_from_db()
    assert answered.state == "due"
    assert in_english(answered.last_error).startswith("A secret cannot be read: SECRET_KEY was changed.")
    assert not [record for record in caplog.records if record.exc_info]
