"""Customers and organisations: lists by words, one of them, and what happened with them. Reads only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from deskwright.store.connection import cursor, from_json
from deskwright.store.queries.listing import Row, Visible
from deskwright.store.sql import load

Place = tuple[int, str, int]
"""Where a list goes on: rank, name in lower case, id of the last one seen."""
Moment = tuple[datetime, int, int]
"""Where a story goes on: instant (UTC), 1 for a message and 0 for an event, id."""
FIRST: Final[Place] = (-1, "", 0)
LATEST: Final[Moment] = (datetime(9999, 1, 1, tzinfo=UTC), 1, 0)
OWNERS: Final = {"customer": "customer_id", "organisation": "organisation_id"}
KINDS: Final = frozenset({"email", "phone"})
"""Kinds of contact points."""
MOST: Final = 1000
"""Matches of one way to be found (name, contact point, organisation) that are put into an order."""
OPENED: Final = 2
"""Tickets that are looked at for each entry of a page: each has one at least, its first message."""
RUN: Final = 3
"""Letters in a run, of which indexes know all."""
CONTACT: Final = """
EXISTS (SELECT FROM store_identity AS i WHERE i.customer_id = c.id AND i.kind = ANY(%(kinds)s)
        AND i.value IN (%(text)s, %(digits)s))
"""
PEOPLE_RANK: Final = f"""
CASE WHEN {CONTACT} THEN 0 WHEN lower(c.name) LIKE %(begins)s THEN 1 WHEN lower(c.name) LIKE %(holds)s THEN 2 ELSE 3 END
"""
HOUSES_RANK: Final = "CASE WHEN o.domain = %(text)s THEN 0 WHEN lower(o.name) LIKE %(begins)s THEN 1 ELSE 2 END"
BY_NAME: Final = """
SELECT {one}.id, 0 AS rank, lower({one}.name) AS place FROM {table} AS {one}
WHERE {one}.merged_into_id IS NULL AND {which} AND (lower({one}.name), {one}.id) > (%(place)s::text, %(id)s::bigint)
ORDER BY lower({one}.name), {one}.id LIMIT %(limit)s
"""
"""No text: the alphabet."""
BY_TEXT: Final = """
SELECT * FROM (
    SELECT {one}.id, {rank} AS rank, lower({one}.name) AS place FROM {table} AS {one}
    WHERE {one}.merged_into_id IS NULL AND {one}.id IN ({hits})
) AS hit WHERE (rank, place, id) > (%(rank)s::int, %(place)s::text, %(id)s::bigint)
ORDER BY rank, place, id LIMIT %(limit)s
"""


def people(
    text: str, visible: Visible, after: Place = FIRST, limit: int = 50, kinds: frozenset[str] = KINDS
) -> list[Row]:
    """Customers whose name, organisation, or contact point of these `kinds` holds the text, the likeliest first.

    One letter is sought where the whole begins, two where words begin. One statement, which orders at most `MOST` of
    each way to be found.
    """
    return run("customers", text, visible, after, limit, kinds)


def organisations(
    text: str, visible: Visible, after: Place = FIRST, limit: int = 50, kinds: frozenset[str] = KINDS
) -> list[Row]:
    """As `people`, by name or domain; `kinds` is nothing to them."""
    return run("organisations", text, visible, after, limit, kinds)


def person(number: int, visible: Visible) -> Row | None:
    """One customer as a line of the list."""
    found = listed("customers", by_name("customers", "c.id = %(only)s"), visible, {"only": number})
    return found[0] if found else None


def people_of(organisation: int, visible: Visible, limit: int = 100) -> list[Row]:
    """An organisation's people, by name."""
    which = by_name("customers", "c.organisation_id = %(only)s")
    return listed("customers", which, visible, {"only": organisation, "limit": limit})


def organisation(number: int, visible: Visible) -> Row | None:
    found = listed("organisations", by_name("organisations", "o.id = %(only)s"), visible, {"only": number})
    return found[0] if found else None


def run(name: str, text: str, visible: Visible, after: Place, limit: int, kinds: frozenset[str]) -> list[Row]:
    text = text.strip().lower()
    at = dict(zip(("rank", "place", "id"), after, strict=True)) | {"limit": limit}
    if not text:
        return listed(name, by_name(name), visible, at)
    return listed(name, by_text(name, text), visible, at | {"kinds": sorted(kinds), "most": MOST} | asked(text))


