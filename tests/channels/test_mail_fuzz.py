"""Whatever bytes arrive, parsing ends, and says something that can be stored."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.channels.contract import Incoming
from deskwright.channels.email.parse import parse

LETTER = b"""From: =?utf-8?q?Ad=C3=A4?= <ada@example.com>
To: Team: a@b.c, "x, y" <d@e.f>;
Subject: =?gb2312?B?1uw=?= x
References: <a@b>
 <c@d>
Date: Tue, 24 Nov 2026 10:00:00 +0100
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain; format=flowed; delsp=yes; charset=utf-8

words\x20
> q
--c
Content-Type: text/html; charset=x
Content-Transfer-Encoding: quoted-printable

<div class=3D"gmail_quote">q<blockquote>=
</div>
--c--
--b
Content-Type: image/png; name*0*=utf-8''%C3; name*1*=%A4.png
Content-Transfer-Encoding: base64

QUJD
--b--"""
REPORT = rb"""Return-Path: <>
From: MAILER-DAEMON
Content-Type: multipart/report; boundary=b

--b

550 5.1.1 <a@b.c>
--b
Content-Type: message/delivery-status

Reporting-MTA: x

Final-Recipient: rfc822;a@b.c
Action: failed

--b
Content-Type: message/rfc822

Message-ID: <x@y>

hi
--b--"""
INVITATION = rb"""From: a@b.c
In-Reply-To: <x@y>
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
DTSTART;TZID=X:20261124T100000
SUMMARY:x\
 y
END:VEVENT"""
ANSWER = b"""Subject: Re: x

begin 644 a
#0V%T
`
end

On Tue, 24 Nov 2026 at 10:00, A <a@b.c>
wrote:
> x
--\x20
s"""
SEEDS = [seed.replace(b"\n", b"\r\n") for seed in (LETTER, REPORT, INVITATION, ANSWER)]
PIECES = [
    b"\r\n",
    b"\r\n\r\n",
    b"\x00",
    b"\xff",
    b"=?",
    b"?=",
    b"--b",
    b"--c--",
    b"<",
    b">",
    b'"',
    b";",
    b"*=",
    b"(",
    b"=\r\n",
    b"\x1b$B",
]


def storable(incoming: Incoming) -> None:
    """No text that PostgreSQL would refuse, and every promise of the contract."""
    assert isinstance(incoming, Incoming)
    assert incoming.message_id.startswith("<") and incoming.message_id.endswith(">")
    texts = [getattr(incoming, field.name) for field in fields(incoming)]
    texts += [word for address in (*incoming.to, *incoming.cc) for word in (address.name, address.email)]
    texts += [word for item in incoming.attachments for word in (item.name, item.content_type, item.content_id)]
    for text in texts:
        if isinstance(text, str):
            text.encode()
            assert "\x00" not in text
    assert all(item.name and "/" not in item.name for item in incoming.attachments)
    assert bool(incoming.new_text_bare) == bool(incoming.text)
    assert "\n" not in incoming.subject


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_parsed(raw):
    storable(parse(raw))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(
        st.tuples(st.integers(0, 1000), st.integers(0, 30), st.sampled_from(PIECES) | st.binary(max_size=4)), max_size=8
    ),
)
def test_damaged_mails_are_parsed(seed, wounds):
    raw = seed
    for anywhere, length, piece in wounds:
        place = anywhere % (len(raw) + 1)
        raw = raw[:place] + piece + raw[place + length :]
    storable(parse(raw))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        ["From", "To", "Subject", "References", "Content-Type", "Content-Disposition", "Date", "Reply-To", "Cc"]
    ),
    st.binary(max_size=120).map(lambda value: value.replace(b"\n", b" ").replace(b"\r", b" ")),
)
def test_any_header_value_is_parsed(name, value):
    storable(parse(name.encode() + b": " + value + b"\r\n\r\nHello"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mail_cut_at_any_place_is_parsed(seed):
    for place in random.Random(7).sample(range(len(seed)), 60):
        storable(parse(seed[:place]))


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: " + b"=?a?q?" * 15_000 + b"\n\nx",
        b"From: " + b"<" * 60_000 + b"\n\n",
        b"From: " + b"a" * 60_000 + b"\n\n",
        b"To: " + b'\\"' * 30_000 + b"\n\n",
        b"References: " + b"a" * 100_000 + b"\n\n",
        b"To: a@b.c\n" * 10_000 + b"\n",
        b"Content-Type: text/html\n\n" + b"<div>" * 100_000,
        b"Content-Type: text/html\n\n" + b"<blockquote>x" * 3_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 100_000,
        b"From: mailer-daemon@x.y\nSubject: Undelivered\n\n" + b"to:" * 100_000,
        b"From: mailer-daemon@x.y\nSubject: Undelivered\n\n" + b"\n " * 100_000,
        b"Subject: Re: x\n\n" + b"-" * 500_000,
        b"Content-Type: message/rfc822\n\n" * 300 + b"x",
    ],
)  # fmt: skip
def test_hostile_mails_are_read_to_the_end(raw):
    """A pattern that tries again and again would not come back from these."""
    storable(parse(raw))
