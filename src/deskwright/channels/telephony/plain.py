"""The desk's own JSON for calls and messages: for any telephone system or provider that can post.

Strict: a field nobody knows is refused, so that a misspelt one is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from deskwright.channels.telephony.values import (
    HAPPENINGS,
    MOST_SECONDS,
    TEXTS,
    CallEvent,
    Contact,
    Media,
    Place,
    TextCame,
    TextStatus,
    Unreadable,
)

CALL: Final = (
    "call", "event", "number", "direction", "at", "seconds", "agent", "ticket", "recording", "transcript", "name",
)  # fmt: skip
MESSAGE: Final = ("id", "channel", "from", "text", "media", "name", "location", "contacts")
STATUS: Final = ("reference", "state", "error")
STATES: Final = ("sent", "delivered", "read", "failed")
MEDIA: Final = ("url", "type", "name")
LOCATION: Final = ("latitude", "longitude", "name", "address")
CONTACT: Final = ("name", "numbers")
MOST_MEDIA: Final = 10
LONGEST: Final = 50_000


def document(body: bytes) -> Mapping[str, Any]:
    """The object in a body. Raises Unreadable."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as trouble:
        raise Unreadable("", f"The body is not JSON: {trouble}") from trouble
    if not isinstance(found, dict):
        raise Unreadable("", "The body must be an object.")
    return found


def call_event(said: Mapping[str, Any], line: str) -> CallEvent:
    """Raises Unreadable."""
    only(said, CALL)
    what = one_of(said, "event", HAPPENINGS)
    outgoing = one_of(said, "direction", ("in", "out"), "in") == "out"
    media = media_of(said["recording"], "recording") if said.get("recording") is not None else None
    if what in {"voicemail", "recording"} and media is None:
        raise Unreadable("recording", 'A recording has an address: {"url": ...}.')
    call = text(said, "call", 120, needed=True)
    return CallEvent(
        call=call,
        what=what,
        number=text(said, "number", 40),
        line=line,
        outgoing=outgoing,
        at=instant(said, "at"),
        seconds=number(said, "seconds", MOST_SECONDS),
        agent=text(said, "agent", 254),
        ticket=number(said, "ticket"),
        media=media,
        media_id=media.url if media else "",
        text=text(said, "transcript", LONGEST),
        name=text(said, "name", 200),
    )


def message(said: Mapping[str, Any], line: str) -> TextCame:
    """Raises Unreadable."""
    only(said, MESSAGE)
    media = said.get("media") or []
    if not isinstance(media, list) or len(media) > MOST_MEDIA:
        raise Unreadable("media", f"media must be a list of at most {MOST_MEDIA}.")
    return TextCame(
        id=text(said, "id", 120, needed=True),
        channel=one_of(said, "channel", TEXTS, "sms"),
        from_=text(said, "from", 40, needed=True),
        to=line,
        text=text(said, "text", LONGEST),
        media=tuple(media_of(one, f"media/{place}") for place, one in enumerate(media)),
        name=text(said, "name", 200),
        place=place(said.get("location")),
        contacts=contacts(said.get("contacts")),
    )


def place(value: Any) -> Place | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Unreadable("location", "A location is an object with its latitude and longitude.")
    only(value, LOCATION)
    latitude, longitude = degrees(value, "latitude", 90), degrees(value, "longitude", 180)
    return Place(latitude, longitude, text(value, "name", 200), text(value, "address", 400))


def degrees(said: Mapping[str, Any], name: str, most: int) -> float:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise Unreadable("location", f"{name} must be a number of degrees from -{most} to {most}.")
    return float(value)


def contacts(value: Any) -> tuple[Contact, ...]:
    several = value or []
    if not isinstance(several, list) or len(several) > MOST_MEDIA or not all(isinstance(one, dict) for one in several):
        raise Unreadable("contacts", f"contacts must be a list of at most {MOST_MEDIA} objects.")
    found = []
    for one in several:
        only(one, CONTACT)
        numbers = one.get("numbers") or []
        if not isinstance(numbers, list) or len(numbers) > MOST_MEDIA:
            raise Unreadable("contacts", "numbers must be a list of texts.")
        spelled = [text({"numbers": number}, "numbers", 40, needed=True) for number in numbers]
        found.append(Contact(text(one, "name", 200), tuple(spelled)))
    return tuple(found)


def status(said: Mapping[str, Any]) -> TextStatus:
    """Raises Unreadable."""
    only(said, STATUS)
    state = one_of(said, "state", STATES)
    return TextStatus(text(said, "reference", 300, needed=True), state, text(said, "error", 500))


def only(said: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in said:
        if name not in known:
            raise Unreadable(name[:80], f"There is no field {name[:80]!r}. Known: {', '.join(known)}.")


def text(said: Mapping[str, Any], name: str, longest: int, *, needed: bool = False) -> str:
    value = said.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or len(value) > longest or (needed and not value.strip()):
        raise Unreadable(name, f"{name} must be a text of {'1' if needed else '0'} to {longest:,} characters.")
    return value.replace("\x00", "").strip()


def one_of(said: Mapping[str, Any], name: str, words: Sequence[str], usual: str = "") -> str:
    value = said.get(name, usual or None)
    if value not in words:
        raise Unreadable(name, f"{name} must be one of {', '.join(words)}.")
    return str(value)


def number(said: Mapping[str, Any], name: str, most: int = 10**18 - 1) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Unreadable(name, f"{name} must be a whole number.")
    return value


def instant(said: Mapping[str, Any], name: str) -> datetime | None:
    value = said.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise Unreadable(name, f"{name} must say its time zone, such as Z.")
        return found.astimezone(UTC)
    except Unreadable:
        raise
    except (TypeError, ValueError, OverflowError):
        raise Unreadable(name, f"{name} must be a moment as 2026-11-25T14:00:00Z.") from None


def media_of(value: Any, name: str) -> Media:
    if not isinstance(value, dict):
        raise Unreadable(name, "A file is an object with its url.")
    only(value, MEDIA)
    url = text(value, "url", 2_000, needed=True)
    return Media(url, text(value, "type", 120), text(value, "name", 255))
