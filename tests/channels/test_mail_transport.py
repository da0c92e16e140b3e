"""Real SMTP and LMTP on loopback: nothing is acknowledged before it is kept, and nothing kept is lost."""

from __future__ import annotations

import io
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deskwright.channels.console import Console
from deskwright.channels.contract import Address, Deferred, Envelope, Outgoing, Refused, Sent, Unavailable
from deskwright.channels.email import smtp
from deskwright.channels.email.compose import compose
from deskwright.channels.email.listener import Listener
from deskwright.channels.email.smtp import Smtp, SmtpSettings, connect

LETTER = Outgoing(
    from_=Address("Support", "support@desk.example"),
    to=(Address("Ada", "ada@example.com"), Address("Bob", "bob@example.com")),
    subject="Re: Printer",
    message_id="<dw.7.m1.abc@desk.example>",
    text=".\n..\nIt is repaired.\n",
    date=datetime(2026, 11, 24, 10, tzinfo=UTC),
)


@contextmanager
def listening(accept, **options) -> Iterator[Listener]:
    listener = Listener("127.0.0.1", 0, accept, **options)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()


def sender(listener: Listener) -> Smtp:
    return Smtp(SmtpSettings("127.0.0.1", listener.port, tls="off", timeout=10, local_hostname="client.example"))


def client(listener: Listener) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", listener.port, local_hostname="client.example", timeout=10)


def test_a_letter_arrives_byte_for_byte():
    taken: list[Envelope] = []
    with listening(taken.append) as listener:
        assert isinstance(sender(listener).send(LETTER), Sent)
    assert taken == [
        Envelope("support@desk.example", ("ada@example.com", "bob@example.com"), compose(LETTER), "127.0.0.1")
    ]


def test_mails_of_one_visit_share_a_connection_until_something_goes_wrong():
    taken: list[Envelope] = []

    def accept(envelope: Envelope) -> str | None:
        taken.append(envelope)
        return "550 no" if len(taken) == 2 else None

    with listening(accept) as listener, pytest.MonkeyPatch.context() as patch:
        opened: list[object] = []
        patch.setattr(smtp, "connect", lambda settings: opened.append(settings) or connect(settings))
        with closing(sender(listener).visit()) as visit:
            kinds = [type(visit.send(LETTER)) for _ in range(4)]
    assert kinds == [Sent, Refused, Sent, Sent]
    assert len(opened) == 2, "one for the first two, one for the others"
    assert {one.raw for one in taken} == {compose(LETTER)}


def test_a_connection_the_server_has_closed_meanwhile_costs_no_mail():
    taken: list[Envelope] = []
    with listening(taken.append) as listener, closing(sender(listener).visit()) as visit:
        assert isinstance(visit.send(LETTER), Sent)
        visit._client.sock.shutdown(socket.SHUT_RDWR)
        assert isinstance(visit.send(LETTER), Sent)
    assert len(taken) == 2


def test_acceptance_is_said_only_after_the_mail_is_kept():
    asked, may_keep = threading.Event(), threading.Event()
    outcome: list[object] = []

    def accept(envelope: Envelope) -> None:
        asked.set()
        assert may_keep.wait(10)

    with listening(accept) as listener:
        sending = threading.Thread(target=lambda: outcome.append(sender(listener).send(LETTER)))
        sending.start()
        assert asked.wait(10)
        sending.join(0.1)
        assert outcome == []
        may_keep.set()
        sending.join(10)
    assert isinstance(outcome[0], Sent)


@pytest.mark.parametrize("trouble", [Unavailable("the database is away"), RuntimeError("a bug")])
def test_what_cannot_be_kept_is_asked_for_again(trouble):
    def accept(envelope: Envelope) -> None:
        raise trouble

    with listening(accept) as listener:
        outcome = sender(listener).send(LETTER)
    assert isinstance(outcome, Deferred) and outcome.reason.startswith("451")


def test_accept_may_refuse_for_good():
    with listening(lambda envelope: "550 5.1.1 No such mailbox here") as listener:
        assert sender(listener).send(LETTER) == Refused("550 5.1.1 No such mailbox here")


def test_an_answer_that_is_none_loses_nothing():
    with listening(lambda envelope: "thanks\r\n250 ok") as listener:
        assert isinstance(sender(listener).send(LETTER), Deferred)


