"""Machines are told from humans, and reports about our own mail from tickets."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskwright.channels.email.parse import parse

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "mail" / "bounces"
NOT_ABOUT_OUR_MAIL = {"lhost-fml-03.eml", "lhost-sendmail-14.eml"}
"""A list server's loop alert, and a human who forwards a bounce."""


def auto(*headers: str, subject: str = "Printer", sender: str = "ada@example.com", mail_from: str | None = None):
    lines = "".join(f"{header}\r\n" for header in headers)
    return parse(f"From: {sender}\r\nSubject: {subject}\r\n{lines}\r\nHello".encode(), mail_from)


@pytest.mark.parametrize(
    ("header", "begins"),
    [
        ("Auto-Submitted: auto-replied", "auto-replied"),
        ("Auto-Submitted: auto-generated; x=y", "auto-generated"),
        ("Auto-Submitted: auto-notified", "auto-generated"),
        ("X-Autoreply: yes", "auto-replied"),
        ("X-Autorespond: vacation", "auto-replied"),
        ("Precedence: auto_reply", "auto-replied"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: junk", "bulk"),
        ("List-Id: <news.example.com>", "list"),
        ("Return-Path: <>", "auto-replied"),
    ],
)
def test_headers_tell_automatic_mail(header, begins):
    incoming = auto(header)
    assert (incoming.auto or "").startswith(begins)
    assert incoming.suppress_ack


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Printer",
        "Abwesenheitsnotiz: Drucker",
        "Out of Office: back on Monday",
        "Réponse automatique : imprimante",
        "Respuesta automática: impresora",
        "自動返信: ご注文",
        "Automatisch antwoord: printer",
    ],
)
def test_out_of_office_notes_are_told_by_their_subject(subject):
    assert (auto(subject=subject).auto or "").startswith("auto-replied")


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office feature is broken",
        "Re: Automatic reply rules do not work",
        "Auto insurance question",
        "Vacation days",
    ],
)
def test_humans_may_write_about_out_of_office_notes(subject):
    assert auto(subject=subject).auto is None


@pytest.mark.parametrize(
    "words",
    [
        "I am on holiday, what do I need to do to get my money back?",
        "I'm out of the office today but do call my mobile.",
        "I am on leave until 3 March, please ship the replacement after that.",
        "I am out of the office until 4 December 2026. For urgent matters write to Tom.",
    ],
)
def test_words_alone_make_nobody_a_machine(words):
    incoming = parse(f"From: ada@example.com\r\nSubject: Re: Printer\r\nIn-Reply-To: <x@y>\r\n\r\n{words}".encode())
    assert incoming.auto is None and not incoming.suppress_ack


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: no", "X-Auto-Response-Suppress: All", "List-Unsubscribe: <mailto:x@y>"]
)
def test_a_human_stays_a_human(header):
    assert auto(header).auto is None


def test_an_answer_through_a_list_is_a_humans_but_gets_no_acknowledgement():
    incoming = auto("List-Id: <support.example.com>", "In-Reply-To: <x@y>")
    assert incoming.auto is None and incoming.suppress_ack


@pytest.mark.parametrize("sender", ["no-reply@shop.example", "do_not_reply@shop.example", "NOREPLY@shop.example"])
def test_a_no_reply_sender_gets_no_acknowledgement(sender):
    incoming = auto(sender=sender)
    assert incoming.auto is None and incoming.suppress_ack


def test_an_acknowledgement_goes_to_reply_to_where_there_is_one():
    assert not auto("Reply-To: ada@example.com", sender="no-reply@shop.example").suppress_ack


def test_the_null_sender_of_the_envelope_is_no_human():
    assert (auto(mail_from="").auto or "").startswith("auto-replied")
    assert auto(mail_from="ada@example.com").auto is None


DSN = b"""From: MAILER-DAEMON@mx.example
To: support@desk.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I could not deliver it.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@example.com
Action: %s
Status: %s
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b
Content-Type: %s

From: support@desk.example
Message-ID: <dw.7.m1.abc@desk.example>

--b--
"""


