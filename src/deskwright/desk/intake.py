"""The one way in: every channel hands its arrivals to `receive`. Raw input is journaled first; nothing is ever dropped.

Every arrival ends as ticket, reply, note, duplicate or quarantined (with a reason); a refused API call keeps nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import django.db
import psycopg

from deskwright.desk import mailroom, opening
from deskwright.desk.arrivals import Arrival, Outcome
from deskwright.desk.errors import Broken, Invalid, NotFound
from deskwright.store.connection import deed, to_json
from deskwright.store.sql import load

log = logging.getLogger("deskwright.intake")

LEASE = timedelta(seconds=30)
"""How long a worker has for what it claimed before another may try."""
ATTEMPTS = 5
CLAIMED_BYTES = 64 * 1024 * 1024
"""Raw input held in memory at once; one that is larger is taken alone."""


def journal(channel: str, envelope: Mapping[str, Any], body: bytes, now: datetime) -> int:
    """Keep raw input; committed when this returns. Returns its id."""
    return journal_many(channel, [(envelope, body)], now)[0]


def journal_many(channel: str, inputs: Sequence[tuple[Mapping[str, Any], bytes]], now: datetime) -> list[int]:
    """Keep several raw inputs in one transaction. Returns their ids in order."""
    with deed() as sql:
        ids: list[int] = []
        for envelope, body in inputs:
            row = sql.execute(
                JOURNAL,
                {
                    "channel": channel,
                    "now": now,
                    "envelope": to_json(envelope),
                    "body": body,
                    "sha256": hashlib.sha256(body).hexdigest(),
                },
            ).fetchone()
            assert row is not None
            ids.append(row["id"])
        sql.execute("SELECT pg_notify('desk_work', 'raw')")
        return ids


def work_off(now: datetime, limit: int = 100) -> int:
    """Understand and receive what was journaled. Returns how many inputs were taken.

    An input that has been tried five times is quarantined: it never blocks the others. One that met a defect of ours is
    left for the next try.
    """
    claim = {"now": now, "lease": now + LEASE, "limit": limit, "bytes": CLAIMED_BYTES}
    with deed() as sql:
        claimed = sql.execute(CLAIM, claim).fetchall()
    arrivals: list[Arrival] = []
    for row in claimed:
        if row["attempts"] > ATTEMPTS:
            quarantine(row["id"], "it could not be processed in five attempts", now)
            continue
        try:
            arrivals.append(mailroom.understand(row))
        except mailroom.NotForUs as refusal:
            quarantine(row["id"], str(refusal), now)
        except Exception:
            log.exception("Raw input %s could not be understood", row["id"])
            quarantine(row["id"], "it could not be understood", now)
    for arrival, outcome in zip(arrivals, receive_or_give_back(arrivals, now), strict=True):
        if isinstance(outcome.error, Invalid) and arrival.raw_id is not None:
            quarantine(arrival.raw_id, outcome.error.sentence, now)
    return len(claimed)


def receive_or_give_back(arrivals: Sequence[Arrival], now: datetime) -> list[Outcome]:
    """As `receive`; an outage (a full disk is one) is not counted as a try of these inputs."""
    try:
        return receive(arrivals, now)
    except AWAY:
        with suppress(*AWAY), deed() as sql:
            sql.execute(UNTRIED, {"ids": [arrival.raw_id for arrival in arrivals]})
        raise


def quarantine(raw_id: int, reason: str, now: datetime) -> None:
    """Set an input aside with its reason; it can be recovered."""
    with deed() as sql:
        sql.execute(QUARANTINE, {"id": raw_id, "reason": reason})


def recover(raw_id: int, now: datetime, author: str | None = None) -> None:
    """Put a quarantined input back to work, on a person's word: it is taken for a message whatever set it aside.

    `author` is the address it is from, where the input does not say. Raises NotFound when nothing is set aside.
    """
    word = {"recovered": True} | ({"author": author} if author else {})
    with deed() as sql:
        if not sql.execute(RECOVER, {"id": raw_id, "now": now, "word": to_json(word)}).rowcount:
            raise NotFound(f"Nothing is set aside under {raw_id}.")
        sql.execute("SELECT pg_notify('desk_work', 'raw')")


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
            return opening.replays(sql, [arrival]).get(opening.place(arrival))
    except Invalid:
        return None


def refused(arrival: Arrival, trouble: Exception) -> Outcome:
    if isinstance(trouble, Invalid):
        return Outcome("refused", reason=trouble.sentence, error=trouble)
    log.error("An arrival by %s was refused: %s", arrival.channel, trouble, exc_info=trouble)
    if isinstance(trouble, psycopg.DataError | psycopg.IntegrityError):
        return Outcome("refused", reason=str(trouble), error=Invalid("This message cannot be stored as it is."))
    return Outcome("refused", reason=str(trouble), error=Broken("The desk failed on this message; it has been noted."))


AWAY = (psycopg.OperationalError, psycopg.InterfaceError, django.db.OperationalError, django.db.InterfaceError)
"""What a database that is not there raises."""

JOURNAL = """
INSERT INTO store_rawinput
    (channel, received_at, envelope, body, sha256, state, disposition, reason, attempts, due_at)
VALUES (%(channel)s, %(now)s, %(envelope)s, %(body)s, %(sha256)s, 'pending', '', '', 0, %(now)s)
RETURNING id
"""
CLAIM = load("queries/claim_raw.sql")
QUARANTINE = "UPDATE store_rawinput SET state = 'quarantined', reason = %(reason)s, due_at = NULL WHERE id = %(id)s"
UNTRIED = "UPDATE store_rawinput SET attempts = attempts - 1 WHERE id = ANY(%(ids)s) AND state = 'pending'"
RECOVER = """
UPDATE store_rawinput
SET state = 'pending', reason = '', attempts = 0, due_at = %(now)s, envelope = envelope || %(word)s::jsonb
WHERE id = %(id)s AND state = 'quarantined'
"""
