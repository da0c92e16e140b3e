"""The one way in: every channel hands its arrivals to `receive`. Raw input is journaled first; nothing is ever dropped.

Every arrival ends as ticket, reply, note, duplicate or quarantined (with a reason); a refused API call keeps nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk.arriving import colleagues, keys, mailroom, opening
from deskwright.desk.arriving.arrivals import Arrival, Outcome
from deskwright.desk.errors import Broken, DeskError, Invalid, NotFound
from deskwright.desk.said import kept
from deskwright.engine import saying
from deskwright.store.connection import deed, from_json, to_json
from deskwright.store.live import work_is_due
from deskwright.store.models import Agent
from deskwright.store.outage import AWAY
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
log = logging.getLogger("deskwright.intake")

LEASE = timedelta(seconds=30)
"""How long a worker has for what it claimed before another may try."""
ATTEMPTS = 5
CLAIMED_BYTES = 64 * 1024 * 1024
"""Raw input held in memory at once; one that is larger is taken alone."""
WRITTEN_BYTES = 4 * 1024 * 1024
"""Raw input that one statement writes; one that is larger is written alone."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Raw input to be kept: who handed it in and for whom, and the bytes."""

    envelope: Mapping[str, Any]
    body: bytes
    arrived: datetime | None = None
    """When it reached a server of ours (UTC), if that was before now."""


def journal(channel: str, envelope: Mapping[str, Any], body: bytes, now: datetime) -> int:
    """Keep raw input; committed when this returns. Returns its id."""
    return journal_many(channel, [(envelope, body)], now)[0]


def journal_many(channel: str, inputs: Sequence[tuple[Mapping[str, Any], bytes]], now: datetime) -> list[int]:
    """Keep several raw inputs in one transaction. Returns their ids in order."""
    with deed() as sql:
        return keep(sql, channel, [Raw(envelope, body) for envelope, body in inputs], now)


def keep(sql: Cursor, channel: str, inputs: Sequence[Raw], now: datetime) -> list[int]:
    """Raw inputs as part of the caller's deed, in few statements, announced. Returns their ids in order."""
    ids: list[int] = []
    for some in bounded(inputs):
        values = {
            "channel": channel,
            "now": now,
            "arrived": [min(one.arrived, now) if one.arrived else now for one in some],
            "envelopes": [to_json(one.envelope) for one in some],
            "bodies": [one.body for one in some],
            "digests": [hashlib.sha256(one.body).hexdigest() for one in some],
        }
        ids += sorted(row["id"] for row in sql.execute(JOURNAL, values))
    if ids:
        work_is_due(sql, channel)
    return ids


def bounded(inputs: Sequence[Raw]) -> Iterator[list[Raw]]:
    """As many together as one statement should carry."""
    some: list[Raw] = []
    size = 0
    for one in inputs:
        if some and size + len(one.body) > WRITTEN_BYTES:
            yield some
            some, size = [], 0
        some.append(one)
        size += len(one.body)
    if some:
        yield some


def work_off(now: datetime, limit: int = 100) -> int:
    """Understand and receive what was journaled. Returns how many inputs were taken.

    An input that has been tried five times is quarantined: it never blocks the others. One that met a defect of ours is
    left for the next try.
    """
    claimed = claim(now, limit, ("email",))
    arrivals = understood(claimed, now)
    arrivals = without_colleagues(arrivals, now)
    for arrival, outcome in zip(arrivals, receive_or_give_back(arrivals, now), strict=True):
        if isinstance(outcome.error, Invalid) and arrival.raw_id is not None:
            quarantine(arrival.raw_id, outcome.error.sentence, now)
    return len(claimed)


def claim(now: datetime, limit: int, channels: Sequence[str]) -> list[dict[str, Any]]:
    """Raw input of these channels that is due, held for a lease."""
    values = {"now": now, "lease": now + LEASE, "limit": limit, "bytes": CLAIMED_BYTES, "channels": list(channels)}
    with deed() as sql:
        return sql.execute(CLAIM, values).fetchall()


def understood(claimed: Sequence[dict[str, Any]], now: datetime) -> list[Arrival]:
    """The arrivals in these inputs; those that hold none are set aside. All are labelled for the mail log."""
    arrivals, labels = [], []
    for row in claimed:
        if row["attempts"] > ATTEMPTS:
            quarantine(row["id"], saying._("it could not be processed in five attempts"), now)
            continue
        try:
            mail = mailroom.read(row)
            labels.append(mailroom.label(row, mail))
            arrivals.append(mailroom.judged(mail, row, from_json(row["envelope"])))
        except mailroom.NotForUs as refusal:
            quarantine(row["id"], str(refusal), now)
        except Exception:
            log.exception("Raw input %s could not be understood", row["id"])
            quarantine(row["id"], saying._("it could not be understood"), now)
    if labels:
        with deed() as sql:
            sql.execute(LABEL, {"labels": to_json(labels)})
    return arrivals


def without_colleagues(arrivals: Sequence[Arrival], now: datetime) -> list[Arrival]:
    """The arrivals that customers wrote, or that agents pass on for them; what agents answered themselves is done."""
    agents = colleagues.by_agents(arrivals)
    left = (still_to_take(one, agents.get(place), now) for place, one in enumerate(arrivals))
    return [one for one in left if one is not None]


