"""The live workflow's queues as they stand: who serves them, what waits. The document rules them."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import INSTANT_OR_NULL, OBJECT, TEXT, TEXT_OR_NULL, TRUTH, WHOLE, a, a_list, an_object
from deskwright.desk import queues, workflows

RIGHT: Final = "queues:see"
WORK: Final = {"open": WHOLE, "waiting": WHOLE, "oldest": INSTANT_OR_NULL, "units": a("number"), "late": WHOLE}
MEMBER: Final = an_object(agent=WHOLE, available=TRUTH, tickets=WHOLE)
QUEUE: Final = an_object(
    name=TEXT,
    team=TEXT_OR_NULL,
    skills=OBJECT,
    calendar=TEXT_OR_NULL,
    strategy=TEXT,
    overflow=TEXT_OR_NULL,
    default=TRUTH,
    members=a_list(MEMBER),
    **WORK,
)
STRAY: Final = an_object(name=TEXT_OR_NULL, **WORK)
STANDING: Final = an_object(queues=a_list(QUEUE), strays=a_list(STRAY))


def standing(_asked: Asked) -> Any:
    """`strays` are what is in no queue, or in one that the live workflow does not name."""
    workflow, work = workflows.live(), queues.work()
    strays = [{"name": name, **some(row)} for name, row in work.items() if name not in workflow.queues]
    return {"queues": [shown(row) for row in queues.standing(workflow, work)], "strays": strays}


def shown(row: dict[str, Any]) -> dict[str, Any]:
    queue = row["queue"]
    plain = {name: getattr(queue, name) for name in ("name", "team", "calendar", "strategy", "overflow")}
    members = [{"agent": agent.id, "available": agent.available, "tickets": held} for agent, held in row["members"]]
    return plain | {"skills": dict(queue.skills), "default": row["default"], "members": members} | some(row)


def some(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in WORK}


ROUTES: Final = (
    Route("GET", "/queues", "workflow:read", standing, "Show how queues stand", gives=STANDING, asks=RIGHT),
)
