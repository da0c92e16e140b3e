"""What leaves: due deliveries are claimed, sent outside any transaction, and how it ended is written down.

The claim is committed before the mail is sent: a worker that dies in between leaves a row that becomes due again after
`LEASE` and goes out with the same Message-ID. Making the words is `letters`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, Final

import psycopg
from django.conf import settings

from deskwright.channels.contract import (
    Address,
    Attachment,
    Deferred,
    Linked,
    Outcome,
    Outgoing,
    Parcel,
    Refused,
    Sent,
    Template,
    Text,
)
from deskwright.channels.email import reasons
from deskwright.channels.email.marks import marked
from deskwright.channels.email.threads import MARKED, thread_token
from deskwright.channels.telephony.values import TEXTS
from deskwright.desk.cases import Case
from deskwright.desk.lines import ways
from deskwright.desk.outbox import pacing, suppression, telling
from deskwright.desk.outbox.pacing import LEASE
from deskwright.desk.record import record
from deskwright.desk.said import in_english, kept
from deskwright.desk.texting import links
from deskwright.desk.working import take_up
from deskwright.engine.saying import _
from deskwright.store import blobs
from deskwright.store.connection import cursor, deed, from_json
from deskwright.store.live import announcement
from deskwright.store.models import Line
from deskwright.store.sql import load

Send = Callable[[Parcel], Outcome]
Row = Mapping[str, Any]
Cursor = psycopg.Cursor[dict[str, Any]]

MAIL: Final = ("email",)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
ATTEMPTS: Final = 54
"""With these pauses: two days, then the mail has failed."""

LOST: Final = frozenset({"failed", "withheld"})

log = logging.getLogger("deskwright.delivery")


def deliver(now: datetime, limit: int, send: Send, channels: Sequence[str] = MAIL) -> int:
    """Send at most `limit` due mails, or messages by these channels. Returns how many were tried.

    What goes to an address nothing is sent to is withheld. When a mail server is away, or a domain wants less, what
    else was to leave there is given back. Raises what a database that is away raises; a mail whose end could not be
    written down then is due again after `LEASE`.
    """
    with deed() as sql:
        claimed = claim(sql, now, limit, channels)
        stopped = suppression.of_kinds(map(mail_of, claimed))
    waiting, taken, tried = list(claimed), [], 0
    while waiting:
        row = waiting.pop(0)
        held = stopped.get(mail_of(row))
        stops = held is not None and suppression.stops(held, of_a_ticket=row["ticket_id"] is not None)
        outcome = Withheld(suppression.sentence(held)) if held and stops else attempt(row, send)
        write_down(row, outcome, now)
        taken += [row] if isinstance(outcome, Sent) else []
        tried += 1
        back = [other for other in waiting if waits_too(other, row, outcome)]
        waiting = [other for other in waiting if other not in back]
        give_back(back, now)
    if claimed and claimed[0]["channel"] in MAIL:
        with deed() as sql:
            pacing.ended(sql, claimed, taken, now)
    return tried


def claim(sql: Cursor, now: datetime, limit: int, channels: Sequence[str]) -> list[dict[str, Any]]:
    """The deliveries that are this worker's for the length of a lease, each with its `domain`.

    The ones tried least come first: one that is put off each time must not put off all others of its domain with it.
    """
    if tuple(channels) == MAIL:
        due = pacing.due(sql, now, limit)
    else:
        due = sql.execute(DUE_TEXTS, {"now": now, "limit": limit, "channels": list(channels)}).fetchall()
    places = {row["id"]: row for row in due}
    found = sql.execute(CLAIM, {"ids": list(places), "now": now, "lease": now + LEASE}).fetchall() if due else []
    return sorted((places[row["id"]] | row for row in found), key=lambda row: (row["attempts"], row["id"]))


def waits_too(other: Row, row: Row, outcome: Outcome | Withheld) -> bool:
    """Whether what became of one mail keeps another from being tried now."""
    if not isinstance(outcome, Deferred):
        return False
    return outcome.server or (outcome.slower and other["domain"] == row["domain"])


@dataclass(frozen=True, slots=True)
class Withheld:
    """It was not sent: the address is on the list of those nothing is sent to."""

    reason: str


def mail_of(row: Row) -> tuple[str, str]:
    """Its reader, and the kind of mail it is."""
    return row["recipient"], from_json(row["content"]).get("kind", "")


def attempt(row: Row, send: Send) -> Outcome:
    """How sending ended. A row that cannot be read as a mail is refused: trying again would not help."""
    try:
        outgoing = text_of(row) if row["channel"] in TEXTS else outgoing_of(row)
    except (KeyError, TypeError, ValueError) as error:
        log.exception("Delivery %s cannot be written as a mail", row["id"])
        return Refused(_("It cannot be written as a mail: %(error)s", error=str(error)))
    try:
        return send(outgoing)
    except Exception as error:
        log.exception("Sending delivery %s failed unexpectedly", row["id"])
        return Deferred(f"{type(error).__name__}: {error}")


def text_of(row: Row) -> Text:
    """The message a delivery row describes. Raises KeyError for a row that describes none."""
    content = from_json(row["content"])
    line = Line.objects.filter(pk=content["line"], active=True).first()
    asked = {"id": row["id"], "recipient": row["recipient"], "since": row["created_at"] - timedelta(days=1)}
    others = cursor().execute(OTHERS, asked).fetchall() if row["attempts"] > 1 else []
    kept, files = content.get("template"), content.get("files") or ()
    template = Template(**{name: kept[name] for name in ("name", "language", "reference", "values")}) if kept else None
    return Text(
        channel=row["channel"],
        from_=content["from"],
        to=row["recipient"],
        text=content["text"],
        reference=row["mail_id"],
        created_at=row["created_at"],
        line=line.pk if line else 0,
        attempt=row["attempts"],
        tell=ways.status_address(line, row["mail_id"]) if line else "",
        others=tuple(one["reference"] for one in others),
        template=template,
        files=tuple(linked(row, place, file) for place, file in enumerate(files)),
    )


def linked(row: Row, place: int, file: Mapping[str, Any]) -> Linked:
    return Linked(links.address(row["id"], place, row["claimed_at"]), file["content_type"], file["name"])


def outgoing_of(row: Row) -> Outgoing:
    """The mail a delivery row describes. Raises KeyError or ValueError for a row that describes none."""
    content = from_json(row["content"])
    name, email = parseaddr(content["from"])
    return Outgoing(
        from_=Address(content.get("from_name") or name, email),
        to=(Address(content.get("to_name") or "", content.get("to") or row["recipient"]),),
        cc=addresses(content.get("cc")),
        reply_to=addresses(filter(None, [content.get("reply_to")])),
        envelope=(row["recipient"],),
        subject=content["subject"],
        message_id=row["mail_id"],
        in_reply_to=content.get("in_reply_to"),
        references=tuple(content.get("references") or ()),
        text=content["text"],
        html=page_of(row, content.get("html")),
        auto_submitted=content.get("auto_submitted"),
        headers=content.get("headers") or {},
        date=row["created_at"],
        attachments=tuple(map(attached, content.get("files") or ())),
    )


def page_of(row: Row, html: str | None) -> str | None:
    """The HTML, which names its ticket where nobody sees it."""
    if not html or row["ticket_id"] is None:
        return html or None
    return marked(html, thread_token(settings.SECRET_KEY, row["ticket_id"], MARKED))


def addresses(written: Iterable[str] | None) -> tuple[Address, ...]:
    return tuple(Address(*parseaddr(one)) for one in written or ())


def attached(file: Mapping[str, Any]) -> Attachment:
    """A file with its bytes. Raises ValueError when they are not in the store any more."""
    try:
        content = blobs.get(file["sha256"])
    except FileNotFoundError:
        raise ValueError(_("the bytes of %(file)s are not in the store any more", file=file["name"])) from None
    return Attachment(
        file["name"], file["content_type"], len(content), content, file["content_id"], bool(file["inline"])
    )


def write_down(row: Row, outcome: Outcome | Withheld, now: datetime) -> None:
    """Keep how it ended and tell the screens; an end without success stands on the ticket, too.

    A claim that another worker has taken over meanwhile is left to it.
    """
    ended = {
        "id": row["id"],
        "claimed_at": row["claimed_at"],
        "sent_at": None,
        "due_at": None,
        "error": "",
        "answer": "",
        "reference": outcome.reference if isinstance(outcome, Sent) else "",
        "announce": announcement([row["ticket_id"]] if row["ticket_id"] else []),
    } | ending(row, outcome, now)
    with deed() as sql:
        cases = take_up(sql, [row["ticket_id"]], now) if ended["state"] in LOST and row["ticket_id"] else {}
        written = sql.execute(WRITE_DOWN, ended).fetchone()
        if written is not None and ended["state"] in LOST:
            lost(sql, cases.get(row["ticket_id"]), row, ended, now)
        if isinstance(outcome, Deferred) and row["channel"] in MAIL:
            slow_down(sql, row, outcome, now)


def slow_down(sql: Cursor, row: Row, outcome: Deferred, now: datetime) -> None:
    """What follows for other mails from one that must wait."""
    if outcome.server:
        pacing.away(sql, kept(outcome.reason), now)
    elif outcome.slower:
        pacing.wants_less(sql, row, kept(outcome.reason), now)


def lost(sql: Cursor, case: Case | None, row: Row, ended: Row, now: datetime) -> None:
    """What follows from a mail that did not get through, in the deed that wrote it down."""
    said = in_english(ended["error"])
    if ended["state"] == "failed" and reasons.dead(said):
        suppression.put(sql, row["recipient"], "bounce", now, detail=said, delivery=row["id"])
    if case is not None:
        telling.lost(case, row, f"mail_{ended['state']}", said, now)
        record(sql, [case])


def ending(row: Row, outcome: Outcome | Withheld, now: datetime) -> dict[str, Any]:
    """The columns that say how it ended."""
    match outcome:
        case Sent():
            return {"state": "sent", "sent_at": now, "answer": outcome.reply[:500]}
        case Withheld():
            return {"state": "withheld", "error": kept(outcome.reason)}
        case Deferred() if row["attempts"] < ATTEMPTS:
            return {"state": "due", "due_at": now + pause(row["attempts"]), "error": kept(outcome.reason)}
        case _:
            log.warning("Mail %s to %s has failed: %s", row["mail_id"], row["recipient"], outcome.reason)
            return {"state": "failed", "error": kept(outcome.reason)}


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


OTHERS = """
SELECT reference FROM store_delivery
WHERE recipient = %(recipient)s AND id <> %(id)s AND reference <> '' AND created_at > %(since)s
"""
DUE_TEXTS = """
SELECT id, recipient AS domain FROM store_delivery AS delivery
WHERE due_at <= %(now)s AND state IN ('due', 'sending') AND channel = ANY(%(channels)s)
    AND channel <> 'email'
    AND NOT EXISTS (
        SELECT 1 FROM store_delivery AS earlier
        WHERE earlier.message_id = delivery.message_id AND earlier.recipient = delivery.recipient
            AND earlier.id < delivery.id AND earlier.state IN ('due', 'sending')
    )
ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
"""What a message was parted into leaves one after the other: two files without words look alike at a provider that is
asked whether it has one of them."""
CLAIM = load("queries/claim_deliveries.sql")
WRITE_DOWN = """
WITH ended AS (
    UPDATE store_delivery
    SET state = %(state)s, due_at = %(due_at)s, sent_at = %(sent_at)s, last_error = %(error)s,
        answer = %(answer)s, claimed_at = NULL, reference = coalesce(nullif(%(reference)s, ''), reference),
        content = CASE WHEN %(state)s <> 'due' AND content ? 'secret'
            THEN content || '{"text": "", "html": ""}' ELSE content END
    WHERE id = %(id)s AND (claimed_at = %(claimed_at)s OR %(state)s = 'sent')
    RETURNING id
)
SELECT pg_notify('desk', %(announce)s) FROM ended
"""
GIVE_BACK = """
UPDATE store_delivery SET state = 'due', due_at = %(now)s, attempts = attempts - 1, claimed_at = NULL
WHERE id = ANY(%(ids)s) AND claimed_at = %(claimed_at)s
"""
