"""The columns the spine reads and writes set-wise, with the types PostgreSQL reads them as from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Columns = Mapping[str, str]

TICKET: Final[Columns] = {
    "id": "bigint",
    "subject": "text",
    "description": "text",
    "channel": "text",
    "type": "text",
    "status": "text",
    "substatus": "text",
    "priority": "text",
    "impact": "text",
    "urgency": "text",
    "category": "text",
    "complexity": "text",
    "language": "text",
    "sentiment": "float8",
    "tags": "text[]",
    "signals": "text[]",
    "fields": "jsonb",
    "customer_id": "bigint",
    "organisation_id": "bigint",
    "queue": "text",
    "assignee_id": "bigint",
    "units": "float8",
    "ask_again_at": "timestamptz",
    "declined_by": "bigint[]",
    "rule": "text",
    "sla_target": "text",
    "tier": "text",
    "tier_number": "int",
    "tier_since": "timestamptz",
    "tier_signals": "text[]",
    "tier_acknowledged": "bool",
    "triggers_fired": "text[]",
    "boosted": "bool",
    "snoozed_since": "timestamptz",
    "snoozed_until": "timestamptz",
    "snoozed_by_id": "bigint",
    "reopen_count": "int",
    "csat": "smallint",
    "survey": "text",
    "by_agent": "bool",
    "imported": "bool",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
    "first_response_at": "timestamptz",
    "solved_at": "timestamptz",
    "reopened_at": "timestamptz",
    "escalated_at": "timestamptz",
    "last_customer_at": "timestamptz",
    "last_agent_at": "timestamptz",
    "last_agent_id": "bigint",
    "unanswered_since": "timestamptz",
    "next_due_at": "timestamptz",
    "next_due_metric": "text",
    "at_risk_at": "timestamptz",
    "breached": "bool",
    "merged_into_id": "bigint",
    "brand_id": "bigint",
    "arms": "text[]",
    "workflow_version": "int",
    "revision": "int",
}
FIXED: Final = frozenset({"description", "customer_id", "created_at", "imported", "by_agent", "brand_id", "arms"})
"""Columns of a ticket that never change after it was opened."""
MOVING: Final[Columns] = {name: kind for name, kind in TICKET.items() if name not in FIXED}
"""What a changed ticket is written with: its number and the columns that may change."""

MESSAGE: Final[Columns] = {
    "id": "bigint",
    "ticket_id": "bigint",
    "kind": "text",
    "channel": "text",
    "agent_id": "bigint",
    "customer_id": "bigint",
    "text": "text",
    "new_text": "text",
    "html": "text",
    "mail_id": "text",
    "recipients": "jsonb",
    "raw_id": "bigint",
    "sentiment": "float8",
    "verified": "bool",
    "created_at": "timestamptz",
}
ATTACHMENT: Final[Columns] = {
    "message_id": "bigint",
    "name": "text",
    "content_type": "text",
    "size": "bigint",
    "sha256": "text",
    "content_id": "text",
    "inline": "bool",
    "logo": "bool",
}
PARTICIPANT: Final[Columns] = {
    "ticket_id": "bigint",
    "email": "text",
    "because": "text",
    "removed": "bool",
    "added_at": "timestamptz",
}
EVENT: Final[Columns] = {
    "id": "bigint",
    "ticket_id": "bigint",
    "at": "timestamptz",
    "kind": "text",
    "actor": "text",
    "agent_id": "bigint",
    "data": "jsonb",
    "cause": "bigint",
    "trace": "jsonb",
    "workflow_version": "int",
}
CLOCK: Final[Columns] = {
    "ticket_id": "bigint",
    "metric": "text",
    "cycle": "int",
    "state": "text",
    "started_at": "timestamptz",
    "target": "text",
    "calendar": "text",
    "due_at": "timestamptz",
    "used_seconds": "bigint",
    "running_since": "timestamptz",
    "stopped_at": "timestamptz",
    "breached_at": "timestamptz",
    "fired": "float8",
    "next_mark_at": "timestamptz",
    "next_mark": "float8",
    "version": "int",
}
DELIVERY: Final[Columns] = {
    "channel": "text",
    "ticket_id": "bigint",
    "message_id": "bigint",
    "recipient": "text",
    "mail_id": "text",
    "content": "jsonb",
    "state": "text",
    "due_at": "timestamptz",
    "attempts": "smallint",
    "last_error": "text",
    "created_at": "timestamptz",
}
NOTICE: Final[Columns] = {
    "agent_id": "bigint",
    "ticket_id": "bigint",
    "subject": "text",
    "key": "text",
    "created_at": "timestamptz",
}
LOAD: Final[Columns] = {"agent_id": "bigint", "units": "float8", "tickets": "int", "turn": "bigint", "given": "float8"}
AUTOMATION_RUN: Final[Columns] = {
    "rule": "text",
    "ticket_id": "bigint",
    "at": "timestamptz",
    "outcomes": "jsonb",
    "error": "text",
    "workflow_version": "int",
}
LINK: Final[Columns] = {
    "kind": "text",
    "ticket_id": "bigint",
    "other_id": "bigint",
    "share": "float8",
    "because": "text",
    "dismissed": "bool",
    "agent_id": "bigint",
    "created_at": "timestamptz",
}
SURVEY: Final[Columns] = {
    "ticket_id": "bigint",
    "name": "text",
    "cycle": "int",
    "state": "text",
    "due_at": "timestamptz",
    "expires_at": "timestamptz",
}
SURVEY_END: Final[Columns] = {"ticket_id": "bigint", "reason": "text"}
RAW: Final[Columns] = {
    "id": "bigint",
    "state": "text",
    "disposition": "text",
    "reason": "text",
    "ticket_id": "bigint",
}
IDEMPOTENCY: Final[Columns] = {
    "token_id": "bigint",
    "key": "text",
    "body_sha256": "text",
    "answer": "jsonb",
    "created_at": "timestamptz",
}
WORK: Final[Columns] = {"kind": "text", "subject": "bigint", "due_at": "timestamptz"}
