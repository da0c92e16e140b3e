"""What providers of calls and messages tell, whatever their form. Frozen values; numbers are as they were sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

SMS, WHATSAPP, PHONE = "sms", "whatsapp", "phone"
TEXTS: Final = (SMS, WHATSAPP)
LONGEST: Final = 1600
"""Characters a provider takes as one message."""

MOST_SECONDS: Final = 10**6
"""Eleven days: no call is longer."""


class Unreadable(ValueError):
    """The body is not in the form it should be in; `name` is the field, "" for the whole."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True, slots=True)
class Media:
    url: str
    content_type: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is, or wants somebody to be: degrees, with its name and address where they are known."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextCame:
    """A customer's message."""

    id: str
    channel: str
    from_: str
    to: str
    text: str
    media: tuple[Media, ...] = ()
    name: str = ""
    place: Place | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class TextStatus:
    """How a message of ours does: `reference` is ours, `state` sent | delivered | read | failed."""

    reference: str
    state: str
    error: str = ""


RINGING, ANSWERED, MISSED, ENDED = "ringing", "answered", "missed", "ended"
VOICEMAIL, RECORDING, TRANSCRIPT = "voicemail", "recording", "transcript"
HAPPENINGS: Final = (RINGING, ANSWERED, MISSED, ENDED, VOICEMAIL, RECORDING, TRANSCRIPT)


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One thing that happened to a call. `number` is the other side's, `line` ours; `agent` a mail address or empty."""

    call: str
    what: str
    number: str
    line: str
    outgoing: bool = False
    at: datetime | None = None
    """UTC, as the provider says; None is now."""
    seconds: int | None = None
    agent: str = ""
    ticket: int | None = None
    media: Media | None = None
    media_id: str = ""
    """Names the recording: one that comes twice is one."""
    text: str = ""
    name: str = ""
    spoken: bool = True
    """Of one that ended: whether its end alone shows that somebody had answered."""
