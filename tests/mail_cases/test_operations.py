"""Cases 60 to 64: mailboxes that fail, mails of ours that must leave once, and what comes back from the dead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest

from deskwright.channels.contract import Deferred, Outcome, Outgoing, Refused, Sent
from deskwright.channels.email.compose import compose
from deskwright.channels.email.imap import ImapTrouble
from deskwright.desk.answering import replies
from deskwright.desk.mailboxes import setting, standing
from deskwright.desk.outbox import delivery
from deskwright.desk.said import in_english
from deskwright.store.models import Agent, Delivery, Mailbox, RawInput, Ticket
from tests.dovecot import Dovecot, dovecot, needs_dovecot
from tests.flows.test_mailboxes import look, mail, mailbox, values
from tests.mail_cases.conftest import Post


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@needs_dovecot
def test_case_60_the_cursor_survives_new_numbers_vanished_mails_and_read_marks(post: Post, server: Dovecot) -> None:
    server.put(mail(1), mail(2), folder="Sixty")
    box = mailbox(server, post.now, folder="Sixty")
    look(box)
    with server.client() as client:
        client.select_folder("Sixty")
        client.delete_messages(client.search()[:1])
        client.expunge()
        client.append("Sixty", mail(3))
        client.add_flags(client.search(), [b"\\Seen"])
    look(box)
    with server.client() as client:
        client.delete_folder("Sixty")
    server.put(mail(4), mail(2), mail(3), folder="Sixty")
    look(box)

    assert RawInput.objects.count() == 4


@needs_dovecot
def test_case_61_an_outage_is_said_and_made_good(post: Post, server: Dovecot) -> None:
    box = mailbox(server, post.now, folder="Sixtyone")
    server.put(mail(1), folder="Sixtyone")
    look(box)
    setting.change(None, box.pk, values(server, folder="Sixtyone"), {"password": "expired"}, now=post.now)
    with pytest.raises(ImapTrouble) as trouble:
        standing_failure(box)
    standing.failed(Mailbox.objects.get(pk=box.pk), str(trouble.value), post.now)
    assert Mailbox.objects.get(pk=box.pk).failing_since == post.now

    server.put(mail(2), mail(3), folder="Sixtyone")
    setting.change(None, box.pk, values(server, folder="Sixtyone"), {"password": "a-password-for-tests"}, now=post.now)
    look(box)

    assert RawInput.objects.count() == 3
    assert Mailbox.objects.get(pk=box.pk).error == ""


def standing_failure(box: Mailbox) -> None:
    from deskwright.jobs.fetcher import Fetcher

    Fetcher(Mailbox.objects.get(pk=box.pk)).session()


def outgoing(post: Post, ada: Agent) -> Delivery:
    first = post()
    message = replies.reply(ada, first.ticket_id or 0, "Does it work?", now=post.now)
    Delivery.objects.exclude(message_id=message).delete()
    return Delivery.objects.get(message_id=message)


def test_case_62_a_mail_is_sent_once_tried_again_and_never_called_sent_before_it_is(post: Post, ada: Agent) -> None:
    ours = outgoing(post, ada)
    sent: list[Outgoing] = []

    def answering(outcome: Outcome) -> Any:
        def send(letter: Outgoing) -> Outcome:
            sent.append(letter)
            return outcome

        return send

    at = post.now + timedelta(minutes=5)
    delivery.deliver(at, 10, answering(Deferred("451 later")))
    ours.refresh_from_db()
    assert ours.state == "due"
    delivery.deliver(at + timedelta(days=1), 10, answering(Sent("250 ok")))
    ours.refresh_from_db()

    assert ours.state == "sent"
    assert {letter.message_id for letter in sent} == {ours.mail_id}, "a repeat carries the same Message-ID"
    assert delivery.deliver(at + timedelta(days=2), 10, answering(Sent("250 ok"))) == 0


def test_case_62_a_refusal_is_shown_on_the_message(post: Post, ada: Agent) -> None:
    ours = outgoing(post, ada)

    delivery.deliver(post.now + timedelta(minutes=5), 10, lambda _: Refused("550 no such user"))

    ours.refresh_from_db()
    assert (ours.state, "550" in ours.last_error) == ("failed", True)


def test_case_63_automatic_mail_says_so_and_all_of_it_is_whole(post: Post, ada: Agent) -> None:
    first = post()
    replies.reply(ada, first.ticket_id or 0, "**Does** it work?", now=post.now)
    sent: dict[str, Any] = {}

    def send(letter: Outgoing) -> Outcome:
        sent["auto" if letter.auto_submitted else "human"] = message_from_bytes(compose(letter))
        return Sent("250 ok")

    delivery.deliver(post.now + timedelta(minutes=5), 10, send)

    assert sent["auto"]["Auto-Submitted"] == "auto-replied"
    assert sent["human"]["Auto-Submitted"] is None
    for letter in sent.values():
        assert letter["Message-ID"].endswith("@desk.example>")
        assert letter["Date"]
        assert [part.get_content_type() for part in letter.walk()][-2:] == ["text/plain", "text/html"]


def test_case_64_a_deleted_conversation_does_not_come_back(post: Post) -> None:
    raw = post.raw()
    first = post.take(raw)
    Ticket.objects.filter(pk=first.ticket_id).delete()

    again = post.take(raw)

    assert (again.disposition, in_english(again.reason)) == (
        "duplicate",
        "the same mail was taken in before, and what became of it is gone",
    )
    assert not Ticket.objects.exists()
