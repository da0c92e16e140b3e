"""Files written straight into the text by old programs (uuencode): taken out and decoded."""

from __future__ import annotations

import binascii
import mimetypes
import re

from deskwright.channels.contract import Attachment
from deskwright.channels.email.cleaning import clean_line

BLOCK = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[ -`]{1,90}\n){1,400000})end[ \t]*$", re.MULTILINE)


def take_uuencoded(text: str) -> tuple[str, list[Attachment]]:
    """(the text without the blocks, the files in them). A block that does not decode stays text."""
    if "\nbegin " not in text and not text.startswith("begin "):
        return text, []
    files: list[Attachment] = []

    def taken(match: re.Match[str]) -> str:
        try:
            content = b"".join(decoded(line) for line in match[2].splitlines())
        except binascii.Error:
            return match[0]
        name = re.split(r"[/\\]", clean_line(match[1], 180))[-1] or "file"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        files.append(Attachment(name, kind, len(content), content))
        return ""

    return BLOCK.sub(taken, text), files


def decoded(line: str) -> bytes:
    """One line; some encoders pad it wrongly, so its own length decides."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (((ord(line[0]) - 32) & 63) * 4 + 5) // 3
        return binascii.a2b_uu(line[:length])
