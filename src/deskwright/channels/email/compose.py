"""Writes a mail: the bytes that leave, the same for the same `Outgoing`. Sends nothing and reads no clock."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from deskwright.channels.contract import Attachment, Outgoing
from deskwright.channels.email.cleaning import clean, clean_line
from deskwright.channels.email.headers_out import NAME, addresses_header, ids_header, plain_address, text_header
from deskwright.channels.email.markdown import markdown_html
from deskwright.engine.saying import _

__all__ = ["compose", "markdown_html", "recipients"]

BODY_POLICY = SMTP.clone(cte_type="7bit")
LATEST_REFERENCES = 20
OURS = frozenset({
    "from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references",
    "auto-submitted", "mime-version", "content-type", "content-transfer-encoding", "x-auto-response-suppress",
})  # fmt: skip
MESSAGE_ID = re.compile(r"[^\s<>]+")
SKELETON = (
    '<!doctype html>\n<html><head><meta charset="utf-8"></head>'
    '<body style="font-family:system-ui,Segoe UI,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5">\n'
    "{}\n</body></html>\n"
)


def compose(outgoing: Outgoing) -> bytes:
    """The mail with CRLF line ends. Raises ValueError when an address, a header name or a Message-ID cannot be written.

    Bytes are ASCII, except for a local part that only SMTPUTF8 can carry, which is written in UTF-8.
    """
    head = "".join(f"{line}\r\n" for line in header_lines(outgoing))
    return head.encode() + body(outgoing).as_bytes(policy=BODY_POLICY)


def recipients(outgoing: Outgoing) -> tuple[str, ...]:
    """Everybody who gets it, each address once, domains in punycode."""
    everybody = outgoing.envelope or [one.email for one in (*outgoing.to, *outgoing.cc, *outgoing.bcc)]
    return tuple(dict.fromkeys(plain_address(email) for email in everybody))


def header_lines(outgoing: Outgoing) -> Iterator[str]:
    yield addresses_header("From", [outgoing.from_])
    for name, addresses in (("To", outgoing.to), ("Cc", outgoing.cc), ("Reply-To", outgoing.reply_to)):
        if addresses:
            yield addresses_header(name, addresses)
    yield text_header("Subject", outgoing.subject)
    yield f"Date: {format_datetime(outgoing.date)}"
    yield ids_header("Message-ID", [bracketed(outgoing.message_id)])
    yield from thread_lines(outgoing)
    if outgoing.auto_submitted:
        yield text_header("Auto-Submitted", outgoing.auto_submitted)
        yield "X-Auto-Response-Suppress: DR, OOF, AutoReply"
    yield from further_lines(outgoing)


def thread_lines(outgoing: Outgoing) -> Iterator[str]:
    """In-Reply-To and References: of a long thread the first and the latest twenty."""
    if outgoing.in_reply_to:
        yield ids_header("In-Reply-To", [bracketed(outgoing.in_reply_to)])
    chain = list(dict.fromkeys(bracketed(one) for one in outgoing.references))
    if outgoing.in_reply_to and bracketed(outgoing.in_reply_to) not in chain:
        chain.append(bracketed(outgoing.in_reply_to))
    if chain:
        yield ids_header("References", trimmed(chain))


def trimmed(chain: Sequence[str]) -> list[str]:
    return list(chain) if len(chain) <= LATEST_REFERENCES + 1 else [chain[0], *chain[-LATEST_REFERENCES:]]


def bracketed(message_id: str) -> str:
    """The id in angle brackets. Raises ValueError when it is none."""
    match = MESSAGE_ID.fullmatch(message_id.strip().removeprefix("<").removesuffix(">"))
    if match is None:
        raise ValueError(_("“%(name)s” is not a Message-ID.", name=message_id))
    return f"<{match.group()}>"


def further_lines(outgoing: Outgoing) -> Iterator[str]:
    for name, value in outgoing.headers.items():
        if not NAME.match(name):
            raise ValueError(_("“%(name)s” is not a header name.", name=name))
        if name.lower() not in OURS:
            yield text_header(name, value)


def body(outgoing: Outgoing) -> EmailMessage:
    """The MIME part: text, the HTML beside it, inline pictures with the HTML, files after them."""
    message = EmailMessage(policy=BODY_POLICY)
    message.set_content(clean(outgoing.text), charset="utf-8")
    inline = [item for item in outgoing.attachments if item.inline and outgoing.html]
    if outgoing.html:
        message.add_alternative(whole_page(clean(outgoing.html)), subtype="html", charset="utf-8")
        page = message.get_payload()[1]  # type: ignore[index]
        for item in inline:
            attach(page, item)  # type: ignore[arg-type]
    for item in outgoing.attachments:
        if item not in inline:
            attach(message, item)
    name_boundaries(message, outgoing.message_id)
    return message


def whole_page(html: str) -> str:
    return html if re.match(r"\s*<(!doctype|html)", html, re.IGNORECASE) else SKELETON.format(html)


def attach(message: EmailMessage, item: Attachment) -> None:
    kind = item.content_type if re.fullmatch(r"[\w.+-]+/[\w.+-]+", item.content_type, re.ASCII) else None
    kind = kind or mimetypes.guess_type(item.name)[0] or "application/octet-stream"
    main, sub = kind.lower().split("/")
    if main in ("message", "multipart"):
        main, sub = "application", "octet-stream"
    name = clean_line(item.name, 200) or "file"
    if item.inline:
        content_id = f"<{clean_line(item.content_id).strip('<>')}>" if item.content_id else None
        message.add_related(item.content, main, sub, cid=content_id, filename=name, disposition="inline")
    else:
        message.add_attachment(item.content, main, sub, filename=name)


def name_boundaries(message: EmailMessage, message_id: str) -> None:
    """Boundaries from the Message-ID: sending again gives the same bytes, and no content can know them beforehand."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary("=_" + hashlib.sha256(f"{message_id} {number}".encode()).hexdigest()[:40])
