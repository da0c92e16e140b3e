"""Turns events of tickets into messages to webhooks.

An event's due work is written by the statement that writes the event, while any webhook is active (see store.writes).
One process at a time works it off, in the order of the events: so the messages about a ticket are in order too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.desk import workflows
from deskwright.desk.webhooks import catalogue, payloads
from deskwright.engine import facts
from deskwright.engine.conditions import Condition, ConditionError, compile_condition
from deskwright.engine.vocabulary import view, vocabulary
from deskwright.engine.workflow import Workflow
from deskwright.store import columns
from deskwright.store import facts as rows
from deskwright.store.connection import deed, from_json
from deskwright.store.models import Webhook, WebhookDelivery

Cursor = psycopg.Cursor[dict[str, Any]]
Row = Mapping[str, Any]

log = logging.getLogger("deskwright.webhooks")


def tell(now: datetime, limit: int) -> int:
    """Write the messages of the next events, `limit` at most. Returns how many events were taken."""
    with deed() as sql:
        locked = sql.execute("SELECT pg_try_advisory_xact_lock(hashtext('deskwright.webhooks')) AS mine").fetchone()
        if locked is None or not locked["mine"]:
            return 0
        taken = [row["subject"] for row in sql.execute(TAKE, {"limit": limit})]
        hooks = list(Webhook.objects.filter(active=True)) if taken else []
        if hooks:
            found = [readable(row) for row in sql.execute(TOLD, {"ids": taken})]
            WebhookDelivery.objects.bulk_create(messages(sql, hooks, found, now), ignore_conflicts=True)
        return len(taken)


def readable(row: Row) -> dict[str, Any]:
    return {**row, "data": from_json(row["data"])}


def messages(sql: Cursor, hooks: Sequence[Webhook], events: Sequence[Row], now: datetime) -> Iterator[WebhookDelivery]:
    """A message for each event and each webhook that wants it, in the order of the events."""
    workflow = workflows.live()
    conditions = {hook.pk: condition_of(hook, workflow) for hook in hooks}
    seen = views(sql, events, workflow, now) if any(conditions.values()) else {}
    for row in events:
        for name in catalogue.named(row["kind"], row["data"]):
            event_id = f"evt_{row['event']}.{name}"
            wanting = [hook for hook in hooks if name in hook.events and holds(conditions[hook.pk], row, seen)]
            text = payloads.body(name, event_id, row) if wanting else ""
            for hook in wanting:
                yield message(hook, name, event_id, text, now, row["id"])


def holds(condition: Condition | None, row: Row, seen: Mapping[int, Mapping[str, Any]]) -> bool:
    return condition is None or bool(condition.holds(seen[row["id"]]))


def message(hook: Webhook, event: str, event_id: str, text: str, now: datetime, ticket: int | None) -> WebhookDelivery:
    return WebhookDelivery(
        webhook=hook, ticket_id=ticket, event=event, event_id=event_id, body=text, due_at=now, created_at=now
    )


def condition_of(hook: Webhook, workflow: Workflow) -> Condition | None:
    """The webhook's condition; one that the live workflow does not understand any more holds for nothing."""
    if not hook.condition:
        return None
    try:
        return understood(hook.condition, workflow)
    except ConditionError as trouble:
        log.warning("The condition of webhook %s cannot be used: %s", hook.name, trouble)
        return understood("FALSE", workflow)


def understood(text: str, workflow: Workflow) -> Condition:
    """Raises ConditionError."""
    return compile_condition(text, vocabulary(workflow.fields, workflow.categories, workflow.signals))


def views(sql: Cursor, events: Sequence[Row], workflow: Workflow, now: datetime) -> dict[int, Mapping[str, Any]]:
    """What a condition sees of each event's ticket, as it is now."""
    found = sql.execute(TICKETS, {"ids": sorted({row["id"] for row in events})}).fetchall()
    clocks = rows.clocks(sql, [row["id"] for row in found])
    parties = rows.parties(sql, [row["customer_id"] for row in found], now)
    return {row["id"]: view(workflow, facts_of(row, parties, clocks), None, now) for row in found}


def facts_of(row: Row, parties: Mapping[int, rows.Party], clocks: Mapping[int, Any]) -> facts.Facts:
    party, known = parties[row["customer_id"]], {**row, "fields": from_json(row["fields"])}
    return facts.Facts(
        rows.ticket_of(known), party.customer, party.organisation, clocks=tuple(clocks.get(row["id"], ()))
    )


TAKE: Final = """
DELETE FROM store_duework WHERE id IN (
    SELECT id FROM store_duework WHERE kind = 'webhook' ORDER BY subject LIMIT %(limit)s FOR UPDATE
)
RETURNING subject
"""
TOLD: Final = """
SELECT e.id AS event, e.at, e.kind, e.actor, e.data, actor.name AS actor_name, t.*,
       agent.name AS assignee, customer.name AS customer, customer.email AS customer_email,
       organisation.name AS organisation
FROM store_ticketevent AS e
JOIN store_ticket AS t ON t.id = e.ticket_id
JOIN store_customer AS customer ON customer.id = t.customer_id
LEFT JOIN store_organisation AS organisation ON organisation.id = t.organisation_id
LEFT JOIN store_agent AS agent ON agent.id = t.assignee_id
LEFT JOIN store_agent AS actor ON actor.id = e.agent_id
WHERE e.id = ANY(%(ids)s) AND NOT t.imported
ORDER BY e.id
"""
LISTED: Final = ", ".join(f'"{name}"' for name in columns.TICKET)
TICKETS: Final = f"SELECT {LISTED} FROM store_ticket WHERE id = ANY(%(ids)s)"
