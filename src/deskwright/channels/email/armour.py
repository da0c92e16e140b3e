"""PGP within the text of a mail: what is signed is told without its armour; what is encrypted is found, not opened."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from deskwright.channels.email import pgp
from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean
from deskwright.channels.email.sealed import PGP_SIGNED
from deskwright.channels.email.signatures import Signature

BEGIN: Final = "-----BEGIN PGP "
END: Final = "-----END PGP "
MESSAGE: Final = f"{BEGIN}MESSAGE-----", f"{END}MESSAGE-----"
SIGNED: Final = f"{BEGIN}SIGNED MESSAGE-----", f"{END}SIGNATURE-----"
SIGNATURE: Final = f"\n{BEGIN}SIGNATURE-----"
HEAD: Final = re.compile(rf"{SIGNED[0]}[ \t]{{0,20}}\n(?:Hash: ?[\w, -]{{1,200}}\n){{0,20}}[ \t]{{0,20}}\n")
"""Before the signed words; no other field may stand here (RFC 9580, section 7.1)."""
ESCAPED: Final = re.compile(r"^- ", re.MULTILINE)


class Words(NamedTuple):
    text: str
    notes: tuple[str, ...] = ()
    signatures: tuple[Signature | None, ...] = ()


def sealed(text: str) -> str | None:
    """The encrypted block that is all of the text; None where there is none, or anything beside it."""
    block = text.strip()
    first, last = block.partition("\n")[0].rstrip(), block.rpartition("\n")[2]
    alone = block.count(BEGIN) == block.count(END) == 1
    return block if alone and (first, last) == MESSAGE else None


def holds_sealed(text: str) -> bool:
    """Whether an encrypted block stands anywhere in it."""
    return span(text, *MESSAGE) is not None


def holds_signed(text: str) -> bool:
    """Whether words signed in the open stand anywhere in it."""
    return span(text, *SIGNED) is not None


def unarmoured(text: str, raw: bytes, charset: str | None, ring: pgp.Ring, *, alone: bool) -> Words:
    """The text of a part, whose bytes are `raw`, without the armour of its first signature. That proves nothing, and is
    not checked, unless the part is `alone`: words beside it could be anybody's.
    """
    place = span(text, *SIGNED)
    words = plain(text[slice(*place)]) if place else None
    if place is None or words is None:
        return Words(text)
    before, after = text[: place[0]], text[place[1] :]
    found = pgp.cleared(ring, within(raw)) if ring.keys and alone and not (before + after).strip() else None
    if found and found.signature and found.signature.sound:  # nothing but what was signed is told as signed
        words = clean(decode(found.content, charset)).rstrip("\n")
    told = Words(before + words + after)
    if not ring.keys:
        return told._replace(notes=(PGP_SIGNED,))
    return told._replace(signatures=(found.signature if found else None,))


def span(text: str, first: str, last: str) -> tuple[int, int] | None:
    """From where to where the first block goes that begins and ends lines of its own."""
    begin = 0 if text.startswith(first) else text.find(f"\n{first}") + 1
    end = text.find(f"\n{last}", begin) if begin or text.startswith(first) else -1
    return (begin, end + 1 + len(last)) if end >= 0 else None


def plain(block: str) -> str | None:
    """The words of a signed block; None where it lacks one of the lines around them."""
    head, tail = HEAD.match(block), block.rfind(SIGNATURE)
    if head is None or tail < head.end() - 1:
        return None
    return ESCAPED.sub("", block[head.end() : tail])


def within(raw: bytes) -> bytes:
    """The signed block as it came, byte for byte."""
    first, last = (one.encode() for one in SIGNED)
    return raw[raw.find(first) : raw.find(last) + len(last)]
