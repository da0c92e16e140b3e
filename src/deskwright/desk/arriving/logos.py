"""Which small pictures of a mail are its sender's signature: their domain has sent them again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import psycopg

from deskwright.desk.arriving import requesters
from deskwright.desk.arriving.arrivals import Arrival, File
from deskwright.desk.customers.freemail import is_freemail
from deskwright.text.files import SHOWN_TYPES

Cursor = psycopg.Cursor[dict[str, Any]]
LARGEST: Final = 64 * 1024
"""Bytes; a larger picture is worth a look each time."""
TIMES: Final = 3
"""Mails of the same domain that a picture came with before it counts as a logo."""
LOOKED_AT: Final = 50
"""Mails with a picture that are looked at; one that came as often is a logo, whoever sent it."""


def marked(sql: Cursor, batch: Sequence[Arrival]) -> list[Arrival]:
    """The arrivals, in order, with the logos among their files marked as such. Asks nothing without small pictures."""
    digests = {(whose(one), digest(file)) for one in batch for file in small_pictures(one)}
    if not digests:
        return list(batch)
    senders, hashes = zip(*sorted(digests), strict=True)
    values = {"senders": list(senders), "hashes": list(hashes), "times": TIMES, "most": LOOKED_AT}
    known = {(row["sender"], row["sha256"]) for row in sql.execute(KNOWN, values)}
    return [with_logos(one, known) if known else one for one in batch]


def with_logos(arrival: Arrival, known: set[tuple[str, str]]) -> Arrival:
    logos = {id(file) for file in small_pictures(arrival) if (whose(arrival), digest(file)) in known}
    if not logos:
        return arrival
    return replace(arrival, files=tuple(replace(one, logo=id(one) in logos) for one in arrival.files))


def small_pictures(arrival: Arrival) -> Iterator[File]:
    """Those of a mail that a page can show on request; on other channels nobody signs."""
    files = arrival.files if arrival.channel == "email" else ()
    return (one for one in files if one.content_type in SHOWN_TYPES and len(one.content) <= LARGEST)


def whose(arrival: Arrival) -> str:
    """The domain it comes from; the address, where anybody has one at the domain."""
    address = requesters.normalised(arrival.requester)[1]
    domain = address.rpartition("@")[2]
    return address if is_freemail(domain) else domain


def digest(file: File) -> str:
    return hashlib.sha256(file.content).hexdigest()


KNOWN: Final = """
SELECT given.sender, given.sha256
FROM unnest(%(senders)s::text[], %(hashes)s::text[]) AS given (sender, sha256)
CROSS JOIN LATERAL (
    SELECT count(*) AS mails,
           count(*) FILTER (WHERE given.sender IN (came.email, split_part(came.email, '@', 2))) AS own
    FROM (
        SELECT DISTINCT m.id, lower(c.email) AS email FROM (
            SELECT message_id FROM store_attachment WHERE sha256 = given.sha256 LIMIT %(most)s
        ) AS with_it
        JOIN store_message AS m ON m.id = with_it.message_id JOIN store_customer AS c ON c.id = m.customer_id
    ) AS came
) AS seen
WHERE seen.own >= %(times)s OR seen.mails >= %(most)s
"""
