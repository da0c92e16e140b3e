"""The desk's own words, ready to read: statuses, priorities, channels, metrics; the workflow's names made readable."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from deskwright.desk import workflows
from deskwright.engine.workflow import FieldSpec, in_language

HUES: Final = 6
ACRONYMS: Final = frozenset({"api", "b2b", "csat", "csm", "faq", "gdpr", "nps", "sla", "sms", "sso", "vat", "vip"})
"""Parts of names that are read letter by letter."""
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
    "whatsapp": ("message-circle-more", _("WhatsApp")),
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
    "substatus": _("Status"),
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
    "customer_tier": _("Tier"),
    "organisation": _("Organisation"),
    "requester": _("Requester"),
    "vip": _("VIP"),
    "subject": _("Subject"),
    "description": _("Description"),
    "message": _("Message"),
    "text": _("Text"),
    "language": _("Language"),
    "sentiment": _("Mood"),
    "channel": _("Channel"),
    "signals": _("Signals"),
    "tier": _("Escalation tier"),
    "rule": _("Rule"),
    "reopen_count": _("Times reopened"),
    "escalations": _("Escalations"),
    "csat": _("Rating"),
    "age": _("Age"),
    "created_at": _("Created"),
    "solved_at": _("Solved at"),
    "business_hours": _("Business hours"),
    "me": _("Me"),
    "customer.name": _("Customer's name"),
    "customer.email": _("Customer's address"),
    "customer.language": _("Customer's language"),
    "customer.preferred_channel": _("Customer's preferred channel"),
    "customer.reopened_30d": _("Customer's reopened tickets in 30 days"),
    "customer.escalations_30d": _("Customer's escalations in 30 days"),
    "customer.tickets_30d": _("Customer's tickets in 30 days"),
    "organisation.name": _("Organisation's name"),
    "organisation.tier": _("Organisation's tier"),
    "organisation.vip": _("Organisation is VIP"),
    "organisation.csm": _("Customer success manager"),
    "organisation.account_manager": _("Account manager"),
}
DRAWN: Final[dict[str, Promise]] = {
    "layers": _("Layers"),
    "star": _("Star"),
    "flame": _("Flame"),
    "triangle-alert": _("Warning sign"),
    "hourglass": _("Hourglass"),
    "alarm-clock": _("Alarm clock"),
    "tag": _("Tag"),
    "user": _("Person"),
    "users": _("People"),
    "building-2": _("Building"),
    "mail": _("Letter"),
    "phone": _("Phone"),
    "message-circle": _("Speech bubble"),
    "globe": _("Globe"),
    "siren": _("Siren"),
    "zap": _("Lightning"),
    "trending-up": _("Rising line"),
    "calendar-days": _("Calendar"),
    "shield": _("Shield"),
    "workflow": _("Flow"),
}
"""What the icons show that somebody can choose."""
SPRITE: Final = Path(__file__).parent / "static" / "icons.svg"
ICONS: Final = frozenset(re.findall(r'id="([^"]+)"', SPRITE.read_text("utf-8")))
KINDS: Final[dict[str, Words]] = {"status": STATUSES, "priority": PRIORITIES, "channel": CHANNELS}


def initials(name: str) -> tuple[str, int]:
    """Two letters for a person, and the number of a colour that stays with the name."""
    letters = [part[0] for part in name.split() if part[0].isalnum()]
    return (letters[0] + letters[-1] if len(letters) > 1 else name[:2]).upper(), sum(map(ord, name)) % HUES


def spoken(name: object) -> str:
    """A name as the workflow writes it, made readable: `technical_integrations` -> "Technical integrations"."""
    text = " ".join(part.upper() if part in ACRONYMS else part for part in str(name or "").split("_")).strip()
    return text[:1].upper() + text[1:]


def word(kind: str, value: str | None) -> str:
    """A status, priority or channel in words."""
    if kind == "status" and (own := status_label(value or "")):
        return own
    known = KINDS[kind].get(value or "")
    return str(known[1]) if known else spoken(value)


def sign(kind: str, value: str | None) -> str:
    """The name of its icon."""
    if kind == "status" and (own := workflows.latest().statuses.get(value or "")):
        return own.icon if own.icon in ICONS else STATUSES[own.category][0]
    known = KINDS[kind].get(value or "")
    return known[0] if known else "minus"


def field(name: str) -> str:
    """A field's name in words; a custom one as the workflow labels it."""
    owner, __, bare = name.rpartition(".")
    custom = workflows.latest().fields.get(bare)
    if custom and owner not in {"", "fields", custom.of}:
        custom = None
    return custom_field(custom) if custom else str(FIELDS.get(name) or spoken(name.replace(".", " ")))


def status_label(name: str) -> str:
    """The workflow's own label for a status; "" where it gives none."""
    known = workflows.latest().statuses.get(name)
    return in_language(known.label, get_language() or "") if known else ""


def moment(at: datetime, style: str = "full") -> str:
    """An instant in UTC as the reader's language writes it. Styles: short | full | day."""
    return written(get_language(), at, style)


@lru_cache(maxsize=8192)
def written(language: str | None, at: datetime, style: str) -> str:
    """What a page says again and again is not put into words again: a live update shows the same moments."""
    return date_format(at.astimezone(UTC), f"MOMENT_{style.upper()}", use_l10n=True)


def minutes(number: int) -> str:
    """A length of time: 1 h 20 m."""
    hours, rest = divmod(number, 60)
    if not hours:
        return gettext("%(minutes)s m") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)s h") % {"hours": hours}
    return gettext("%(hours)s h %(minutes)s m") % {"hours": hours, "minutes": rest}


def ticket_type(name: str | None) -> str:
    known = workflows.latest().types.get(name or "")
    return (in_language(known.label, get_language() or "") if known else "") or spoken(name)


def type_sign(name: str | None) -> str:
    """The name of a ticket type's icon."""
    known = workflows.latest().types.get(name or "")
    return known.icon if known and known.icon in ICONS else "circle-question-mark"


def custom_field(spec: FieldSpec) -> str:
    """The field's label in the reader's language."""
    return in_language(spec.label, get_language() or "") or spoken(spec.name)


def custom_choice(spec: FieldSpec, choice: str) -> str:
    return in_language(spec.choice_labels.get(choice, {}), get_language() or "") or spoken(choice)


def custom_value(spec: FieldSpec, value: object) -> str:
    """A custom field's value as people read it."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if spec.type == "choice" and isinstance(value, str):
        return custom_choice(spec, value)
    return str(value)


def metric(name: str | None) -> str:
    return str(METRICS.get(name or "") or spoken(name))


def inside(label: str) -> str:
    """A label within a sentence, which begins small there; German nouns keep their capitals."""
    return label if (get_language() or "").startswith("de") else label.lower()