def test_the_null_sender_and_addresses_in_utf8_are_taken():
    taken: list[Envelope] = []
    with listening(taken.append) as listener, client(listener) as smtp:
        smtp.sendmail("", "support@desk.example", b"x")
        smtp.ehlo()
        smtp.command_encoding = "utf-8"
        smtp.sendmail("ada@example.com", "günter@desk.example", b"x", mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    assert taken[0].mail_from == ""
    assert taken[1].rcpt_tos == ("günter@desk.example",)


def test_many_senders_at_once_are_all_kept_once():
    taken: list[str] = []
    together = threading.Barrier(8)

    def accept(envelope: Envelope) -> None:
        together.wait(10)
        taken.append(envelope.mail_from)

    with listening(accept, threads=8) as listener:
        letters = [replace(LETTER, mail_from=f"s{number}@desk.example") for number in range(24)]
        sending = [threading.Thread(target=sender(listener).send, args=(letter,)) for letter in letters]
        for thread in sending:
            thread.start()
        for thread in sending:
            thread.join(20)
    assert sorted(taken) == sorted(f"s{number}@desk.example" for number in range(24))


def test_stopping_finishes_and_answers_the_mail_in_hand():
    asked, may_keep = threading.Event(), threading.Event()
    outcome: list[object] = []

    def accept(envelope: Envelope) -> None:
        asked.set()
        assert may_keep.wait(10)

    listener = Listener("127.0.0.1", 0, accept)
    listener.start()
    sending = threading.Thread(target=lambda: outcome.append(sender(listener).send(LETTER)))
    sending.start()
    assert asked.wait(10)
    stopping = threading.Thread(target=listener.stop)
    stopping.start()
    stopping.join(0.1)
    assert stopping.is_alive()
    may_keep.set()
    stopping.join(10)
    sending.join(10)
    assert isinstance(outcome[0], Sent)
    assert isinstance(sender(listener).send(LETTER), Deferred)


def test_stopping_closes_idle_connections():
    listener = Listener("127.0.0.1", 0, lambda envelope: None)
    listener.start()
    with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as idle:
        assert idle.recv(100).startswith(b"220")
        listener.stop()
        assert idle.recv(100).startswith(b"421")
        assert idle.recv(100) == b""
    listener.stop()


def test_a_port_in_use_is_said_at_once():
    with listening(lambda envelope: None) as listener, pytest.raises(OSError, match="address already in use"):
        Listener("127.0.0.1", listener.port, lambda envelope: None).start()


def test_lmtp_answers_for_each_recipient():
    taken: list[Envelope] = []
    with (
        listening(taken.append, lmtp=True) as listener,
        smtplib.LMTP("127.0.0.1", listener.port, "client.example") as lmtp,
    ):
        assert lmtp.ehlo()[0] == 250
        lmtp.mail("ada@example.com")
        lmtp.rcpt("one@desk.example")
        lmtp.rcpt("two@desk.example")
        assert lmtp.data(b"Subject: x\r\n\r\nx")[0] == 250
        assert lmtp.getreply()[0] == 250
        assert lmtp.noop()[0] == 250
    assert taken[0].rcpt_tos == ("one@desk.example", "two@desk.example")


def test_data_before_a_recipient_is_refused():
    with listening(lambda envelope: None) as listener, client(listener) as smtp:
        smtp.ehlo()
        assert smtp.docmd("DATA")[0] == 503


def test_no_server_there_means_later():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert isinstance(Smtp(SmtpSettings("127.0.0.1", port, tls="off", timeout=2)).send(LETTER), Deferred)


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ({"bob@example.com": b"550 5.1.1 unknown"}, Sent),
        ({"ada@example.com": b"550 5.1.1 unknown", "bob@example.com": b"550 5.1.1 unknown"}, Refused),
        ({"ada@example.com": b"550 5.1.1 unknown", "bob@example.com": b"451 4.2.1 greylisted"}, Deferred),
        ({"hello": b"421 4.3.2 too busy"}, Deferred),
        ({"hello": b"554 5.7.1 go away"}, Deferred),
        ({"sender": b"550 5.7.1 not you"}, Refused),
        ({"data": b"452 4.3.1 full"}, Deferred),
        ({"data": b""}, Deferred),
    ],
)
def test_what_the_other_server_says_decides(replies, kind):
    with scripted(replies) as port:
        outcome = Smtp(SmtpSettings("127.0.0.1", port, tls="off", timeout=5)).send(LETTER)
    assert isinstance(outcome, kind)
    if isinstance(outcome, Sent):
        assert outcome == Sent("2.0.0 queued as 42", ("bob@example.com",))


