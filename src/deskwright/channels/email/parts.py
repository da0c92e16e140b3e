"""Walks the parts of a mail: what is text, what is HTML, what is a file. Bounded in depth, number and size.

Decodes transfer encodings and charsets; what the words mean is for others.
"""

from __future__ import annotations

import binascii
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email.message import Message

from deskwright.channels.contract import Attachment
from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean, clean_line
from deskwright.channels.email.flowed import unflow
from deskwright.channels.email.headers import Headers, parameters, to_bytes, tolerant_base64
from deskwright.channels.email.html import from_text
from deskwright.channels.email.packed import take_uuencoded, take_yenc
from deskwright.channels.email.sealed import (
    DECRYPTED,
    DETACHED,
    ENCRYPTED,
    OPAQUE,
    PGP,
    PGP_SIGNED,
    Key,
    decrypted,
)
from deskwright.channels.email.signatures import Signature, signature, signed_content
from deskwright.channels.email.structure import message_of, pieces
from deskwright.channels.email.tnef import unpack
from deskwright.engine.saying import _

MOST_PARTS = 1000
DEEPEST = 40
LARGEST_FILE = 30 * 1024 * 1024
LARGEST_TEXT = 2 * 1024 * 1024
"""Bytes of one text part that are read."""
KIND = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
SIGNED_DEPTH = 10
"""How deep the parts inside a signature may be nested."""
MOST_SEALED = 3
"""Signatures and encrypted parts of one mail that are looked into."""
SOURCE = re.compile(r"\bsrc\s*=\s*[\"']?\s*([^\"'\s>]{1,200})", re.IGNORECASE)
TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
SILENT = {PGP, *DETACHED}
"""Signatures: proof, not files anybody wants to see."""
KINDS_OF_FILE = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"%PDF": ".pdf", b"PK\x03\x04": ".zip"}


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
    opened: int = 0
    """Signatures and encrypted parts looked into so far."""
    placed: set[str] = field(default_factory=set)
    """Content-Location of files that have no Content-ID."""
    keys: Sequence[Key] = ()
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


def contents(message: Message, raw: bytes = b"", keys: Sequence[Key] = ()) -> Contents:
    """Everything in the mail, in order. `raw` are its bytes; `keys` open what is encrypted for us."""
    found = Contents(whole=message, raw=raw, keys=keys)
    walk(message, found, 0)
    named = {source for one in found.segments if one.html and found.placed for source in SOURCE.findall(one.html)}
    loose = found.placed - named - {""}
    found.files = [replace(one, inline=False) if one.content_id in loose else one for one in found.files]
    return found


def walk(part: Message, found: Contents, depth: int) -> None:
    found.parts += 1
    if found.parts > MOST_PARTS or depth > DEEPEST:
        found.damaged = True
        found.note(_("Parts beyond the limit were left out; the original mail has them."))
        return
    headers = Headers(part.raw_items())
    kind, options = kind_of(part, headers)
    if part.is_multipart() and kind.startswith("multipart/"):
        walk_many(part, kind, found, depth)
    elif kind in REPORTS:
        found.reports.append((kind, plain_report(part)))
    elif kind in MESSAGES:
        add_message(part, kind, headers, options, found)
    else:
        add_leaf(part, kind, options, headers, found)


def kind_of(part: Message, headers: Headers) -> tuple[str, dict[str, str]]:
    kind, options = parameters(headers.raw("content-type"))
    if not KIND.fullmatch(kind):
        kind = "text/plain" if kind in ("", "text", "plain") else "application/octet-stream"
        kind = "multipart/mixed" if part.is_multipart() and part.get_content_maintype() == "multipart" else kind
    return kind, options


def children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def walk_many(part: Message, kind: str, found: Contents, depth: int) -> None:
    if kind == "multipart/alternative":
        walk_alternatives(part, found, depth)
        return
    if kind == "multipart/encrypted":
        found.note(ENCRYPTED)
    if kind == "multipart/signed" and walk_signed(part, found, depth):
        return
    for child in children(part):
        walk(child, found, depth + 1)


def walk_signed(part: Message, found: Contents, depth: int) -> bool:
    """The words of a detached signature, read from the very bytes that were signed. False, with nothing read, where
    these are not sure: the signed part is not the whole mail, or its boundary stands elsewhere too.
    """
    kinds = [kind_of(child, Headers(child.raw_items()))[0] for child in children(part)]
    if PGP in kinds[1:2]:
        found.note(PGP_SIGNED)
    if DETACHED.isdisjoint(kinds[1:]):
        return False
    sure = part is found.whole and found.opened < MOST_SEALED
    found.opened += sure
    parts = pieces(found.raw, part.get_boundary("")) if sure else []
    signer = message_of(parts[1]) if len(parts) == 2 else Message()
    headers = Headers(signer.raw_items())
    if kind_of(signer, headers)[0] not in DETACHED:
        found.signatures.append(None)
        return False
    content = re.sub(rb"\r?\n", b"\r\n", parts[0])
    found.signatures.append(signature(payload_bytes(signer, headers), content))
    walk_inside(part, content, found, depth + 1)
    return True


def walk_alternatives(part: Message, found: Contents, depth: int) -> None:
    """The alternatives as one segment: the first plain reading beside the last HTML one. Files in either are kept."""
    ways: list[Segment] = []
    outer = found.segments
    for child in children(part):
        found.segments = []
        walk(child, found, depth + 1)
        ways.append(merged(found.segments))
    found.segments = outer
    text = next((way.text for way in ways if way.text and way.html is None), None)
    html = next((way.html for way in reversed(ways) if way.html), None)
    if text is not None or html is not None:
        outer.append(Segment(text, html))


