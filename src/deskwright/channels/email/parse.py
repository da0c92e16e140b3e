"""Raw bytes -> `Incoming`. Never raises: what cannot be understood is marked damaged, with its text as far as it goes.

Knows no tickets. Each question is answered next door: headers, parts, HTML, quotes, who is automatic, what bounced.
"""

from __future__ import annotations

import email.errors
import hashlib
import logging
import re
from collections.abc import Sequence
from datetime import date, datetime
from email.message import Message

from deskwright.channels.contract import Address, Incoming
from deskwright.channels.email import automatic, calendar, html, marks, quotes, sealed
from deskwright.channels.email.addresses import addresses
from deskwright.channels.email.authentication import checked
from deskwright.channels.email.away import away_until, said_until
from deskwright.channels.email.bounces import bounce_in
from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean
from deskwright.channels.email.contents import Contents, Segment
from deskwright.channels.email.headers import Headers, date_of, message_ids
from deskwright.channels.email.page import read_page
from deskwright.channels.email.parts import contents
from deskwright.channels.email.pgp import ring_of
from deskwright.channels.email.sealed import Key
from deskwright.channels.email.structure import message_of
from deskwright.engine.saying import _

log = logging.getLogger("deskwright.mail")

ANSWER = re.compile(
    r"\A\s*(?:\[[^\]]{1,40}\]\s*)*(?:re|aw|antw|sv|vs|ref|rif|res|odp|ynt|atb|回复|答复|回覆|返信|ответ)"
    r"\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
DAMAGE = (
    email.errors.NoBoundaryInMultipartDefect,
    email.errors.StartBoundaryNotFoundDefect,
    email.errors.CloseBoundaryNotFoundDefect,
    email.errors.MissingHeaderBodySeparatorDefect,
    email.errors.FirstHeaderLineIsContinuationDefect,
)
DAMAGED = _("The mail is damaged; it is shown as far as it could be read.")
PICTURES = _("The mail is made of pictures, without words.")
PLACEHOLDER = re.compile(r"(?:view|enable|support|read).{0,60}html|html.{0,40}(?:view|mail|client)", re.IGNORECASE)
LONGEST_FALLBACK = 500_000


def parse(
    raw: bytes, mail_from: str | None = None, keys: Sequence[Key] = (), ring: str = "", at: datetime | None = None
) -> Incoming:
    """The mail understood. `mail_from` is the envelope sender where a listener knows it; "" is the null sender. `keys`
    (S/MIME) and `ring` (PGP) open what is encrypted for us; `at` it came, which counts where keys expire.
    """
    digest = hashlib.sha256(raw).hexdigest()
    try:
        begun = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
        message = message_of(begun)
        found = contents(message, begun, keys, ring_of(ring, at))
        return understood(Headers(message.raw_items()), found, damage(message), digest, mail_from)
    except Exception as trouble:
        deep = isinstance(trouble, RecursionError)
        log.warning("A mail (%s) is damaged beyond its structure: %r", digest, trouble, exc_info=not deep)
    try:
        return as_far_as_it_goes(raw, digest, mail_from)
    except Exception:
        log.exception("A mail (%s) cannot be understood", digest)
        return unreadable(raw, digest)


def damage(message: Message) -> bool:
    """Whether the structure is broken anywhere, or there is none."""
    return not message.keys() or any(isinstance(defect, DAMAGE) for part in message.walk() for defect in part.defects)


def as_far_as_it_goes(raw: bytes, digest: str, mail_from: str | None) -> Incoming:
    """The headers line by line, everything after them as text."""
    head, _gap, body = raw[:LONGEST_FALLBACK].replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = re.sub(rb"\n[ \t]+", b" ", head).decode("ascii", "surrogateescape").split("\n")
    headers = Headers((name, value.strip()) for name, colon, value in (line.partition(":") for line in lines) if colon)
    found = Contents(segments=[Segment(clean(decode(body or head)))])
    return understood(headers, found, True, digest, mail_from)


def unreadable(raw: bytes, digest: str) -> Incoming:
    """Nothing but the bytes as text, for whoever looks at what was set aside."""
    text = clean(decode(raw[:LONGEST_FALLBACK]))
    return Incoming(
        from_=None,
        reply_to=(),
        to=(),
        cc=(),
        subject="",
        date_header=None,
        message_id=made_id(digest),
        message_id_made=True,
        in_reply_to=(),
        references=(),
        text=text,
        new_text=text,
        new_text_bare=text,
        html=None,
        attachments=(),
        auto=None,
        suppress_ack=True,
        bounce=None,
        damaged=True,
        language=None,
        content_hash=digest,
    )


def made_id(digest: str) -> str:
    return f"<{digest[:40]}@missing.invalid>"


def understood(headers: Headers, found: Contents, damaged: bool, digest: str, mail_from: str | None) -> Incoming:
    subject = headers.text("subject")
    if found.encrypted and not subject.strip(" .[]…"):  # what mail programs write where they hide the subject
        subject = sealed.NEUTRAL
    senders = addresses(headers.all("from")) or addresses(headers.all("sender"))
    sender = senders[0] if senders else None
    reply_to = addresses(headers.all("reply-to"))
    answered, references = message_ids(headers.all("in-reply-to")), message_ids(headers.all("references"))
    answers = bool(answered or references) or ANSWER.match(subject) is not None
    quoted = marks_of(found)
    text, reply = words(found)
    null_sender = mail_from == "" or re.sub(r"\s", "", headers.raw("return-path")) == "<>"
    bounce = bounce_in(headers, sender, subject, text, found, null_sender)
    new_text = quotes.without_quotes(reply) if answers and bounce is None else text
    auto = (
        bounce_reason(bounce.kind)
        if bounce
        else automatic.reason(headers, sender, subject, found, null_sender=null_sender, answers=answers)
    )
    written = date_of(headers.raw("date"))
    if bounce and bounce.original_message_id and bounce.original_message_id not in references:
        references = (*references, bounce.original_message_id)
    ids = message_ids(headers.all("message-id")[:1])
    verdict = checked(headers)
    return Incoming(
        from_=sender,
        reply_to=reply_to,
        to=addresses(headers.all("to")),
        cc=addresses(headers.all("cc")),
        subject=subject,
        date_header=written,
        message_id=ids[0] if ids else made_id(digest),
        message_id_made=not ids,
        in_reply_to=answered,
        references=references,
        text=text,
        new_text=new_text.strip() or text,
        new_text_bare=quotes.without_signature(new_text).strip() or new_text.strip() or text,
        html=shown(found),
        attachments=tuple(found.files),
        auto=auto,
        suppress_ack=automatic.no_acknowledgement(headers, auto, sender, next(iter(reply_to), None)),
        bounce=bounce,
        damaged=damaged or found.damaged,
        language=language_of(headers),
        content_hash=digest,
        sender=next(iter(addresses(headers.all("sender"))), None),
        original_from=behind_group(headers, sender, reply_to),
        lists=lists(headers, sender, reply_to),
        dmarc=verdict.dmarc,
        checked_by=verdict.by,
        envelope_to=envelope_to(headers),
        notes=notes(found, damaged, sender, text),
        marks=quoted,
        encrypted=found.encrypted,
        away_until=None if bounce else absence(auto, subject, new_text if answers or auto else "", written),
    )


def marks_of(found: Contents) -> tuple[str, ...]:
    """The marks of mails of ours, which nobody is to read: they are taken out."""
    quoted: list[str] = []
    for segment in found.segments:
        for name in ("html", "text"):
            said = getattr(segment, name)
            if said and (tokens := marks.marks_in(said)):
                quoted += tokens
                setattr(segment, name, marks.unmarked(said))
    return tuple(dict.fromkeys(quoted))


def notes(found: Contents, damaged: bool, sender: Address | None, text: str) -> tuple[str, ...]:
    if not text.strip() and any("<img" in (one.html or "").lower() for one in found.segments):
        found.note(PICTURES)
    for said in sealed.said_of(found.signatures, sender.email if sender else ""):
        found.note(said)
    if damaged or found.damaged:
        found.note(DAMAGED)
    return tuple(found.notes)


def absence(auto: str | None, subject: str, words: str, written: datetime | None) -> date | None:
    """Until when the sender is away, where a machine says so for them, or they themselves do."""
    if written is None:
        return None
    if auto is None:
        return said_until(words, written.date())
    return away_until(f"{subject}\n{words}", written.date()) if auto.startswith("auto-replied") else None


def bounce_reason(kind: str) -> str:
    """Every report starts with auto-replied: none may open a ticket."""
    spoken = {"delayed": "delivery delayed", "delivered": "delivery receipt", "complaint": "spam complaint"}
    return "auto-replied: " + spoken.get(kind, "delivery failed")


def words(found: Contents) -> tuple[str, str]:
    """(all of the text, the text without quotes that the HTML marks as such)"""
    whole, replies = [], []
    for segment in found.segments:
        page = read_page(segment.html) if segment.html and needs_page(segment) else None
        whole.append(page.text if page else segment.text or "")
        replies.append(page.reply if page else segment.text or "")
    cards = [card for one in found.calendars[:5] if (card := calendar.card(one))]
    everything = "\n\n".join(part.strip("\n") for part in [*whole, *cards] if part.strip())
    return everything, "\n\n".join(part.strip("\n") for part in [*replies, *cards] if part.strip())


def needs_page(segment: Segment) -> bool:
    """The plain alternative is missing or only says that there is HTML."""
    plain = (segment.text or "").strip()
    return not plain or (len(plain) < 200 and len(segment.html or "") > 2000 and PLACEHOLDER.search(plain) is not None)


def shown(found: Contents) -> str | None:
    """The HTML to show, in order with the plain stretches; None when nobody wrote any."""
    if not any(one.html for one in found.segments):
        return None
    named = {one.content_id for one in found.files if one.inline}
    return "\n".join(html.sanitise(one.html or html.from_text(one.text or ""), named) for one in found.segments)


def behind_group(headers: Headers, sender: Address | None, reply_to: tuple[Address, ...]) -> Address | None:
    """Who wrote, where a group's address says "Ada via Support"."""
    named = addresses(headers.all("x-original-from"))
    if named:
        return named[0]
    if sender is None or "list-id" not in headers or not re.search(r"\bvia\b", sender.name):
        return None
    return next((one for one in reply_to if one.email.lower() != sender.email.lower()), None)


def lists(headers: Headers, sender: Address | None, reply_to: tuple[Address, ...]) -> tuple[str, ...]:
    posts = re.findall(r"mailto:([^>?\s]{3,320})", headers.raw("list-post"), re.IGNORECASE)
    group = [sender.email] if sender and behind_group(headers, sender, reply_to) else []
    return tuple(dict.fromkeys(one.lower() for one in (*posts, *group)))


def envelope_to(headers: Headers) -> tuple[str, ...]:
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
    return tuple(dict.fromkeys(one.email for name in names for one in addresses(headers.all(name))))


def language_of(headers: Headers) -> str | None:
    match = re.match(r"([a-z]{2,3})\b", headers.lower("content-language"))
    return match[1] if match else None
