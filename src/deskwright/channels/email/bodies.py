"""One part of a mail: its type, its bytes without their transfer encoding, and the parts inside it."""

from __future__ import annotations

import binascii
import re
from email.message import Message

from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean
from deskwright.channels.email.headers import Headers, parameters, to_bytes, tolerant_base64

KIND = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
LARGEST_TEXT = 2 * 1024 * 1024
"""Bytes of one text part that are read."""


def kind_of(part: Message, headers: Headers) -> tuple[str, dict[str, str]]:
    kind, options = parameters(headers.raw("content-type"))
    if not KIND.fullmatch(kind):
        kind = "text/plain" if kind in ("", "text", "plain") else "application/octet-stream"
        kind = "multipart/mixed" if part.is_multipart() and part.get_content_maintype() == "multipart" else kind
    return kind, options


def children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def payload_bytes(part: Message, headers: Headers) -> bytes:
    """The part's bytes, its transfer encoding undone as far as it holds."""
    if part.is_multipart():
        return b"".join(message_bytes(child) for child in children(part))
    raw = undecoded(part)
    match = re.match(r"[a-z0-9-]+", headers.lower("content-transfer-encoding"))
    encoding = match[0] if match else ""
    if encoding == "base64":
        return tolerant_base64(raw)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        part["content-transfer-encoding"] = "x-uuencode"
        decoded = part.get_payload(decode=True)
        return decoded if isinstance(decoded, bytes) else raw
    return raw


def undecoded(part: Message) -> bytes:
    """The bytes as they stand in the mail: asked for as text, the parser would already have guessed a charset."""
    del part["content-transfer-encoding"]
    raw = part.get_payload(decode=True)
    return raw if isinstance(raw, bytes) else b""


def message_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except Exception:  # the generator refuses some headers it has itself parsed
        head = "".join(f"{name}: {value}\n" for name, value in message.raw_items())
        payload = message.get_payload()
        return to_bytes(f"{head}\n{payload if isinstance(payload, str) else ''}")


def plain_report(part: Message) -> str:
    """A report as text, also where it was given a transfer encoding it must not have."""
    inner = children(part)
    if not inner:
        return clean(decode(payload_bytes(part, Headers(part.raw_items()))[:LARGEST_TEXT]))
    text = "\n".join(decode(message_bytes(child)[:LARGEST_TEXT]) for child in inner)
    encoding = Headers(part.raw_items()).lower("content-transfer-encoding")
    if encoding == "base64":
        return clean(decode(tolerant_base64(to_bytes(text))))
    return clean(text)
