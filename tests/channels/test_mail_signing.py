"""DKIM: what leaves is signed so that the published key proves it, and no change goes unnoticed."""

from __future__ import annotations

from datetime import UTC, datetime

import dkim
import pytest

from deskwright.channels.contract import Address, Attachment, Outgoing
from deskwright.channels.email import signing
from deskwright.channels.email.compose import compose

PRIVATE, PUBLIC = signing.new_key()
SIGNER = signing.Signer("desk.example", "dw20261125", PRIVATE)
LETTER = Outgoing(
    Address("Désk, of Example", "support@desk.example"),
    (Address("Mina Holt", "mina@harbor.example"),),
    "Ihre Anfrage über den Export, die schon eine Weile zurückliegt und darum einen langen Betreff hat",
    "<dw.7.m1.abc@desk.example>",
    "It works.  Twice.\n\n",
    datetime(2026, 11, 25, 9, tzinfo=UTC),
    html="<p>It <b>works</b>.</p>",
    references=tuple(f"<{number}@harbor.example>" for number in range(30)),
    attachments=(Attachment("a.pdf", "application/pdf", 3, b"%PD"),),
)


def published(name: bytes, timeout: int = 5) -> bytes | None:
    """DNS, as it is once the record is published."""
    wanted = signing.record_name(SIGNER.domain, SIGNER.selector) + "."
    return signing.record(PUBLIC).encode() if name.decode() == wanted else None


def proved(raw: bytes) -> bool:
    try:
        return bool(dkim.DKIM(raw).verify(dnsfunc=published))
    except dkim.ValidationError:
        return False


def test_a_signed_letter_is_proved_by_the_published_key() -> None:
    raw = signing.sign(compose(LETTER), SIGNER)
    assert raw.startswith(b"DKIM-Signature: ") and raw.endswith(compose(LETTER))
    assert proved(raw)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"It works.", b"It fails."),
        (b"To: Mina Holt", b"To: Eve Holt"),
        (b"From: ", b"From: eve@evil.example\r\nFrom: "),
        (b"a.pdf", b"b.exe"),
    ],
)
def test_a_letter_changed_on_the_way_is_not(old: bytes, new: bytes) -> None:
    raw = signing.sign(compose(LETTER), SIGNER)
    assert old in raw
    assert not proved(raw.replace(old, new))


def test_servers_that_fold_headers_and_end_lines_anew_break_nothing() -> None:
    raw = signing.sign(compose(LETTER), SIGNER)
    assert proved(raw.replace(b"Subject: ", b"Subject:  ").replace(b"Twice.\r\n", b"Twice. \r\n") + b"\r\n\r\n")


def test_a_key_that_is_none_is_said() -> None:
    with pytest.raises(ValueError, match=r"cannot be signed for desk\.example"):
        signing.sign(compose(LETTER), signing.Signer("desk.example", "x", "no key"))


def test_a_key_fits_into_the_strings_of_a_record_and_is_not_shown() -> None:
    pieces = signing.pieces(signing.record(PUBLIC))
    assert len(pieces) == 2 and max(map(len, pieces)) <= 255
    assert "".join(pieces) == signing.record(PUBLIC)
    assert "PRIVATE" not in repr(SIGNER)
