"""Takes in what monitoring posts: a trouble opens one ticket, is counted there, and solves it when it ends.

A batch is one transaction and takes the rows of its troubles one after the other, so that any number of posts at once
make one ticket. Who may post is `door`'s; how a post is read is the channel's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from deskwright.channels.alerts.signals import Signal
from deskwright.desk.alerts import troubles
from deskwright.desk.alerts.door import Source
from deskwright.desk.alerts.troubles import Run, Trouble
from deskwright.store.connection import deed, to_json
from deskwright.store.live import announcement
from deskwright.store.outage import AWAY

Cursor = psycopg.Cursor[dict[str, Any]]
Place = tuple[int, str]
"""(source, key) of a trouble."""

log = logging.getLogger("deskwright.alerts")


@dataclass(frozen=True, slots=True, eq=False)
class Post:
    """One post of a source; `id` is what it was signed under, and makes a repeat of it harmless."""

    source: Source
    signals: Sequence[Signal]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a post: the tickets its troubles are worked on in."""

    tickets: tuple[int, ...] = ()
    repeated: bool = False
    """It was taken in before."""


def receive(posts: Sequence[Post], now: datetime) -> list[Taken | Exception]:
    """Take in several posts in one transaction, in their order; one that cannot be taken fails alone.

    Raises one of AWAY when the database cannot be reached; nothing is kept then.
    """
    try:
        with deed() as sql:
            return list(take_in(sql, posts, now))
    except AWAY:
        raise
    except Exception as trouble:
        if len(posts) == 1:
            log.exception("A post of %s could not be taken in", posts[0].source.name)
            return [trouble]
        log.warning("A batch of %s posts failed (%s); taking them one by one", len(posts), trouble)
        return [taken for post in posts for taken in receive([post], now)]


def take_in(sql: Cursor, posts: Sequence[Post], now: datetime) -> Iterable[Taken]:
    fresh = unrepeated(sql, posts, now)
    runs = runs_of(post for post in posts if post in fresh)
    held = hold(sql, runs, {(post.source.id, signal.key) for post in posts for signal in post.signals})
    for turn in range(max(map(len, runs.values()), default=0)):
        work(sql, [(held[place], several[turn]) for place, several in runs.items() if len(several) > turn], now)
    keep(sql, held.values(), now)
    sources = sorted({post.source.id for post in posts})
    sql.execute(RECEIVED, {"ids": sources, "now": now})
    return [taken(post, held, post in fresh) for post in posts]


def unrepeated(sql: Cursor, posts: Sequence[Post], now: datetime) -> set[Post]:
    """The posts whose signed id was not seen before."""
    named: dict[tuple[int, str], Post] = {}
    for post in posts:
        if post.id:
            named.setdefault((-post.source.id, post.id), post)
    if not named:
        return set(posts)
    sources, ids = zip(*sorted(named), strict=True)
    new = sql.execute(SEEN, {"sources": list(sources), "ids": list(ids), "now": now}).fetchall()
    return {named[row["token_id"], row["key"]] for row in new} | {post for post in posts if not post.id}


def runs_of(posts: Iterable[Post]) -> dict[Place, list[Run]]:
    """By trouble, in order: what follows itself is one run, counted."""
    runs: dict[Place, list[Run]] = {}
    for post in posts:
        for signal in post.signals:
            several = runs.setdefault((post.source.id, signal.key), [])
            if several and several[-1].signal.firing == signal.firing:
                several[-1].add(signal)
            else:
                several.append(Run(post.source, signal, signal.times))
    return runs


def hold(sql: Cursor, runs: dict[Place, list[Run]], named: set[Place]) -> dict[Place, Trouble]:
    """The rows of these troubles, made where something fires for the first time, locked until the deed ends."""
    firing = sorted(place for place, several in runs.items() if any(run.signal.firing for run in several))
    asked = {"sources": [source for source, _ in firing], "keys": [key for _, key in firing]}
    if firing:
        sql.execute(MAKE, asked)
    places = sorted(named)
    asked = {"sources": [source for source, _ in places], "keys": [key for _, key in places]}
    found = {(row["source_id"], row["key"]): Trouble(row) for row in sql.execute(HOLD, asked)} if places else {}
    return {place: found.get(place, Trouble({"id": None, "firing": False, "ticket_id": None})) for place in places}


def work(sql: Cursor, turn: list[tuple[Trouble, Run]], now: datetime) -> None:
    """One run of each trouble. What only repeats itself is counted and decides nothing."""
    begin = [(trouble, run) for trouble, run in turn if run.signal.firing and not trouble.goes_on]
    again = [(trouble, run) for trouble, run in turn if run.signal.firing and trouble.goes_on]
    end = [(trouble, run) for trouble, run in turn if not run.signal.firing and trouble.row["firing"]]
    troubles.begin(sql, begin, now)
    troubles.repeat(sql, again, now)
    troubles.end(sql, end, now)


def keep(sql: Cursor, held: Iterable[Trouble], now: datetime) -> None:
    """Write the troubles that moved, and tell the screens of those that were only counted."""
    moved = [trouble.row for trouble in held if trouble.moved]
    if not moved:
        return
    tickets = sorted({row["ticket_id"] for row in moved if row["ticket_id"]})
    sql.execute(KEEP, {"rows": to_json(moved), "said": announcement(tickets)})


def taken(post: Post, held: dict[Place, Trouble], fresh: bool) -> Taken:
    rows = [held[post.source.id, signal.key].row for signal in post.signals if (post.source.id, signal.key) in held]
    return Taken(tuple(dict.fromkeys(row["ticket_id"] for row in rows if row["ticket_id"])), repeated=not fresh)


SEEN = """
INSERT INTO store_idempotencykey (token_id, key, body_sha256, answer, created_at)
SELECT source, id, '', '{}', %(now)s FROM unnest(%(sources)s::bigint[], %(ids)s::text[]) AS given (source, id)
ON CONFLICT (token_id, key) DO NOTHING RETURNING token_id, key
"""
RECEIVED = """
UPDATE store_alertsource SET received_at = %(now)s
WHERE id IN (SELECT id FROM store_alertsource WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE)
"""
MAKE = """
INSERT INTO store_alert (source_id, key, title, severity, firing, count)
SELECT source, key, '', '', false, 0 FROM unnest(%(sources)s::bigint[], %(keys)s::text[]) AS given (source, key)
ON CONFLICT (source_id, key) DO NOTHING
"""
HOLD = """
SELECT a.id, a.source_id, a.key, a.ticket_id, a.title, a.severity, a.firing, a.count, a.first_at, a.last_at, a.ended_at
FROM store_alert AS a JOIN unnest(%(sources)s::bigint[], %(keys)s::text[]) AS given (source, key)
  ON a.source_id = given.source AND a.key = given.key
ORDER BY a.source_id, a.key FOR UPDATE OF a
"""
KEEP = """
WITH kept AS (
    UPDATE store_alert AS a
    SET ticket_id = r.ticket_id, title = r.title, severity = r.severity, firing = r.firing, count = r.count,
        first_at = r.first_at, last_at = r.last_at, ended_at = r.ended_at
    FROM json_to_recordset(%(rows)s::json) AS r (id bigint, ticket_id bigint, title text, severity text, firing bool,
        count bigint, first_at timestamptz, last_at timestamptz, ended_at timestamptz)
    WHERE a.id = r.id
)
SELECT pg_notify('desk', %(said)s)
"""
