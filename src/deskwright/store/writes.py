"""Everything a batch of decisions changes, written by one statement from a JSON document for each table.

Each part is a data-modifying CTE over `json_to_recordset`; a part without rows is left out of the statement, so the hot
paths (open tickets, advance clocks, reply) are a handful of texts that PostgreSQL keeps prepared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg

from deskwright.store import columns
from deskwright.store.columns import Columns
from deskwright.store.connection import to_json

Row = Mapping[str, Any]


@dataclass(slots=True)
class Batch:
    """Rows to write, by part. The keys of a row are the names in `columns`; ids are taken already."""

    opened: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    attachments: list[Row] = field(default_factory=list)
    participants: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    clocks: list[Row] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    loads: list[Row] = field(default_factory=list)
    automation_runs: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    survey_ends: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    raws: list[Row] = field(default_factory=list)
    idempotency: list[Row] = field(default_factory=list)
    work: list[Row] = field(default_factory=list)
    announcement: str | None = None
    """What the screens are told on commit; see `live.announcement`."""


def take_ids(cursor: psycopg.Cursor[Any], tickets: int, messages: int, events: int) -> tuple[list[int], ...]:
    """Fresh ids for three tables in one round trip: (ticket ids, message ids, event ids)."""
    row = cursor.execute(TAKE_IDS, {"tickets": tickets, "messages": messages, "events": events}).fetchone()
    assert row is not None
    return row["tickets"], row["messages"], row["events"]


def write(cursor: psycopg.Cursor[Any], batch: Batch) -> None:
    """Write the whole batch in one statement. Raises psycopg.Error; the caller's transaction then rolls back."""
    documents = {name: to_json([known(row) for row in rows]) for name in PARTS if (rows := getattr(batch, name))}
    if documents:
        cursor.execute(statement(tuple(documents)), {**documents, "said": batch.announcement})


def known(row: Row) -> Row:
    """The row without what it does not say: a name that is absent from the JSON is NULL in the record."""
    return {name: value for name, value in row.items() if value is not None}


TAKE_IDS = """
SELECT ARRAY(SELECT nextval('store_ticket_id_seq') FROM generate_series(1, %(tickets)s)) AS tickets,
       ARRAY(SELECT nextval('store_message_id_seq') FROM generate_series(1, %(messages)s)) AS messages,
       ARRAY(SELECT nextval('store_ticketevent_id_seq') FROM generate_series(1, %(events)s)) AS events
"""


@cache
def statement(parts: Sequence[str]) -> str:
    """The SQL that writes these parts."""
    tables = ",\n".join(f"{name}_written AS ({PARTS[name](name)})" for name in parts)
    if "events" in parts:
        tables += f",\nevents_told AS ({told_webhooks('events')})"
    told = f"\nUNION ALL {told_leaving('deliveries')}" if "deliveries" in parts else ""
    return (
        f"WITH {tables}\nSELECT pg_notify('desk', said) "
        f"FROM (SELECT %(said)s::text AS said) AS announcement WHERE said IS NOT NULL{told}"
    )


def rows(part: str, table: Columns) -> str:
    typed = ", ".join(f'"{name}" {kind}' for name, kind in table.items())
    return f"json_to_recordset(%({part})s::json) AS r({typed})"


def listed(names: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in names)


def inserted(into: str, table: Columns, conflict: str = "") -> Callable[[str], str]:
    names = list(table)
    return lambda part: (
        f"INSERT INTO {into} ({listed(names)}) SELECT {listed(names, 'r.')} FROM {rows(part, table)} {conflict}"
    )


def changed_tickets(part: str) -> str:
    settings = ", ".join(f'"{name}" = r."{name}"' for name in columns.MOVING if name != "id")
    return f"UPDATE store_ticket AS t SET {settings} FROM {rows(part, columns.MOVING)} WHERE t.id = r.id"


def put_clocks(part: str) -> str:
    moving = [name for name in columns.CLOCK if name not in {"ticket_id", "metric", "cycle"}]
    settings = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in moving)
    conflict = f"ON CONFLICT (ticket_id, metric, cycle) DO UPDATE SET {settings}"
    return inserted("store_clock", columns.CLOCK, conflict)(part)


