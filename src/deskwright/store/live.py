"""What others commit, heard at once: one LISTEN connection for each process, opened again whenever it breaks.

Announcements carry ids only. Whoever hears one reads the rows itself; whoever was deaf for a while is told that it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from psycopg import sql

from deskwright.store import outage

DESK = "desk"
"""Tickets and agents that a commit touched: {"tickets": [ids], "agents": [ids]}."""
PRESENCE = "desk_presence"
"""Who looks at a ticket or writes on it: {"here" | "writes" | "gone": [[ticket, agent, name], ...]}; kept nowhere."""
WORK = "desk_work"
"""What has become due: raw input (by its channel), what is `leaving` by a channel, runs (by their kind)."""
MAILBOXES = "desk_mailboxes"
"""The settings of a mailbox have changed, or somebody asked for what is missing in it."""
STUDIO = "desk_studio"
"""Something the studio runs behind a page has moved or ended: what kind of thing, no more."""
LONGEST = 7_900  # bytes; PostgreSQL refuses a payload of 8,000, and the commit with it
TOGETHER = 25
"""People in one payload: a long name takes 250 bytes."""
POLL = 0.2  # seconds between two looks at `stop`


CALLING = '{"tickets":[],"agents":[],"calls":true}'
"""Said on `DESK`: calls have moved, and nothing else."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an announcement on `DESK` says."""

    tickets: frozenset[int] = frozenset()
    agents: frozenset[int] = frozenset()
    unnamed: bool = False
    """Anything may have changed: too much to name, or a gap in listening."""
    calls: bool = False
    """A call has moved."""


def listen(
    channels: Iterable[str],
    heard: Callable[[str, str], None],
    deaf: Callable[[], None],
    stop: threading.Event,
) -> None:
    """Hear announcements until `stop`: `heard(channel, payload)` for each, in this thread; `deaf()` after every gap.

    `deaf` is called when listening begins, too: from then on nothing is missed. Survives any outage of the database.
    """
    names = list(channels)
    while outage.lookout.wait(stop):
        try:
            with outage.connect() as connection:
                attend(connection, names)
                deaf()
                hear(connection, heard, stop)
        except psycopg.Error as trouble:
            outage.lookout.notice(trouble)


def attend(connection: psycopg.Connection, channels: Iterable[str]) -> None:
    for channel in channels:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))


def hear(connection: psycopg.Connection, heard: Callable[[str, str], None], stop: threading.Event) -> None:
    while not stop.is_set():
        for said in connection.notifies(timeout=POLL):
            heard(said.channel, said.payload)
            if stop.is_set():
                return


def understand(payload: str) -> Change:
    """The change an announcement on `DESK` names; one that names nothing, or is unreadable, may be anything."""
    try:
        said = orjson.loads(payload)
        tickets, agents = frozenset(map(int, said["tickets"])), frozenset(map(int, said["agents"]))
        calls = said.get("calls") is True
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return Change(unnamed=True)
    return Change(tickets, agents, unnamed=not tickets and not agents and not calls, calls=calls)


def leaving(*channels: str) -> tuple[str, ...]:
    """What is said on `WORK` when something is to leave by these channels."""
    return tuple(f"leaving {channel}" for channel in channels)


def say(cursor: psycopg.Cursor[Any], channel: str, *payloads: str) -> None:
    """Say each on the channel, as part of the caller's deed."""
    cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [channel, list(payloads)])


def announce(cursor: psycopg.Cursor[Any], tickets: Iterable[int], agents: Iterable[int] = ()) -> None:
    """Say on `DESK` that these were touched; none: that anything may have been."""
    say(cursor, DESK, announcement(tickets, agents))


def work_is_due(cursor: psycopg.Cursor[Any], said: str) -> None:
    say(cursor, WORK, said)


def presence(**people: Iterable[tuple[int, int, str]]) -> list[str]:
    """Payloads for `PRESENCE`, as many as PostgreSQL needs to carry them."""
    return [
        orjson.dumps({how: [list(one) for one in some]}).decode()
        for how, rows in people.items()
        for some in batched([(ticket, agent, name[:60]) for ticket, agent, name in rows], TOGETHER)
    ]


def batched(rows: Sequence[tuple[int, int, str]], size: int) -> Iterator[Sequence[tuple[int, int, str]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def announcement(tickets: Iterable[int], agents: Iterable[int] = ()) -> str:
    """The payload for `DESK` that names these; one that names nothing when PostgreSQL could not carry the names."""
    said = orjson.dumps({"tickets": list(tickets), "agents": list(agents)}).decode()
    return said if len(said) <= LONGEST else '{"tickets":[],"agents":[]}'
