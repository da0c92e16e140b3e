"""What other programmes post to the desk, described: alerts, and the calls and messages of lines, plain or Twilio's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from deskwright.api.shapes import TRUTH, WHOLE, Schema, a_list, an_object
from deskwright.channels.alerts import signals
from deskwright.channels.telephony import plain, twilio
from deskwright.channels.telephony.values import HAPPENINGS, MOST_SECONDS, TEXTS
from deskwright.desk.alerts import door
from deskwright.desk.lines import ways

SIGNED: Final[Schema] = {
    "type": "http",
    "scheme": "bearer",
    "description": "A Standard Webhooks signature by the address's own secret, or the secret as bearer or basic.",
}
SIGNED_BY_TWILIO: Final[Schema] = {
    "type": "apiKey",
    "in": "header",
    "name": "X-Twilio-Signature",
    "description": "Twilio's signature of the address and the form by the account's auth token.",
}
ALERTS_TAKEN: Final = an_object(received=WHOLE, tickets=a_list(WHOLE), repeated=TRUTH)
TAKEN: Final = an_object(received=TRUTH)
OPERATIONS: Final = {
    f"{door.PATH}{{source}}": ("Tell of alerts", "Alert", ALERTS_TAKEN, "source", "Alerts"),
    f"{ways.PATH}calls/{{line}}": ("Tell what a call does", "CallEvent", TAKEN, "line", "Lines"),
    f"{ways.PATH}messages/{{line}}": ("Hand a message in", "TextMessage", TAKEN, "line", "Lines"),
    f"{ways.PATH}status/{{line}}": ("Tell how a message did", "TextStatus", TAKEN, "line", "Lines"),
}
"""Path -> summary, what it takes, what it answers with, the word in the path, its tag."""
VOICE: Final = f"{ways.PATH}voice/{{line}}"
OF_TWILIO: Final = {
    f"{ways.PATH}calls/{{line}}": ("TwilioCall", ("agent", "ticket")),
    f"{ways.PATH}messages/{{line}}": ("TwilioMessage", ()),
    f"{ways.PATH}status/{{line}}": ("TwilioStatus", ("of",)),
    VOICE: ("TwilioVoice", ("step", "queue", "rung", "tries", "closed")),
}
"""Path -> the form a line at Twilio is posted to in, and what the desk's addresses ask with. Answered in TwiML."""


LONGEST: Final = 10_000
OF_A_CALL: Final = (
    "CallSid",
    "ParentCallSid",
    "From",
    "To",
    "Direction",
    "CallStatus",
    "DialCallStatus",
    "CallDuration",
    "DialCallDuration",
    "CallerName",
    "Timestamp",
)
OF_A_RECORDING: Final = (
    "RecordingSid",
    "RecordingUrl",
    "RecordingStatus",
    "RecordingDuration",
    "TranscriptionStatus",
    "TranscriptionText",
)
OF_A_MESSAGE: Final = (
    "MessageSid",
    "From",
    "To",
    "Body",
    "ProfileName",
    "NumMedia",
    *(f"{name}{place}" for place in range(twilio.MOST_MEDIA) for name in ("MediaUrl", "MediaContentType")),
    "Latitude",
    "Longitude",
    "Label",
    "Address",
)


def schemas() -> dict[str, Schema]:
    plainly = {"Alert": alert(), "CallEvent": call(), "TextMessage": message(), "TextStatus": status()}
    return plainly | {
        "TwilioCall": form(*OF_A_CALL, *OF_A_RECORDING),
        "TwilioMessage": form(*OF_A_MESSAGE, needed=("MessageSid", "From", "To")),
        "TwilioStatus": form("MessageSid", "MessageStatus", "ErrorCode", "ErrorMessage", needed=("MessageStatus",)),
        "TwilioVoice": form(*OF_A_CALL, "Digits"),
    }


def form(*names: str, needed: Sequence[str] = ()) -> Schema:
    """What the desk reads of a form of Twilio's; it takes whatever else stands there."""
    known = {name: text(LONGEST, shortest=1) if name in needed else text(LONGEST) for name in names}
    return {"type": "object", "properties": known, "required": list(needed), "additionalProperties": {"type": "string"}}


def alert() -> Schema:
    """A plain alert; Alertmanager's own form is taken at the addresses of its sources."""
    known: dict[str, Any] = {name: text(longest) for name, longest in signals.LONGEST.items()}
    known |= {"state": {"enum": list(signals.STATES)}, "labels": {"type": "object"}}
    return exactly({name: known[name] for name in signals.KNOWN}, "title")


def call() -> Schema:
    known = {
        "call": text(120, shortest=1),
        "event": {"enum": list(HAPPENINGS)},
        "number": text(40),
        "direction": {"enum": ["in", "out"]},
        "at": {"type": "string", "format": "date-time"},
        "seconds": {"type": "integer", "minimum": 0, "maximum": MOST_SECONDS},
        "agent": text(254),
        "ticket": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
        "recording": media(),
        "transcript": text(plain.LONGEST),
        "name": text(200),
    }
    return exactly({name: known[name] for name in plain.CALL}, "call", "event")


def message() -> Schema:
    known = {
        "id": text(120, shortest=1),
        "channel": {"enum": list(TEXTS)},
        "from": text(40, shortest=1),
        "text": text(plain.LONGEST),
        "media": {"type": "array", "items": media(), "maxItems": plain.MOST_MEDIA},
        "name": text(200),
        "location": place(),
        "contacts": {"type": "array", "items": contact(), "maxItems": plain.MOST_MEDIA},
    }
    return exactly({name: known[name] for name in plain.MESSAGE}, "id", "from")


def place() -> Schema:
    known = {
        "latitude": {"type": "number", "minimum": -90, "maximum": 90},
        "longitude": {"type": "number", "minimum": -180, "maximum": 180},
        "name": text(200),
        "address": text(400),
    }
    return exactly({name: known[name] for name in plain.LOCATION}, "latitude", "longitude")


def contact() -> Schema:
    numbers = {"type": "array", "items": text(40, shortest=1), "maxItems": plain.MOST_MEDIA}
    known = {"name": text(200), "numbers": numbers}
    return exactly({name: known[name] for name in plain.CONTACT})


def status() -> Schema:
    known = {"reference": text(300, shortest=1), "state": {"enum": list(plain.STATES)}, "error": text(500)}
    return exactly({name: known[name] for name in plain.STATUS}, "reference", "state")


def media() -> Schema:
    return exactly({name: text(2000) for name in plain.MEDIA}, "url")


def exactly(properties: dict[str, Any], *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def text(longest: int, *, shortest: int = 0) -> Schema:
    return {"type": "string", "maxLength": longest} | ({"minLength": shortest} if shortest else {})
