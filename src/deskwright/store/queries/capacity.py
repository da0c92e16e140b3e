"""What came in and what was done, by local hour and day: the figures forecasts and burn-downs are made from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from deskwright.store.connection import cursor
from deskwright.store.queries.listing import Row, Visible
from deskwright.store.sql import load


def volume(
    visible: Visible,
    zone: str,
    since: datetime,
    until: datetime,
    *,
    channels: Sequence[str] | None = None,
    category: str | None = None,
) -> Sequence[Row]:
    """(day, hour, number) of tickets opened from `since` to before `until`; hours in which none was are left out."""
    named = None if channels is None else list(channels)
    params = {"zone": zone, "since": since, "until": until, "channels": named, "category": category, **visible.params}
    return cursor().execute(VOLUME.format(visible=visible.sql), params).fetchall()


def backlog(visible: Visible, zone: str, since: datetime, until: datetime) -> Sequence[Row]:
    """(what, day, number): opened, solved, and what was open before."""
    params = {"zone": zone, "since": since, "until": until, **visible.params}
    return cursor().execute(BACKLOG.format(visible=visible.sql), params).fetchall()


def first_ticket(visible: Visible) -> datetime | None:
    row = cursor().execute(FIRST.format(visible=visible.sql), dict(visible.params)).fetchone()
    return row["first"] if row else None


def kinds(visible: Visible, since: datetime) -> Sequence[Row]:
    """(channel, category) of tickets opened since."""
    return cursor().execute(KINDS.format(visible=visible.sql), {"since": since, **visible.params}).fetchall()


def handling(visible: Visible, since: datetime) -> tuple[int, float]:
    """(tickets on which time was entered, the minutes each took on the average)."""
    row = cursor().execute(HANDLING.format(visible=visible.sql), {"since": since, **visible.params}).fetchone()
    return (row["tickets"], row["minutes"] or 0.0) if row else (0, 0.0)


VOLUME: Final = load("queries/volume.sql")
BACKLOG: Final = load("queries/backlog.sql")
FIRST: Final = "SELECT min(t.created_at) AS first FROM store_ticket AS t WHERE {visible}"
KINDS: Final = """
SELECT DISTINCT t.channel, t.category FROM store_ticket AS t WHERE t.created_at >= %(since)s AND {visible} ORDER BY 1, 2
"""
HANDLING: Final = """
SELECT count(*)::int AS tickets, avg(minutes)::float8 AS minutes FROM (
    SELECT sum(e.minutes) AS minutes FROM store_timeentry AS e JOIN store_ticket AS t ON t.id = e.ticket_id
    WHERE e.ended_at >= %(since)s AND e.removed_at IS NULL AND {visible} GROUP BY e.ticket_id
) AS spent
"""
