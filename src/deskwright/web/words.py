"""The desk's own words, ready to read: statuses, priorities, channels, metrics; the workflow's names made readable."""

from __future__ import annotations

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = dict[str, tuple[str, Promise]]

STATUSES: Final[Words] = {
    "new": ("circle-dashed", _("New")),
    "open": ("circle-dot", _("Open")),
    "waiting_on_customer": ("hourglass", _("Waiting on customer")),
    "on_hold": ("circle-pause", _("On hold")),
    "solved": ("circle-check", _("Solved")),
    "closed": ("archive", _("Closed")),
}
PRIORITIES: Final[Words] = {
    "critical": ("urgent", _("Critical")),
    "high": ("bars-3", _("High")),
    "medium": ("bars-2", _("Medium")),
    "low": ("bars-1", _("Low")),
}
CHANNELS: Final[Words] = {
    "email": ("mail", _("Email")),
    "chat": ("message-circle", _("Chat")),
    "phone": ("phone", _("Phone")),
    "sms": ("message-square-text", _("Text message")),
    "portal": ("globe", _("Portal")),
    "api": ("code-xml", _("API")),
    "alert": ("siren", _("Alert")),
}
METRICS: Final[dict[str, Promise]] = {
    "first_response": _("First response"),
    "next_response": _("Next response"),
    "resolution": _("Resolution"),
    "tier": _("Escalation step"),
}
FIELDS: Final[dict[str, Promise]] = {
    "status": _("Status"),
    "priority": _("Priority"),
    "assignee": _("Assignee"),
    "assignee_id": _("Assignee"),
    "queue": _("Queue"),
    "category": _("Category"),
    "complexity": _("Complexity"),
    "impact": _("Impact"),
    "urgency": _("Urgency"),
    "tags": _("Tags"),
    "type": _("Type"),
    "sla_target": _("First response target"),
}
CAUSES: Final[dict[str, Promise]] = {
    "customer_wrote": _("the customer wrote"),
    "agent_replied": _("an agent replied"),
    "ticket_opened": _("the ticket was opened"),
    "no_response": _("nobody responded in time"),
    "no response": _("nobody responded in time"),
}
"""What the engine names as a cause, in words."""
NAME: Final = re.compile(
    r"(?<![\w'\"“=.])(?P<place>(?:from|to|in|of|left|enters|named) )?(?P<name>[a-z]\w*_\w+)(?![\w'\"”])"
)
"""A name of the workflow in a sentence; after some words it is that of a place, which begins with a capital."""
CONDITION: Final = re.compile(r"[=<>]|\b(?:AND|OR|NOT|IN|CONTAINS|MATCHES|IS)\b")
KINDS: Final[dict[str, Words]] = {"status": STATUSES, "priority": PRIORITIES, "channel": CHANNELS}


def spoken(name: object) -> str:
    """A name as the workflow writes it, made readable: `technical_integrations` -> "Technical integrations"."""
    text = str(name or "").replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def plain(text: str) -> str:
    """A sentence of the engine with the workflow's names made readable; conditions stay as they were written."""
    if text in CAUSES:
        return str(CAUSES[text])
    head, colon, rest = text.partition(": ")
    return "".join(part if CONDITION.search(part) else NAME.sub(readable, part) for part in (head, colon, rest))


def readable(found: re.Match[str]) -> str:
    place, name = found["place"] or "", spoken(found["name"])
    ladder = name.split()[0].casefold() in {"tier", "level"}
    return place + (name if ladder or (place and found["place"] != "of ") else name.lower())


def word(kind: str, value: str | None) -> str:
    """A status, priority or channel in words."""
    known = KINDS[kind].get(value or "")
    return str(known[1]) if known else spoken(value)


def sign(kind: str, value: str | None) -> str:
    """The name of its icon."""
    known = KINDS[kind].get(value or "")
    return known[0] if known else "minus"


def field(name: str) -> str:
    """A field's name in words; a custom one without its prefix."""
    return str(FIELDS.get(name) or spoken(name.removeprefix("fields.")))


def metric(name: str | None) -> str:
    return str(METRICS.get(name or "") or spoken(name))
