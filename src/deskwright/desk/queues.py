"""The live workflow's queues as they stand: who serves them, what they carry, what waits. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deskwright.engine.assignment.waiting import members
from deskwright.engine.workflow import Workflow
from deskwright.store import facts
from deskwright.store.connection import cursor
from deskwright.store.sql import load

Work = Mapping[str, Any]
EMPTY: Final[Work] = {"open": 0, "waiting": 0, "oldest": None, "units": 0.0, "late": 0}


def work() -> dict[str | None, Work]:
    """Queue -> open, waiting and late tickets, since when the oldest waits (UTC), units carried. None: in no queue."""
    return {row["queue"]: row for row in cursor().execute(load("queries/queues.sql"))}


def standing(workflow: Workflow, known: Mapping[str | None, Work]) -> Iterator[dict[str, Any]]:
    """Each queue with its work, its `members` as (agent, tickets they have), and how many of them are `there`."""
    desk = facts.present(cursor()).desk
    for queue in workflow.queues.values():
        serving = sorted(members(desk, queue), key=lambda agent: agent.name)
        load_of = {agent.id: desk.loads[agent.id].tickets for agent in serving if agent.id in desk.loads}
        yield {
            **(known.get(queue.name) or EMPTY),
            "queue": queue,
            "default": queue.name == workflow.default_queue,
            "members": [(agent, load_of.get(agent.id, 0)) for agent in serving],
            "there": sum(agent.available for agent in serving),
        }
