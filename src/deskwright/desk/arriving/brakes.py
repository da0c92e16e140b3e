"""Brakes on what one address can set off: storms of new tickets, and acknowledgements that might answer a machine.

Counts by event time, so that mail waiting since an outage is no storm. Of the words it sees the subjects alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import psycopg

from deskwright.desk.cases import Case
from deskwright.desk.said import in_english, kept
from deskwright.engine.saying import _
from deskwright.store.connection import to_json
from deskwright.store.live import announcement
from deskwright.text.alike import bare_subject

Cursor = psycopg.Cursor[dict[str, Any]]
STORM_TIME: Final = timedelta(minutes=10)
STORM, ALIKE = 50, 10
"""New tickets by mail from one customer within `STORM_TIME`: all of them, and those whose subjects differ by numbers
only. What comes beyond is set aside and counted on one of them, until the customer has been quiet for that long.
"""
ANSWERS, ANSWERS_TIME = 10, timedelta(hours=1)
"""Acknowledgements to one customer within this time; what comes beyond gets none."""
STORMS: Final = _("more than %(number)s new tickets from this sender in ten minutes (a storm)", number=STORM)
ALIKES: Final = _("more than %(number)s mails like this from this sender in ten minutes (a storm)", number=ALIKE)
NUMBERS: Final = re.compile(r"\d+")
TOLD: Final = tuple(first * 10**zeros for zeros in range(6) for first in (1, 2, 5))
"""How many mails of a storm are set aside when its ticket says so."""


class Opening(NamedTuple):
    at: datetime
    shape: str
    ticket: Case | int


@dataclass(slots=True)
class Storm:
    """Mails of a customer that are set aside, and the ticket they are counted on."""

    reason: str
    shape: str
    ticket: Case | int
    last: datetime
    count: int = 0

    def takes(self, at: datetime, shape: str) -> bool:
        """Whether one more belongs to it, while it lasts."""
        return abs(at - self.last) < STORM_TIME and (self.reason == STORMS or shape == self.shape)


@dataclass(slots=True)
class Brakes:
    """What customers of a batch set off by mail, those of the batch included."""

    opened: dict[int, list[Opening]] = field(default_factory=lambda: defaultdict(list))
    storms: dict[int, list[Storm]] = field(default_factory=lambda: defaultdict(list))
    before: Counter[int] = field(default_factory=Counter)
    """Ticket -> mails that were set aside before the batch."""

    def storm(self, customer: int, at: datetime, subject: str) -> Storm | None:
        """The storm that one more new mail is part of; it is counted. None where it is none."""
        shape = shaped(subject)
        found = next((one for one in self.storms[customer] if one.takes(at, shape)), None)
        found = found or self._breaking(customer, at, shape)
        if found is not None:
            found.last, found.count = max(found.last, at), found.count + 1
        return found

    def _breaking(self, customer: int, at: datetime, shape: str) -> Storm | None:
        recent = self._within(customer, at, STORM_TIME)
        alike = [one for one in recent if one.shape == shape]
        if len(recent) < STORM and len(alike) < ALIKE:
            return None
        reason, counted = (ALIKES, alike) if len(alike) >= ALIKE else (STORMS, recent)
        began = Storm(reason, shape, min(counted, key=lambda one: one.at).ticket, at)
        self.storms[customer].append(began)
        return began

    def answered_enough(self, customer: int, at: datetime) -> bool:
        return len(self._within(customer, at, ANSWERS_TIME)) >= ANSWERS

    def note(self, customer: int, at: datetime, subject: str, ticket: Case | int) -> None:
        """It opened a ticket."""
        self.opened[customer].append(Opening(at, shaped(subject), ticket))

    def _within(self, customer: int, at: datetime, time: timedelta) -> list[Opening]:
        return [one for one in self.opened[customer] if at - time < one.at <= at]


def shaped(subject: str) -> str:
    return NUMBERS.sub("#", " ".join(bare_subject(subject).casefold().split()))


def find(sql: Cursor, arriving: Sequence[tuple[int, str, datetime]]) -> Brakes:
    """What these (customer, address, moment) have set off before the batch; nothing is asked for nobody."""
    brakes = Brakes()
    if not arriving:
        return brakes
    addresses = {customer: address.lower()[:320] for customer, address, _at in arriving}
    moments = [at for _customer, _address, at in arriving]
    values = {"customers": list(addresses), "addresses": list(addresses.values()), "until": max(moments), "most": STORM}
    for row in sql.execute(OPENED, values | {"since": min(moments) - ANSWERS_TIME}):
        brakes.note(row["customer_id"], row["created_at"], row["subject"], row["id"])
    since = min(moments) - timedelta(days=1)
    for row in sql.execute(ASIDE, values | {"since": since, "reasons": [kept(STORMS), kept(ALIKES)]}):
        storm = Storm(in_english(row["reason"]), shaped(row["subject"]), row["ticket_id"], row["last"], row["count"])
        brakes.storms[row["customer_id"]].append(storm)
        brakes.before[row["ticket_id"]] += row["count"]
    return brakes


def tell(sql: Cursor, brakes: Brakes, now: datetime) -> None:
    """Say on the tickets of storms how many mails are set aside by now, each time that is much more than was said."""
    told: dict[int, dict[str, Any]] = {}
    for storm in (one for storms in brakes.storms.values() for one in storms):
        ticket = storm.ticket.row["id"] if isinstance(storm.ticket, Case) else storm.ticket
        if any(brakes.before[ticket] < step <= storm.count for step in TOLD):
            told[ticket] = {"count": storm.count, "reason": storm.reason}
    if told:
        rows = [{"ticket": ticket, "data": data} for ticket, data in told.items()]
        sql.execute(TELL, {"told": to_json(rows), "now": now})
        said = announcement(list(told))
        sql.execute("SELECT pg_notify('desk', %(said)s)", {"said": said})


OPENED: Final = """
SELECT given.id AS customer_id, t.created_at, t.subject, t.id FROM unnest(%(customers)s::bigint[]) AS given (id)
CROSS JOIN LATERAL (
    SELECT created_at, subject, id FROM store_ticket
    WHERE customer_id = given.id AND channel = 'email' AND created_at > %(since)s AND created_at <= %(until)s
    ORDER BY created_at DESC LIMIT %(most)s
) AS t
"""
ASIDE: Final = """
SELECT given.id AS customer_id, r.ticket_id, r.reason, count(*)::int AS count, max(r.received_at) AS last,
       (array_agg(r.subject ORDER BY r.id DESC))[1] AS subject
FROM unnest(%(customers)s::bigint[], %(addresses)s::text[]) AS given (id, sender)
JOIN store_rawinput AS r ON r.sender = given.sender AND r.sender <> '' AND r.state = 'quarantined'
    AND r.reason = ANY(%(reasons)s) AND r.ticket_id IS NOT NULL AND r.received_at > %(since)s
GROUP BY given.id, r.ticket_id, r.reason
"""
TELL: Final = """
WITH told AS (
    SELECT * FROM json_to_recordset(%(told)s::json) AS told (ticket bigint, data jsonb)
), held AS (
    SELECT t.id FROM store_ticket AS t JOIN told ON t.id = told.ticket ORDER BY t.id FOR NO KEY UPDATE OF t
), changed AS (
    UPDATE store_ticket AS t SET updated_at = greatest(t.updated_at, %(now)s) FROM held WHERE t.id = held.id
    RETURNING t.id, t.workflow_version
)
INSERT INTO store_ticketevent (ticket_id, at, kind, actor, data, workflow_version)
SELECT changed.id, %(now)s, 'mail_storm', 'system', told.data, changed.workflow_version
FROM changed JOIN told ON told.ticket = changed.id
"""
