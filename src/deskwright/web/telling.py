"""What the engine said, in the reader's words: its sentences with the names in them as people read them.

A value's name says of what kind it is, see `engine.saying`; which kinds there are stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from deskwright.desk.said import said
from deskwright.engine import durations
from deskwright.web import mail_words, words
from deskwright.web.words import inside, spoken

HAPPENINGS: Final[Mapping[str, Promise]] = {
    "ticket_opened": _("the ticket being opened"),
    "customer_wrote": _("the customer writing"),
    "agent_replied": _("an agent replying"),
    "note_added": _("a note being added"),
    "fields_changed": _("fields being changed"),
    "priority_changed": _("the priority being changed"),
    "ticket_solved": _("the ticket being solved"),
    "ticket_reopened": _("the ticket being opened again"),
    "escalated": _("an escalation"),
    "escalation_acknowledged": _("an escalation being taken"),
    "handed_back": _("the ticket being handed back"),
    "sla_warning": _("a target being at risk"),
    "sla_breach": _("a target being missed"),
    "clock_mark": _("a mark of a clock"),
    "survey_answered": _("the survey being answered"),
    "agent_returned": _("an agent becoming available"),
    "every": _("its turn"),
    "ticket_assigned": _("the ticket being assigned"),
    "escalated_by_hand": _("an agent escalating"),
    "merged": _("the ticket being merged"),
    "merged_in": _("another ticket being merged into it"),
    "unmerged": _("the ticket being taken out again"),
    "parted": _("messages leaving the ticket"),
    "passed_on": _("the ticket being passed on"),
    "reconsidered": _("routing being asked again"),
    "workflow_reapplied": _("another version of the workflow"),
    "snoozed": _("the ticket being snoozed"),
    "woken": _("the ticket waking"),
}
"""What can happen, as the workflow names it."""
LEVELS: Final[Mapping[str, Promise]] = {"high": _("high"), "medium": _("medium"), "low": _("low")}
AUDIENCES: Final[Mapping[str, Promise]] = {"assignee": _("the assignee"), "leads": _("the leads")}
"""Those every desk has; the others are the workflow's."""


def told(sentence: object) -> str:
    """A sentence of the engine or the desk in the active language, "" for none."""
    return said(sentence, label)


def label(name: str, value: Any) -> str:
    """A value of a sentence, by its name there."""
    if value is None:
        return gettext("none")
    text = str(value)
    say = KINDS.get(name)
    return say(text) if say and text else text


def each(text: str) -> str:
    return ", ".join(inside(spoken(name)) for name in text.split(", "))


def metric(text: str) -> str:
    known = words.metric(text.lower().replace(" ", "_"))
    return known if text[:1].isupper() else inside(known)


def happening(text: str) -> str:
    known = HAPPENINGS.get(text.replace(" ", "_"))
    return str(known) if known else inside(spoken(text))


def audience(text: str) -> str:
    return str(AUDIENCES.get(text) or spoken(text))


def level(text: str) -> str:
    return str(LEVELS.get(text) or spoken(text))


def lasting(text: str) -> str:
    """A duration as the workflow writes it, in words; anything else as it is."""
    try:
        known = durations.parse(text)
    except ValueError:
        return text
    days = ngettext("%(number)s business day", "%(number)s business days", known.business_days)
    parts = [days % {"number": known.business_days}] if known.business_days else []
    return " ".join(parts + ([words.minutes(known.minutes)] if known.minutes or not parts else []))


def instant(text: str) -> str:
    """An instant as the engine writes it, in UTC."""
    at = datetime.strptime(text, "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    return f"{words.moment(at, 'full')} UTC"


def value(text: str) -> str:
    """A field's value: a name of the workflow is made readable, what people wrote is not."""
    return inside(spoken(text)) if "_" in text and text.isidentifier() else text


KINDS: Final[Mapping[str, Callable[[str], str]]] = {
    **dict.fromkeys(("metric",), metric),
    **dict.fromkeys(("target", "former", "timeout"), lasting),
    **dict.fromkeys(("queue", "tier", "level", "category"), spoken),
    **dict.fromkeys(("signal", "signals", "skill"), each),
    **dict.fromkeys(("impact", "urgency"), level),
    "audience": audience,
    "event": happening,
    "machine": mail_words.machine,
    "field": lambda text: inside(words.field(text.replace(" ", "_"))),
    "moment": instant,
    "priority": lambda text: words.word("priority", text),
    "higher": lambda text: words.word("priority", text),
    "status": lambda text: inside(words.word("status", text.replace(" ", "_"))),
    "type": words.ticket_type,
    "value": value,
    "reason": value,
    "why": value,
    "because": value,
}
