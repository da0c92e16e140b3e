"""Rows -> engine facts, set-wise: the only translator. A fixed number of statements for any number of tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import psycopg

from deskwright.engine import facts
from deskwright.engine.altering import maker
from deskwright.engine.automation import OFF
from deskwright.store import columns
from deskwright.store.connection import from_json
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
Row = dict[str, Any]

HISTORY = timedelta(days=30)
"""How far back `customer.reopened_30d` and its kin look."""
LONG_HISTORY = timedelta(days=90)
"""How far back a workflow may look for repeated escalations."""


@dataclass(frozen=True, slots=True)
class Present:
    """The desk at this moment: its people with their loads, and the number of the live workflow version."""

    desk: facts.Desk
    live_version: int
    stopped: frozenset[str] = frozenset()
    """Experiments that take no more tickets."""


@dataclass(frozen=True, slots=True)
class Party:
    """A customer with their organisation."""

    customer: facts.Customer
    organisation: facts.Organisation | None


_people: list[tuple[int, Mapping[int, facts.Agent]]] = []


def present(cursor: Cursor) -> Present:
    """Agents (kept per process until people change) and their loads (always read)."""
    row = cursor.execute(PRESENT).fetchone()
    assert row is not None
    version = row["people_version"] or 0
    known = next(iter(_people), None)
    if known is None or known[0] != version:
        known = (version, people(cursor))
        _people[:] = [known]
    loads = {agent: facts.Load(*load) for agent, *load in from_json(row["loads"])}
    turn = max((load.turn for load in loads.values()), default=0)
    resting = dict.fromkeys(from_json(row["switched_off"]), OFF)
    stopped = frozenset(from_json(row["stopped"]))
    return Present(facts.Desk(known[1], loads, turn, version, resting), row["live_version"] or 0, stopped)


def forget() -> None:
    """Drop the people this process keeps."""
    _people.clear()


def people(cursor: Cursor) -> dict[int, facts.Agent]:
    return {row["id"]: agent_of(row) for row in cursor.execute(PEOPLE)}


def agent_of(row: Row) -> facts.Agent:
    return facts.Agent(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        level=row["level"],
        teams=frozenset(row["teams"]),
        skills=from_json(row["skills"]),
        languages=frozenset(from_json(row["languages"])),
        available=row["available"],
        takes_chats=row.get("takes_chats", True),
        shift=row["shift"] or None,
        capacity=row["capacity"],
    )


def parties(cursor: Cursor, customers: Iterable[int], now: datetime) -> dict[int, Party]:
    """Customers with what the last thirty days say of them; at most a hundred tickets each are looked at."""
    values = {"ids": sorted(set(customers)), "now": now, "since": now - HISTORY, "long_since": now - LONG_HISTORY}
    rows = cursor.execute(PARTIES, values)
    return {row["id"]: party_of(row) for row in rows}


def party_of(row: Row) -> Party:
    organisation = None
    if row["organisation_id"]:
        own = {"id": row["organisation_id"], "name": row["organisation"], "tier": row["organisation_tier"]}
        organisation = organisation_of({**row, **own, "fields": row["organisation_fields"]})
    customer = facts.Customer(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        tier=row["tier"] or row["organisation_tier"],
        language=row["language"],
        preferred_channel=row["preferred_channel"],
        reopened_30d=row["reopened"],
        escalations_30d=row["escalated"],
        escalated_days_ago=tuple(row["escalated_ago"] or ()),
        tickets_30d=row["opened"],
        last_agent=row["last_agent"],
        last_agent_at=row["last_agent_at"],
        fields=from_json(row["fields"]),
    )
    return Party(customer, organisation)


def organisation_of(row: Row) -> facts.Organisation:
    return facts.Organisation(
        id=row["id"],
        name=row["name"],
        tier=row["tier"],
        vip=row["vip"],
        csm=row["csm_id"],
        account_manager=row["account_manager_id"],
        fields=from_json(row["fields"]),
    )


def lock_tickets(cursor: Cursor, tickets: Sequence[int]) -> dict[int, Row]:
    """The tickets' rows, locked in the order of their ids until the deed commits."""
    rows = cursor.execute(LOCK_TICKETS, {"ids": sorted(set(tickets))})
    return {row["id"]: row | {"fields": from_json(row["fields"])} for row in rows}


def clocks(cursor: Cursor, tickets: Sequence[int]) -> dict[int, tuple[facts.Clock, ...]]:
    """Every clock of the tickets, oldest cycle first."""
    found: dict[int, list[facts.Clock]] = {}
    for row in cursor.execute(CLOCKS, {"ids": list(tickets)}):
        found.setdefault(row.pop("ticket_id"), []).append(facts.Clock(**row))
    return {ticket: tuple(items) for ticket, items in found.items()}


def as_set(name: str) -> Callable[[Row], frozenset[Any]]:
    return lambda row: frozenset(row[name])


SETS = ("tags", "signals", "tier_signals", "triggers_fired", "declined_by", "arms")
ticket_of: Callable[[Row], facts.Ticket] = maker(
    facts.Ticket,
    {
        **{name: as_set(name) for name in SETS},
        "assignee": itemgetter("assignee_id"),
        "merged_into": itemgetter("merged_into_id"),
        "version": itemgetter("workflow_version"),
    },
)
"""The engine's ticket from a full row."""

PRESENT = load("queries/present.sql")
PEOPLE = load("queries/people.sql")
PARTIES = load("queries/parties.sql")
LOCK_TICKETS = f"""
SELECT {", ".join(f'"{name}"' for name in columns.TICKET)} FROM store_ticket
WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
"""
CLOCKS = f"""
SELECT {", ".join(f'"{name}"' for name in columns.CLOCK)} FROM store_clock
WHERE ticket_id = ANY(%(ids)s) ORDER BY ticket_id, metric, cycle
"""
