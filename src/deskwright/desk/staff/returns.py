"""Work that waits finds its agent: when one comes back or has room again, when a shift opens, when work is passed on.

Nothing is polled. Coming back and finished work offer what waits, oldest first; every waiting ticket keeps the instant
at which time alone may change its luck (`ask_again_at`), which `ask_again` claims as due work with SKIP LOCKED. A sweep
over everything that waits would ask the same hopeless tickets each minute and fill their timelines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.cases import Happening
from deskwright.desk.errors import Invalid
from deskwright.desk.staff.people import people_changed
from deskwright.desk.step import step
from deskwright.desk.working import refuse_merged, take_up, take_up_one
from deskwright.engine import assignment, facts
from deskwright.engine.events import AgentReturned, Event, PassedOn, Reconsidered
from deskwright.store import facts as rows
from deskwright.store import queue
from deskwright.store.connection import deed
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
AT_ONCE: Final = 50
"""How many waiting tickets are offered to one agent at most; finished work offers more."""
SPARE: Final = 5
"""Tickets offered beyond the agent's room: some ask for what the agent cannot give."""


def set_available(agent: Agent, available: bool, *, now: datetime, until: datetime | None = None) -> int:
    """Switch an agent on, or off (`until` an instant, else until switched on). Returns how many waiting tickets were
    offered: 0 when switched off.
    """
    with deed() as sql:
        values = {"agent": agent.pk, "available": available, "now": now, "until": until}
        sql.execute(SWITCH, values)
        people_changed(sql)
        return offer(sql, [agent.pk], now) if available else 0


def offer_due(now: datetime, limit: int) -> int:
    """Offer waiting work to agents whose work was finished or handed on. Returns how many such pieces there were."""
    return queue.work_off("offer", now, limit, lambda sql, agents: give_room(sql, agents, now))


def give_room(sql: Cursor, agents: Sequence[int], now: datetime) -> None:
    offer(sql, agents, now)


def offer(sql: Cursor, agents: Sequence[int], now: datetime) -> int:
    """Ask again who gets the oldest tickets that wait in queues these agents serve. Returns how many were asked for."""
    desk, workflow = rows.present(sql).desk, workflows.live()
    found: dict[int, int] = {}
    for agent in agents:
        wanted = room(workflow.assignment.per_agent, desk, agent)
        if wanted:
            served = list(assignment.within_reach(workflow, desk, agent))
            values = {"agent": agent, "queues": served, "known": list(workflow.queues), "limit": wanted}
            found |= {row["id"]: agent for row in sql.execute(WAITING, values) if row["id"] not in found}
    return consider(sql, {ticket: AgentReturned(agent=agent) for ticket, agent in found.items()}, now)


def room(per_agent: int, desk: facts.Desk, agent: int) -> int:
    """How many tickets to offer: what fits at a weight of one, and some more; none to an agent who is away or full."""
    known, load = desk.agents.get(agent), desk.loads.get(agent, facts.Load())
    if known is None or not known.available:
        return 0
    left = math.ceil((per_agent if known.capacity is None else known.capacity) - load.units)
    return min(AT_ONCE, left + SPARE) if left > 0 else 0


def ask_again(now: datetime, limit: int) -> int:
    """Ask for an agent for tickets whose instant has come. Returns how many were claimed."""
    with deed() as sql:
        due = [row["id"] for row in sql.execute(DUE, {"now": now, "limit": limit})]
        event = Reconsidered(because="a shift opened, or skills are relaxed", reroute=False)
        return consider(sql, dict.fromkeys(due, event), now)


def pass_on(actor: Agent, ticket_id: int, *, now: datetime, reason: str = "") -> None:
    """The actor gives their ticket to somebody else of its queue, and is not asked for it again.

    Raises NotFound, Forbidden, Invalid when the ticket is not theirs.
    """
    access.ticket_for(actor, ticket_id, "change")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        refuse_merged([case])
        if case.row["assignee_id"] != actor.pk:
            raise Invalid(_("Only its own agent can pass a ticket on."))
        case.happen(Happening(PassedOn(agent=actor.pk, reason=reason), now, "agent", actor.pk))
        step(sql, [case], rows.present(sql).desk)


def hand_on(agent: Agent, *, now: datetime) -> int:
    """Ask at once who gets the live tickets of an agent who is away. Returns how many were considered."""
    with deed() as sql:
        held = [row["id"] for row in sql.execute(HELD, {"agents": [agent.pk], "limit": None})]
        event = Reconsidered(because=f"{agent.name} is away", reroute=False)
        return consider(sql, dict.fromkeys(held, event), now)


def consider(sql: Cursor, events: dict[int, Event], now: datetime) -> int:
    """Let each ticket hear its event, in the order given. What was due is so no more, whatever is decided."""
    cases = take_up(sql, list(events), now)
    for ticket, event in events.items():
        if cases[ticket].row["ask_again_at"] is not None and cases[ticket].row["ask_again_at"] <= now:
            cases[ticket].set(ask_again_at=None)
        cases[ticket].happen(Happening(event, now))
    working = [cases[ticket] for ticket in events]
    if working:
        step(sql, working, rows.present(sql).desk)
    return len(working)


SWITCH = """
UPDATE store_agent SET
    available = %(available)s,
    away_since = CASE WHEN %(available)s THEN NULL ELSE coalesce(away_since, %(now)s) END,
    away_until = CASE WHEN %(available)s THEN NULL ELSE %(until)s::timestamptz END
WHERE id = %(agent)s
"""
WAITING = """
SELECT id FROM store_ticket
WHERE assignee_id IS NULL AND status IN ('new', 'open')
  AND (queue = ANY(%(queues)s) OR queue <> ALL(%(known)s)) AND NOT declined_by @> ARRAY[%(agent)s]::bigint[]
ORDER BY created_at, id LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED
"""
DUE = """
SELECT id FROM store_ticket
WHERE ask_again_at <= %(now)s AND assignee_id IS NULL AND status IN ('new', 'open')
ORDER BY ask_again_at, id LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED
"""
HELD = """
SELECT id, assignee_id FROM store_ticket
WHERE assignee_id = ANY(%(agents)s) AND status IN ('new', 'open', 'waiting_on_customer', 'on_hold')
ORDER BY created_at, id LIMIT %(limit)s
FOR NO KEY UPDATE SKIP LOCKED
"""
