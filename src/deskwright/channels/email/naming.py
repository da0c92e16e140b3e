"""Files of a mail: what they are called, safely, and what the HTML calls them."""

from __future__ import annotations

import mimetypes
import re

from deskwright.channels.contract import Attachment
from deskwright.channels.email.cleaning import clean_line
from deskwright.channels.email.headers import Headers

LARGEST_FILE = 30 * 1024 * 1024
KINDS_OF_FILE = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"%PDF": ".pdf", b"PK\x03\x04": ".zip"}


def file_of(name: str, kind: str, raw: bytes, headers: Headers, disposition: str = "") -> Attachment:
    named = content_id(headers) or content_location(headers)
    inline = bool(named) and disposition != "attachment" and kind.startswith("image/")
    return Attachment(safe_name(name, kind, raw), kind, len(raw), kept(raw), named, inline)


def kept(raw: bytes) -> bytes:
    """Nothing of a file that is too large: the original mail has it."""
    return raw if len(raw) <= LARGEST_FILE else b""


def content_id(headers: Headers) -> str:
    return clean_line(headers.raw("content-id").strip().strip("<>"), 200)


def content_location(headers: Headers) -> str:
    return clean_line(headers.raw("content-location"), 200)


def safe_name(written: str, kind: str, raw: bytes) -> str:
    """A file name without path and tricks; made from the content where there is none."""
    name = re.split(r"[/\\]", clean_line(written, 1000))[-1]
    name = re.sub(r'[<>:"|?*]', "_", name).strip(". ")
    if not name:
        return "file" + (extension(raw) or mimetypes.guess_extension(kind) or "")
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= 180 else f"{(stem or name)[:160]}{dot}{ending[:12]}" if dot else name[:180]


def extension(raw: bytes) -> str | None:
    return next((ending for start, ending in KINDS_OF_FILE.items() if raw.startswith(start)), None)
