"""What the simulated agents see of the desk: the tickets as they stand, looked up after every deed. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskwright.engine.values import PRIORITIES
from deskwright.store.connection import cursor


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as an agent sees it in a list."""

    id: int
    status: str
    priority: str
    queue: str | None
    assignee_id: int | None
    next_due_at: datetime | None
    tier_number: int
    tier_acknowledged: bool
    breached: bool

    @property
    def weight(self) -> int:
        return PRIORITIES.index(self.priority)


def touched(since: datetime) -> list[Seen]:
    """The tickets that something happened to since then, as they are now."""
    return [Seen(**row) for row in cursor().execute(TOUCHED, [since])]


def next_mark() -> datetime | None:
    """When the next clock of the desk reaches a mark (UTC); None when no clock runs."""
    row = cursor().execute("SELECT min(next_mark_at) AS at FROM store_clock WHERE next_mark_at IS NOT NULL").fetchone()
    return row["at"] if row else None


TOUCHED: Final = f"""
SELECT {", ".join(Seen.__dataclass_fields__)} FROM store_ticket WHERE updated_at >= %s ORDER BY id
"""