def still_to_take(arrival: Arrival, agent: Agent | None, now: datetime) -> Arrival | None:
    if agent is None:
        return arrival
    try:
        return None if colleagues.answered(arrival, agent, now) else colleagues.passed_on(arrival, agent)
    except AWAY:
        raise
    except Exception as trouble:
        why = trouble.sentence if isinstance(trouble, DeskError) else saying._("the desk failed on it")
        log.warning("The mail of agent %s was set aside: %s", agent.pk, trouble)
        if arrival.raw_id is not None:
            quarantine(arrival.raw_id, saying._("an agent's answer could not be noted: %(why)s", why=why), now)
        return None


def receive_or_give_back(arrivals: Sequence[Arrival], now: datetime) -> list[Outcome]:
    """As `receive`; an outage (a full disk is one) is not counted as a try of these inputs."""
    try:
        return receive(arrivals, now)
    except AWAY:
        with suppress(*AWAY), deed() as sql:
            sql.execute(UNTRIED, {"ids": [arrival.raw_id for arrival in arrivals]})
        raise


def quarantine(raw_id: int, reason: str, now: datetime) -> None:
    """Set an input aside with its reason, unless it was taken in meanwhile; it can be recovered."""
    with deed() as sql:
        sql.execute(QUARANTINE, {"id": raw_id, "reason": kept(reason)})


def recover(raw_id: int, now: datetime, author: str | None = None) -> None:
    """Put a quarantined input, or a duplicate, back to work, on a person's word: it is a message, come what may.

    `author` is the address it is from, where the input does not say. Raises NotFound when nothing is set aside.
    """
    word = {"recovered": True} | ({"author": author} if author else {})
    with deed() as sql:
        row = sql.execute(RECOVER, {"id": raw_id, "now": now, "word": to_json(word)}).fetchone()
        if row is None:
            raise NotFound(_("Nothing is set aside under %(raw_id)s.") % {"raw_id": raw_id})
        work_is_due(sql, row["channel"])


def receive(batch: Sequence[Arrival], now: datetime) -> list[Outcome]:
    """Take in a batch in one transaction: its outcomes, in order, all durable when this returns.

    One bad arrival fails alone: the batch is then taken one by one. Raises one of AWAY when the database
    cannot be reached; nothing of the batch is kept then.
    """
    if not batch:
        return []
    try:
        with deed() as sql:
            return opening.take_in(sql, batch, now)
    except AWAY:
        raise
    except Exception as trouble:
        if len(batch) == 1:
            return [answered_meanwhile(batch[0]) or refused(batch[0], trouble)]
        log.warning("A batch of %s failed (%s); taking it one by one", len(batch), trouble)
        return [outcome for arrival in batch for outcome in receive([arrival], now)]


def answered_meanwhile(arrival: Arrival) -> Outcome | None:
    """The answer that another process gave to the same key at the same moment; None when there is none."""
    if arrival.key is None:
        return None
    try:
        with deed() as sql:
            return keys.replays(sql, [arrival]).get(keys.place(arrival))
    except Invalid:
        return None


def refused(arrival: Arrival, trouble: Exception) -> Outcome:
    if isinstance(trouble, Invalid):
        return Outcome("refused", reason=trouble.sentence, error=trouble)
    log.error("An arrival by %s was refused: %s", arrival.channel, trouble, exc_info=trouble)
    if isinstance(trouble, psycopg.DataError | psycopg.IntegrityError):
        return Outcome("refused", reason=str(trouble), error=Invalid(_("This message cannot be stored as it is.")))
    return Outcome("refused", reason=str(trouble), error=Broken("The desk failed on this message; it has been noted."))


JOURNAL = """
INSERT INTO store_rawinput
    (channel, received_at, envelope, body, sha256, state, disposition, reason, attempts, due_at)
SELECT %(channel)s, given.arrived, given.envelope::jsonb, given.body, given.sha256, 'pending', '', '', 0, %(now)s
FROM unnest(%(arrived)s::timestamptz[], %(envelopes)s::text[], %(bodies)b::bytea[], %(digests)s::text[])
    WITH ORDINALITY AS given (arrived, envelope, body, sha256, place)
ORDER BY given.place
RETURNING id
"""
CLAIM = load("queries/claim_raw.sql")
LABEL = """
UPDATE store_rawinput AS r SET sender = l.sender, subject = l.subject, mail_id = l.mail_id
FROM json_to_recordset(%(labels)s::json) AS l (id bigint, sender text, subject text, mail_id text) WHERE r.id = l.id
"""
QUARANTINE = """
UPDATE store_rawinput SET state = 'quarantined', reason = %(reason)s, due_at = NULL
WHERE id = %(id)s AND state = 'pending'
"""
UNTRIED = "UPDATE store_rawinput SET attempts = attempts - 1 WHERE id = ANY(%(ids)s) AND state = 'pending'"
RECOVER = """
UPDATE store_rawinput
SET state = 'pending', reason = '', attempts = 0, due_at = %(now)s, envelope = envelope || %(word)s::jsonb
WHERE id = %(id)s AND state IN ('quarantined', 'duplicate')
RETURNING channel
"""
