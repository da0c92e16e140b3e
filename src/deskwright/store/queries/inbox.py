"""The ticket lists: a page of a view, and how many tickets each holds. Reads only; the caller says what is visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, Protocol

from deskwright.store.connection import cursor
from deskwright.store.sql import load

Row = dict[str, Any]

PAGE: Final = 50
MOST: Final = 1000
"""Counting stops here."""
FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)
HIGHEST: Final = 2**63 - 1

LIVE: Final = "t.status IN ('new', 'open', 'waiting_on_customer', 'on_hold')"
AT_RISK: Final = f"{LIVE} AND t.at_risk_at <= %(now)s AND t.next_due_at IS NOT NULL"
VIEWS: Final[Mapping[str, str]] = {
    "mine": f"{LIVE} AND t.assignee_id = %(agent)s",
    "unassigned": f"{LIVE} AND t.assignee_id IS NULL",
    "at_risk": AT_RISK,
    "queue": f"{LIVE} AND t.queue = %(queue)s",
    "all_open": LIVE,
    "recent": "true",
    "solved": "t.status IN ('solved', 'closed')",
}
"""view -> its condition. `recent` and `solved` run by last change, the others by the next due clock."""
BY_CHANGE: Final = frozenset({"recent", "solved"})


class Visible(Protocol):
    """A condition over `store_ticket AS t`, with parameters."""

    @property
    def sql(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row]
    older: str
    """Cursor of the page after this one, "" when there is none."""


def page(view: str, visible: Visible, *, agent: int, now: datetime, queue: str = "", after: str = "") -> Page:
    """One page of a view. `after` is the cursor of an earlier page; one that cannot be read starts from the top."""
    by_change = view in BY_CHANGE
    place = changed_before(after) if by_change else due_after(after)
    params = {"agent": agent, "now": now, "queue": queue, "limit": PAGE + 1, **visible.params, **place}
    rows = list(cursor().execute(statement(view, visible.sql), params))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return Page(rows, cursor_after(rows[-1], by_change) if more else "")


@cache
def statement(view: str, visible: str) -> str:
    frame = load("queries/inbox_updated.sql" if view in BY_CHANGE else "queries/inbox_due.sql")
    return frame.format(view=VIEWS[view], visible=visible, rows=load("queries/row.sql"))


def due_after(after: str) -> Mapping[str, Any]:
    due, number = read_cursor(after)
    if number and due is None:
        return {"after_due": LAST, "after_id": HIGHEST, "after_idle": number}
    return {"after_due": due or FIRST, "after_id": number, "after_idle": 0}


def changed_before(after: str) -> Mapping[str, Any]:
    changed, number = read_cursor(after)
    return {"before": changed or LAST, "before_id": number or HIGHEST}


def read_cursor(text: str) -> tuple[datetime | None, int]:
    """ "2026-11-24T09:00:00+00:00_17" -> its parts; "_17" has no instant; anything else is (None, 0)."""
    instant, _, number = text.rpartition("_")
    try:
        at = datetime.fromisoformat(instant) if instant else None
        return (at, int(number)) if at is None or at.tzinfo else (None, 0)
    except ValueError:
        return None, 0


def cursor_after(row: Row, by_change: bool) -> str:
    at = row["updated_at"] if by_change else row["next_due_at"]
    return f"{at.astimezone(UTC).isoformat() if at else ''}_{row['id']}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Tickets in each view and queue, and unread notices; each at most `MOST`."""

    views: Mapping[str, int]
    queues: Mapping[str, int]
    notices: int


def counts(visible: Visible, queues: Sequence[str], *, agent: int, now: datetime) -> Counts:
    """One statement for the whole rail."""
    text = load("queries/counts.sql").format(live=LIVE, at_risk=AT_RISK, visible=visible.sql)
    params = {"agent": agent, "now": now, "queues": list(queues), "limit": MOST, **visible.params}
    rows = list(cursor().execute(text, params))
    return Counts(
        views={row["view"]: row["number"] for row in rows if row["view"] not in {"queue", "notices"}},
        queues={row["queue"]: row["number"] for row in rows if row["view"] == "queue"},
        notices=next(row["number"] for row in rows if row["view"] == "notices"),
    )
