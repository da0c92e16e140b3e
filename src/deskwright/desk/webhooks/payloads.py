"""What a webhook is told, version 1: the event, the ticket as it is when the message is written, what belongs to it.

Fields are added within a version, never renamed or taken away. Internal notes are told by id, not by their words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from deskwright.store.connection import from_json, to_json

VERSION: Final = 1
TICKET: Final = (
    "id",
    "subject",
    "status",
    "priority",
    "type",
    "category",
    "channel",
    "language",
    "queue",
    "tags",
    "tier",
    "csat",
    "created_at",
    "updated_at",
    "first_response_at",
    "solved_at",
    "next_due_at",
    "next_due_metric",
    "breached",
)
"""Columns told as they are."""


def body(event: str, event_id: str, row: Mapping[str, Any]) -> str:
    """The message as JSON text. `row` is one of `EVENTS_TOLD`."""
    data: dict[str, Any] = {
        "ticket": ticket(row),
        "actor": {"kind": row["actor"], "agent": row["actor_name"]},
        **particulars(row["kind"], row["data"]),
    }
    return text(event, event_id, row["at"], data)


def text(event: str, event_id: str, at: datetime, data: Mapping[str, Any]) -> str:
    return to_json({"type": event, "version": VERSION, "id": event_id, "timestamp": at, "data": data})


def ticket(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: row[name] for name in TICKET}
    return found | {
        "url": f"{settings.PUBLIC_URL}/tickets/{row['id']}/",
        "fields": from_json(row["fields"]),
        "assignee": row["assignee_id"] and {"id": row["assignee_id"], "name": row["assignee"]},
        "customer": {"id": row["customer_id"], "name": row["customer"], "email": row["customer_email"]},
        "organisation": row["organisation_id"] and {"id": row["organisation_id"], "name": row["organisation"]},
    }


def particulars(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What only this kind of event has: what changed, which clock, which message, what the survey said."""
    found: dict[str, Any] = {}
    if data.get("changes"):
        found["changes"] = {name: {"from": old, "to": new} for name, (old, new) in data["changes"].items()}
    if kind == "clock_mark":
        found["clock"] = {name: data.get(name) for name in ("metric", "cycle", "share")}
    if data.get("message_id"):
        found["message"] = {"id": data["message_id"]}
    if kind == "survey_answered":
        found["survey"] = {name: data.get(name) for name in ("csat", "comment")}
    for effect in data.get("effects", ()):
        if effect["effect"] == "EnterTier":
            found["escalation"] = {"tier": effect["tier"], "number": effect["number"], "reason": effect["reason"]}
    return found


def schema() -> dict[str, Any]:
    """The message as a JSON Schema, for the API's description."""
    anything: dict[str, Any] = {"type": ["string", "number", "boolean", "object", "array", "null"]}
    known = dict.fromkeys((*TICKET, "url", "fields", "assignee", "customer", "organisation"), anything)
    whole = {"type": "object", "properties": known, "required": sorted(known)}
    data = {name: {"type": "object"} for name in ("actor", "changes", "clock", "message", "survey", "escalation")}
    properties = {
        "type": {"type": "string"},
        "version": {"const": VERSION},
        "id": {"type": "string"},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": {"type": "object", "properties": {"ticket": whole, **data}},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
