"""Finding tickets by words and operators, as the search page does."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from deskwright.api.rooms.tickets import READ
from deskwright.api.routing import CURSOR, PAGED, Asked, Param, Route
from deskwright.api.shapes import INSTANT, OBJECT, TEXT, TEXT_OR_NULL, WHOLE, a_list, an_object
from deskwright.desk import access, clock, workflows
from deskwright.desk.access.fields import ADDRESS
from deskwright.store.finding.searching import find

ITEM: Final = an_object(
    id=WHOLE,
    subject=TEXT,
    status=TEXT,
    priority=TEXT,
    queue=TEXT_OR_NULL,
    created_at=INSTANT,
    updated_at=INSTANT,
    excerpt=TEXT_OR_NULL,
)
FAULT: Final = an_object(piece=TEXT, why=TEXT, suggestion=TEXT)
FOUND: Final = an_object(items=a_list(ITEM), next=TEXT_OR_NULL, faults=a_list(FAULT), instead=OBJECT)
Q: Final = Param("q", "Words and operators (such as status:open from:mina@harbor.example), a number, or an address.")


def searched(asked: Asked) -> Any:
    """The best first. `faults` are pieces that were not understood and left out; `instead` tells words nobody has
    written here, and what was searched for in their place.
    """
    veil, workflow = access.veil(asked.agent), workflows.live()
    queues = access.visible_queues(asked.agent, workflow) if asked.agent else list(workflow.queues)
    found = find(
        asked.query.get("q", ""),
        access.visible_to(asked.agent),
        me=asked.agent.pk if asked.agent else 0,
        now=clock.now(),
        values={"queue": queues},
        after=asked.query.get(CURSOR, ""),
        limit=asked.limit,
        addresses=not veil.hides(ADDRESS),
    )
    items = [{name: row.get(name) for name in ITEM["properties"]} for row in veil.rows(found.rows)]
    faults = [asdict(fault) for fault in found.query.faults]
    return {"items": items, "next": found.older or None, "faults": faults, "instead": dict(found.instead or {})}


ROUTES: Final = (
    Route("GET", "/search", READ, searched, "Find tickets", gives=FOUND, query=(Q, *PAGED), asks="tickets:see"),
)
