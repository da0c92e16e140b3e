"""Why a ticket is where it is: the stored traces, ready to read. Nothing is decided or recomputed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deskwright.web.workspace.sentence import Names, Sentence
from deskwright.web.workspace.sentences import EVENTS, told

Row = Mapping[str, Any]

TOPICS: Final[dict[str, tuple[str, Promise]]] = {
    "signals": ("flame", _("Signals in the text")),
    "category": ("tag", _("Category")),
    "priority": ("bars-3", _("Priority")),
    "complexity": ("list-tree", _("Complexity")),
    "routing": ("split", _("Routing rules")),
    "duplicates": ("copy", _("Duplicates")),
    "sla": ("clock", _("Targets and clocks")),
    "assignment": ("users", _("Choice of agent")),
    "escalation": ("trending-up", _("Escalation")),
    "automation": ("zap", _("Automations")),
    "reply": ("send", _("Replies and notices")),
}
CAUSES: Final[dict[str, Promise]] = {
    "ticket_opened": _("When the ticket was opened"),
    "customer_wrote": _("When the customer wrote"),
    "agent_replied": _("When an agent replied"),
    "note_added": _("When a note was added"),
    "fields_changed": _("When fields changed"),
    "clock_mark": _("When a clock reached a mark"),
    "escalated_by_hand": _("When an agent escalated"),
    "escalation_acknowledged": _("When the escalation was taken"),
    "handed_back": _("When the ticket was handed back"),
    "survey_answered": _("When the survey was answered"),
    "agent_returned": _("When an agent became available"),
    "reconsidered": _("When routing was asked again"),
    "merged": _("When it was merged"),
    "merged_in": _("When another ticket was merged into it"),
    "unmerged": _("When it became a ticket of its own again"),
    "parted": _("When messages left it"),
    "snoozed": _("When it was snoozed"),
    "woken": _("When it woke"),
}
REASONS: Final = ("Route", "Assign", "EnterTier", "SetField")


@dataclass(frozen=True, slots=True)
class Topic:
    icon: str
    title: str
    steps: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Decision:
    """One event the workflow decided on: what it did, and every step it looked at, by topic."""

    at: datetime
    cause: str
    version: int
    did: Sequence[Sentence]
    topics: Sequence[Topic]


def decisions(events: Sequence[Row], names: Names) -> list[Decision]:
    """The decisions that have a trace, the latest first."""
    return [decision(event, names) for event in reversed(events) if event["trace"]]


def decision(event: Row, names: Names) -> Decision:
    done = [sentence for sentence in told(event, names) if sentence.because]
    cause = CAUSES.get(event["kind"])
    return Decision(
        at=event["at"],
        cause=str(cause) if cause else event["kind"].replace("_", " "),
        version=event["workflow_version"],
        did=done,
        topics=list(by_topic(event["trace"])),
    )


def by_topic(steps: Sequence[Row]) -> Iterator[Topic]:
    """The steps grouped by topic, in the order in which the engine first came to each."""
    groups: dict[str, list[Row]] = {}
    for step in steps:
        groups.setdefault(step["topic"], []).append(step)
    for name, group in groups.items():
        icon, title = TOPICS.get(name, ("circle", name.capitalize()))
        yield Topic(icon, str(title), group)


def reasons(events: Sequence[Row], names: Names) -> list[Sentence]:
    """The short answer: the last routing, assignment and escalation, each with its cause."""
    last: dict[str, Sentence] = {}
    for event in events:
        for effect in (event["data"] or {}).get("effects") or ():
            key = effect.get("effect")
            if key in REASONS and (key != "SetField" or effect.get("name") == "priority"):
                last[key] = next(told({"kind": "", "data": {"effects": [effect]}}, names))
    return [last[key] for key in REASONS if key in last and last[key].because]


assert set(CAUSES) >= set(EVENTS) - {"cut_off", "survey_skipped"}
