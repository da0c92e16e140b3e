"""Keeps the schedule in threads of one process. Any number of these processes share the work through the database.

Killing it at any moment is safe: every job's work is a transaction, or a claim with a lease.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deskwright.desk import clock
from deskwright.desk.garbage import calm
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
    resting: bool = False


def run(stop: threading.Event, schedule: Iterable[Job] = SCHEDULE) -> None:
    """Do what is due until `stop`; returns when every job has finished its batch. Survives outages of any length."""
    calm()
    hands = [Hand(job) for job in schedule for _ in range(job.hands)]
    threads = [
        threading.Thread(target=keep_doing, args=[hand, stop], name=hand.job.act.__name__, daemon=True)
        for hand in hands
    ]
    threads.append(threading.Thread(target=attend, args=[hands, stop], name="bells", daemon=True))
    for thread in threads:
        thread.start()
    stop.wait()
    ring(hands)
    for thread in threads:
        thread.join(PATIENCE)


def keep_doing(hand: Hand, stop: threading.Event) -> None:
    """Whoever waits gives its connection back: there are more hands than connections in the pool."""
    while outage.lookout.wait(stop):
        if do(hand.job) < hand.job.batch and not stop.is_set():
            outage.let_go()
            rest(hand, stop)
    outage.let_go()


def rest(hand: Hand, stop: threading.Event) -> None:
    """Until its time has come or its bell rings; what is announced right after that is done with the rest."""
    hand.resting = True
    if hand.bell.wait(hand.job.every) and hand.job.gathers:
        stop.wait(hand.job.gathers)
    hand.resting = False
    hand.bell.clear()


def do(job: Job) -> int:
    """How much was done; 0 after trouble, which never ends the worker."""
    try:
        return job.act(clock.now(), job.batch)
    except outage.AWAY as trouble:
        outage.lookout.notice(trouble)
        outage.let_go()
    except Exception:
        log.exception("%s failed; it is tried again", job.act.__name__)
        outage.let_go()
    return 0


def attend(hands: Sequence[Hand], stop: threading.Event) -> None:
    """Ring the bells of those whom an announcement concerns; everybody's after a gap."""
    channels = sorted({hand.job.woken_by for hand in hands if hand.job.woken_by})
    jobs = [[hand for hand in hands if hand.job is job] for job in dict.fromkeys(hand.job for hand in hands)]

    def heard(channel: str, payload: str) -> None:
        for fellows in jobs:
            if fellows[0].job.hears(channel, payload):
                call(fellows)

    listen(channels, heard, lambda: ring(hands), stop)


def call(fellows: Sequence[Hand]) -> None:
    """One of those who share a job looks, unless one is about to; where all are at work, each looks again."""
    resting = [hand for hand in fellows if hand.resting]
    if not any(hand.bell.is_set() for hand in resting):
        ring(resting[:1] or fellows)


def ring(hands: Iterable[Hand]) -> None:
    for hand in hands:
        hand.bell.set()
