"""What is found in a mail while its parts are walked: stretches of text, files, reports, what was signed or sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message

from deskwright.channels.contract import Attachment
from deskwright.channels.email.pgp import Ring
from deskwright.channels.email.sealed import Key
from deskwright.channels.email.signatures import Signature


@dataclass(slots=True)
class Segment:
    """A stretch of the body: plain, HTML, or both ways of saying the same."""

    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Contents:
    segments: list[Segment] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)
    """(content type, text) of machine-readable parts: delivery status, disposition, feedback, returned headers."""
    calendars: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    damaged: bool = False
    parts: int = 0
    whole: Message | None = None
    """The part that is all there is to read: no words stand beside it, so that its signature covers what is told."""
    raw: bytes = b""
    """The bytes of the whole, for signatures."""
    outermost: Message | None = None
    """The mail itself: nothing else that is encrypted is opened."""
    looked: int = 0
    """Signatures looked into so far."""
    placed: set[str] = field(default_factory=set)
    """Content-Location of files that have no Content-ID."""
    keys: Sequence[Key] = ()
    ring: Ring = field(default_factory=Ring)
    encrypted: bool = False
    """All of it was encrypted for us, and was read."""
    signatures: list[Signature | None] = field(default_factory=list)
    """None for one that cannot be read."""

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


REPORTS = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
    "message/global-headers",
}
MESSAGES = {"message/rfc822", "message/global", "message/news"}