def merged(segments: list[Segment]) -> Segment:
    """Several stretches as one: HTML as soon as one of them is."""
    if any(one.html for one in segments):
        return Segment(None, "\n".join(one.html or from_text(one.text or "") for one in segments))
    texts = [one.text for one in segments if one.text is not None]
    return Segment("\n".join(texts) if texts else None)


def add_message(part: Message, kind: str, headers: Headers, options: dict[str, str], found: Contents) -> None:
    """A mail inside the mail: a file, and (for bounces) its headers as a report."""
    raw = b"".join(message_bytes(child) for child in children(part)) or payload_bytes(part, headers)
    found.reports.append((kind, decode(raw[:LARGEST_TEXT])))
    about = next((Headers(child.raw_items()).text("subject", 120) for child in children(part)), "")
    name = options.get("name") or (f"{about}.eml" if about else "message.eml")
    found.files.append(file_of(name, "message/rfc822", raw, headers))


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


def add_leaf(part: Message, kind: str, options: dict[str, str], headers: Headers, found: Contents) -> None:
    disposition, details = parameters(headers.raw("content-disposition"))
    if not content_id(headers):
        found.placed.add(content_location(headers))
    name = details.get("filename") or options.get("name") or ""
    raw = payload_bytes(part, headers)
    if kind.startswith("multipart/"):
        found.damaged = True
        kind = "text/plain"
    if kind == "text/calendar":
        found.calendars.append(clean(decode(raw[:LARGEST_TEXT], options.get("charset"))))
        name = name or "invitation.ics"
    elif kind in ("text/plain", "text/html") and disposition != "attachment" and not name:
        add_text(kind, raw, options, found)
        return
    if kind in OPAQUE and options.get("smime-type", "") != "certs-only" and add_signed(part, raw, found):
        return
    if kind in TNEF or name.lower() == "winmail.dat":
        add_tnef(raw, found)
    if kind not in SILENT:
        found.files.append(file_of(name, kind, raw, headers, disposition))
        if len(raw) > LARGEST_FILE:
            found.note(_("%(file)s is too large to be kept here; the original mail has it.", file=found.files[-1].name))


def add_signed(part: Message, raw: bytes, found: Contents) -> bool:
    """The words inside an opaque signature or an encrypted part; False, with a note, where no key opens it."""
    found.opened += 1
    if found.opened > MOST_SEALED:
        return False
    content = signed_content(raw)
    if content is not None:
        found.signatures.append(signature(raw) if part is found.whole else None)
    else:
        content = decrypted(raw, found.keys)
        found.note(ENCRYPTED if content is None else DECRYPTED)
    if content is None:
        return False
    walk_inside(part, content, found, DEEPEST - SIGNED_DEPTH)
    return True


def walk_inside(part: Message, content: bytes, found: Contents, depth: int) -> None:
    """What a signature or an encryption encloses; the whole mail where the part was."""
    inner, outside = message_of(content), (found.whole, found.raw)
    found.whole, found.raw = inner if part is found.whole else None, content
    walk(inner, found, depth)
    found.whole, found.raw = outside


def add_tnef(raw: bytes, found: Contents) -> None:
    """What Outlook packed into winmail.dat: its files, and its words where the mail has none."""
    unpacked = unpack(raw)
    if unpacked is None:
        return
    if (unpacked.text or unpacked.html) and not any(one.text or one.html for one in found.segments):
        found.segments.append(Segment(unpacked.text or None, unpacked.html or None))
    for name, content in unpacked.files:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        kept = content if len(content) <= LARGEST_FILE else b""
        found.files.append(Attachment(safe_name(name, kind, content), kind, len(content), kept))


def add_text(kind: str, raw: bytes, options: dict[str, str], found: Contents) -> None:
    if len(raw) > LARGEST_TEXT:
        found.note(_("The text was cut after two megabytes; the original mail has all of it."))
    raw, packed, broken = take_yenc(raw[:LARGEST_TEXT]) if kind == "text/plain" else (raw, [], False)
    found.files.extend(packed)
    if broken:
        found.damaged = True
    charset = options.get("charset") or (charset_in_page(raw) if kind == "text/html" else None)
    text = clean(decode(raw[:LARGEST_TEXT], charset))
    if kind == "text/html":
        found.segments.append(Segment(None, text))
        return
    if options.get("format", "").lower() == "flowed":
        text = unflow(text, joining=options.get("delsp", "").lower() == "yes")
    if text.lstrip().startswith("-----BEGIN PGP MESSAGE-----"):
        found.note(ENCRYPTED)
    text, files = take_uuencoded(text)
    found.files.extend(files)
    found.segments.append(Segment(text))


def charset_in_page(raw: bytes) -> str | None:
    match = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", raw[:4000], re.IGNORECASE)
    return match[1].decode() if match else None


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


def file_of(name: str, kind: str, raw: bytes, headers: Headers, disposition: str = "") -> Attachment:
    named = content_id(headers) or content_location(headers)
    kept = raw if len(raw) <= LARGEST_FILE else b""
    inline = bool(named) and disposition != "attachment" and kind.startswith("image/")
    return Attachment(safe_name(name, kind, raw), kind, len(raw), kept, named, inline)


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