@pytest.mark.parametrize(
    ("replies", "away"),
    [
        ({"hello": b"421 4.3.2 too busy"}, True),
        ({"sender": b"421 4.3.2 too many mails in one connection"}, True),
        ({"ada@example.com": b"421 4.3.2 shutting down"}, True),
        ({"data": b"421 4.3.2 shutting down"}, True),
        ({"data": b""}, False),
        ({"sender": b""}, False),
        ({"data": b"451 4.7.1 looked at again"}, False),
    ],
)
def test_a_server_is_away_when_it_says_so_or_takes_no_connection_not_when_it_drops_one_mail(replies, away):
    with scripted(replies) as port:
        outcome = Smtp(SmtpSettings("127.0.0.1", port, tls="off", timeout=5)).send(LETTER)
    assert isinstance(outcome, Deferred)
    assert outcome.server is away
    assert outcome.slower is (b"451" in replies.get("data", b""))


@contextmanager
def scripted(replies: dict[str, bytes]) -> Iterator[int]:
    """A mail server on loopback that says what it is told; an empty answer hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve_one, args=(server, replies))
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def serve_one(server: socket.socket, replies: dict[str, bytes]) -> None:
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(replies.get("hello", b"220 mx.example") + b"\r\n")
        for line in lines:
            reply = said(line.decode().strip(), lines, connection, replies)
            if not reply:
                return
            connection.sendall(reply + b"\r\n")
            if reply.startswith(b"221"):
                return


def said(line: str, lines, connection: socket.socket, replies: dict[str, bytes]) -> bytes:
    verb = line[:4].upper()
    if verb == "RCPT":
        return replies.get(line.split("<")[1].split(">")[0], b"250 ok")
    if verb == "MAIL":
        return replies.get("sender", b"250 ok")
    if verb == "DATA":
        connection.sendall(b"354 go\r\n")
        while lines.readline() != b".\r\n":
            pass
        return replies.get("data", b"250 2.0.0 queued as 42")
    return b"221 bye" if verb == "QUIT" else b"250 mx.example"


def test_a_letter_that_cannot_be_written_is_refused_without_a_connection():
    nobody = Smtp(SmtpSettings("192.0.2.1", 25, timeout=0.1))
    assert isinstance(nobody.send(replace(LETTER, to=())), Refused)
    assert isinstance(nobody.send(replace(LETTER, to=(Address("", "nobody"),))), Refused)


def test_a_server_without_smtputf8_cannot_take_such_an_address():
    with scripted({}) as port:
        letter = replace(LETTER, to=(Address("", "günter@example.com"),))
        assert isinstance(Smtp(SmtpSettings("127.0.0.1", port, tls="off", timeout=5)).send(letter), Refused)


def test_a_server_without_encryption_gets_nothing_when_encryption_is_asked_for():
    with listening(lambda envelope: None) as listener:
        outcome = Smtp(SmtpSettings("127.0.0.1", listener.port, tls="starttls", timeout=5)).send(LETTER)
    assert isinstance(outcome, Deferred)


def test_a_wrong_password_costs_no_letter():
    with listening(lambda envelope: None) as listener:
        settings = SmtpSettings("127.0.0.1", listener.port, tls="off", user="desk", password="wrong", timeout=5)
        assert isinstance(Smtp(settings).send(LETTER), Deferred)


def test_the_password_is_not_shown():
    assert "hunter2" not in repr(SmtpSettings("mx.example", user="desk", password="hunter2"))


def test_the_console_prints_what_would_be_sent():
    stream = io.StringIO()
    assert Console(stream).send(replace(LETTER, subject="x\r\ny", auto_submitted="auto-replied")) == Sent("printed")
    printed = stream.getvalue()
    assert "ada@example.com, bob@example.com" in printed
    assert "Subject: x y" in printed and "auto-replied" in printed and "It is repaired." in printed


def test_the_console_refuses_what_no_server_could_take():
    assert isinstance(Console(io.StringIO()).send(replace(LETTER, to=())), Refused)
    assert isinstance(Console(io.StringIO()).send(replace(LETTER, message_id="none at all")), Refused)
