"""Bytes -> the tree of a mail's parts, as Python's own parser makes it, for a fraction of its time.

That parser asks every line several questions. Here a mail that keeps the rules is cut at its boundaries; for any other
the parser itself is asked, so that one place alone decides what damaged mail means. Preamble and epilogue are not kept.
"""

from __future__ import annotations

import email
import re
from email.message import Message
from email.policy import compat32
from typing import Final

HEAD: Final = re.compile(r"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*\r?\n")
"""Every field of a part, and the empty line after them."""
FIELD: Final = re.compile(r"([!-9;-~]+:[^\n]*\n)((?:[ \t][^\n]*\n)*)")
AFTER_BOUNDARY: Final = re.compile(r"(--)?[ \t]*\r?(?:\n|\Z)")
PLAIN: Final = frozenset({"7bit", "8bit", "binary"})
"""Transfer encodings that several parts together may have."""
DEEPEST: Final = 20


class Irregular(Exception):
    """The mail does not keep the rules, or its tree depends on more than its boundaries."""


def message_of(raw: bytes) -> Message:
    """The mail's parts. Nothing is decoded; bytes that are not ASCII are half surrogates, as the parser has them."""
    text = raw.decode("ascii", "surrogateescape")
    try:
        if text.count("\r") != text.count("\r\n"):
            raise Irregular
        return part_of(text, 0, len(text), frozenset())
    except Irregular:
        return email.message_from_bytes(raw, policy=compat32)


def part_of(text: str, start: int, end: int, around: frozenset[str]) -> Message:
    """The part between two places; `around` are the boundaries of the parts it stands in."""
    head = HEAD.match(text, start, end)
    if head is None:
        raise Irregular
    message: Message = Message(policy=compat32)
    for line, folded in FIELD.findall(text, start, head.end()):
        message.set_raw(*compat32.header_source_parse([line, folded]))
    kind = message.get_content_type()
    if kind.startswith("message/") or kind == "multipart/digest":
        raise Irregular
    if not kind.startswith("multipart/"):
        message.set_payload(text[head.end() : before_line_end(text, head.end(), end) if around else end])
        return message
    boundary, encoding = message.get_boundary(), str(message.get("content-transfer-encoding", "8bit"))
    if not boundary or boundary in around or len(around) >= DEEPEST or encoding.lower() not in PLAIN:
        raise Irregular
    for first, last in between(text, head.end(), end, f"--{boundary}"):
        message.attach(part_of(text, first, last, around | {boundary}))
    return message


def between(text: str, start: int, end: int, separator: str) -> list[tuple[int, int]]:
    """Where the parts begin and end. Raises Irregular unless there are some and the last boundary closes them."""
    places: list[tuple[int, int]] = []
    begun: int | None = None
    place = start if text.startswith(separator, start, end) else following(text, start, end, separator)
    while place >= 0:
        line = AFTER_BOUNDARY.match(text, place + len(separator), end)
        if line is not None:
            if begun is not None:
                places.append((begun, place))
            if line[1]:
                break
            begun = line.end()
        place = following(text, place, end, separator)
    if place < 0 or not places or any(first == last for first, last in places):
        raise Irregular
    return places


def pieces(raw: bytes, boundary: str) -> list[bytes]:
    """The bytes of each part of a mail that consists of several; none unless the mail keeps the rules."""
    text = raw.decode("ascii", "surrogateescape")
    head = HEAD.match(text)
    try:
        places = between(text, head.end(), len(text), f"--{boundary}") if head and boundary else []
    except Irregular:
        return []
    return [raw[first : before_line_end(text, first, last)] for first, last in places]


def following(text: str, start: int, end: int, separator: str) -> int:
    """Where the next line begins that starts with the separator; -1 when none does."""
    return text.find(f"\n{separator}", start, end) + 1 or -1


def before_line_end(text: str, start: int, end: int) -> int:
    """Where the words of one of several parts end: the line end before a boundary is the boundary's own."""
    for line_end in ("\r\n", "\n"):
        if text.endswith(line_end, start, end):
            return end - len(line_end)
    return end
