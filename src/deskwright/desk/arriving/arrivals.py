"""What the ways in hand to `intake.receive`, and what they get back. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from deskwright.channels.contract import Bounce
from deskwright.desk.errors import DeskError


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a channel knows them. `kind` and `value` identify: an email address, a number, a visitor id."""

    value: str
    name: str = ""
    kind: str = "email"


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False
    logo: bool = False
    """A picture of its sender's signature: kept, not listed."""


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key: the same key and body get the same answer."""

    token_id: int
    key: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message from outside, already understood as far as its channel can."""

    channel: str
    requester: Person
    subject: str
    text: str
    """All of it; shown on request."""
    new_text: str = ""
    """Without quoted history: what the timeline shows first. Empty takes `text`."""
    bare_text: str = ""
    """Without quoted history and signature: what rules read. Empty takes `new_text`."""
    html: str = ""
    at: datetime | None = None
    """When it reached a server of ours (UTC); None is now. A sender's own date never counts."""
    priority: str | None = None
    impact: str | None = None
    urgency: str | None = None
    category: str | None = None
    type: str = "question"
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    language: str | None = None
    files: tuple[File, ...] = ()
    mail_id: str | None = None
    references: tuple[str, ...] = ()
    """Message-IDs it answers, nearest first."""
    thread_ticket: int | None = None
    """A ticket proved by a signed token or address, never by a bare number."""
    marked_ticket: int | None = None
    """A ticket that its body names by a signed mark: whoever was forwarded a mail has that, so it must take part."""
    recipients: Mapping[str, Any] = field(default_factory=dict)
    vouched: bool = False
    """A mail server of ours says that the sender's domain vouches for it: the mail may act for an agent."""
    trusted: bool = True
    """False when the sender could not be authenticated: no append to somebody's thread."""
    only_named: bool = False
    """Its sender says that the requester asks, as a form does: nobody proved it; no automatic answer, unless it is an
    `own_form`.
    """
    own_form: bool = False
    """The sender is of a domain of ours, and a mail server of ours vouches for it: the form of our own site."""
    invited: bool = False
    """The sender may write on this ticket although somebody else asked: the help centre proved who they are."""
    automatic: str | None = None
    """Why it is taken for automatic mail; None for a human."""
    no_acknowledgement: bool = False
    bounce_of: str | None = None
    """Message-ID of ours that a server reports on."""
    bounce: Bounce | None = None
    """The report, where the mail is one."""
    notes: tuple[str, ...] = ()
    """Plain sentences about what was cut, held back or could not be read."""
    claims: int | None = None
    """A ticket that a subject names: it proves nothing, and opens nothing."""
    copied: bool = False
    """We only got a copy: it is addressed to somebody else."""
    away_until: date | None = None
    """The day until which its sender is away, where it is a note that says so."""
    recovered: bool = False
    """A person has brought it back: nothing sets it aside again."""
    host: str = ""
    """The host name of the help centre it came in by."""
    brand: int | None = None
    """The brand it came in for, where an address or a setting says so: it goes before the host's."""
    queues: tuple[str, ...] = ()
    """Queues the address it came for names, the most exact first; the workflow may know none of them."""
    raw_id: int | None = None
    key: Key | None = None
    by_agent: int | None = None
    imported: bool = False

    @property
    def proved(self) -> bool:
        """Whether nothing speaks against its being the requester's."""
        return self.trusted and not self.only_named

    @property
    def answerable(self) -> bool:
        """Whether an automatic answer reaches somebody who may be thought to have asked."""
        return not self.no_acknowledgement and (not self.only_named or self.own_form)

    @property
    def shown(self) -> str:
        return self.new_text or self.text

    @property
    def said(self) -> str:
        return self.bare_text or self.shown


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one arrival ended: ticket | reply | note | duplicate | quarantined | refused."""

    disposition: str
    ticket_id: int | None = None
    message_id: int | None = None
    reason: str = ""
    error: DeskError | None = None
    answer: Mapping[str, Any] | None = None
    """The ticket as the API shows it; for a repeated key, the answer given the first time."""
    replayed: bool = False
