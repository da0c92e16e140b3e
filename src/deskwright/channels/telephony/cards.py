"""Contacts that are handed on as vCards (RFC 6350): who it is and the numbers; everything else stays in the file."""

from __future__ import annotations

import re
from typing import Final

from deskwright.channels.telephony.values import Contact

KINDS: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
FOLDED: Final = re.compile(r"\r?\n[ \t]")
LINE: Final = re.compile(r"^(?:[\w-]{1,40}\.)?(FN|TEL)(?:;[^:\n]{0,200})?:(.*)", re.IGNORECASE | re.MULTILINE)
"""Tried at the begin of a line only and over so many letters: customers choose what it is tried on."""
MOST: Final = 20
LARGEST: Final = 256 * 1024
"""Bytes of a file that is read. Some hold a photo; a larger one stays a file."""


def contacts(content: bytes) -> tuple[Contact, ...]:
    """Those in the file that have a name or a number. None of a file above `LARGEST`."""
    if len(content) > LARGEST:
        return ()
    found = []
    for card in FOLDED.sub("", content.decode("utf-8", "replace")).split("END:VCARD"):
        lines = [(kind.upper(), plain(value)) for kind, value in LINE.findall(card)]
        name = next((value for kind, value in lines if kind == "FN" and value), "")
        numbers = tuple(value.removeprefix("tel:") for kind, value in lines if kind == "TEL" and value)
        if name or numbers:
            found.append(Contact(name, numbers))
    return tuple(found[:MOST])


def plain(value: str) -> str:
    """One line, its escapes undone."""
    return " ".join(re.sub(r"\\([,;\\])", r"\1", value.replace("\\n", " ")).split())[:200]