@pytest.mark.parametrize("returned", [b"message/rfc822", b"text/rfc822-headers"])
@pytest.mark.parametrize(
    ("action", "status", "kind", "permanent"),
    [
        (b"failed", b"5.1.1", "failed", True),
        (b"failed", b"4.4.7", "failed", False),
        (b"delayed", b"4.4.1", "delayed", False),
        (b"delivered", b"2.0.0", "delivered", False),
    ],
)
def test_a_delivery_report_tells_who_what_and_which_mail(action, status, kind, permanent, returned):
    incoming = parse(DSN % (action, status, returned))
    assert incoming.bounce is not None
    assert (incoming.bounce.kind, incoming.bounce.permanent) == (kind, permanent)
    assert incoming.bounce.failed_recipient == "ada@example.com"
    assert incoming.bounce.status == status.decode()
    assert incoming.bounce.original_message_id == "<dw.7.m1.abc@desk.example>" == incoming.references[-1]
    assert (incoming.auto or "").startswith("auto-replied")


def test_a_bounce_in_free_words_is_recognised():
    raw = (
        b"Return-Path: <>\r\nFrom: Mail Delivery System <postmaster@mx.example>\r\nTo: support@desk.example\r\n"
        b"Subject: failure notice\r\n\r\nSorry:\r\n<ada@example.com>:\r\n550 5.1.1 unknown user\r\n\r\n"
        b"--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <dw.7.m1.abc@desk.example>\r\n"
    )
    bounce = parse(raw).bounce
    assert bounce is not None and bounce.permanent
    assert (bounce.failed_recipient, bounce.original_message_id) == ("ada@example.com", "<dw.7.m1.abc@desk.example>")


def test_a_human_who_asks_about_a_bounce_is_a_human():
    incoming = parse(b"From: ada@example.com\r\nSubject: Undelivered mail\r\n\r\nI got: 550 5.1.1 user unknown. Why?")
    assert incoming.bounce is None and incoming.auto is None


def test_a_read_receipt_is_no_answer():
    raw = (
        b"From: ada@example.com\r\nSubject: Read: Printer\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
        b"--b\r\n\r\nRead.\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        b"Disposition: x/y; displayed\r\n--b--"
    )
    assert parse(raw).auto == "auto-replied: read receipt"


def test_an_accepted_invitation_is_no_answer():
    calendar = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR"
    raw = b"From: ada@example.com\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n" + calendar
    assert parse(raw).auto == "auto-replied: answer to an invitation"


@pytest.fixture(scope="module")
def samples():
    if not SAMPLES.is_dir():
        pytest.skip("the sample mails (../shared/data/mail/bounces) are not beside this checkout")
    return {path.name: parse(path.read_bytes()) for path in sorted(SAMPLES.glob("*.eml"))}


def test_every_real_bounce_is_recognised(samples):
    missed = {name for name, incoming in samples.items() if incoming.auto is None}
    assert missed <= NOT_ABOUT_OUR_MAIL


def test_real_bounces_name_who_did_not_get_the_mail(samples):
    bounces = [incoming.bounce for incoming in samples.values() if incoming.bounce]
    assert len(bounces) >= 300
    assert sum(bounce.failed_recipient is not None for bounce in bounces) >= 0.99 * len(bounces)
    assert sum(bounce.original_message_id is not None for bounce in bounces) >= 0.85 * len(bounces)


def test_who_checked_a_sender_is_read_from_the_topmost_header_and_can_be_stored():
    top = b"Authentication-Results: MX.Desk.example 1; spf=pass (dmarc=pass);\r\n dmarc=fail (p=none) header.from=x\r\n"
    below = b"Authentication-Results: forged.example; dmarc=pass\r\n"
    incoming = parse(b"From: ada@example.com\r\n" + top + below + b"\r\nHi")
    assert (incoming.checked_by, incoming.dmarc) == ("mx.desk.example", "fail")
    broken = parse(b"Authentication-Results: mx\xb3\x00.example; dmarc=pass\r\n\r\nHi")
    broken.checked_by.encode()
    assert "\x00" not in broken.checked_by
