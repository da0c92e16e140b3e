"""Brakes on what one address can set off: a storm of new tickets, and acknowledgements that might answer a machine.

Counts by event time, so that mail waiting since an outage is no storm. Knows no words of a mail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

Cursor = psycopg.Cursor[dict[str, Any]]
STORM, STORM_TIME = 50, timedelta(minutes=10)
"""New tickets by mail from one customer within this time; what comes beyond is set aside."""
ANSWERS, ANSWERS_TIME = 10, timedelta(hours=1)
"""Acknowledgements to one customer within this time; what comes beyond gets none."""
STORMS: Final = f"more than {STORM} new tickets from this sender in ten minutes (a storm)"


@dataclass(slots=True)
class Brakes:
    """When customers of a batch opened tickets by mail, those of the batch included."""

    opened: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def storm(self, customer: int, at: datetime) -> bool:
        return self._within(customer, at, STORM_TIME) >= STORM

    def answered_enough(self, customer: int, at: datetime) -> bool:
        return self._within(customer, at, ANSWERS_TIME) >= ANSWERS

    def note(self, customer: int, at: datetime) -> None:
        self.opened[customer].append(at)

    def _within(self, customer: int, at: datetime, time: timedelta) -> int:
        return sum(at - time < one <= at for one in self.opened[customer])


def find(sql: Cursor, customers: Iterable[int], times: Iterable[datetime]) -> Brakes:
    """What these customers have set off before the batch; one statement, none for nobody."""
    wanted, moments = sorted(set(customers)), list(times)
    brakes = Brakes()
    if wanted:
        values = {"customers": wanted, "since": min(moments) - ANSWERS_TIME, "until": max(moments), "most": STORM}
        for row in sql.execute(OPENED, values):
            brakes.note(row["customer_id"], row["created_at"])
    return brakes


OPENED: Final = """
SELECT given.id AS customer_id, t.created_at FROM unnest(%(customers)s::bigint[]) AS given (id)
CROSS JOIN LATERAL (
    SELECT created_at FROM store_ticket
    WHERE customer_id = given.id AND channel = 'email' AND created_at > %(since)s AND created_at <= %(until)s
    ORDER BY created_at DESC LIMIT %(most)s
) AS t
"""
