"""Reads header values as they come: folded, encoded twice, 8-bit, half quoted. Never raises; knows no parts."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from string import ascii_letters, digits
from urllib.parse import unquote_to_bytes

from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean_line

FOLD = re.compile(r"\r?\n|\r")
ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.{0,2000}?)\?=", re.DOTALL)
BRACKETED_ID = re.compile(r"<([^<>]{1,2000})>")
TELLING = re.compile(r'\\.|["()<>,;]', re.DOTALL)
"""What cuts a value or keeps it together, and what a backslash takes its meaning from."""
PARAMETER = re.compile(r"\s*([^\s*]+)(?:\*(\d{1,3}))?(\*)?\s*")
LOOSE_ID = re.compile(r"[^\s,;<>\"]{1,500}@[^\s,;<>\"]{1,500}")
NO_BASE64 = bytes(set(range(256)) - set(f"{ascii_letters}{digits}+/".encode()))
MOST_IDS = 200
LONGEST = 64_000
"""Characters of one header value that are looked at."""


class Headers:
    """The headers of one part, by lower-case name, in the order written."""

    def __init__(self, items: Iterable[tuple[str, object]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in items:
            self._values.setdefault(name.lower(), []).append(str(value))

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> str:
        """The first value, unfolded but not decoded; "" when there is none."""
        values = self._values.get(name)
        return unfold(values[0]) if values else ""

    def all(self, name: str) -> list[str]:
        return [unfold(value) for value in self._values.get(name, ())]

    def text(self, name: str, longest: int = 1000) -> str:
        """The first value as one readable line."""
        return clean_line(decode_words(self.raw(name)), longest)

    def lower(self, name: str) -> str:
        return self.raw(name).strip().lower()


def unfold(value: str) -> str:
    value = value[:LONGEST]
    return FOLD.sub("", value) if "\n" in value or "\r" in value else value


def to_bytes(value: str) -> bytes:
    """The bytes a header value was made of; the parser keeps what is not ASCII as half surrogates."""
    return value.encode("utf-8", "surrogateescape")


def decode_words(value: str) -> str:
    """The value with its encoded words read; neighbours are joined before decoding, for characters cut in two."""
    if "=?" not in value:
        return decode(to_bytes(value))
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for match in ENCODED.finditer(value):
        between = value[end : match.start()]
        if between.strip() or match[1].lower() != charset:
            out.append(decode(pending, charset))
            pending = b""
            if between.strip() or not charset:
                out.append(decode(to_bytes(between)))
        charset = match[1].lower()
        pending += word_bytes(match[2], match[3])
        end = match.end()
    out.append(decode(pending, charset))
    out.append(decode(to_bytes(value[end:])))
    return "".join(out)


def word_bytes(encoding: str, content: str) -> bytes:
    raw = to_bytes(content)
    if encoding in "qQ":
        return binascii.a2b_qp(raw.replace(b"_", b" "), header=True)
    return tolerant_base64(raw)


def tolerant_base64(raw: bytes) -> bytes:
    """What base64 says as far as it goes: strange characters skipped, missing padding filled in."""
    letters = raw.translate(None, NO_BASE64)
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """Every Message-ID named, in angle brackets, each once; also from lists with commas or without brackets."""
    found: dict[str, None] = {}
    for value in values:
        inside = [re.sub(r"\s+", "", one) for one in BRACKETED_ID.findall(value)] or LOOSE_ID.findall(value)
        found.update((f"<{readable_id(one)}>", None) for one in inside if one)
    ids = tuple(found)
    return ids if len(ids) <= MOST_IDS else (ids[0], *ids[-MOST_IDS + 1 :])


def readable_id(value: str) -> str:
    return clean_line(decode(to_bytes(value)), 990)


def date_of(value: str) -> datetime | None:
    """The instant in UTC, None when it cannot be read."""
    try:
        written = parsedate_to_datetime(value)
        aware = written if written.tzinfo is not None else written.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """(the value itself in lower case, its parameters decoded: RFC 2231, encoded words, raw 8-bit)."""
    first, *rest = split_outside_quotes(value, ";")
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for piece in rest[:200]:
        name, equals, written = piece.partition("=")
        match = PARAMETER.fullmatch(name)
        if equals and match:
            entry = (int(match[2] or 0), match[3] is not None, unquoted(written))
            pieces.setdefault(match[1].lower(), []).append(entry)
    return first.strip().lower(), {name: joined(found) for name, found in pieces.items()}


def joined(pieces: list[tuple[int, bool, str]]) -> str:
    """One parameter from its numbered pieces, percent-encoded or not."""
    charset, raw, encoded = None, b"", False
    for place, (_, extended, written) in enumerate(sorted(pieces, key=lambda piece: piece[0])):
        if extended:
            encoded, value = True, written
            if place == 0 and written.count("'") >= 2:
                charset, _, value = written.split("'", 2)
            raw += unquote_to_bytes(to_bytes(value))
        else:
            raw += to_bytes(written)
    text = decode(raw, charset)
    return text if encoded else decode_words(raw.decode("utf-8", "surrogateescape"))


def unquoted(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        value = value[1:].removesuffix('"')
        return re.sub(r'\\(["\\])', r"\1", value)
    return value


def split_outside_quotes(value: str, separators: str) -> list[str]:
    """Cut at separators that stand outside quotes, comments and angle brackets."""
    pieces: list[str] = []
    begun, quoted, depth, angle = 0, False, 0, False
    for match in TELLING.finditer(value):
        letter = match[0]
        if letter == '"' and not depth:
            quoted = not quoted
        elif not quoted:
            depth = max(0, depth + (letter == "(") - (letter == ")"))
            angle = letter == "<" or (angle and letter != ">")
            if letter in separators and not depth and not angle:
                pieces.append(value[begun : match.start()])
                begun = match.end()
    return [*pieces, value[begun:]]
