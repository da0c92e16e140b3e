"""Outlook's winmail.dat (TNEF): the files in it, and the text where the mail itself has none. Bounded; never raises."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
BODY, ATTACH_BEGINS, ATTACH_TITLE, ATTACH_DATA, ATTACH_PROPERTIES, PROPERTIES = (
    0x2800C,
    0x69002,
    0x18010,
    0x6800F,
    0x69005,
    0x69003,
)
TEXT, HTML, LONG_NAME, CODE_PAGE = 0x1000, 0x1013, 0x3707, 0x3FDE
MOST: Final = 200
"""Files, and properties of one part."""
SIZES: Final = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 2, 0x14: 8, 0x40: 8, 0x48: 16}
VARIABLE: Final = {0xD, 0x1E, 0x1F, 0x102}


@dataclass(slots=True)
class Unpacked:
    text: str = ""
    html: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)


def unpack(raw: bytes) -> Unpacked | None:
    """What is in it, as far as it goes; None when it is no TNEF."""
    if not raw.startswith(SIGNATURE):
        return None
    found = Unpacked()
    for attribute, value in attributes(raw):
        if attribute == BODY:
            found.text = clean(decode(value.rstrip(b"\0")))
        elif attribute == PROPERTIES:
            add_body(found, dict(properties(value)))
        elif attribute == ATTACH_BEGINS and len(found.files) < MOST:
            found.files.append(("", b""))
        elif found.files:
            found.files[-1] = part(found.files[-1], attribute, value)
    found.files = [one for one in found.files if one[1]]
    return found


def attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """level (1 byte), attribute (4), length (4), value, checksum (2); until the bytes end."""
    place = 6
    while place + 9 <= len(raw):
        attribute, length = struct.unpack_from("<II", raw, place + 1)
        value = raw[place + 9 : place + 9 + length]
        if len(value) < length:
            return
        yield attribute, value
        place += 9 + length + 2


def part(known: tuple[str, bytes], attribute: int, value: bytes) -> tuple[str, bytes]:
    name, content = known
    if attribute == ATTACH_TITLE:
        return name or decode(value.rstrip(b"\0")), content
    if attribute == ATTACH_DATA:
        return name, value
    if attribute == ATTACH_PROPERTIES:
        long_name = dict(properties(value)).get(LONG_NAME, b"")
        return (wide(long_name) or name), content
    return known


def add_body(found: Unpacked, known: dict[int, bytes]) -> None:
    page = known.get(HTML, b"")
    found.html = clean(decode(page)) if page and b"\0" not in page[:4] else clean(wide(page))
    found.text = found.text or clean(wide(known.get(TEXT, b"")))


def wide(value: bytes) -> str:
    """Text in UTF-16, or in one byte a letter."""
    if len(value) > 1 and value[1::2].count(0) * 2 > len(value[1::2]):
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return decode(value.rstrip(b"\0"))


def properties(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """MAPI properties: (identifier, value). Ends at the first of a kind that cannot be stepped over."""
    place = 4
    for _ in range(min(MOST, struct.unpack_from("<I", raw)[0] if len(raw) >= 4 else 0)):
        if place + 4 > len(raw):
            return
        kind, name = struct.unpack_from("<HH", raw, place)
        place += 4
        if name >= 0x8000:
            place = past_name(raw, place)
        if kind in SIZES:
            length = SIZES[kind]
            yield name, raw[place : place + length]
            place += length + -length % 4
            continue
        if kind not in VARIABLE or place + 8 > len(raw):
            return
        (length,) = struct.unpack_from("<I", raw, place + 4)
        yield name, raw[place + 8 : place + 8 + length]
        place += 8 + length + -length % 4


def past_name(raw: bytes, place: int) -> int:
    """A named property carries a GUID and a number, or a GUID and a name."""
    if place + 24 > len(raw):
        return len(raw)
    kind, length = struct.unpack_from("<II", raw, place + 16)
    return place + 24 + (length + -length % 4 if kind == 1 else 0)
