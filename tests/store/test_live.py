"""Announcements reach every process that listens, and whoever was deaf is told so."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from deskwright.store import live
from deskwright.store.connection import cursor, deed
from deskwright.store.live import Change, announcement, listen, understand

DEAF = ("deaf", "")


class Ear:
    """A thread that listens, and what it heard."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, str]] = queue.Queue()
        self.stop = threading.Event()
        self.thread = threading.Thread(
            target=listen,
            args=[["desk", "desk_work"], lambda *said: self.heard.put(said), lambda: self.heard.put(DEAF), self.stop],
        )

    def next(self) -> tuple[str, str]:
        return self.heard.get(timeout=10)


@pytest.fixture
def ear(live_db: str) -> Iterator[Ear]:
    ear = Ear()
    ear.thread.start()
    yield ear
    ear.stop.set()
    ear.thread.join(10)
    assert not ear.thread.is_alive()


def say(channel: str, payload: str) -> None:
    with deed() as sql:
        sql.execute("SELECT pg_notify(%(channel)s, %(payload)s)", {"channel": channel, "payload": payload})


def test_what_is_committed_is_heard_in_order(ear: Ear) -> None:
    assert ear.next() == DEAF
    for payload in ("one", "two"):
        say("desk", payload)
    say("desk_work", "raw")

    assert [ear.next() for _ in range(3)] == [("desk", "one"), ("desk", "two"), ("desk_work", "raw")]


def test_what_is_rolled_back_is_never_heard(ear: Ear) -> None:
    assert ear.next() == DEAF
    with pytest.raises(ValueError, match="undone"), deed() as sql:
        sql.execute("SELECT pg_notify('desk', 'undone')")
        raise ValueError("undone")
    say("desk", "done")

    assert ear.next() == ("desk", "done")


def test_a_broken_connection_is_opened_again_and_the_gap_is_told(ear: Ear) -> None:
    assert ear.next() == DEAF
    cursor().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")

    assert ear.next() == DEAF
    say("desk", "after")
    assert ear.next() == ("desk", "after")


def test_it_stops_within_a_moment_when_nobody_speaks(ear: Ear) -> None:
    assert ear.next() == DEAF

    ear.stop.set()
    ear.thread.join(live.POLL * 20)

    assert not ear.thread.is_alive()


@pytest.mark.parametrize("payload", ["", "{", "[]", '{"tickets": 3}', '{"tickets": ["x"], "agents": []}', "null"])
def test_an_announcement_nobody_understands_may_be_anything(payload: str) -> None:
    assert understand(payload) == Change(unnamed=True)


def test_an_announcement_of_thousands_is_carried_by_the_database_all_the_same(ear: Ear) -> None:
    assert ear.next() == DEAF
    say("desk", announcement(range(1_000_000, 1_000_900), [7]))
    say("desk", announcement(range(1_000_000, 1_002_000), [7]))

    named, unnamed = understand(ear.next()[1]), understand(ear.next()[1])

    assert (len(named.tickets), named.agents, named.unnamed) == (900, frozenset({7}), False)
    assert unnamed == Change(unnamed=True)


def test_an_announcement_names_tickets_and_agents() -> None:
    assert understand('{"tickets": [3, 4], "agents": [9]}') == Change(frozenset({3, 4}), frozenset({9}))
