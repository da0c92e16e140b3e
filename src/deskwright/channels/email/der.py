"""Reads DER and BER, as signatures and encrypted mails are written: tags and contents, nothing of what they mean."""

from __future__ import annotations

from typing import Final, NamedTuple

SEQUENCE, SET, OID, OCTETS, WHOLE_OCTETS, WRAPPED = 0x30, 0x31, 0x06, 0x04, 0x24, 0xA0
END: Final = b"\0\0"
DEEPEST: Final = 8
"""Of what is read in one go; a mail that streams its signature nests six. Each level is copied anew."""

MOST: Final = 20_000
"""Elements in a row: a streamed content of 80 MB comes in pieces of 4 kB."""


class NoDer(ValueError):
    """The bytes are no DER or BER."""


class Element(NamedTuple):
    tag: int
    body: bytes
    raw: bytes
    """With tag and length."""


def elements(raw: bytes, depth: int = 0) -> list[Element]:
    """The elements in a row. Raises NoDer."""
    found, place = [], 0
    while place < len(raw):
        one, place = element(raw, place, depth)
        found.append(one)
        if len(found) > MOST:
            raise NoDer
    return found


def inside(raw: bytes, tag: int) -> list[Element]:
    """The elements inside the first one, which has this tag. Raises NoDer."""
    first, _end = element(raw, 0)
    if first.tag != tag:
        raise NoDer
    return elements(first.body)


def octets(one: Element, depth: int = 0) -> bytes:
    """An octet string, also in the pieces that streaming programs write. Raises NoDer."""
    if one.tag == OCTETS:
        return one.body
    if one.tag != WHOLE_OCTETS or depth > DEEPEST:
        raise NoDer
    return b"".join(octets(piece, depth + 1) for piece in elements(one.body, depth + 1))


def element(raw: bytes, place: int, depth: int = 0) -> tuple[Element, int]:
    """(the element there, where it ends), of definite or indefinite length. Raises NoDer."""
    if place + 2 > len(raw) or depth > DEEPEST:
        raise NoDer
    tag, length, start = raw[place], raw[place + 1], place + 2
    if length == 0x80:
        end, pieces = start, 0
        while raw[end : end + 2] != END:
            end, pieces = element(raw, end, depth + 1)[1], pieces + 1
            if pieces > MOST:
                raise NoDer
        return Element(tag, raw[start:end], raw[place : end + 2]), end + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(raw[start : start + count], "big")
        start += count
    if start + length > len(raw):
        raise NoDer
    return Element(tag, raw[start : start + length], raw[place : start + length]), start + length
