"""The quick reading of a mail's parts is the standard parser's, or hands over to it."""

from __future__ import annotations

import email
from email.message import Message
from email.policy import compat32
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskwright.channels.email.structure import message_of

TWO_WAYS = b"""Subject: =?utf-8?q?Ad=C3=A4?=
 and more
Content-Type: multipart/mixed; boundary="b"

a preamble
--b
Content-Type: multipart/alternative; boundary=bb

--bb
Content-Type: text/plain; charset=latin-1

w\xf6rds
--bb-not
--bb \t

no fields
--bb--
--b
Content-Type: image/png
Content-Transfer-Encoding: base64

QUJD

--b--
an epilogue
--b
"""
LINES = (
    *(b"--b", b"--b--", b"--bb", b"--bb--", b"--b ", b"--b--x", b"", b"", b"", b"words", b"w\xf6rds", b" folded"),
    *(b"A: b", b"A:", b":", b"A b: c", b"From x", b"a\rb", b"\x0c", b"\x85"),
    *(b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/alternative; boundary=bb"),
    *(b"Content-Type: multipart/digest; boundary=bb", b"Content-Type: message/rfc822", b"Content-Type: text/plain"),
    b"Content-Transfer-Encoding: base64",
)
PARTS = st.lists(st.sampled_from(LINES), max_size=9).map(b"\n".join)
WHOLE = st.lists(PARTS, min_size=1, max_size=3).map(
    lambda parts: b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + b"\n--b\n".join(parts) + b"\n--b--"
)


def tree(part: Message) -> Any:
    """What is read of a part and those inside it."""
    payload = part._payload  # type: ignore[attr-defined]  # as it stands: asked for as text it would be decoded
    inside = [tree(child) for child in payload] if isinstance(payload, list) else payload
    return list(part.raw_items()), part.get_content_type(), [type(one) for one in part.defects], inside


def expected(raw: bytes) -> Any:
    return tree(email.message_from_bytes(raw, policy=compat32))


@given(st.one_of(WHOLE, PARTS), st.sampled_from((b"\n", b"\r\n")))
def test_the_parts_are_those_of_the_standard_parser(raw: bytes, line_end: bytes) -> None:
    raw = raw.replace(b"\n", line_end)
    assert tree(message_of(raw)) == expected(raw)


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_mail_that_keeps_the_rules_is_read_without_the_standard_parser(line_end: bytes) -> None:
    raw = TWO_WAYS.replace(b"\n", line_end)
    with mock.patch.object(email, "message_from_bytes", side_effect=AssertionError):
        found = message_of(raw)
    assert tree(found) == expected(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"no fields at all",
        b"A: b\nno empty line after the fields\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nnobody closed this",
        b"Content-Type: multipart/mixed\n\n--b\n\nno boundary is named\n--b--",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\ntwice\n--b--",
        b"Content-Type: message/rfc822\n\nSubject: inside\n\nwords\n",
    ],
)
def test_a_mail_that_does_not_is_left_to_the_standard_parser(raw: bytes) -> None:
    assert tree(message_of(raw)) == expected(raw)