def by_name(name: str, which: str = "true") -> str:
    return BY_NAME.format(one=name[0], table=TABLES[name], which=which)


def by_text(name: str, text: str) -> str:
    """The page of those that a text finds: who has all runs of its letters, as an index tells, is looked at."""
    test = BEGINS if len(text) < RUN else HOLDS
    hits = load(f"queries/{name}_found.sql").format(**{of.replace(".", "_"): test.format(of=of) for of in HELD})
    return BY_TEXT.format(one=name[0], table=TABLES[name], rank=RANKS[name], hits=hits)


def asked(text: str) -> dict[str, Any]:
    """The text as patterns and as runs of letters; as a phone number too where it may be one."""
    digits = re.sub(r"\D", "", text) if re.fullmatch(r"[+\d\s()./-]{4,}", text) else ""
    number = digits.removeprefix("00").removeprefix("0")
    plain = re.sub(r"([\\%_])", r"\\\1", text)
    return {
        "text": text,
        "begins": f"{plain}%",
        "beyond": f"{text}\U0010ffff",
        "word": f"% {plain}%",
        "holds": f"%{plain}%",
        "runs": runs(text),
        "digits": f"+{digits}" if digits else "",
        "number": f"%{number}%" if len(number) >= RUN else "",
        "number_runs": runs(number),
    }


def runs(text: str) -> list[str]:
    """Runs of letters that whatever holds the text has: all its letters are in one of them. Short texts begin words."""
    if len(text) < RUN:
        return [f"{' ' * (RUN - len(text))}{text}"]
    return sorted({text[place : place + RUN] for place in [*range(0, len(text) - RUN, RUN), len(text) - RUN]})


def listed(name: str, page: str, visible: Visible, params: dict[str, Any]) -> list[Row]:
    statement = load(f"queries/{name}.sql").format(page=page, visible=visible.sql)
    start = dict(zip(("rank", "place", "id"), FIRST, strict=True)) | {"limit": 1}
    rows = cursor().execute(statement, {**start, **visible.params, **params})
    return [row | {"custom": from_json(row["custom"])} for row in rows]


HELD: Final = ("c.name", "o.name", "o.domain", "gone.domain", "i.value")
"""What a text is sought in."""
HOLDS: Final = "deskwright_grams(lower({of})) @> %(runs)s::text[] AND lower({of}) LIKE %(holds)s"
BEGINS: Final = "deskwright_grams(lower({of})) @> %(runs)s::text[] AND ' ' || lower({of}) LIKE %(word)s"
TABLES: Final = {"customers": "store_customer", "organisations": "store_organisation"}
RANKS: Final = {"customers": PEOPLE_RANK, "organisations": HOUSES_RANK}


@dataclass(frozen=True, slots=True)
class Story:
    """Entries, the newest first. `older`: where to go on where looking ended before the page was full."""

    rows: Sequence[Row]
    older: Moment | None = None


def story(of: str, number: int, visible: Visible, before: Moment = LATEST, limit: int = 40) -> Story:
    """Messages and events of all their tickets that may be seen, on every channel. One statement.

    A page is made from the tickets opened last before it, from older ones that changed since, and from newer ones with
    messages that were written before they were opened: however many there are, the others have nothing to say on it.
    """
    statement = load("queries/story.sql").format(owner=OWNERS[of], visible=visible.sql)
    at = dict(zip(("at", "sort", "id"), before, strict=True))
    params = {"number": number, "limit": limit, "opened": OPENED * limit, **at, **visible.params}
    found = list(cursor().execute(statement, params))
    rows = [row | {"data": from_json(row["data"])} for row in found if row["id"] is not None]
    begun = found[0]["begun"]
    return Story(rows, (begun, 0, 0) if begun and len(rows) < limit else None)


def tickets(of: str, number: int, visible: Visible, limit: int = 50) -> list[Row]:
    """Their tickets that may be seen: live ones first, then the latest."""
    statement = TICKETS.format(owner=OWNERS[of], visible=visible.sql)
    return list(cursor().execute(statement, {"number": number, "limit": limit, **visible.params}))


TICKETS: Final = """
SELECT t.id, t.subject, t.status, t.substatus, t.channel, t.priority, t.csat, t.created_at, t.updated_at,
       t.status IN ('new', 'open', 'waiting_on_customer', 'on_hold') AS live
FROM store_ticket AS t WHERE t.{owner} = %(number)s AND {visible}
ORDER BY live DESC, t.created_at DESC, t.id DESC LIMIT %(limit)s
"""
