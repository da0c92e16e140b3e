"""Bodies of requests -> what the desk's deeds take. The fields listed here are the contract that `openapi` shows."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deskwright.api.checking import Body, parsed
from deskwright.api.shapes import Whole
from deskwright.desk.answering.files import LARGEST, MOST, file_of
from deskwright.desk.answering.leaving import WRITTEN
from deskwright.desk.arriving.arrivals import Arrival, File, Key, Person
from deskwright.engine.values import CHANNELS, LEVELS, PRIORITIES

SUBJECT, TEXT, WORD, VALUE, NAME = 1_000, 200_000, 80, 10_000, 255
"""Longest, in characters."""
ADDRESS, PEOPLE = 320, 48
TAGS, CUSTOM_FIELDS = 50, 100
TICKET: Final = (
    "subject",
    "text",
    "requester",
    "channel",
    "priority",
    "impact",
    "urgency",
    "category",
    "type",
    "tags",
    "fields",
    "language",
    "files",
)
PERSON: Final = ("email", "name")
MESSAGE: Final = ("text", "kind", "requester", "solve", "cc", "bcc", "seen", "by", "files")
RECIPIENTS: Final = ("cc", "bcc")
FILE: Final = ("name", "content")
KINDS: Final = ("customer", "reply", "note")


def ticket(body: bytes, key: Key | None) -> Arrival:
    """The arrival a `POST /tickets` describes. Raises Problem 400 or 422 with every fault."""
    read = Body(parsed(body))
    read.only(TICKET)
    text = read.text("text", TEXT) or ""
    arrival = Arrival(
        channel=read.choice("channel", CHANNELS, "api") or "api",
        requester=person(read) or Person(""),
        subject=read.text("subject", SUBJECT, required=True) or "",
        text=text,
        new_text=text,
        priority=read.choice("priority", PRIORITIES),
        impact=read.choice("impact", LEVELS),
        urgency=read.choice("urgency", LEVELS),
        category=read.text("category", WORD),
        type=read.text("type", 40) or "question",
        tags=read.texts("tags", WORD, TAGS),
        fields=custom_fields(read),
        language=read.text("language", 12),
        files=attachments(read),
        key=key,
    )
    read.done()
    return arrival


def person(read: Body, *, required: bool = True) -> Person | None:
    """The requester, named by a mail address."""
    within = read.within("requester", required=required)
    if within is None:
        return None
    within.only(PERSON)
    return Person(within.email("email"), within.text("name", 200) or "")


def custom_fields(read: Body) -> dict[str, Any]:
    within = read.within("fields")
    if within is None:
        return {}
    if len(within.values) > CUSTOM_FIELDS:
        read.fault("fields", f"There are {len(within.values)} custom fields; at most {CUSTOM_FIELDS} are taken.")
    for name in within.values:
        within.sound(name[:WORD], name, WORD)
    return within.plain_values(within.values, VALUE)


def attachments(read: Body) -> tuple[File, ...]:
    """Files, each with its name and its bytes in base64; what they are, their bytes and their name say."""
    found = []
    for each in read.objects("files", MOST):
        each.only(FILE)
        name, content = each.text("name", NAME, required=True) or "", decoded(each)
        if content is not None:
            found.append(file_of(name, content))
    if sum(len(file.content) for file in found) > LARGEST:
        read.fault("files", f"Together the files are larger than {LARGEST // 1024 // 1024} MB.")
    return tuple(found)


def decoded(read: Body) -> bytes | None:
    written = read.values.get("content")
    try:
        content = b64decode(written, validate=True) if isinstance(written, str) else b""
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        read.fault("content", "'content' must be the file's bytes in base64, at least one.")
    return content or None


@dataclass(frozen=True, slots=True)
class Written:
    """A message for an existing ticket."""

    text: str
    kind: str
    requester: Person | None
    solve: bool
    to: Mapping[str, Sequence[str]] | None = None
    """{"cc": [...], "bcc": [...]}; None: those of the conversation."""
    seen: int | None = None
    """The newest message the writer knows."""
    by: str = ""
    """The channel it is to leave by."""
    files: tuple[File, ...] = ()


def message(body: bytes) -> Written:
    """What a `POST /tickets/ID/messages` says. Raises Problem 400 or 422 with every fault."""
    read = Body(parsed(body))
    read.only(MESSAGE)
    written = Written(
        text=read.text("text", TEXT, required=True) or "",
        kind=read.choice("kind", KINDS, "customer") or "customer",
        requester=person(read, required=False),
        solve=read.flag("solve"),
        to=recipients(read),
        seen=Whole(1, nullable=True).read(read, "seen") if "seen" in read.values else None,
        by=read.choice("by", WRITTEN) or "",
        files=attachments(read),
    )
    if written.kind != "customer" and written.requester:
        read.fault("requester", "Only a message of kind 'customer' has a requester.")
    if written.kind != "reply" and written.solve:
        read.fault("solve", "Only a message of kind 'reply' can solve the ticket.")
    if written.kind != "reply" and written.by:
        read.fault("by", "Only a message of kind 'reply' leaves by a channel.")
    if written.kind != "reply" and (written.to is not None or written.seen is not None):
        read.fault("cc", "Only a message of kind 'reply' goes to others, or can be stale.")
    read.done()
    return written


def recipients(read: Body) -> dict[str, Sequence[str]] | None:
    """None where nobody is named: it goes to those of the conversation."""
    if not any(name in read.values for name in RECIPIENTS):
        return None
    return {name: read.texts(name, ADDRESS, PEOPLE) for name in RECIPIENTS}
