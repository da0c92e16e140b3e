"""The database that is not there: noticed once for the whole process, asked for until it returns, said in two lines.

While it is away nobody waits for a connection: work is refused at once, or waits for the return. What to do with the
work is the caller's to decide.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
from typing import Final

import django.db
import psycopg
from django.db import connections

AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, django.db.OperationalError, django.db.InterfaceError)
"""Raised by a database that is not there (and by a full disk: the answer is the same)."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds
PATROL, PATIENCE = 2.0, 3  # seconds between two looks, and for an answer
SAY_AGAIN = 60.0  # seconds
DISK_FULL: Final = "53100"
NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)
DOUBT: Final = 1.0
"""Seconds after which one who waits for an answer asks whether the database is away."""
SILENT: Final = psycopg.OperationalError("it does not answer")
NOTICE_DEATH: Final = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
"""For a connection that mostly waits: a server that vanished without a word is noticed within 35 s."""

log = logging.getLogger("deskwright.outage")
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it would say every attempt; the two lines here are enough


class Lookout:
    """Knows whether the database is away. The first to meet trouble sends somebody to wait for the end of it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._say_full_at = 0.0
        self._well = threading.Event()
        self._well.set()

    def notice(self, trouble: Exception) -> None:
        """Somebody met trouble. A lost race between transactions is none."""
        with self._turn:
            if passing(trouble) or not self._well.is_set():
                return
            self._well.clear()
        self._tell_full(trouble)
        threading.Thread(target=self._watch, args=[trouble], name="lookout", daemon=True).start()

    def away(self) -> bool:
        return not self._well.is_set()

    def wait(self, stop: threading.Event) -> bool:
        """True when the database is there; False when told to stop first."""
        while not stop.is_set():
            if self._well.wait(0.1):
                return True
        return False

    def patrol(self, stop: threading.Event) -> None:
        """Look again and again until `stop`: a database that hangs breaks no connection, nobody meets trouble."""
        while not stop.wait(PATROL):
            if not self.away() and not answers(PATIENCE):
                self.notice(SILENT)

    def _tell_full(self, trouble: Exception) -> None:
        """A full disk leaves a database that answers: it is said here, and again each minute that it stays full."""
        if full(trouble) and time.monotonic() >= self._say_full_at:
            self._say_full_at = time.monotonic() + SAY_AGAIN
            log.error("The disk is full: new input is refused until there is space (%s)", first_line(trouble))

    def _watch(self, trouble: Exception) -> None:
        """The pool is made anew at the end: one that has seen an outage waits ever longer between its own attempts."""
        if not answers():
            log.warning("The database is away (%s); waiting for it", first_line(trouble))
            pause = FIRST_PAUSE
            while not answers():
                threading.Event().wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            refresh_pool()
            log.warning("The database answers again")
        self._well.set()


lookout: Final = Lookout()


def keep_patrol() -> threading.Event:
    """Patrol on a thread of its own. Returns what ends it when set."""
    stop = threading.Event()
    threading.Thread(target=lookout.patrol, args=[stop], name="patrol", daemon=True).start()
    return stop


def check() -> None:
    """Raises at once what a database that is away raises, without asking it."""
    if lookout.away():
        raise django.db.OperationalError("the database is away")


def passing(trouble: Exception) -> bool:
    """Whether the database itself is well and the same transaction may be tried again: a deadlock, a lost race."""
    error = trouble if isinstance(trouble, psycopg.Error) else trouble.__cause__
    return str(getattr(error, "sqlstate", None) or "").startswith("40")


def full(trouble: Exception) -> bool:
    """Whether a full disk is the trouble: the database's own, or the one for files."""
    error = trouble if isinstance(trouble, psycopg.Error) else trouble.__cause__
    return getattr(error, "sqlstate", None) == DISK_FULL or getattr(error, "errno", None) in NO_SPACE


def plain(trouble: Exception) -> str:
    """What is wrong, in a sentence for whoever asked."""
    return "The disk of this desk is full." if full(trouble) else "The database is away."


def first_line(trouble: Exception) -> str:
    return str(trouble).strip().split("\n", 1)[0]


def let_go() -> None:
    """Give this thread's connection back; a broken one is thrown away."""
    connections["default"].close()


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


def refresh_pool() -> None:
    """Close the pool; the next one who needs a connection opens a fresh one. Connections at work are not disturbed."""
    try:
        connections["default"].close_pool()  # type: ignore[attr-defined]
    except KeyError:
        return  # another thread was faster
