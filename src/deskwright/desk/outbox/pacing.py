"""The paces of `pace` in the database: which due mails may leave now, and what their fates do to the paces.

Whatever has to wait stays due and is passed over, so that it holds nobody up; who takes part takes turns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from deskwright.desk.outbox.pace import BY, TO, Pace
from deskwright.desk.settings.house import Server, house
from deskwright.store.connection import cursor, from_json, to_json
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
Row = Mapping[str, Any]
LEASE: Final = timedelta(minutes=10)
"""How long a worker has for what it claimed."""
IDLE: Final = timedelta(days=30)
"""A pace that nobody used for so long is forgotten: the domain is begun gently again."""
LOOKED_AT: Final = 4
"""So many times the batch is looked at, as other workers have claimed some of it."""


def due(sql: Cursor, now: datetime, limit: int) -> list[dict[str, Any]]:
    """`id` and `domain` of the mails that may leave now, locked; their shares of time are taken."""
    server = house().server
    ours = locked(sql, {BY: server.per_minute} if server.per_minute or server.at_once else {}, now)
    if BY in ours and is_full(ours[BY], server, now):
        return []
    found = sql.execute(DUE, {"now": now, "limit": limit, "looked": limit * LOOKED_AT}).fetchall()
    domains = {TO + row["domain"] for row in found} if server.to_domain else set()
    paces = ours | locked(sql, dict.fromkeys(domains, server.to_domain), now)
    chosen = [row for row in found if takes(paces, row, now)]
    if chosen and server.at_once:
        ours[BY].busy[name(chosen)] = (now + LEASE).isoformat()
    used = {BY, *(TO + row["domain"] for row in chosen)} if chosen else set()
    keep(sql, [pace for key, pace in paces.items() if key in used])
    return chosen


def is_full(pace: Pace, server: Server, now: datetime) -> bool:
    """Whether no further connection to it may be opened. Those of workers that died are forgotten."""
    pace.busy = {one: until for one, until in pace.busy.items() if datetime.fromisoformat(until) > now}
    return bool(server.at_once) and len(pace.busy) >= server.at_once


def takes(paces: Mapping[str, Pace], row: Row, now: datetime) -> bool:
    """Whether the mail may leave; if so, its shares are taken."""
    both = [paces[key] for key in (BY, TO + row["domain"]) if key in paces]
    if any(pace.ready_at > now for pace in both):
        return False
    for pace in both:
        pace.take(now)
    return True


def name(chosen: Sequence[Row]) -> str:
    """What the connection of this claim is called."""
    return str(min(row["id"] for row in chosen))


def wants_less(sql: Cursor, row: Row, said: str, now: datetime) -> None:
    """The domain of the recipient has said "not now"."""
    begun = house().server.to_domain
    if begun:
        (pace,) = locked(sql, {TO + row["domain"]: begun}, now).values()
        pace.wait(said, now)
        keep(sql, [pace])


def away(sql: Cursor, said: str, now: datetime) -> None:
    """Our server does not answer."""
    (pace,) = locked(sql, {BY: house().server.per_minute}, now).values()
    pace.away(said, now)
    keep(sql, [pace])


def ended(sql: Cursor, claimed: Sequence[Row], taken: Sequence[Row], now: datetime) -> None:
    """A claim is over: its connections are closed, and what was taken makes the paces grow."""
    counted = Counter(key for row in taken for key in (TO + row["domain"], BY))
    paces = known(sql, {*counted, BY})
    for key, pace in paces.items():
        if counted[key]:
            pace.taken(counted[key], now)
        pace.busy.pop(name(claimed), None)
    keep(sql, paces.values())


def go_on(sql: Cursor, domains: Sequence[str] | None = None) -> None:
    """Somebody wants mail tried now: our server, and these domains or all, are left alone no longer."""
    held = list(read(sql, STOPPED, domains=None if domains is None else [TO + one for one in domains]))
    for pace in held:
        pace.go_on()
    keep(sql, held)


def forget(sql: Cursor, now: datetime, limit: int) -> int:
    """Drop paces nobody has used for `IDLE`. Returns how many."""
    return sql.execute(FORGET, {"before": now - IDLE, "limit": limit}).rowcount


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a due mail does not leave. `kind`: held | paced | away | server."""

    kind: str
    until: datetime
    domain: str
    per_minute: float
    said: str

    @property
    def stopped(self) -> bool:
        """The other side wants nothing for now, or does not answer: somebody may want it tried all the same."""
        return self.kind in {"held", "away"}


