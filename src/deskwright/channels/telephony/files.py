"""Which files go with a text message or by WhatsApp. The figures are those of Twilio's guides to MMS and WhatsApp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deskwright.channels.telephony.values import SMS, WHATSAPP

MEGABYTE: Final = 1024 * 1024
File = Mapping[str, Any]
"""With `name`, `content_type` and `size` in bytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    kinds: frozenset[str]
    words: str
    """The kinds as people call them."""
    each: int
    """Bytes"""
    together: int
    """Bytes"""
    most: int


LIMITS: Final = {
    SMS: Limits(
        frozenset(
            {
                "image/jpeg", "image/png", "image/gif", "audio/mpeg", "audio/ogg", "video/mp4", "application/pdf",
                "text/vcard", "text/calendar",
            }
        ),
        "JPEG, PNG, GIF, MP3, OGG, MP4, PDF, vCard, iCalendar",
        5 * MEGABYTE, 5 * MEGABYTE, 10,
    ),
    WHATSAPP: Limits(
        frozenset({"image/jpeg", "image/png", "audio/mpeg", "audio/ogg", "audio/amr", "video/mp4", "application/pdf"}),
        "JPEG, PNG, MP3, OGG, AMR, MP4, PDF",
        16 * MEGABYTE, 160 * MEGABYTE, 10,
    ),
}  # fmt: skip


def parcels(channel: str, text: str, files: Sequence[File]) -> list[tuple[str, tuple[File, ...]]]:
    """The messages these make: WhatsApp takes one file with each, and words beside a picture only."""
    if channel != WHATSAPP:
        return [(text, tuple(files))]
    first = files[:1] if files and files[0]["content_type"].startswith("image/") else []
    return [(text, tuple(first)), *(("", (file,)) for file in files[len(first) :])]
