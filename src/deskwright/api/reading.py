"""Bodies of requests -> what the desk's deeds take. The fields listed here are the contract that `openapi` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from deskwright.api.checking import Body, parsed
from deskwright.desk.arrivals import Arrival, Key, Person
from deskwright.engine.values import CHANNELS, LEVELS, PRIORITIES

SUBJECT, TEXT, WORD, VALUE = 1_000, 200_000, 80, 10_000
"""Longest, in characters."""
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
)
PERSON: Final = ("email", "name")
MESSAGE: Final = ("text", "kind", "requester", "solve")
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


@dataclass(frozen=True, slots=True)
class Written:
    """A message for an existing ticket."""

    text: str
    kind: str
    requester: Person | None
    solve: bool


def message(body: bytes) -> Written:
    """What a `POST /tickets/ID/messages` says. Raises Problem 400 or 422 with every fault."""
    read = Body(parsed(body))
    read.only(MESSAGE)
    written = Written(
        text=read.text("text", TEXT, required=True) or "",
        kind=read.choice("kind", KINDS, "customer") or "customer",
        requester=person(read, required=False),
        solve=read.flag("solve"),
    )
    if written.kind != "customer" and written.requester:
        read.fault("requester", "Only a message of kind 'customer' has a requester.")
    if written.kind != "reply" and written.solve:
        read.fault("solve", "Only a message of kind 'reply' can solve the ticket.")
    read.done()
    return written
