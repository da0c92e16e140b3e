"""Mail handed in by SMTP or LMTP is kept before the sender hears 250; while the database is away it hears 451."""

from __future__ import annotations

import itertools
import smtplib
import socket
import threading
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.conf import settings

from deskwright.channels.contract import Envelope
from deskwright.channels.email.listener import Listener
from deskwright.cli import leash, mail
from deskwright.cli.failures import Refused
from deskwright.desk import clock
from deskwright.desk.arriving import intake
from deskwright.jobs.listener import Journal
from deskwright.store.models import RawInput, Ticket

MAIL = "From: Mina <mina@harbor.example>\r\nSubject: Exports {0}\r\nMessage-ID: <{0}@harbor.example>\r\n\r\nDown.\r\n"


@pytest.fixture
def journal(live_db: str) -> Iterator[Journal]:
    journal = Journal()
    journal.open()
    yield journal
    journal.close()


@pytest.fixture
def port(journal: Journal) -> Iterator[int]:
    listener = Listener("127.0.0.1", 0, journal.accept)
    listener.start()
    yield listener.port
    listener.stop()


def send(port: int, number: int = 0) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("mina@harbor.example", ["support@desk.example"], MAIL.format(number).encode())


def test_a_mail_is_in_the_journal_when_its_sender_hears_250(port: int) -> None:
    send(port)

    raw = RawInput.objects.get()
    assert bytes(raw.body).startswith(b"From: Mina")
    assert raw.envelope["to"] == ["support@desk.example"]
    assert raw.state == "pending"
    intake.work_off(clock.now())
    assert Ticket.objects.get().subject == "Exports 0"


def test_a_process_whose_address_is_taken_says_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leash, "until_told", threading.Event)
    monkeypatch.setattr(mail, "fetch", lambda stop: stop.wait())

    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        known = replace(settings.ENV, smtp_listen=None, lmtp_listen=("127.0.0.1", port))
        monkeypatch.setattr(settings, "ENV", known)
        with pytest.raises(Refused) as refused:
            mail.main(Namespace(leash=None))

    assert str(refused.value) == (
        f"Mail cannot be taken in at 127.0.0.1:{port}: another process listens there. "
        "Set LMTP_LISTEN to a free address, or to off."
    )


def test_mails_that_come_together_share_a_transaction(
    port: int, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    all_there, journal_many = threading.Event(), intake.journal_many

    def slow(channel: str, inputs: Any, now: Any) -> list[int]:
        batches.append(len(inputs))
        if len(batches) == 1:
            assert all_there.wait(20)
        return journal_many(channel, inputs, now)

    def count(*handed_in: Any) -> None:
        submit(*handed_in)
        if next(arrivals) == 6:
            all_there.set()

    submit, arrivals = journal.gathering.submit, itertools.count(1)
    monkeypatch.setattr(intake, "journal_many", slow)
    monkeypatch.setattr(journal.gathering, "submit", count)
    senders = [threading.Thread(target=send, args=[port, number]) for number in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(20)

    assert sum(batches) == RawInput.objects.count() == 6
    assert len(batches) <= 2


def test_while_the_database_is_away_the_sender_hears_451_and_afterwards_250(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = threading.Event()

    def away(*_: Any) -> list[int]:
        raise psycopg.OperationalError("the database is gone")

    with monkeypatch.context() as outage:
        outage.setattr(intake, "journal_many", away)
        outage.setattr("deskwright.store.outage.answers", back.is_set)
        for number in range(3):
            with pytest.raises(smtplib.SMTPDataError) as refused:
                send(port, number)
            assert refused.value.smtp_code == 451
    back.set()
    answers = iter(range(200))
    while not RawInput.objects.exists():
        assert next(answers) < 199, "the journal never came back"
        try:
            send(port, 9)
        except smtplib.SMTPDataError:
            continue

    assert RawInput.objects.count() == 1


def test_a_sender_with_a_nul_in_its_address_is_kept_all_the_same(journal: Journal) -> None:
    journal.accept(Envelope("mi\0na@harbor.example", ("support@desk.example\0",), b"raw", "192.0.2.1"))

    assert RawInput.objects.get().envelope["from"] == "mina@harbor.example"
