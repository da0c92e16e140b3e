"""Tickets found without an index of their words: looked through one by one, newest first, a bounded number at a time.

An operator that an index leads to is followed instead where it leads to few tickets; otherwise many pass it, and
looking one by one meets them soon.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final

from deskwright.store.connection import cursor
from deskwright.store.finding.meaning import HELD, Meaning
from deskwright.store.queries.inbox import LIVE
from deskwright.store.queries.listing import SORTS, Visible, read_cursor
from deskwright.store.sql import load

WALKED: Final = 5_000
"""Tickets that are looked at for one page."""
FEW: Final = 2_000
"""Tickets of a handle that are looked at whatever their age."""


def walked(asked: Meaning, visible: Visible, after: str, limit: int) -> tuple[list[int], str]:
    """The tickets of a page by last change (by when they were opened, where it asks for that), and the next's cursor.

    Fewer than a page with a cursor: looking stopped there, older ones may pass.
    """
    sort = SORTS["created" if asked.dated and not asked.live else "updated"]
    place = read_cursor(after, sort)
    test, handle = asked.sql, asked.handle
    if asked.words:
        test = f"{test} AND {HELD.format(words=asked.words)}"
    statement = load("queries/walk.sql").format(
        key=sort.key,
        handle=handle or "false",
        many=f"((SELECT count(*) FROM few) > {FEW})" if handle else "true",
        few=FEW,
        walked=WALKED,
        driver=LIVE if asked.live else asked.dated or "true",
        place=f"({sort.key}, t.id) < (%(at)s::timestamptz, %(number)s::bigint)" if place else "true",
        asked=test,
        visible=visible.sql,
    )
    at, number = place or (None, None)
    params = {**visible.params, **asked.params, "at": at, "number": number, "limit": limit + 1}
    return page_of(list(cursor().execute(statement, params)), limit)


def page_of(rows: Sequence[dict[str, Any]], limit: int) -> tuple[list[int], str]:
    found = [row for row in rows if row["id"] is not None]
    if len(found) > limit:
        at, number = found[limit - 1]["key"], found[limit - 1]["id"]
    else:
        at, number = (rows[0]["end_key"], rows[0]["end_id"]) if rows else (None, None)
    return [row["id"] for row in found[:limit]], f"{at.astimezone(UTC).isoformat()}_{number}" if at else ""
