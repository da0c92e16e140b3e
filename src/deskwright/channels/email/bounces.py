"""Reports that a mail of ours did not arrive, arrives late, or was called spam: standard ones, and free words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from deskwright.channels.contract import Address, Bounce
from deskwright.channels.email.bounce_words import (
    BODY,
    COMPLAINT,
    EMAIL,
    LATE,
    MACHINE,
    MACHINE_NAME,
    NAMED,
    NO_REPLY,
    NOTIFICATION,
    ORIGINAL,
    PARENT_ID,
    SMTP_CODE,
    STATUS,
    SUBJECT,
)
from deskwright.channels.email.cleaning import clean_line
from deskwright.channels.email.contents import MESSAGES, Contents
from deskwright.channels.email.headers import Headers, decode_words, message_ids

RECIPIENT_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")
KIND_OF_ACTION = {"delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered"}


def bounce_in(
    headers: Headers, sender: Address | None, subject: str, text: str, found: Contents, null_sender: bool
) -> Bounce | None:
    """What the report says; None when the mail is none. A human who forwards a report is not one."""
    bounce = (
        complaint(found, subject)
        or status_report(found)
        or notification(text)
        or in_free_words(headers, sender, subject, text, null_sender)
    )
    if bounce is None:
        return None
    parent = bounce.original_message_id or original_id(headers, text, found)
    recipient = bounce.failed_recipient or named_recipient(headers, text, found)
    return replace(bounce, original_message_id=parent, failed_recipient=recipient)


def complaint(found: Contents, subject: str) -> Bounce | None:
    """An abuse report (ARF, RFC 5965)."""
    for fields in reports(found, "message/feedback-report"):
        recipient = address_in(fields.get("original-rcpt-to") or fields.get("removal-recipient") or "")
        if fields.get("feedback-type", "abuse").lower() != "not-spam":
            return Bounce(recipient, "", True, None, "complaint", clean_line(fields.get("feedback-type", "abuse"), 100))
    if COMPLAINT.match(subject) and any(kind in MESSAGES for kind, _ in found.reports):
        return Bounce(None, "", True, None, "complaint", "abuse")
    return None


def notification(text: str) -> Bounce | None:
    """A provider's notification in JSON (Amazon SES through SNS)."""
    match = NOTIFICATION.search(text[:2000])
    if match is None:
        return None
    kind = {"bounce": "failed", "complaint": "complaint", "delivery": "delivered"}[match[1].lower()]
    recipient = re.search(r'"(?:emailAddress|recipients)"\s*:\s*\[?\s*"([^"]+@[^"]+)"', text)
    status = re.search(r'"status"\s*:\s*"([245]\.[\d.]+)"', text)
    permanent = kind != "delivered" and '"Transient"' not in text
    return Bounce(recipient[1] if recipient else None, status[1] if status else "", permanent, None, kind)


def status_report(found: Contents) -> Bounce | None:
    """A delivery status notification (RFC 3464): the worst recipient's outcome."""
    outcomes = [
        outcome(fields)
        for kind in ("message/delivery-status", "message/global-delivery-status")
        for fields in reports(found, kind)
        if "action" in fields or "status" in fields or "final-recipient" in fields
    ]
    order = {"failed": 0, "delayed": 1, "delivered": 2}
    return min(outcomes, key=lambda one: (order[one.kind], one.failed_recipient is None), default=None)


def outcome(fields: dict[str, str]) -> Bounce:
    recipient = next((one for name in RECIPIENT_FIELDS if (one := address_in(fields.get(name, "")))), None)
    said = clean_line(decode_words(fields.get("diagnostic-code", "")), 500)
    status = next(iter(STATUS.findall(fields.get("status", "")) or STATUS.findall(said)), "")
    action = fields.get("action", "failed").lower().split()[:1]
    kind = KIND_OF_ACTION.get(action[0] if action else "", "failed")
    permanent = kind == "failed" and not status.startswith("4")
    return Bounce(recipient, status, permanent, None, kind, said.partition(";")[2].strip() or said)


