"""A mail that is handed in is read byte for byte: limits, long lines, and dots wherever they stand."""

from __future__ import annotations

import smtplib

import pytest

from deskwright.channels.contract import Envelope
from tests.channels.test_mail_transport import client, listening


def test_a_mail_beyond_the_limit_is_refused_and_the_connection_goes_on():
    taken: list[Envelope] = []
    with listening(taken.append, size_limit=10_000) as listener, client(listener) as smtp:
        smtp.ehlo()
        assert smtp.mail("ada@example.com", ["size=20000"])[0] == 552
        smtp.mail("ada@example.com")
        smtp.rcpt("support@desk.example")
        assert smtp.data(b"x" * 20_000)[0] == 552
        smtp.sendmail("ada@example.com", "support@desk.example", b"Subject: small\r\n\r\nx")
    assert [envelope.raw for envelope in taken] == [b"Subject: small\r\n\r\nx\r\n"]


def test_a_line_of_megabytes_and_eight_bit_bytes_pass_unchanged():
    raw = b"Subject: long\r\n\r\n" + b"x" * 3_000_000 + b"\r\n.dot\r\n" + bytes(range(128, 256)) + b"\r\n"
    taken: list[Envelope] = []
    with listening(taken.append) as listener, client(listener) as smtp:
        smtp.sendmail("ada@example.com", "support@desk.example", raw)
    assert taken[0].raw == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b".\r\n",
        b"..\r\n.\r\n",
        b"A sentence.\r\n.\r\n.second\r\n",
        b"one\n.\ntwo.\r\n",
        b"." * 200_000 + b"\r\n.\r\n" + b"x" * 65_534 + b"\r\n..\r\nend.\r\n",
    ],
)
def test_dots_pass_unchanged_wherever_they_stand(raw: bytes):
    taken: list[Envelope] = []
    with listening(taken.append) as listener, client(listener) as smtp:
        for _ in range(2):
            smtp.ehlo()
            smtp.mail("ada@example.com")
            smtp.rcpt("support@desk.example")
            smtp.docmd("DATA")
            smtp.send((b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n")
            assert smtp.getreply()[0] == 250
    assert [envelope.raw for envelope in taken] == [raw, raw]


def test_a_mail_in_pieces_is_the_same_mail():
    taken: list[Envelope] = []
    with listening(taken.append) as listener, client(listener) as smtp:
        smtp.ehlo()
        smtp.mail("ada@example.com")
        smtp.rcpt("support@desk.example")
        smtp.docmd("DATA")
        for byte in b"..dot.\r\n..\r\n.x\r\n.\r\n":
            smtp.send(bytes([byte]))
        assert smtp.getreply()[0] == 250
    assert [envelope.raw for envelope in taken] == [b".dot.\r\n.\r\nx\r\n"]


def test_a_mail_of_exactly_the_limit_is_taken_without_counting_its_dots():
    taken: list[Envelope] = []
    with listening(taken.append, size_limit=10_000) as listener, client(listener) as smtp:
        raw = b".\r\n" * 3332 + b"xx\r\n"
        smtp.sendmail("ada@example.com", "support@desk.example", raw)
        smtp.mail("ada@example.com")
        smtp.rcpt("support@desk.example")
        assert smtp.data(raw + b".\r\n")[0] == 552
    assert [envelope.raw for envelope in taken] == [raw]


def test_a_sender_without_end_is_cut_off():
    taken: list[Envelope] = []
    with listening(taken.append, size_limit=10_000) as listener, client(listener) as smtp:
        smtp.ehlo()
        smtp.mail("ada@example.com")
        smtp.rcpt("support@desk.example")
        smtp.docmd("DATA")
        with pytest.raises((OSError, smtplib.SMTPServerDisconnected)):
            for _ in range(100):
                smtp.send(b"x" * 100_000)
            smtp.getreply()
    assert taken == []
