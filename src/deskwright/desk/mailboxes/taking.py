"""Takes mails of a mailbox into the desk: raw bytes, their numbers there and the cursor, in one transaction.

Whoever fetches may be killed at any moment: what is not committed is fetched again, what is committed never twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.channels.email.imap import Described
from deskwright.desk.arriving import intake
from deskwright.desk.said import cut, kept
from deskwright.store.connection import cursor, deed
from deskwright.store.models import Mailbox

Cursor = psycopg.Cursor[dict[str, Any]]
TRIES: Final = 3
"""How often a mail that the server cannot give is asked for before the others go on without it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    mail: Described
    raw: bytes


def begin(box: Mailbox, uid_validity: int) -> None:
    """The server numbers the mails of this folder anew (or for the first time): the cursor goes back to the start."""
    with deed() as sql:
        sql.execute(BEGIN, {"box": box.pk, "validity": uid_validity})
    box.uid_validity, box.last_uid = uid_validity, 0


def unknown(box: Mailbox, uid_validity: int, uids: Sequence[int]) -> list[int]:
    """Those of the UIDs that were never taken in, ascending."""
    if not uids:
        return []
    values = {"box": box.pk, "validity": uid_validity, "uids": list(uids)}
    return [row["uid"] for row in cursor().execute(UNKNOWN, values)]


def recognised(box: Mailbox, uid_validity: int, mails: Sequence[Described]) -> set[int]:
    """UIDs of mails that were taken in under an earlier numbering (same Message-ID, same size); noted under the new."""
    named = [mail for mail in mails if mail.message_id]
    if not named:
        return set()
    values: dict[str, Any] = {
        "box": box.pk,
        "validity": uid_validity,
        "uids": [mail.uid for mail in named],
        "ids": [mail.message_id for mail in named],
        "sizes": [mail.size for mail in named],
    }
    with deed() as sql:
        return {row["uid"] for row in sql.execute(RECOGNISE, values)}


def hopeless(box: Mailbox, uid_validity: int, uids: Sequence[int]) -> set[int]:
    """UIDs of mails that the server could not give three times."""
    values = {"box": box.pk, "validity": uid_validity, "uids": list(uids), "tries": TRIES}
    return {row["uid"] for row in cursor().execute(HOPELESS, values)}


def keep(box: Mailbox, uid_validity: int, fetched: Sequence[Fetched], now: datetime) -> list[int]:
    """Keep these mails; committed when this returns. Returns their raw inputs; one that is known already adds none."""
    with deed() as sql:
        fresh = claimed(sql, box, uid_validity, fetched)
        digests = [hashlib.sha256(one.raw).hexdigest() for one in fresh]
        seen = seen_before(sql, box, digests)
        new = {digest: one for digest, one in zip(digests, fresh, strict=True) if digest not in seen}
        raws = [intake.Raw(envelope(box, one), one.raw, one.mail.arrived) for one in new.values()]
        kept = intake.keep(sql, "email", raws, now)
        seen |= dict(zip(new, kept, strict=True))
        uids = [one.mail.uid for one in fresh]
        tied = {"uids": uids, "raws": [seen[digest] for digest in digests]}
        sql.execute(TIE, {"box": box.pk, "validity": uid_validity, **tied})
        return kept


def claimed(sql: Cursor, box: Mailbox, uid_validity: int, fetched: Sequence[Fetched]) -> list[Fetched]:
    """Those nobody has kept yet, their numbers noted."""
    values: dict[str, Any] = {
        "box": box.pk,
        "validity": uid_validity,
        "uids": [one.mail.uid for one in fetched],
        "ids": [one.mail.message_id for one in fetched],
        "sizes": [one.mail.size for one in fetched],
    }
    fresh = {row["uid"] for row in sql.execute(CLAIM, values)}
    return [one for one in fetched if one.mail.uid in fresh]


def seen_before(sql: Cursor, box: Mailbox, digests: Sequence[str]) -> dict[str, int]:
    """SHA-256 -> raw input, of mails that this mailbox brought before, byte for byte."""
    rows = sql.execute(SEEN, {"box": box.pk, "digests": list(digests)}) if digests else ()
    return {row["sha256"]: row["raw_id"] for row in rows}


