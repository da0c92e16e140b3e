"""A case as the flat mapping conditions read. Built once per decision, so it is written for speed.

The decision changes the view as it goes; nothing here is computed later from what was changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from deskwright.engine.calendars import ALWAYS
from deskwright.engine.events import ClockMark, CustomerWrote, Event, FieldsChanged, SurveyAnswered, TicketOpened
from deskwright.engine.facts import Customer, Facts, Message, Organisation, Ticket

if TYPE_CHECKING:
    from deskwright.engine.workflow import FieldSpec, Workflow

_NOBODY: Final = Organisation(0, "")
_NO_CHANGES: Final[frozenset[str]] = frozenset()
_LONGEST_NUMBER: Final = 16
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def view(workflow: Workflow, facts: Facts, event: Event | None, now: datetime) -> dict[str, Any]:
    """Name -> value for every name of the vocabulary; a missing value is None or absent. `now` stands under "now"."""
    seen = _of_case(facts.ticket, facts.customer, facts.organisation, now)
    seen["business_hours"] = workflow.calendars.get(workflow.sla.calendar or "", ALWAYS).is_open(now)
    _of_event(seen, event)
    _of_message(seen, facts.message)
    if specs := workflow.fields:
        for of, prefix, values in (
            ("ticket", "", facts.ticket.fields),
            ("customer", "customer.", facts.customer.fields),
            ("organisation", "organisation.", facts.organisation.fields if facts.organisation else None),
        ):
            if values:
                _of_fields(seen, specs, of, prefix, values)
    return seen


def given(workflow: Workflow, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A view for a ticket described by a few names, as a document's own tests do. Aliases are not resolved."""
    empty = Facts(Ticket(0, created_at=now), Customer(0))
    return view(workflow, empty, TicketOpened(), now) | dict(values)


def _of_case(ticket: Ticket, customer: Customer, organisation: Organisation | None, now: datetime) -> dict[str, Any]:
    created, known = ticket.created_at, organisation or _NOBODY
    return {
        "priority": ticket.priority,
        "impact": ticket.impact,
        "urgency": ticket.urgency,
        "category": ticket.category,
        "complexity": ticket.complexity,
        "status": ticket.status,
        "substatus": ticket.substatus,
        "channel": ticket.channel,
        "type": ticket.type,
        "subject": ticket.subject,
        "description": ticket.description,
        "language": ticket.language,
        "sentiment": ticket.sentiment,
        "tags": ticket.tags,
        "signals": ticket.signals,
        "queue": ticket.queue,
        "assignee": ticket.assignee,
        "tier": ticket.tier,
        "rule": ticket.rule,
        "reopen_count": ticket.reopen_count,
        "escalations": max(0, ticket.tier_number - 1),
        "csat": ticket.csat,
        "age": None if created is None else (now - created).total_seconds() / 60,
        "created_at": created,
        "solved_at": ticket.solved_at,
        "customer_tier": customer.tier or known.tier,
        "customer.name": customer.name,
        "customer.email": customer.email,
        "customer.language": customer.language,
        "customer.preferred_channel": customer.preferred_channel,
        "customer.reopened_30d": customer.reopened_30d,
        "customer.escalations_30d": customer.escalations_30d,
        "customer.tickets_30d": customer.tickets_30d,
        "organisation.name": organisation.name if organisation else None,
        "organisation.tier": known.tier,
        "organisation.vip": organisation.vip if organisation else None,
        "organisation.csm": known.csm,
        "organisation.account_manager": known.account_manager,
        "now": now,
        "metric": None,
        "share": None,
        "changed": _NO_CHANGES,
    }


def _of_event(seen: dict[str, Any], event: Event | None) -> None:
    seen["event"] = event.kind if event else None
    match event:
        case ClockMark():
            seen["metric"], seen["share"] = event.metric, event.share
        case SurveyAnswered():
            seen["csat"] = event.csat
        case FieldsChanged():
            seen["changed"] = frozenset(name.removeprefix("fields.") for name in event.changes)
        case CustomerWrote():
            seen["automatic"] = event.automatic


def _of_message(seen: dict[str, Any], message: Message | None) -> None:
    if message is None:
        seen["message"] = None
        seen.setdefault("automatic", False)
        seen["text"] = f"{seen['subject']}\n{seen['description']}"
        return
    new = message.new_text
    seen["message"] = new
    seen["automatic"] = seen.get("automatic") or message.automatic
    signs = message.signals
    if signs.sentiment is not None:
        seen["sentiment"] = signs.sentiment
    if seen["language"] is None:
        seen["language"] = signs.language
    seen["text"] = f"{seen['subject']}\n{seen['description']}"
    if new != seen["description"]:
        seen["text"] += f"\n{new}"


def _of_fields(
    seen: dict[str, Any], specs: Mapping[str, FieldSpec], of: str, prefix: str, values: Mapping[str, Any]
) -> None:
    for name, value in values.items():
        spec = specs.get(name)
        if spec is not None and spec.of == of:
            seen[prefix + name] = typed(spec.type, value)


def typed(kind: str, value: Any) -> Any:
    """A stored value as its declared type; what does not fit counts as missing, so no comparison can fail."""
    if kind == "number":
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else _number(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind == "date":
        return _date(value)
    return value if isinstance(value, str) else None


def _number(value: Any) -> int | float | None:
    """A number written as a text: plain digits with or without a point, so few that no one of them is lost."""
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
        return None
    number = float(value)
    return int(number) if number.is_integer() else number


def _date(value: Any) -> date | None:
    """A date, or a text that begins with one as 2026-12-31."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.match(value):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
