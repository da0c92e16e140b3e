"""The log as the lab replays it: recorded events with the facts that decided, and the people of any moment.

Reads rows only; `testimony` owns how the facts are spelled. Events are read in the order in which they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final

import psycopg

from deskwright.engine.events import EVENTS
from deskwright.engine.facts import Agent
from deskwright.engine.history import Recorded
from deskwright.store import facts as rows
from deskwright.store import testimony
from deskwright.store.connection import from_json
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
People = Callable[[int], Mapping[int, Agent]]
PAGE: Final = 1000


def recorded(sql: Cursor, tickets: Collection[int] | None = None) -> Iterator[Recorded]:
    """Every event that was decided on, of these tickets or of all, oldest first. Read in pages: memory stays flat."""
    wanted = None if tickets is None else list(tickets)
    descriptions: dict[int, str] = {}
    after = 0
    while page := sql.execute(HISTORY, {"after": after, "tickets": wanted, "limit": PAGE}).fetchall():
        after = page[-1]["id"]
        for row in page:
            if row["kind"] in EVENTS:
                yield of(row, descriptions)


def of(row: Mapping[str, Any], descriptions: dict[int, str]) -> Recorded:
    """One row of the log. `descriptions` are the tickets' so far: a message with the same words left them out."""
    data = from_json(row["data"])
    seen = data.get("seen", {})
    changes = testimony.ticket_changes(seen.get("ticket", {}))
    if "description" in changes:
        descriptions[row["ticket_id"]] = changes["description"]
    return Recorded(
        id=row["id"],
        ticket=row["ticket_id"],
        at=row["at"],
        event=testimony.event_of(row["kind"], data),
        version=row["workflow_version"],
        place=seen.get("place", 0),
        consequence=row["consequence"],
        changes=changes,
        customer=testimony.customer_of(seen.get("customer")),
        organisation=testimony.organisation_of(seen.get("organisation")),
        message=testimony.message_of(seen.get("message"), descriptions.get(row["ticket_id"], "")),
        people=seen.get("people", 0),
        resting=seen.get("resting", {}),
        actor=row["actor"],
        agent=row["agent_id"],
        failed="failed" in data,
    )


def remember_people(sql: Cursor, version: int) -> None:
    """Keep the facts of the agents that changed, under the people's new version."""
    sql.execute(REMEMBER, {"version": version})


def people(sql: Cursor) -> People:
    """version of the people -> the agents as they were then; the present ones for what nothing was remembered of."""
    kept = sql.execute("SELECT agent, version, facts FROM store_agentrecord ORDER BY version, agent").fetchall()
    present = rows.people(sql)

    @cache
    def at(version: int) -> Mapping[int, Agent]:
        found = {row["agent"]: agent_of(row) for row in kept if row["version"] <= version}
        return {number: agent for number, agent in found.items() if agent is not None} if found else present

    return at


def agent_of(row: Mapping[str, Any]) -> Agent | None:
    known = from_json(row["facts"])
    return None if known is None else rows.agent_of({**known, "id": row["agent"]})


HISTORY = load("queries/history.sql")
REMEMBER = load("queries/remember_people.sql").format(people=load("queries/people.sql"))
