"""Mails that are signed or encrypted as a whole: words inside an opaque S/MIME signature, what to say of others.

Verifies and decrypts nothing.
"""

from __future__ import annotations

from typing import Final

OPAQUE: Final = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
SEQUENCE, OCTETS, WHOLE_OCTETS, WRAPPED = 0x30, 0x04, 0x24, 0xA0
SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
ENCRYPTED: Final = "The mail is encrypted, and the desk has no key for it. The original mail can be downloaded."
SIGNED: Final = "The mail is signed; its signature was not checked."


class NoDer(ValueError):
    """The bytes are no DER or BER."""


def signed_content(raw: bytes) -> bytes | None:
    """The mail part inside an opaque signature; None when there is none to be had."""
    try:
        kind, content = inner(raw, SEQUENCE)[:2]
        if kind != SIGNED_DATA:
            return None
        signed = parts(only(content, WRAPPED))[0]
        encapsulated = parts(signed)[2]
        wrapped = parts(encapsulated)[1]
        return octets(wrapped)
    except (NoDer, IndexError, RecursionError):
        return None


def inner(raw: bytes, tag: int) -> list[bytes]:
    """The contents of the first element's children. The first child's bytes stand for themselves (an OID)."""
    found, body, _ = element(raw, 0)
    if found != tag:
        raise NoDer
    name, content, end = element(body, 0)
    return [content, body[end:]] if name == 0x06 else [b"", body]


def only(raw: bytes, tag: int) -> bytes:
    found, body, _ = element(raw, 0)
    if found != tag:
        raise NoDer
    return body


def parts(raw: bytes) -> list[bytes]:
    """The contents of the elements in a row; those of the first element where it is a sequence by itself."""
    found, place = [], 0
    while place < len(raw):
        _, body, place = element(raw, place)
        found.append(body)
    return found


def octets(raw: bytes) -> bytes:
    """An octet string, also in the pieces that streaming programs write."""
    tag, body, _ = element(raw, 0)
    if tag == OCTETS:
        return body
    if tag != WHOLE_OCTETS:
        raise NoDer
    return b"".join(parts(body))


def element(raw: bytes, place: int) -> tuple[int, bytes, int]:
    """(tag, content, where it ends), of definite or indefinite length."""
    if place + 2 > len(raw):
        raise NoDer
    tag, length, start = raw[place], raw[place + 1], place + 2
    if length == 0x80:
        end = start
        while raw[end : end + 2] != b"\0\0":
            end = element(raw, end)[2]
        return tag, raw[start:end], end + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(raw[start : start + count], "big")
        start += count
    if start + length > len(raw):
        raise NoDer
    return tag, raw[start : start + length], start + length
