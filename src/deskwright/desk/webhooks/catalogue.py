"""Which events webhooks may hear of, and which of them an event of a ticket is: for pages, payloads and API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deskwright.engine.values import TIER_METRIC

EVENTS: Final[Mapping[str, str]] = {
    "ticket.opened": "A ticket was opened, by whatever channel.",
    "ticket.customer_wrote": "The customer wrote again.",
    "ticket.replied": "An agent answered the customer.",
    "ticket.noted": "Somebody wrote an internal note.",
    "ticket.changed": "Fields changed: status, priority, assignment, tags, custom fields.",
    "ticket.solved": "The ticket was solved.",
    "ticket.escalated": "The ticket moved up a tier.",
    "ticket.sla_warning": "A clock passed a share of its target.",
    "ticket.sla_breach": "A target was missed.",
    "survey.answered": "The customer answered the survey.",
}
TEST: Final = "webhook.test"
DIRECT: Final = {
    "ticket_opened": "ticket.opened",
    "customer_wrote": "ticket.customer_wrote",
    "agent_replied": "ticket.replied",
    "note_added": "ticket.noted",
    "fields_changed": "ticket.changed",
    "survey_answered": "survey.answered",
}
DOWN: Final = frozenset({"opened", "handed_back"})
"""Reasons to enter a tier that are no escalation."""


def named(kind: str, data: Mapping[str, Any]) -> Iterator[str]:
    """The events a stored event of a ticket is, in the order they are told."""
    if kind in DIRECT:
        yield DIRECT[kind]
    if kind == "clock_mark" and data.get("metric") != TIER_METRIC:
        yield "ticket.sla_breach" if data.get("share", 0) >= 1 else "ticket.sla_warning"
    effects = data.get("effects", ())
    if any(one["effect"] == "EnterTier" and one["reason"] not in DOWN for one in effects):
        yield "ticket.escalated"
    if solved(data, effects):
        yield "ticket.solved"


def solved(data: Mapping[str, Any], effects: Any) -> bool:
    new = (data.get("changes") or {}).get("status", (None, None))[1]
    return new == "solved" or any(one["effect"] == "SetStatus" and one["status"] == "solved" for one in effects)
