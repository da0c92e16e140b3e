"""An agent comes back: waiting work is offered again, oldest first. An agent leaves: their work is handed on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from deskwright.desk.cases import Happening
from deskwright.desk.people import people_changed
from deskwright.desk.step import step
from deskwright.desk.working import take_up
from deskwright.engine.events import AgentReturned, Reconsidered
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
AT_ONCE = 50
"""How many waiting tickets are offered to one agent at most; more waits for the next return or the next tick."""


def set_available(agent: Agent, available: bool, *, now: datetime) -> int:
    """Switch an agent on or off. Returns how many waiting tickets were offered again (0 when switched off)."""
    with deed() as sql:
        sql.execute("UPDATE store_agent SET available = %s WHERE id = %s", [available, agent.pk])
        people_changed(sql)
        return offer(sql, agent.pk, now) if available else 0


def offer(sql: Cursor, agent: int, now: datetime) -> int:
    """Ask again who gets the oldest tickets that wait for somebody."""
    waiting = [row["id"] for row in sql.execute(WAITING, {"limit": AT_ONCE})]
    return consider(sql, waiting, AgentReturned(agent=agent), now)


def hand_on(agent: Agent, *, now: datetime) -> int:
    """Ask again who gets the live tickets of an absent agent. Returns how many were considered."""
    with deed() as sql:
        held = [row["id"] for row in sql.execute(HELD, {"agent": agent.pk})]
        return consider(sql, held, Reconsidered(because=f"{agent.name} is away"), now)


def consider(sql: Cursor, tickets: list[int], event: AgentReturned | Reconsidered, now: datetime) -> int:
    cases = take_up(sql, tickets, now)
    for ticket in tickets:
        cases[ticket].happen(Happening(event, now))
    working = [cases[ticket] for ticket in tickets]
    step(sql, working, rows.present(sql).desk)
    return len(working)


WAITING = """
SELECT id FROM store_ticket
WHERE assignee_id IS NULL AND status IN ('new', 'open') AND queue IS NOT NULL
ORDER BY created_at, id LIMIT %(limit)s
"""
HELD = """
SELECT id FROM store_ticket
WHERE assignee_id = %(agent)s AND status IN ('new', 'open', 'waiting_on_customer', 'on_hold')
ORDER BY created_at, id
"""
