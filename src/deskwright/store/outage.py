"""The database that is not there: what it raises, whether it answers again, and fresh connections once it does.

It decides nothing about work; whoever meets an outage keeps the work and tries again.
"""

from __future__ import annotations

import threading
from typing import Final

import django.db
import psycopg
from django.db import connections

AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, django.db.OperationalError, django.db.InterfaceError)
"""Raised by a database that is not there (and by a full disk: the answer is the same)."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0  # seconds
NOTICE_DEATH: Final = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
"""For a connection that mostly waits: a server that vanished without a word is noticed within 35 s."""


def let_go() -> None:
    """Give this thread's connection back; a broken one is thrown away."""
    connections["default"].close()


def passing(trouble: Exception) -> bool:
    """Whether the database itself is well and the same transaction may be tried again: a deadlock, a lost race."""
    error = trouble if isinstance(trouble, psycopg.Error) else trouble.__cause__
    return str(getattr(error, "sqlstate", None) or "").startswith("40")


def first_line(trouble: Exception) -> str:
    return str(trouble).strip().split("\n", 1)[0]


def answers(seconds: int = 2) -> bool:
    """Whether the database takes a new connection and answers a query."""
    try:
        with connect(seconds) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def connect(seconds: int = 10) -> psycopg.Connection:
    """A connection of its own, outside the pool, in autocommit. Raises psycopg.OperationalError."""
    known = connections["default"].get_connection_params()
    plain = {name: value for name, value in known.items() if name not in {"pool", "context", "cursor_factory"}}
    return psycopg.connect(**plain | NOTICE_DEATH | {"connect_timeout": seconds}, autocommit=True)


def wait_for_return(stop: threading.Event) -> bool:
    """Ask, with growing pauses, until the database answers: True; or until told to stop: False.

    The pool is made anew then: one that has seen an outage waits ever longer between its own attempts.
    """
    let_go()
    pause = FIRST_PAUSE
    while not stop.is_set():
        if answers():
            refresh_pool()
            return True
        stop.wait(pause)
        pause = min(LONGEST_PAUSE, pause * 2)
    return False


def refresh_pool() -> None:
    """Close the pool; the next one who needs a connection opens a fresh one. Connections at work are not disturbed."""
    try:
        connections["default"].close_pool()  # type: ignore[attr-defined]
    except KeyError:
        return  # another thread was faster
