"""The brake on reopening: two desks that answer each other would open a solved ticket again for ever.

What comes beyond the cap is kept beside the ticket, which stays solved; its agent is told once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from deskwright.desk.arriving.arrivals import Arrival
from deskwright.desk.cases import Case
from deskwright.engine.saying import _
from deskwright.engine.values import LIVE_STATUSES

Cursor = psycopg.Cursor[dict[str, Any]]
MOST, TIME = 5, timedelta(days=1)
"""Reopenings of one ticket by one address within this time."""
TOO_OFTEN: Final = _("its sender has opened the ticket again %(number)s times in a day: it stays solved", number=MOST)


@dataclass(slots=True)
class Reopenings:
    """What opened solved tickets again of late, the batch included."""

    counts: Counter[tuple[int | None, str]] = field(default_factory=Counter)
    """(Ticket, address) -> how often."""
    opened: set[int | None] = field(default_factory=set)
    """Tickets that something of this batch opens again: what follows it finds them open."""

    def opens(self, case: Case) -> bool:
        """Whether the next message would open the ticket again."""
        return solved(case) and case.row["id"] not in self.opened

    def braked(self, case: Case, arrival: Arrival) -> bool:
        """Whether this may not open its ticket again; where it may, it is counted and does."""
        if arrival.channel == "email" and not arrival.recovered:
            place = (case.row["id"], arrival.requester.value.lower())
            self.counts[place] += 1
            if self.counts[place] > MOST:
                return True
        self.opened.add(case.row["id"])
        return False


def solved(case: Case) -> bool:
    return case.row["status"] not in LIVE_STATUSES


def find(sql: Cursor, cases: Iterable[Case], now: datetime) -> Reopenings:
    """How often the solved tickets among these were opened again; only those that were so too often are asked for."""
    often = [case.row["id"] for case in cases if solved(case) and case.row["reopen_count"] >= MOST]
    if not often:
        return Reopenings()
    rows = sql.execute(COUNTED, {"tickets": often, "since": now - TIME})
    return Reopenings(Counter({(row["ticket_id"], row["address"]): row["count"] for row in rows}))


def tell(case: Case, at: datetime) -> None:
    """To whom the ticket is assigned, once for each time it was solved."""
    if case.row["assignee_id"] is not None:
        key = f"reopenings:{case.row['reopen_count']}"
        case.notices.append({"agent_id": case.row["assignee_id"], "subject": TOO_OFTEN, "key": key, "created_at": at})


COUNTED: Final = """
SELECT ticket_id, lower(data ->> 'from') AS address, count(*)::int AS count FROM store_ticketevent
WHERE ticket_id = ANY(%(tickets)s) AND kind = 'customer_wrote' AND at > %(since)s AND data ? 'reopens'
GROUP BY 1, 2
"""
