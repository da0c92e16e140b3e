"""Who fetches: a thread for each active mailbox, which only one process at a time holds (a lock in the database).

Settings that change, and mailboxes that are added or paused, are heard of at once.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Final

import psycopg

from deskwright.desk.mailboxes import standing
from deskwright.jobs.fetcher import Fetcher
from deskwright.store import outage
from deskwright.store.live import MAILBOXES, listen
from deskwright.store.models import Mailbox

LOCKS: Final = 0x6D61696C
"""The first half of the advisory locks on mailboxes ("mail")."""
PATIENCE: Final = 10.0
TAKE_OVER: Final = 30.0
"""Seconds between two looks for mailboxes that another process has let go."""

log = logging.getLogger("deskwright.fetcher")


@dataclass(slots=True)
class Shift:
    """One mailbox while this process fetches from it."""

    fetcher: Fetcher
    thread: threading.Thread
    lock: psycopg.Connection


def run(stop: threading.Event) -> None:
    """Fetch from every active mailbox until `stop`. Survives outages of the database and of the servers."""
    postmen = Postmen()
    threading.Thread(target=postmen.look_after, args=[stop], name="take over", daemon=True).start()
    listen([MAILBOXES], lambda *_: postmen.arrange(), postmen.arrange, stop)
    postmen.go_home()


class Postmen:
    def __init__(self) -> None:
        self._shifts: dict[int, Shift] = {}
        self._turn = threading.Lock()
        self._closed = False

    def arrange(self) -> None:
        """Begin with mailboxes that are new, end with those that are gone or changed, tell the others to look."""
        try:
            with self._turn:
                if not self._closed:
                    self._arrange({box.pk: box for box in standing.watched()})
        except outage.AWAY as trouble:
            outage.lookout.notice(trouble)
        finally:
            outage.let_go()

    def look_after(self, stop: threading.Event) -> None:
        """Mailboxes whose lock was lost with its connection are let go, and free ones taken over."""
        while not stop.wait(TAKE_OVER):
            if not outage.lookout.away():
                self.arrange()

    def _arrange(self, wanted: dict[int, Mailbox]) -> None:
        for number, shift in list(self._shifts.items()):
            box = wanted.get(number)
            if box is None or box.version != shift.fetcher.box.version or not holds(shift.lock):
                self._end(number)
            elif box.fetch_missing and not shift.fetcher.box.fetch_missing:
                shift.fetcher.box.fetch_missing = True
                shift.fetcher.look()
        for number, box in wanted.items():
            if number not in self._shifts and (lock := locked(number)) is not None:
                fetcher = Fetcher(box)
                thread = threading.Thread(target=fetcher.run, name=f"mailbox {number}", daemon=True)
                self._shifts[number] = Shift(fetcher, thread, lock)
                thread.start()

    def _end(self, number: int) -> None:
        shift = self._shifts.pop(number)
        shift.fetcher.stop()
        shift.thread.join(PATIENCE)
        shift.lock.close()

    def go_home(self) -> None:
        with self._turn:
            self._closed = True
            for shift in self._shifts.values():
                shift.fetcher.stop()
            for number in list(self._shifts):
                self._end(number)


def locked(number: int) -> psycopg.Connection | None:
    """A connection that holds the lock on this mailbox; None while another process does."""
    connection = outage.connect()
    row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, number]).fetchone()
    if row is not None and row[0]:
        return connection
    connection.close()
    return None


def holds(lock: psycopg.Connection) -> bool:
    try:
        lock.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True