def reports(found: Contents, kind: str) -> Iterable[dict[str, str]]:
    """The blocks of fields in the machine-readable parts of a kind; names in lower case."""
    for its_kind, text in found.reports:
        if its_kind == kind:
            for block in re.split(r"\n[ \t]*\n", text):
                unfolded = re.sub(r"\n[ \t]+", " ", block)
                pairs = (line.partition(":") for line in unfolded.split("\n"))
                yield {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def address_in(value: str) -> str | None:
    match = EMAIL.search(value.partition(";")[2] or value)
    return match[0] if match else None


def in_free_words(
    headers: Headers, sender: Address | None, subject: str, text: str, null_sender: bool
) -> Bounce | None:
    """A report a server wrote in its own words: from a machine, about a failure."""
    if not reports_failure(headers, sender, subject, text, null_sender):
        return None
    own_words = before_original(text)
    status = next(iter(STATUS.findall(own_words)), "")
    code = next(iter(SMTP_CODE.findall(own_words)), "")
    soft = status.startswith("4") or (not status and code.startswith("4"))
    final = status.startswith("5") or code.startswith("5")
    late = not final and LATE.search(f"{subject}\n{own_words[:3000]}") is not None
    return Bounce(None, status, not soft and not late, None, "delayed" if late else "failed", reason_line(own_words))


def reports_failure(headers: Headers, sender: Address | None, subject: str, text: str, null_sender: bool) -> bool:
    """The words are searched last, and only for what looks like a report: it takes longer than all the rest."""
    mail_system = by_machine(sender) if sender else MACHINE_NAME.search(headers.raw("from")) is not None
    about = SUBJECT.search(subject) is not None
    if "x-failed-recipients" in headers or (about and (mail_system or null_sender)):
        return True
    no_human = NO_REPLY.match(sender.email if sender else "") is not None or headers.raw("auto-submitted") != ""
    return (mail_system or (about and no_human)) and BODY.search(text[:20_000]) is not None


def by_machine(sender: Address) -> bool:
    return MACHINE.match(sender.email) is not None or MACHINE_NAME.search(sender.name) is not None


def before_original(text: str) -> str:
    """The report without the mail it returns."""
    match = ORIGINAL.search(text)
    return text[: match.start()] if match and match.start() > 40 else text[:20_000]


def reason_line(words: str) -> str:
    for line in words.split("\n"):
        if SMTP_CODE.search(line) or STATUS.search(line):
            return clean_line(line, 500)
    return ""


def original_id(headers: Headers, text: str, found: Contents) -> str | None:
    """The Message-ID of the mail that is reported: returned with it, quoted in the text, or named in the headers."""
    for kind, returned in found.reports:
        if kind in MESSAGES or kind.endswith("headers"):
            ids = PARENT_ID.findall(returned)
            if ids:
                return message_ids(ids[:1])[0] if message_ids(ids[:1]) else None
    quoted = message_ids(PARENT_ID.findall(text)[:1])
    named = message_ids([*headers.all("in-reply-to"), *headers.all("references")])
    return (quoted or named[-1:] or (None,))[0]


def named_recipient(headers: Headers, text: str, found: Contents) -> str | None:
    """Who did not get it: named in a header, in the report's words, or as the returned mail's recipient."""
    header = address_in(headers.raw("x-failed-recipients"))
    if header:
        return header
    words = before_original(text)
    present = " ".join(headers.raw(name) for name in ("to", "from", "return-path", "delivered-to"))
    ours = {address.lower() for address in EMAIL.findall(present)}
    named = [match["named"].rstrip(".") for match in NAMED.finditer(words)] + EMAIL.findall(words)
    foreign = (one for one in named if EMAIL.fullmatch(one) and one.lower() not in ours and not MACHINE.match(one))
    return next(foreign, None) or returned_recipient(text, found)


def returned_recipient(text: str, found: Contents) -> str | None:
    for returned in [body for kind, body in found.reports if kind in MESSAGES or kind.endswith("headers")] + [text]:
        match = re.search(r"^[ \t>|]*to\s*:(.{0,300})", returned, re.IGNORECASE | re.MULTILINE)
        if match and (address := EMAIL.search(match[1])):
            return address[0]
    return None