def move_loads(part: str) -> str:
    """Differences added under row locks taken in the order of the ids, so that two batches cannot deadlock."""
    return (
        "UPDATE store_agentload AS l SET units = greatest(0, l.units + r.units), "
        "tickets = greatest(0, l.tickets + r.tickets), turn = greatest(l.turn, r.turn), "
        "given = l.given + coalesce(r.given, 0) FROM "
        f"(SELECT r.* FROM {rows(part, columns.LOAD)} JOIN store_agentload AS held ON held.agent_id = r.agent_id "
        "ORDER BY r.agent_id FOR UPDATE OF held) AS r WHERE l.agent_id = r.agent_id"
    )


def plan_surveys(part: str) -> str:
    """One for each time a ticket was solved: what was sent is not sent again."""
    moving = ", ".join(f"{name} = EXCLUDED.{name}" for name in ("name", "state", "due_at", "expires_at"))
    return inserted(
        "store_survey",
        columns.SURVEY,
        f"ON CONFLICT (ticket_id, cycle) DO UPDATE SET {moving}, reason = '' "
        "WHERE store_survey.state NOT IN ('sent', 'answered')",
    )(part)


def end_surveys(part: str) -> str:
    return (
        "UPDATE store_survey AS t SET state = 'cancelled', reason = r.reason "
        f"FROM {rows(part, columns.SURVEY_END)} WHERE t.ticket_id = r.ticket_id AND t.state = 'planned'"
    )


def finish_raws(part: str) -> str:
    return (
        "UPDATE store_rawinput AS t SET state = r.state, disposition = r.disposition, reason = r.reason, "
        f"ticket_id = r.ticket_id, due_at = NULL FROM {rows(part, columns.RAW)} WHERE t.id = r.id"
    )


def told_leaving(part: str) -> str:
    """An announcement for each channel something is to leave by; see `live.leaving`."""
    return (
        "SELECT pg_notify('desk_work', 'leaving ' || due.channel) "
        f"FROM (SELECT DISTINCT r.channel FROM {rows(part, columns.DELIVERY)}) AS due"
    )


def told_webhooks(part: str) -> str:
    """Due work for each event while a webhook is there: an outbox that costs a desk without webhooks nothing."""
    return (
        "INSERT INTO store_duework (kind, subject, due_at, attempts, last_error) "
        f"SELECT 'webhook', r.id, r.at, 0, '' FROM {rows(part, columns.EVENT)} "
        "WHERE EXISTS (SELECT FROM store_webhook WHERE active)"
    )


PARTS: dict[str, Callable[[str], str]] = {
    "opened": inserted("store_ticket", columns.TICKET),
    "changed": changed_tickets,
    "messages": inserted("store_message", columns.MESSAGE),
    "attachments": inserted("store_attachment", columns.ATTACHMENT),
    "participants": inserted("store_participant", columns.PARTICIPANT, "ON CONFLICT (ticket_id, email) DO NOTHING"),
    "events": inserted("store_ticketevent", columns.EVENT),
    "clocks": put_clocks,
    "deliveries": inserted("store_delivery", columns.DELIVERY, "ON CONFLICT (mail_id) DO NOTHING"),
    "notices": inserted("store_notice", columns.NOTICE, "ON CONFLICT DO NOTHING"),
    "loads": move_loads,
    "automation_runs": inserted("store_automationrun", columns.AUTOMATION_RUN),
    "surveys": plan_surveys,
    "survey_ends": end_surveys,
    "links": inserted("store_ticketlink", columns.LINK, "ON CONFLICT (ticket_id, other_id, kind) DO NOTHING"),
    "raws": finish_raws,
    "idempotency": inserted("store_idempotencykey", columns.IDEMPOTENCY),
    "work": lambda part: (
        "INSERT INTO store_duework (kind, subject, due_at, attempts, last_error) "
        f"SELECT r.kind, r.subject, r.due_at, 0, '' FROM {rows(part, columns.WORK)}"
    ),
}
