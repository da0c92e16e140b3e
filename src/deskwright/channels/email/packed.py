"""Files written straight into the text by old programs (uuencode, yEnc): taken out and decoded."""

from __future__ import annotations

import binascii
import mimetypes
import re
import zlib
from typing import Final

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
        files.append(attachment(match[1], content))
        return ""

    return BLOCK.sub(taken, text), files


BEGINS: Final = re.compile(rb"^=ybegin [^\n]{0,200}?name=([^\r\n]{1,200})\r?\n(?:=ypart [^\n]{0,200}\n)?", re.MULTILINE)
ENDS: Final = re.compile(rb"\r?\n=yend([^\r\n]{0,200})")
ESCAPED: Final = re.compile(rb"=(.)", re.DOTALL)
LESS_42: Final = bytes((byte - 42) % 256 for byte in range(256))
LESS_64: Final = bytes((byte - 64) % 256 for byte in range(256))


def take_yenc(raw: bytes) -> tuple[bytes, list[Attachment], bool]:
    """(the text's bytes without the blocks, the files in them, whether one of them arrived damaged)."""
    files: list[Attachment] = []
    words: list[bytes] = []
    damaged, place = False, 0
    while begins := BEGINS.search(raw, place):
        ends = ENDS.search(raw, begins.end())
        if ends is None:
            break
        packed = re.sub(rb"[\r\n]", b"", raw[begins.end() : ends.start()])
        content = ESCAPED.sub(lambda one: one[1].translate(LESS_64), packed).translate(LESS_42)
        damaged = damaged or not whole(content, ends[1])
        files.append(attachment(begins[1].decode("utf-8", "replace"), content))
        words.append(raw[place : begins.start()])
        place = ends.end()
    return b"".join([*words, raw[place:]]), files, damaged


def whole(content: bytes, end: bytes) -> bool:
    """Whether a file is as its last line says: its size, and its checksum where one is given. Where it is a part of a
    larger one, only `pcrc32` is its own.
    """
    name = rb"\bpcrc32" if re.search(rb"\bpart=|\bpcrc32=", end) else rb"\bcrc32"
    size, checksum = re.search(rb"\bsize=(\d{1,15})", end), re.search(name + rb"=([0-9a-fA-F]{1,8})", end)
    fits = size is None or int(size[1]) == len(content)
    return fits and (checksum is None or int(checksum[1], 16) == zlib.crc32(content))


def attachment(written: str, content: bytes) -> Attachment:
    name = re.split(r"[/\\]", clean_line(written, 180))[-1] or "file"
    return Attachment(name, mimetypes.guess_type(name)[0] or "application/octet-stream", len(content), content)


def decoded(line: str) -> bytes:
    """One line; some encoders pad it wrongly, so its own length decides."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (((ord(line[0]) - 32) & 63) * 4 + 5) // 3
        return binascii.a2b_uu(line[:length])
