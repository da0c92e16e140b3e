"""The views every desk has: which tickets each holds and how many. Reads only; the caller says what is visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from deskwright.store.connection import cursor
from deskwright.store.queries.listing import Page, Row, Scope, Visible
from deskwright.store.queries.listing import page as listed
from deskwright.store.queries.tallying import Asked, tally
from deskwright.store.sql import load

__all__ = ["Counts", "Page", "Row", "Visible", "counts", "page", "scope"]

MOST: Final = 1000
"""Unread notices are counted up to here, and no number is shown that is not below."""
LIVE: Final = "t.status IN ('new', 'open', 'waiting_on_customer', 'on_hold')"
OPEN: Final = f"{LIVE} AND t.snoozed_since IS NULL"
"""Live and not put aside. A target at risk is shown all the same: no clock stands still."""
AT_RISK: Final = f"{LIVE} AND t.at_risk_at <= %(now)s AND t.next_due_at IS NOT NULL"
MENTIONED: Final = (
    "EXISTS (SELECT FROM store_mention AS mention WHERE mention.ticket_id = t.id AND mention.agent_id = %(agent)s)"
)
VIEWS: Final[Mapping[str, str]] = {
    "mine": f"{OPEN} AND t.assignee_id = %(agent)s",
    "unassigned": f"{OPEN} AND t.assignee_id IS NULL",
    "at_risk": AT_RISK,
    "queue": f"{OPEN} AND t.queue = %(queue)s",
    "all_open": OPEN,
    "snoozed": f"{LIVE} AND t.snoozed_since IS NOT NULL",
    "mentions": MENTIONED,
    "recent": "true",
    "solved": "t.status IN ('solved', 'closed') AND t.merged_into_id IS NULL",
}
"""view -> its condition."""
BY_CHANGE: Final = frozenset({"recent", "solved", "mentions"})
"""These run by last change unless asked otherwise, the others by the next due clock."""


def scope(view: str, *, agent: int, now: datetime, queue: str = "") -> Scope:
    """What a view holds."""
    text = VIEWS[view]
    given = {"agent": agent, "now": now, "queue": queue}
    return Scope(text, {name: value for name, value in given.items() if f"%({name})s" in text})


def page(
    view: str, visible: Visible, *, agent: int, now: datetime, queue: str = "", sort: str = "", **place: Any
) -> Page:
    """One page of a view. `place`: `after` or `before`, the cursor of an earlier page."""
    return listed(scope(view, agent=agent, now=now, queue=queue), visible, sort or own_sort(view), **place)


def own_sort(view: str) -> str:
    return "updated" if view in BY_CHANGE else "due"


@dataclass(frozen=True, slots=True)
class Counts:
    """Tickets in each view and queue, and unread notices, of these at most `MOST`. `saved`: view -> (number, whole)."""

    views: Mapping[str, int]
    queues: Mapping[str, int]
    notices: int
    saved: Mapping[int, tuple[int, bool]] = field(default_factory=dict)


def counts(
    visible: Visible, queues: Sequence[str], *, agent: int, now: datetime, saved: Sequence[Asked] = ()
) -> Counts:
    """One statement for the whole rail: a pass over all live tickets, for `saved` views over the most urgent alone."""
    text = load("queries/counts.sql").format(live=LIVE, open=OPEN, visible=visible.sql)
    params = {"agent": agent, "now": now, "queues": list(queues), "limit": MOST, **visible.params}
    if saved:
        more, given = tally(saved, LIVE, visible)
        text, params = f"{text} UNION ALL {more}", {**params, **given}
    rows = list(cursor().execute(text, params, prepare=False if saved else None))  # no two agents ask for the same
    return Counts(
        views={row["view"]: row["number"] for row in rows if row["view"] not in {"queue", "notices", "saved"}},
        queues={row["queue"]: row["number"] for row in rows if row["view"] == "queue"},
        notices=next(row["number"] for row in rows if row["view"] == "notices"),
        saved={int(row["queue"]): (row["number"], row["whole"]) for row in rows if row["view"] == "saved"},
    )
