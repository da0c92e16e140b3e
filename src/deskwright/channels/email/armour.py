"""PGP within the text of a mail: what is signed is told without its armour, what is encrypted for us is read."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from deskwright.channels.email import pgp
from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean
from deskwright.channels.email.sealed import DECRYPTED, ENCRYPTED, PGP_SIGNED
from deskwright.channels.email.signatures import Signature

BEGIN: Final = "-----BEGIN PGP "
MESSAGE: Final = "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"
SIGNED: Final = "-----BEGIN PGP SIGNED MESSAGE-----", "-----END PGP SIGNATURE-----"
SIGNATURE: Final = "\n-----BEGIN PGP SIGNATURE-----"
HEAD: Final = re.compile(r"[^\n]*\n(?:[\w-]+: [^\n]*\n)*[ \t]*\n")
ESCAPED: Final = re.compile(r"^- ", re.MULTILINE)


class Words(NamedTuple):
    text: str
    notes: tuple[str, ...] = ()
    signatures: tuple[Signature | None, ...] = ()
    encrypted: bool = False


def unarmoured(text: str, raw: bytes, charset: str | None, ring: str, *, alone: bool) -> Words:
    """The text of a part, whose bytes are `raw`, without its armour. A signature proves nothing unless the part is
    `alone`: words beside it could be anybody's.
    """
    if BEGIN not in text:
        return Words(text)
    sealed, signed = span(text, *MESSAGE), span(text, *SIGNED)
    if sealed:
        return decrypted(text, *sealed, ring, alone=alone)
    return verified(text, *signed, raw, charset, ring, alone=alone) if signed else Words(text)


def span(text: str, first: str, last: str) -> tuple[int, int] | None:
    """From where to where the first block goes that begins and ends lines of its own."""
    begin = 0 if text.startswith(first) else text.find(f"\n{first}") + 1
    end = text.find(f"\n{last}", begin) if begin or text.startswith(first) else -1
    return (begin, end + 1 + len(last)) if end >= 0 else None


def decrypted(text: str, begin: int, end: int, ring: str, *, alone: bool) -> Words:
    found = pgp.opened(ring, text[begin:end].encode())
    if found is None:
        return Words(text, (ENCRYPTED,))
    alone = alone and not (text[:begin] + text[end:]).strip()
    signatures = ((found.signature if alone else None),) if found.signature else ()
    return Words(text[:begin] + clean(decode(found.content)) + text[end:], (DECRYPTED,), signatures, True)


def verified(text: str, begin: int, end: int, raw: bytes, charset: str | None, ring: str, *, alone: bool) -> Words:
    block = text[begin:end]
    words = ESCAPED.sub("", HEAD.sub("", block[: block.rfind(SIGNATURE)], count=1))
    alone = alone and not (text[:begin] + text[end:]).strip()
    found = pgp.cleared(ring, within(raw)) if alone else None
    if found and found.signature and found.signature.sound:  # nothing but what was signed is told as signed
        words = clean(decode(found.content, charset)).rstrip("\n")
    told = Words(text[:begin] + words + text[end:])
    return (
        told._replace(signatures=(found.signature if found else None,)) if ring else told._replace(notes=(PGP_SIGNED,))
    )


def within(raw: bytes) -> bytes:
    """The signed block as it came, byte for byte."""
    first, last = (one.encode() for one in SIGNED)
    return raw[raw.find(first) : raw.find(last) + len(last)]
