"""Brakes on what one address can set off: storms of new tickets, and acknowledgements that might answer a machine.

Counts by event time, so that mail waiting since an outage is no storm; what a person took in after all counts for
nothing. What may be somebody else's is counted apart:
nobody can hold up a customer's own mail with mail that only says it is theirs.
"""

from __future__ import annotations

import hashlib
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
from deskwright.store.live import announce
from deskwright.text.alike import bare_subject

Cursor = psycopg.Cursor[dict[str, Any]]
STORM_TIME: Final = timedelta(minutes=10)
STORM, ALIKE = 50, 10
"""New tickets by mail from one customer within `STORM_TIME`: all of them, and those whose words differ by numbers
only. What comes beyond is set aside and counted on one of them, until the customer has been quiet for that long.
"""
LONGEST: Final = timedelta(hours=1)
"""Of a storm. A ticket must show then that it goes on."""
ANSWERS, ANSWERS_TIME = 10, timedelta(hours=1)
"""Acknowledgements to one customer within this time; what comes beyond gets none."""
STORMS: Final = _("more than %(number)s new tickets from this sender in ten minutes (a storm)", number=STORM)
ALIKES: Final = _("more than %(number)s mails like this from this sender in ten minutes (a storm)", number=ALIKE)
NUMBERS: Final = re.compile(r"[0-9]+")
READ: Final = 4000
"""Characters at the beginning of a text that tell whether it is like another."""
TOLD: Final = tuple(first * 10**zeros for zeros in range(6) for first in (1, 2, 5))
"""How many mails of a storm are set aside when its ticket says so."""


class Sender(NamedTuple):
    """Whose mails are counted together."""

    customer: int
    proved: bool
    """Nothing speaks against their being the customer's own."""


class Mail(NamedTuple):
    """A mail that may open a ticket."""

    sender: Sender
    at: datetime
    shape: str


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
    first: datetime
    last: datetime
    count: int = 0

    def takes(self, mail: Mail) -> bool:
        """Whether one more belongs to it, while it lasts."""
        lasts = abs(mail.at - self.last) < STORM_TIME and mail.at - self.first < LONGEST
        return lasts and (self.reason == STORMS or mail.shape == self.shape)


@dataclass(slots=True)
class Brakes:
    """What customers of a batch set off by mail, those of the batch included."""

    opened: dict[Sender, list[Opening]] = field(default_factory=lambda: defaultdict(list))
    storms: dict[Sender, list[Storm]] = field(default_factory=lambda: defaultdict(list))
    before: Counter[int] = field(default_factory=Counter)
    """Ticket -> mails that were set aside before the batch."""

    def storm(self, mail: Mail) -> Storm | None:
        """The storm that one more new mail is part of; it is counted. None where it is none."""
        found = next((one for one in self.storms[mail.sender] if one.takes(mail)), None)
        found = found or self._breaking(mail)
        if found is not None:
            found.last, found.count = max(found.last, mail.at), found.count + 1
        return found

    def _breaking(self, mail: Mail) -> Storm | None:
        recent = self._within(mail.sender, mail.at, STORM_TIME)
        alike = [one for one in recent if one.shape == mail.shape]
        if len(recent) < STORM and len(alike) < ALIKE:
            return None
        reason, counted = (ALIKES, alike) if len(alike) >= ALIKE else (STORMS, recent)
        began = Storm(reason, mail.shape, min(counted, key=lambda one: one.at).ticket, mail.at, mail.at)
        self.storms[mail.sender].append(began)
        return began

    def answered_enough(self, customer: int, at: datetime) -> bool:
        """Whoever they are from, the acknowledgements go to one."""
        senders = (Sender(customer, proved) for proved in (True, False))
        return sum(len(self._within(sender, at, ANSWERS_TIME)) for sender in senders) >= ANSWERS

    def note(self, mail: Mail, ticket: Case | int) -> None:
        """It opened a ticket."""
        self.opened[mail.sender].append(Opening(mail.at, mail.shape, ticket))

    def _within(self, sender: Sender, at: datetime, time: timedelta) -> list[Opening]:
        return [one for one in self.opened[sender] if at - time < one.at <= at]