def envelope(box: Mailbox, one: Fetched) -> dict[str, Any]:
    cut: Mapping[str, Any] = {"cut": one.mail.size} if one.mail.size > len(one.raw) * 2 else {}
    before: Mapping[str, Any] = {"before": True} if one.mail.arrived < box.created_at else {}
    return {"to": [box.address], "peer": "imap", "mailbox": box.pk, **cut, **before}


def stumbled(box: Mailbox, uid_validity: int, mail: Described, words: str) -> None:
    """The server could not give this mail."""
    known = {"uid": mail.uid, "id": mail.message_id, "size": mail.size, "words": kept(cut(words, 500))}
    with deed() as sql:
        sql.execute(STUMBLE, {"box": box.pk, "validity": uid_validity, **known})


def advance(box: Mailbox, uid: int) -> None:
    """Everything up to this UID was looked at."""
    if uid > box.last_uid:
        with deed() as sql:
            sql.execute(ADVANCE, {"box": box.pk, "validity": box.uid_validity, "uid": uid})
        box.last_uid = uid


BEGIN: Final = "UPDATE store_mailbox SET uid_validity = %(validity)s, last_uid = 0 WHERE id = %(box)s"
ADVANCE: Final = """
UPDATE store_mailbox SET last_uid = greatest(last_uid, %(uid)s) WHERE id = %(box)s AND uid_validity = %(validity)s
"""
UNKNOWN: Final = """
SELECT given.uid FROM unnest(%(uids)s::bigint[]) AS given (uid)
WHERE NOT EXISTS (SELECT 1 FROM store_mailboxmail AS m WHERE m.mailbox_id = %(box)s
                  AND m.uid_validity = %(validity)s AND m.uid = given.uid AND m.error = '')
ORDER BY given.uid
"""
RECOGNISE: Final = """
INSERT INTO store_mailboxmail (mailbox_id, uid_validity, uid, raw_id, message_id, size, error, attempts)
SELECT DISTINCT ON (given.uid) %(box)s, %(validity)s::bigint, given.uid, m.raw_id, m.message_id, m.size, '', 0
FROM unnest(%(uids)s::bigint[], %(ids)s::text[], %(sizes)s::bigint[]) AS given (uid, message_id, size)
JOIN store_mailboxmail AS m ON m.mailbox_id = %(box)s AND m.message_id = given.message_id AND m.size = given.size
    AND m.uid_validity <> %(validity)s AND m.error = '' AND m.message_id <> ''
ON CONFLICT (mailbox_id, uid_validity, uid) DO UPDATE SET raw_id = EXCLUDED.raw_id, error = ''
RETURNING uid
"""
HOPELESS: Final = """
SELECT uid FROM store_mailboxmail
WHERE mailbox_id = %(box)s AND uid_validity = %(validity)s AND uid = ANY(%(uids)s)
  AND error <> '' AND attempts >= %(tries)s
"""
CLAIM: Final = """
INSERT INTO store_mailboxmail (mailbox_id, uid_validity, uid, message_id, size, error, attempts)
SELECT %(box)s, %(validity)s, given.uid, given.message_id, given.size, '', 0
FROM unnest(%(uids)s::bigint[], %(ids)s::text[], %(sizes)s::bigint[]) AS given (uid, message_id, size)
ON CONFLICT (mailbox_id, uid_validity, uid) DO UPDATE SET error = '' WHERE store_mailboxmail.error <> ''
RETURNING uid
"""
TIE: Final = """
UPDATE store_mailboxmail AS m SET raw_id = given.raw_id
FROM unnest(%(uids)s::bigint[], %(raws)s::bigint[]) AS given (uid, raw_id)
WHERE m.mailbox_id = %(box)s AND m.uid_validity = %(validity)s AND m.uid = given.uid
"""
SEEN: Final = """
SELECT r.sha256, min(r.id) AS raw_id FROM store_rawinput AS r JOIN store_mailboxmail AS m ON m.raw_id = r.id
WHERE r.sha256 = ANY(%(digests)s) AND m.mailbox_id = %(box)s GROUP BY r.sha256
"""
STUMBLE: Final = """
INSERT INTO store_mailboxmail (mailbox_id, uid_validity, uid, message_id, size, error, attempts)
VALUES (%(box)s, %(validity)s, %(uid)s, %(id)s, %(size)s, %(words)s, 1)
ON CONFLICT (mailbox_id, uid_validity, uid) DO UPDATE
SET error = EXCLUDED.error, attempts = store_mailboxmail.attempts + 1 WHERE store_mailboxmail.error <> ''
"""