def waiting(rows: Iterable[Any], now: datetime) -> dict[int, Waiting]:
    """Delivery -> what it waits for, of those (`Delivery`) that are due and held up. One query."""
    due = {row.pk: (BY, TO + row.domain) for row in rows if row.state == "due"}
    if not due:
        return {}
    held = {pace.key: pace for pace in read(cursor(), HELD, keys=sorted({*sum(due.values(), ())}), now=now)}
    found = {}
    for number, keys in due.items():
        last = max((held[key] for key in keys if key in held), key=lambda pace: pace.ready_at, default=None)
        if last is not None:
            found[number] = Waiting(kind(last, now), last.ready_at, last.key[3:], last.per_minute, last.because)
    return found


def kind(pace: Pace, now: datetime) -> str:
    stopped = pace.held_until is not None and pace.held_until > now
    if pace.key.startswith(TO):
        return "held" if stopped else "paced"
    return "away" if stopped else "server"


def locked(sql: Cursor, rates: Mapping[str, float], now: datetime) -> dict[str, Pace]:
    """The paces of these keys, locked in order; new ones begin with the rate given. A server's rate is always that."""
    if not rates:
        return {}
    ordered = sorted(rates)
    sql.execute(BEGIN, {"keys": ordered, "rates": [rates[key] for key in ordered], "now": now})
    found = known(sql, ordered)
    for key, pace in found.items():
        pace.per_minute = rates[key] if key.startswith(BY) else pace.per_minute
    return found


def known(sql: Cursor, keys: Iterable[str]) -> dict[str, Pace]:
    return {pace.key: pace for pace in read(sql, LOCK, keys=sorted(keys))}


def read(sql: Cursor, query: str, **asked: Any) -> Iterator[Pace]:
    for row in sql.execute(query, asked).fetchall():
        yield Pace(**row | {"busy": dict(from_json(row["busy"]))})


def keep(sql: Cursor, paces: Iterable[Pace]) -> None:
    for pace in paces:
        columns = {one.name: getattr(pace, one.name) for one in fields(pace)}
        sql.execute(KEEP, columns | {"ready_at": pace.ready_at, "busy": to_json(pace.busy)})


DUE: Final = load("queries/due_mails.sql")
BEGIN: Final = """
INSERT INTO store_mailpace (key, per_minute, free_at, ready_at, because, refusals, busy)
SELECT key, per_minute, %(now)s, %(now)s, '', 0, '{}'
FROM unnest(%(keys)s::text[], %(rates)s::float8[]) AS given (key, per_minute)
ON CONFLICT (key) DO NOTHING
"""
COLUMNS: Final = "key, per_minute, free_at, held_until, because, refusals, busy"
LOCK: Final = f"SELECT {COLUMNS} FROM store_mailpace WHERE key = ANY(%(keys)s) ORDER BY key FOR UPDATE"
HELD: Final = f"SELECT {COLUMNS} FROM store_mailpace WHERE key = ANY(%(keys)s) AND ready_at > %(now)s"
KEEP: Final = """
UPDATE store_mailpace
SET per_minute = %(per_minute)s, free_at = %(free_at)s, ready_at = %(ready_at)s, held_until = %(held_until)s,
    because = %(because)s, refusals = %(refusals)s, busy = %(busy)s
WHERE key = %(key)s
"""
STOPPED: Final = f"""
SELECT {COLUMNS} FROM store_mailpace
WHERE held_until IS NOT NULL AND (key = 'by:' OR %(domains)s::text[] IS NULL OR key = ANY(%(domains)s))
ORDER BY key FOR UPDATE
"""
FORGET: Final = """
DELETE FROM store_mailpace WHERE key IN (
    SELECT key FROM store_mailpace WHERE greatest(free_at, ready_at) < %(before)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
"""
