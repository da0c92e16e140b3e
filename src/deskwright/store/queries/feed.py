"""Tickets in the order of their ids or of their last change, a condition's or all: what programs read page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from deskwright.engine.conditions import Condition
from deskwright.engine.workflow import Workflow
from deskwright.store import filters
from deskwright.store.connection import cursor, from_json
from deskwright.store.queries.listing import Row, Visible
from deskwright.store.sql import load

Place = tuple[Any, ...]
ORDERS: Final[Mapping[str, tuple[str, str]]] = {
    "id": ("t.id > %(after_id)s", "t.id"),
    "updated_at": ("(t.updated_at, t.id) > (%(after_at)s::timestamptz, %(after_id)s)", "t.updated_at, t.id"),
}
"""order -> (what comes after a place, how it is sorted)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets. `condition` None: all that are visible."""

    condition: Condition | None
    workflow: Workflow
    now: datetime
    visible: Visible
    order: str = "id"


def listed(wanted: Wanted, after: Place, limit: int) -> list[Row]:
    """At most `limit` tickets after the place: (id,) or (instant, id). Raises Unanswerable."""
    found: list[Row] = []
    while True:
        page = rows(wanted, after, limit)
        found += kept(wanted, page)
        if len(found) >= limit or len(page) < limit:
            return found[:limit]
        after = place(wanted.order, page[-1])


def rows(wanted: Wanted, after: Place, limit: int) -> list[Row]:
    where, params = "true", dict[str, Any]()
    if wanted.condition is not None:
        passing = filters.ticket_filter(wanted.condition, wanted.workflow, wanted.now)
        where, params = passing.sql, dict(passing.params)
    beyond, order = ORDERS[wanted.order]
    statement = load("queries/feed.sql").format(
        source=filters.SOURCE, visible=wanted.visible.sql, where=where, beyond=beyond, order=order
    )
    params |= {**wanted.visible.params, "limit": limit, "after_id": after[-1], "after_at": after[0]}
    return [opened(row) for row in cursor().execute(statement, params)]


def kept(wanted: Wanted, page: list[Row]) -> list[Row]:
    """Without those that a filter which is not exact has let through."""
    condition = wanted.condition
    if condition is None or filters.ticket_filter(condition, wanted.workflow, wanted.now).exact:
        return page
    held = set(filters.asked_again(condition, wanted.workflow, wanted.now, [row["id"] for row in page]))
    return [row for row in page if row["id"] in held]


def place(order: str, row: Row) -> Place:
    return (row["id"],) if order == "id" else (row["updated_at"], row["id"])


def opened(row: Row) -> Row:
    return row | {"fields": from_json(row["fields"]), "due": from_json(row["due"]) or {}}
