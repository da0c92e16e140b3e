"""What the simulated agents see of the desk: the tickets as they stand, looked up after every deed. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
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


def touched(since: datetime) -> tuple[list[Seen], datetime | None]:
    """The tickets that something happened to since then, as they are now; and when the next clock reaches a mark."""
    rows = cursor().execute(TOUCHED, {"since": since, "lately": since - LATELY}).fetchall()
    marks = [row.pop("next_mark_at") for row in rows]
    return [Seen(**row) for row in rows], marks[0] if marks else None


def take_stock() -> None:
    """Let PostgreSQL count the rows: in one long transaction nobody else does, and it keeps plans for empty tables."""
    cursor().execute(
        "ANALYZE store_ticket, store_clock, store_message, store_ticketevent, store_delivery, store_customer"
    )


LATELY: Final = timedelta(hours=1)
"""Earlier marks have all been acted on; to look for them among their dead rows takes long."""
TOUCHED: Final = f"""
SELECT {", ".join(Seen.__dataclass_fields__)},
       (SELECT min(next_mark_at) FROM store_clock WHERE next_mark_at > %(lately)s) AS next_mark_at
FROM store_ticket WHERE updated_at >= %(since)s ORDER BY id
"""
