"""Messages to webhooks leave: claimed with a lease, posted outside any transaction, how it ended is written down.

At least once, in order for each ticket. A receiver that stays away is asked eight times over most of a day for each
message, and switched off after days without one success.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from deskwright.channels.posting import Answer, Unreachable, Unwanted
from deskwright.channels.webhooks.signing import signed_headers
from deskwright.desk.said import cut, kept
from deskwright.desk.settings.sealing import Unreadable, unseal
from deskwright.engine.saying import _
from deskwright.store.connection import deed
from deskwright.store.live import announce
from deskwright.store.models import Agent, Notice
from deskwright.store.sql import load

Post = Callable[[str, bytes, Mapping[str, str]], Answer]
Row = Mapping[str, Any]

LEASE: Final = timedelta(minutes=10)
PAUSES: Final = tuple(timedelta(seconds=one) for one in (10, 60, 300, 1800, 7200, 21600, 43200))
"""After each attempt but the last: eight attempts over about 21 hours."""
PATIENCE: Final = timedelta(days=3)
"""A webhook without a success for this long is switched off at its next failure."""
GONE: Final = 410
EXCERPT: Final = 2000

log = logging.getLogger("deskwright.webhooks")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. `final`: no further attempt would help. `gone`: the receiver wants no more at all."""

    good: bool
    words: str
    status: int | None = None
    milliseconds: int | None = None
    final: bool = False
    gone: bool = False


def send_due(now: datetime, limit: int, post: Post) -> int:
    """Post at most `limit` due messages. Returns how many were claimed.

    After a failure the rest of the claim to the same receiver is given back: it may be away.
    """
    with deed() as sql:
        claimed = sql.execute(CLAIM, {"now": now, "lease": now + LEASE, "limit": limit}).fetchall()
    claimed.sort(key=lambda row: row["id"])
    away: set[int] = set()
    for row in claimed:
        if row["webhook_id"] in away:
            give_back(row, now)
            continue
        outcome = attempt(row, post, now)
        write_down(row, outcome, now)
        if not outcome.good:
            away.add(row["webhook_id"])
    return len(claimed)


def attempt(row: Row, post: Post, now: datetime) -> Outcome:
    try:
        body = row["body"].encode()
        headers = signed_headers(row["event_id"], int(now.timestamp()), body, secrets_of(row, now))
        answer = post(row["url"], body, {**headers, "Content-Type": "application/json", "User-Agent": "Deskwright"})
    except (Unwanted, Unreadable) as trouble:
        return Outcome(False, str(trouble), final=True)
    except Unreachable as trouble:
        return Outcome(False, str(trouble))
    except Exception as trouble:
        log.exception("Posting webhook message %s failed unexpectedly", row["id"])
        return Outcome(False, f"{type(trouble).__name__}: {trouble}")
    words = answer.excerpt.replace("\0", "")
    if 300 <= answer.status < 400:
        words = _("Redirects are not followed: enter the new address. %(words)s", words=words)
    return Outcome(answer.good, words, answer.status, answer.milliseconds, gone=answer.status == GONE)


def secrets_of(row: Row, now: datetime) -> list[str]:
    """The secret, and the one before it while both are valid."""
    both = row["previous_secret"] and row["previous_until"] and row["previous_until"] > now
    return [unseal(row["secret"]), *([unseal(row["previous_secret"])] if both else [])]


def write_down(row: Row, outcome: Outcome, now: datetime) -> None:
    """Keep how it ended; the webhook's own standing moves with it."""
    tries = row["attempts"]
    later = not outcome.good and not outcome.final and not outcome.gone and tries <= len(PAUSES)
    state = "sent" if outcome.good else "due" if later else "failed"
    values = {
        "id": row["id"],
        "claimed_at": row["claimed_at"],
        "state": state,
        "due_at": now + PAUSES[tries - 1] if later else None,
        "ended_at": None if later else now,
        "status": outcome.status,
        "answer": kept(cut(outcome.words, EXCERPT)),
        "milliseconds": outcome.milliseconds,
    }
    with deed() as sql:
        sql.execute(WRITE_DOWN, values)
        if outcome.good:
            sql.execute(GOOD, {"webhook": row["webhook_id"]})
            return
        standing = sql.execute(BAD, {"webhook": row["webhook_id"], "now": now}).fetchone()
        worn_out = standing is not None and now - standing["failing_since"] >= PATIENCE
        if outcome.gone or worn_out:
            switch_off(sql, row, outcome, now)


def switch_off(sql: Any, row: Row, outcome: Outcome, now: datetime) -> None:
    """Nothing more is sent until an admin switches it on again; what waits stays. Admins are told."""
    why = _("Nothing reached it for %(days)s days.", days=PATIENCE.days)
    if outcome.gone:
        why = _("It answered that it is gone (410).")
    told = _("%(why)s %(answer)s", why=why, answer=cut(outcome.words, 200)) if outcome.words else why
    values = {"webhook": row["webhook_id"], "why": kept(told)}
    if sql.execute(OFF, values).rowcount == 0:
        return
    log.warning("Webhook %s was switched off: %s", row["name"], why)
    admins = list(Agent.objects.filter(role="admin", is_active=True).values_list("pk", flat=True))
    subject = kept(_("Webhook “%(name)s” was switched off. %(why)s", name=row["name"], why=why))
    key = f"webhook:{row['webhook_id']}:{now.isoformat()}"
    Notice.objects.bulk_create(Notice(agent_id=one, subject=subject, key=key, created_at=now) for one in admins)
    announce(sql, [], admins)


def give_back(row: Row, now: datetime) -> None:
    with deed() as sql:
        values = {"id": row["id"], "claimed_at": row["claimed_at"], "due_at": now + PAUSES[0]}
        sql.execute(GIVE_BACK, values)


CLAIM: Final = load("queries/claim_webhooks.sql")
WRITE_DOWN: Final = """
UPDATE store_webhookdelivery
SET state = %(state)s, due_at = %(due_at)s, ended_at = %(ended_at)s, status = %(status)s, answer = %(answer)s,
    milliseconds = %(milliseconds)s, claimed_at = NULL
WHERE id = %(id)s AND (claimed_at = %(claimed_at)s OR %(state)s = 'sent')
"""
GOOD: Final = "UPDATE store_webhook SET failing_since = NULL WHERE id = %(webhook)s AND failing_since IS NOT NULL"
BAD: Final = """
UPDATE store_webhook SET failing_since = coalesce(failing_since, %(now)s) WHERE id = %(webhook)s RETURNING failing_since
"""
OFF: Final = "UPDATE store_webhook SET active = false, disabled_because = %(why)s WHERE id = %(webhook)s AND active"
GIVE_BACK: Final = """
UPDATE store_webhookdelivery SET state = 'due', due_at = %(due_at)s, attempts = attempts - 1, claimed_at = NULL
WHERE id = %(id)s AND claimed_at = %(claimed_at)s
"""