def shaped(subject: str, words: str) -> str:
    """What mails have in common that differ by numbers only. `words` is what `worded` gives."""
    return " ".join([NUMBERS.sub("#", " ".join(bare_subject(subject[:300]).casefold().split())), words])


def worded(text: str) -> str:
    """A digest of a text without its numbers, the same as the database's own below."""
    return hashlib.md5(NUMBERS.sub("", text[:READ]).encode(), usedforsecurity=False).hexdigest()


def find(sql: Cursor, arriving: Sequence[tuple[int, str, datetime]]) -> Brakes:
    """What these (customer, address, moment) have set off before the batch; nothing is asked for nobody."""
    brakes = Brakes()
    if not arriving:
        return brakes
    customers, addresses = zip(*sorted({(who, address.lower()[:320]) for who, address, _at in arriving}), strict=True)
    moments = [at for _customer, _address, at in arriving]
    values = {"customers": list(customers), "addresses": list(addresses), "until": max(moments), "most": STORM}
    for row in sql.execute(OPENED, values | {"since": min(moments) - ANSWERS_TIME}):
        sender = Sender(row["customer_id"], row["verified"])
        brakes.note(Mail(sender, row["created_at"], shaped(row["subject"], row["words"])), row["id"])
    since = min(moments) - timedelta(days=1)
    for row in sql.execute(ASIDE, values | {"since": since, "reasons": [kept(STORMS), kept(ALIKES)]}):
        shape, reason = shaped(row["subject"], row["words"]), in_english(row["reason"])
        storm = Storm(reason, shape, row["id"], row["first"], row["last"], row["count"])
        brakes.storms[Sender(row["customer_id"], row["verified"])].append(storm)
        brakes.before[row["id"]] += row["count"]
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
        announce(sql, told)


BEGUN: Final = f"""
SELECT verified, raw_id, md5(regexp_replace(left(text, {READ}), '[0-9]+', '', 'g')) AS words FROM store_message
WHERE ticket_id = t.id AND kind = 'customer' ORDER BY created_at, id LIMIT 1
"""
OPENED: Final = f"""
SELECT given.id AS customer_id, t.created_at, t.subject, t.id, begun.verified, begun.words
FROM (SELECT DISTINCT id FROM unnest(%(customers)s::bigint[]) AS given (id)) AS given
CROSS JOIN LATERAL (
    SELECT created_at, subject, id FROM store_ticket
    WHERE customer_id = given.id AND channel = 'email' AND created_at > %(since)s AND created_at <= %(until)s
    ORDER BY created_at DESC LIMIT %(most)s
) AS t
CROSS JOIN LATERAL ({BEGUN}) AS begun
WHERE NOT EXISTS (SELECT FROM store_rawinput AS r WHERE r.id = begun.raw_id AND r.envelope ? 'recovered')
"""
ASIDE: Final = f"""
SELECT t.*, begun.verified, begun.words FROM (
SELECT given.id AS customer_id, r.ticket_id AS id, r.reason, count(*)::int AS count, min(r.received_at) AS first,
       max(r.received_at) AS last, (array_agg(r.subject ORDER BY r.id DESC))[1] AS subject
FROM unnest(%(customers)s::bigint[], %(addresses)s::text[]) AS given (id, sender)
JOIN store_rawinput AS r ON r.sender = given.sender AND r.sender <> '' AND r.state = 'quarantined'
    AND r.reason = ANY(%(reasons)s) AND r.ticket_id IS NOT NULL AND r.received_at > %(since)s
GROUP BY given.id, r.ticket_id, r.reason
) AS t CROSS JOIN LATERAL ({BEGUN}) AS begun
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
