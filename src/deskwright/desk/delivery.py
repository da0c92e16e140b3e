"""What leaves: due deliveries are claimed, sent outside any transaction, and how it ended is written down.

The claim is committed before the mail is sent: a worker that dies in between leaves a row that becomes due again after
`LEASE` and goes out with the same Message-ID. Making the words is `letters`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, Final

from deskwright.channels.contract import Address, Deferred, Outcome, Outgoing, Refused, Sent
from deskwright.desk import access
from deskwright.desk.errors import Conflict, NotFound
from deskwright.store.connection import deed, from_json
from deskwright.store.live import announcement
from deskwright.store.models import Agent, Delivery
from deskwright.store.sql import load

Send = Callable[[Outgoing], Outcome]
Row = Mapping[str, Any]

LEASE: Final = timedelta(minutes=10)
"""How long a worker has for what it claimed."""
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
ATTEMPTS: Final = 54
"""With these pauses: two days, then the mail has failed."""

log = logging.getLogger("deskwright.delivery")


def deliver(now: datetime, limit: int, send: Send) -> int:
    """Send at most `limit` due mails. Returns how many were claimed.

    After a mail that has to wait, the rest of the claim is given back: the mail server may be away. Raises what a
    database that is away raises; a mail whose end could not be written down then is due again after `LEASE`.
    """
    with deed() as sql:
        claimed = sql.execute(CLAIM, {"now": now, "lease": now + LEASE, "limit": limit, "channel": "email"}).fetchall()
    claimed.sort(key=lambda row: row["id"])
    for place, row in enumerate(claimed):
        outcome = attempt(row, send)
        write_down(row, outcome, now)
        if isinstance(outcome, Deferred):
            give_back(claimed[place + 1 :], now)
            return place + 1
    return len(claimed)


def attempt(row: Row, send: Send) -> Outcome:
    """How sending ended. A row that cannot be read as a mail is refused: trying again would not help."""
    try:
        outgoing = outgoing_of(row)
    except (KeyError, TypeError, ValueError) as error:
        log.exception("Delivery %s cannot be written as a mail", row["id"])
        return Refused(f"It cannot be written as a mail: {error}")
    try:
        return send(outgoing)
    except Exception as error:
        log.exception("Sending delivery %s failed unexpectedly", row["id"])
        return Deferred(f"{type(error).__name__}: {error}")


def outgoing_of(row: Row) -> Outgoing:
    """The mail a delivery row describes. Raises KeyError or ValueError for a row that describes none."""
    content = from_json(row["content"])
    name, email = parseaddr(content["from"])
    return Outgoing(
        from_=Address(content.get("from_name") or name, email),
        to=(Address(content.get("to_name") or "", row["recipient"]),),
        cc=tuple(Address(*parseaddr(one)) for one in content.get("cc") or ()),
        subject=content["subject"],
        message_id=row["mail_id"],
        in_reply_to=content.get("in_reply_to"),
        references=tuple(content.get("references") or ()),
        text=content["text"],
        html=content.get("html") or None,
        auto_submitted=content.get("auto_submitted"),
        headers=content.get("headers") or {},
        date=row["created_at"],
    )


def write_down(row: Row, outcome: Outcome, now: datetime) -> None:
    """Keep how it ended and tell the screens. A claim that another worker has taken over meanwhile is left to it."""
    ended = {
        "id": row["id"],
        "claimed_at": row["claimed_at"],
        "sent_at": None,
        "due_at": None,
        "error": "",
        "announce": announcement([row["ticket_id"]] if row["ticket_id"] else []),
    } | ending(row, outcome, now)
    with deed() as sql:
        sql.execute(WRITE_DOWN, ended)


def ending(row: Row, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns that say how it ended."""
    match outcome:
        case Sent():
            missed = f"Refused for {', '.join(outcome.refused)}." if outcome.refused else ""
            return {"state": "sent", "sent_at": now, "error": missed}
        case Deferred() if row["attempts"] < ATTEMPTS:
            return {"state": "due", "due_at": now + pause(row["attempts"]), "error": outcome.reason}
        case _:
            log.warning("Mail %s to %s has failed: %s", row["mail_id"], row["recipient"], outcome.reason)
            return {"state": "failed", "error": outcome.reason}


def pause(attempts: int) -> timedelta:
    """How long to wait after this many attempts: doubling from half a minute to an hour."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(attempts - 1, 10)))


def give_back(rows: list[dict[str, Any]], now: datetime) -> None:
    """Undo the claim of mails that were not tried."""
    if not rows:
        return
    given = {"ids": [row["id"] for row in rows], "now": now, "claimed_at": rows[0]["claimed_at"]}
    with deed() as sql:
        sql.execute(GIVE_BACK, given)


def resend(actor: Agent, delivery_id: int, *, now: datetime) -> None:
    """Send it now: at once if it is waiting or failed, once more if it was sent; always with its own Message-ID.

    Raises NotFound, Forbidden, and Conflict while it is being sent.
    """
    with deed() as sql:
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if delivery is None or delivery.ticket_id is None:
            raise NotFound("There is no such delivery.")
        access.ticket_for(actor, delivery.ticket_id, "resend")
        if delivery.state == "sending":
            raise Conflict("This mail is being sent at this moment.")
        Delivery.objects.filter(pk=delivery_id).update(state="due", due_at=now, attempts=0, last_error="")
        sql.execute(ANNOUNCE, {"announce": announcement([delivery.ticket_id])})


ANNOUNCE = "SELECT pg_notify('desk', %(announce)s)"
CLAIM = load("queries/claim_deliveries.sql")
WRITE_DOWN = """
WITH ended AS (
    UPDATE store_delivery
    SET state = %(state)s, due_at = %(due_at)s, sent_at = %(sent_at)s, last_error = %(error)s, claimed_at = NULL
    WHERE id = %(id)s AND (claimed_at = %(claimed_at)s OR %(state)s = 'sent')
    RETURNING id
)
SELECT pg_notify('desk', %(announce)s) FROM ended
"""
GIVE_BACK = """
UPDATE store_delivery SET state = 'due', due_at = %(now)s, attempts = attempts - 1, claimed_at = NULL
WHERE id = ANY(%(ids)s) AND claimed_at = %(claimed_at)s
"""
