"""Keeps the schedule in threads of one process. Any number of these processes share the work through the database.

Killing it at any moment is safe: every job's work is a transaction, or a claim with a lease.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deskwright.desk import clock
from deskwright.jobs.schedule import SCHEDULE, Job
from deskwright.store import outage
from deskwright.store.live import listen

PATIENCE = 25.0  # seconds a job has to finish its batch when the process is told to stop

log = logging.getLogger("deskwright.worker")


@dataclass(slots=True)
class Hand:
    """One thread's share: a job, and the bell that calls it before its time."""

    job: Job
    bell: threading.Event = field(default_factory=threading.Event)


def run(stop: threading.Event, schedule: Iterable[Job] = SCHEDULE) -> None:
    """Do what is due until `stop`; returns when every job has finished its batch. Survives outages of any length."""
    hands = [Hand(job) for job in schedule for _ in range(job.hands)]
    weather = Weather()
    threads = [
        threading.Thread(target=keep_doing, args=[hand, weather, stop], name=hand.job.act.__name__, daemon=True)
        for hand in hands
    ]
    threads.append(threading.Thread(target=attend, args=[hands, stop], name="bells", daemon=True))
    for thread in threads:
        thread.start()
    stop.wait()
    ring(hands)
    for thread in threads:
        thread.join(PATIENCE)


def keep_doing(hand: Hand, weather: Weather, stop: threading.Event) -> None:
    while not stop.is_set():
        if do(hand.job, weather, stop) < hand.job.batch and not stop.is_set():
            hand.bell.wait(hand.job.every)
            hand.bell.clear()
    outage.let_go()


def do(job: Job, weather: Weather, stop: threading.Event) -> int:
    """How much was done; 0 after trouble, which never ends the worker."""
    outages = weather.outages
    try:
        return job.act(clock.now(), job.batch)
    except outage.AWAY as trouble:
        weather.sit_out(outages, trouble, stop)
    except Exception:
        log.exception("%s failed; it is tried again", job.act.__name__)
        outage.let_go()
    return 0


def attend(hands: Sequence[Hand], stop: threading.Event) -> None:
    """Ring the bells of those whom an announcement concerns; everybody's after a gap."""
    channels = sorted({hand.job.woken_by for hand in hands if hand.job.woken_by})

    def heard(channel: str, payload: str) -> None:
        ring(hand for hand in hands if hand.job.woken_by == channel)

    listen(channels, heard, lambda: ring(hands), stop)


def ring(hands: Iterable[Hand]) -> None:
    for hand in hands:
        hand.bell.set()


class Weather:
    """Outages as all threads of this process live through them: one asks for the return, the others wait; one line."""

    def __init__(self) -> None:
        self.outages = 0
        self.turn = threading.Lock()
        self.said = ""

    def sit_out(self, seen: int, trouble: Exception, stop: threading.Event) -> None:
        """Return when the database answers again. `seen` is the count of outages before the work that failed."""
        outage.let_go()
        with self.turn:
            if self.outages != seen:
                return  # somebody has already waited for the end of this one
            reason = outage.first_line(trouble)
            level = logging.DEBUG if outage.passing(trouble) or reason == self.said else logging.WARNING
            log.log(level, "The database is away (%s); waiting for it", reason)
            self.said = reason
            if outage.wait_for_return(stop):
                log.log(level, "The database answers")
            self.outages += 1
