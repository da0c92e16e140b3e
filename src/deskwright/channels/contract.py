"""What a channel and the desk say to each other: mail understood, mail to send, and how sending ended.

Frozen values only. Message-IDs are written as in a header, with their angle brackets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    """As shown; cleaned of control and bidirectional override characters. May be empty."""
    email: str
    """As written, the domain in lower case."""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    """Safe as a file name: no path, no control characters; never empty."""
    content_type: str
    size: int
    """In bytes, also when `content` was left out for being too large."""
    content: bytes
    content_id: str = ""
    """Without angle brackets; what `cid:` in the HTML names."""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report about a mail of ours."""

    failed_recipient: str | None
    status: str
    """Enhanced status code such as "5.1.1"; empty when the report names none."""
    permanent: bool
    """True: sending again is useless."""
    original_message_id: str | None
    kind: str = "failed"
    """failed | delayed (still being tried) | delivered (a receipt) | complaint (the recipient called it spam)"""
    reason: str = ""
    """What the other server said, one line."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail, understood as far as it can be without knowing any ticket."""

    from_: Address | None
    """None when the mail names nobody."""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    """One line; long ones are cut (the raw mail keeps all of it)."""
    date_header: datetime | None
    """UTC, what the sender claims; decides nothing."""
    message_id: str
    """Never empty: made from the content when the mail has none (then `message_id_made` is True)."""
    message_id_made: bool
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    """Oldest first. A bounce also names the bounced mail here."""
    text: str
    """All of it as plain text."""
    new_text: str
    """Without quoted history; the same as `text` for the first mail of a thread."""
    new_text_bare: str
    """Without quoted history and signature: what rules read. Never empty while `text` is not."""
    html: str | None
    """Sanitised: no script, no remote images; `cid:` left for the desk to resolve. None for a plain mail."""
    attachments: tuple[Attachment, ...]
    auto: str | None
    """None for a human. Else why, beginning with auto-replied (never opens a ticket), auto-generated, bulk or list."""
    suppress_ack: bool
    """An acknowledgement would annoy, loop or never arrive."""
    bounce: Bounce | None
    damaged: bool
    language: str | None
    """Of the Content-Language header, lower case, first part only ("de")."""
    content_hash: str
    """SHA-256 of the raw bytes, hexadecimal."""
    sender: Address | None = None
    """The Sender header."""
    original_from: Address | None = None
    """Who really wrote, where a mailing list has put its own name into From."""
    lists: tuple[str, ...] = ()
    """Addresses by which it was spread to many, lower case: mail to them goes to everybody on a list."""
    dmarc: str = ""
    """What the server `checked_by` found: pass, fail, none ...; empty where no server says."""
    checked_by: str = ""
    """As it names itself in the topmost Authentication-Results, lower case; anybody may have written that."""
    envelope_to: tuple[str, ...] = ()
    """Delivered-To, X-Original-To and Envelope-To, in this order."""
    notes: tuple[str, ...] = ()
    """Plain sentences about what was cut or could not be read."""
    marks: tuple[str, ...] = ()
    """Tokens of threads that its body quotes from mails of ours, the latest first; taken out of the text."""
    encrypted: bool = False
    """It came encrypted for us as a whole, and was read."""
    away_until: date | None = None
    """The day an out-of-office note, or an answer's own words, name for the sender's absence; in their own days."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    from_: Address
    to: tuple[Address, ...]
    subject: str
    message_id: str
    text: str
    date: datetime
    """An aware instant; becomes the Date header."""
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    """Get the mail; appear in no header."""
    reply_to: tuple[Address, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    """Oldest first."""
    html: str | None = None
    auto_submitted: str | None = None
    """None for what a human wrote; else auto-replied or auto-generated."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further ones; they cannot replace those above."""
    attachments: tuple[Attachment, ...] = ()
    mail_from: str | None = None
    """The envelope sender, where bounces go; None takes `from_`."""
    envelope: tuple[str, ...] = ()
    """Who gets this copy; empty: everybody named above."""


@dataclass(frozen=True, slots=True)
class Template:
    """A message the provider has approved, with what is filled in."""

    name: str
    language: str
    reference: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Linked:
    """A file the provider fetches."""

    url: str
    content_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text message to one number, all numbers in E.164."""

    channel: str
    """sms | whatsapp"""
    from_: str
    to: str
    text: str
    reference: str
    """Our name of it: the same for every try."""
    created_at: datetime
    line: int = 0
    """The line it leaves by, as the desk numbers them."""
    attempt: int = 1
    tell: str = ""
    """Where the provider tells how it does."""
    others: tuple[str, ...] = ()
    """The provider's names of other messages of ours to the same number."""
    template: Template | None = None
    files: tuple[Linked, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """The other server has taken the mail or message."""

    reply: str
    refused: tuple[str, ...] = ()
    """Recipients it would not take, while it took others."""
    reference: str = ""
    """The provider's own name of it."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: a 4xx answer or trouble with the connection. Trying again with the same Message-ID is right."""

    reason: str
    server: bool = False
    """The server itself is away: others need not be tried now."""
    slower: bool = False
    """The recipient's domain takes no more for now: others to it need not be tried either."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Never like this: a 5xx answer, or a mail that cannot be written."""

    reason: str


Outcome = Sent | Deferred | Refused


Parcel = Outgoing | Text


class Channel(Protocol):
    """A way out for mail. `send` never raises for what the outside world does."""

    def send(self, outgoing: Outgoing) -> Outcome: ...


class Texting(Protocol):
    """A way out for text messages. `send` never raises for what the outside world does."""

    def send(self, text: Text) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a mail listener was handed."""

    mail_from: str
    """Empty for the null sender of bounces."""
    rcpt_tos: tuple[str, ...]
    raw: bytes
    peer: str
    """Network address of the sender."""


class Unavailable(Exception):
    """Raised by a listener's `accept` when the mail cannot be kept now; the sender is told to try again."""
