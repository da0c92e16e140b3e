"""Twilio's webhooks: whether they are Twilio's, which its own library knows, and what they tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from deskwright.channels.telephony.values import (
    ANSWERED,
    ENDED,
    MISSED,
    MOST_SECONDS,
    RECORDING,
    RINGING,
    SMS,
    TRANSCRIPT,
    WHATSAPP,
    CallEvent,
    Media,
    Place,
    TextCame,
    TextStatus,
    Unreadable,
)
from deskwright.engine.saying import _

Values = Mapping[str, str]
SIGNATURE: Final = b"x-twilio-signature"
MOST_MEDIA: Final = 10
FIELDS: Final = 300
WHATSAPP_PREFIX: Final = "whatsapp:"
MENU, RING, RANG, NOBODY, BYE = "menu", "ring", "rang", "nobody", "bye"
"""The steps of a call we answer ourselves, as its addresses name them."""
STATES: Final = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}
CALLS: Final = {
    "ringing": RINGING,
    "in-progress": ANSWERED,
    "answered": ANSWERED,
    "completed": ENDED,
    "busy": MISSED,
    "no-answer": MISSED,
    "failed": MISSED,
    "canceled": MISSED,
}
ERRORS: Final = {
    "30003": _("The phone is switched off or out of reach."),
    "30004": _("The number blocks messages."),
    "30005": _("The number is not known."),
    "30006": _("The number is a landline and takes no messages."),
    "30007": _("The network took it for spam."),
    "21610": _("They have answered STOP and get no more messages."),
    "63016": _("WhatsApp's 24 hours are over: only an approved template may be sent."),
}


def form(body: bytes) -> dict[str, str]:
    """The parameters of a post. Raises Unreadable."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
    except ValueError as trouble:
        raise Unreadable("", _("The body is no form: %(error)s", error=str(trouble))) from trouble
    return dict(pairs)


def genuine(url: str, values: Values, given: bytes, token: str) -> bool:
    """Whether the signature is Twilio's for this address and these parameters, with or without the usual port."""
    return bool(RequestValidator(token).validate(url, dict(values), given.decode("latin-1").strip()))


def text_came(values: Values) -> TextCame:
    """Raises Unreadable."""
    sid = needed(values, "MessageSid")
    sender, to = needed(values, "From"), needed(values, "To")
    number = values.get("NumMedia", "0")
    count = min(int(number), MOST_MEDIA) if number.isdecimal() else 0
    media = tuple(
        Media(url, values.get(f"MediaContentType{place}", ""))
        for place in range(count)
        if (url := values.get(f"MediaUrl{place}"))
    )
    channel = WHATSAPP if sender.startswith(WHATSAPP_PREFIX) else SMS
    name, text = values.get("ProfileName", ""), values.get("Body", "")
    return TextCame(sid, channel, bare(sender), bare(to), text, media, name, place(values))


def place(values: Values) -> Place | None:
    try:
        latitude, longitude = float(values["Latitude"]), float(values["Longitude"])
    except (KeyError, ValueError):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return Place(latitude, longitude, values.get("Label", "")[:200], values.get("Address", "")[:400])


def text_status(values: Values, reference: str) -> TextStatus | None:
    """None for a state nobody needs to know (queued, sending ...). Raises Unreadable."""
    state = STATES.get(needed(values, "MessageStatus"))
    if state is None:
        return None
    code = values.get("ErrorCode", "")
    return TextStatus(reference, state, explained(code, values.get("ErrorMessage", "")) if state == "failed" else "")


def explained(code: str, message: str = "") -> str:
    """What Twilio's error code means to people."""
    known = ERRORS.get(code) or message or _("The provider could not deliver it.")
    return _("%(why)s (%(code)s)", why=known, code=code) if code else known


def call_event(values: Values) -> CallEvent | None:
    """None for what is of no consequence here (queued, initiated). Raises Unreadable."""
    sid = values.get("ParentCallSid") or needed(values, "CallSid")
    outgoing = values.get("Direction", "inbound").startswith("outbound") and not values.get("ParentCallSid")
    ours, theirs = ("From", "To") if outgoing else ("To", "From")
    what = happening(values)
    if what is None:
        return None
    return CallEvent(
        call=sid,
        what=what,
        number=bare(values.get(theirs, "")),
        line=bare(values.get(ours, "")),
        outgoing=outgoing,
        at=instant(values.get("Timestamp", "")),
        seconds=lasted(values),
        agent=values.get("agent", ""),
        ticket=whole(values.get("ticket")),
        media=recording(values) if what == RECORDING else None,
        media_id=values.get("RecordingSid", "") if what == RECORDING else "",
        text=values.get("TranscriptionText", "") if what == TRANSCRIPT else "",
        name=values.get("CallerName", ""),
        spoken=outgoing or "DialCallStatus" in values or "ParentCallSid" in values,
    )


def voice_event(values: Values) -> CallEvent | None:
    """What a step of a call we answer ourselves tells: that a talk is over, or that nobody was reached."""
    step, ended = values.get("step", ""), values.get("CallStatus") in {"completed", "canceled", "busy", "failed"}
    if step == RANG and CALLS.get(values.get("DialCallStatus", "")) in {ANSWERED, ENDED}:
        return call_event({**values, "DialCallStatus": "completed"})
    if step == NOBODY or (step == RANG and ended):
        return call_event({**values, "DialCallStatus": "no-answer"})
    return None


def happening(values: Values) -> str | None:
    """Of the legs to agents only an answer matters: that one of them did not answer ends nothing."""
    if values.get("TranscriptionStatus") == "completed" and values.get("TranscriptionText"):
        return TRANSCRIPT
    if values.get("RecordingUrl") and values.get("RecordingStatus", "completed") == "completed":
        return RECORDING
    what = CALLS.get(values.get("DialCallStatus") or values.get("CallStatus", ""))
    leg = "ParentCallSid" in values
    return None if leg and what in {MISSED, ENDED} else what


def lasted(values: Values) -> int | None:
    """Seconds; None where it does not say, or says what cannot be."""
    found = whole(values.get("RecordingDuration") or values.get("CallDuration") or values.get("DialCallDuration"))
    return found if found is not None and found <= MOST_SECONDS else None


def recording(values: Values) -> Media:
    url = values["RecordingUrl"]
    named = url if url.rsplit("/", 1)[-1].count(".") else f"{url}.mp3"
    return Media(named, "audio/mpeg", f"{values.get('RecordingSid', 'recording')}.mp3")


def bare(address: str) -> str:
    return address.removeprefix(WHATSAPP_PREFIX).strip()


def needed(values: Values, name: str) -> str:
    value = values.get(name, "").strip()
    if not value or len(value) > 320:
        raise Unreadable(name, f"{name} is missing, or too long.")
    return value


def whole(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 12 else None


def instant(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
        return found.astimezone(UTC) if found is not None and found.tzinfo else None
    except (ValueError, OverflowError):
        return None
