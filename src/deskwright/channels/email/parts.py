"""Walks the parts of a mail: what is text, what is HTML, what is a file. Bounded in depth, number and size.

Decodes transfer encodings and charsets; what the words mean is for others.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import replace
from email.message import Message

from deskwright.channels.contract import Attachment
from deskwright.channels.email import pgp
from deskwright.channels.email.armour import holds_sealed, holds_signed, sealed, unarmoured
from deskwright.channels.email.bodies import LARGEST_TEXT, children, kind_of, message_bytes, payload_bytes, plain_report
from deskwright.channels.email.charset import decode
from deskwright.channels.email.cleaning import clean
from deskwright.channels.email.contents import MESSAGES, REPORTS, Contents, Segment
from deskwright.channels.email.flowed import unflow
from deskwright.channels.email.headers import Headers, parameters
from deskwright.channels.email.html import from_text
from deskwright.channels.email.naming import content_id, content_location, file_of, kept, safe_name
from deskwright.channels.email.packed import take_uuencoded, take_yenc
from deskwright.channels.email.sealed import (
    BESIDE,
    DECRYPTED,
    DETACHED,
    ENCRYPTED,
    OPAQUE,
    PGP,
    PGP_CONTROL,
    PGP_SIGNED,
    UNREAD,
    Key,
    decrypted,
)
from deskwright.channels.email.signatures import signature, signed_content
from deskwright.channels.email.structure import message_of, pieces
from deskwright.channels.email.tnef import unpack
from deskwright.engine.saying import _

MOST_PARTS = 1000
DEEPEST = 40
SIGNED_DEPTH = 10
"""How deep the parts inside a signature may be nested."""
MOST_SIGNED = 3
"""Signatures of one mail that are looked into."""
SOURCE = re.compile(r"\bsrc\s*=\s*[\"']?\s*([^\"'\s>]{1,200})", re.IGNORECASE)
TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
NO_RING = pgp.Ring()
PROOFS = {PGP, *DETACHED}
SILENT = {PGP_CONTROL, *PROOFS}
"""Signatures: proof, not files anybody wants to see."""


def contents(message: Message, raw: bytes = b"", keys: Sequence[Key] = (), ring: pgp.Ring = NO_RING) -> Contents:
    """Everything in the mail, in order. `raw` are its bytes; `keys` and `ring` open what is encrypted for us."""
    found = Contents(whole=message, outermost=message, raw=raw, keys=keys, ring=ring)
    walk(message, found, 0)
    named = {source for one in found.segments if one.html and found.placed for source in SOURCE.findall(one.html)}
    loose = found.placed - named
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


def walk_many(part: Message, kind: str, found: Contents, depth: int) -> None:
    if kind == "multipart/alternative":
        walk_alternatives(part, found, depth)
        return
    if kind == "multipart/encrypted" and walk_encrypted(part, found, depth):
        return
    if kind == "multipart/signed" and walk_signed(part, found, depth):
        return
    for child in children(part):
        walk(child, found, depth + 1)


def walk_signed(part: Message, found: Contents, depth: int) -> bool:
    """The words of a detached signature, read from the very bytes that were signed. False, with nothing read, where
    these are not sure: the signed part is not the whole mail, or its boundary stands elsewhere too.
    """
    kinds = [kind_of(child, Headers(child.raw_items()))[0] for child in children(part)]
    if PGP in kinds[1:2] and not found.ring.keys:
        found.note(PGP_SIGNED)
        return False
    if PROOFS.isdisjoint(kinds[1:]):
        return False
    sure = part is found.whole and found.looked < MOST_SIGNED
    found.looked += sure
    parts = pieces(found.raw, part.get_boundary("")) if sure else []
    signer = message_of(parts[1]) if len(parts) == 2 else Message()
    headers = Headers(signer.raw_items())
    kind, proof = kind_of(signer, headers)[0], payload_bytes(signer, headers)
    if kind not in PROOFS:
        found.signatures.append(None)
        return False
    content = re.sub(rb"\r?\n", b"\r\n", parts[0])
    held = pgp.checked(found.ring, content, proof) if kind == PGP else signature(proof, content)
    found.signatures.append(held)
    walk_inside(part, content, found, depth + 1)
    return True


def walk_encrypted(part: Message, found: Contents, depth: int) -> bool:
    """What PGP has encrypted for a key in the ring (RFC 3156); False, with a note, where none opens it, or where it is
    not the whole mail: what stands around it might lead its words elsewhere.
    """
    kinds = [kind_of(child, Headers(child.raw_items()))[0] for child in children(part)]
    if part is not found.outermost or len(kinds) != 2 or kinds[0] != PGP_CONTROL:
        found.note(BESIDE)
        return False
    inside = children(part)[1]
    content = opened(found, payload_bytes(inside, Headers(inside.raw_items())))
    if content is None:
        return False
    walk_opened(part, content, found, depth + 1)
    return True


def opened(found: Contents, message: bytes) -> bytes | None:
    """What is inside a whole mail that PGP has encrypted; None, with a note, where it is not to be had."""
    try:
        read = pgp.opened(found.ring, message)
    except pgp.Unreadable:
        found.note(UNREAD)
        return None
    found.note(DECRYPTED if read else ENCRYPTED)
    if read is None:
        return None
    found.encrypted = True
    found.signatures += [read.signature] if read.signature else []
    return read.content


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


def add_leaf(part: Message, kind: str, options: dict[str, str], headers: Headers, found: Contents) -> None:
    disposition, details = parameters(headers.raw("content-disposition"))
    if not content_id(headers) and (location := content_location(headers)):
        found.placed.add(location)
    name = details.get("filename") or options.get("name") or ""
    raw = payload_bytes(part, headers)
    if kind.startswith("multipart/"):
        found.damaged = True
        kind = "text/plain"
    if kind == "text/calendar":
        found.calendars.append(clean(decode(raw[:LARGEST_TEXT], options.get("charset"))))
        name = name or "invitation.ics"
    elif kind in ("text/plain", "text/html") and disposition != "attachment" and not name:
        add_text(part, kind, raw, options, found)
        return
    if kind in OPAQUE and options.get("smime-type", "") != "certs-only" and add_signed(part, raw, found):
        return
    if kind in TNEF or name.lower() == "winmail.dat":
        add_tnef(raw, found)
    if kind not in SILENT:
        found.files.append(file_of(name, kind, raw, headers, disposition))
        if len(found.files[-1].content) < len(raw):
            found.note(_("%(file)s is too large to be kept here; the original mail has it.", file=found.files[-1].name))


def add_signed(part: Message, raw: bytes, found: Contents) -> bool:
    """The words inside an opaque signature, or of a mail that is encrypted as a whole; False where they stay closed."""
    found.looked += 1
    if found.looked > MOST_SIGNED:
        return False
    content = signed_content(raw)
    if content is not None:
        found.signatures.append(signature(raw) if part is found.whole else None)
        walk_inside(part, content, found, DEEPEST - SIGNED_DEPTH)
        return True
    if part is not found.outermost:
        found.note(BESIDE)
        return False
    content = decrypted(raw, found.keys)
    found.note(ENCRYPTED if content is None else DECRYPTED)
    if content is None:
        return False
    walk_opened(part, content, found, DEEPEST - SIGNED_DEPTH)
    return True


def walk_opened(part: Message, content: bytes, found: Contents, depth: int) -> None:
    """What came encrypted. The subject that mail programs hide in it is told to agents: letters have the outer."""
    found.encrypted = True
    outer, hidden = (Headers(one.raw_items()).text("subject") for one in (part, message_of(content)))
    if hidden and hidden != outer:
        found.note(_("The subject inside: %(subject)s", subject=hidden))
    walk_inside(part, content, found, depth)


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
        found.files.append(Attachment(safe_name(name, kind, content), kind, len(content), kept(content)))


def add_text(part: Message, kind: str, raw: bytes, options: dict[str, str], found: Contents) -> None:
    if len(raw) > LARGEST_TEXT:
        found.note(_("The text was cut after two megabytes; the original mail has all of it."))
    charset = options.get("charset")
    if kind == "text/plain" and b"BEGIN PGP MESSAGE" in raw and add_sealed(part, raw, charset, found):
        return
    raw, packed, broken = take_yenc(raw[:LARGEST_TEXT]) if kind == "text/plain" else (raw, [], False)
    found.files.extend(packed)
    if broken:
        found.damaged = True
    charset = charset or (charset_in_page(raw) if kind == "text/html" else None)
    text = clean(decode(raw[:LARGEST_TEXT], charset))
    if kind == "text/html":
        found.segments.append(Segment(None, text))
        return
    if options.get("format", "").lower() == "flowed":
        text = unflow(text, joining=options.get("delsp", "").lower() == "yes")
    text, files = take_uuencoded(add_armoured(part, text, raw, charset, found))
    found.files.extend(files)
    found.segments.append(Segment(text))


def add_sealed(part: Message, raw: bytes, charset: str | None, found: Contents) -> bool:
    """The words of a mail whose whole text is one encrypted block; False where they stay closed, with a note."""
    text = clean(decode(raw[:LARGEST_TEXT], charset))
    block = sealed(text) if part is found.outermost and len(raw) <= LARGEST_TEXT else None
    if block is None:
        if holds_sealed(text):
            found.note(BESIDE)
        return False
    content = opened(found, block.encode())
    if content is not None:
        found.segments.append(Segment(clean(decode(content[:LARGEST_TEXT]))))
    return content is not None


def add_armoured(part: Message, text: str, raw: bytes, charset: str | None, found: Contents) -> str:
    """The text without the armour of PGP; what that proves is noted."""
    if not holds_signed(text):
        return text
    alone = part is found.whole and found.looked < MOST_SIGNED
    found.looked += alone
    words = unarmoured(text, raw, charset, found.ring, alone=alone)
    found.signatures += words.signatures
    for sentence in words.notes:
        found.note(sentence)
    return words.text


def charset_in_page(raw: bytes) -> str | None:
    match = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", raw[:4000], re.IGNORECASE)
    return match[1].decode() if match else None
