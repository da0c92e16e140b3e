"""The worker keeps its schedule: woken by what others commit, undisturbed by trouble, gone when told."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connections

from deskwright.desk import clock, housekeeping
from deskwright.desk.arriving import intake
from deskwright.jobs import tasks, worker
from deskwright.jobs.schedule import SCHEDULE, Job
from deskwright.store.connection import cursor
from deskwright.store.live import DESK, WORK, leaving
from deskwright.store.models import Delivery, IdempotencyKey, RawInput, Ticket

HOUR = 3600.0
MAIL = b"From: Mina <mina@harbor.example>\r\nSubject: Exports\r\nMessage-ID: <a@harbor.example>\r\n\r\nDown.\r\n"


@contextmanager
def working(schedule: Sequence[Job]) -> Iterator[None]:
    stop = threading.Event()
    process = threading.Thread(target=worker.run, args=[stop, schedule])
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join(20)
        assert not process.is_alive()


class Bench:
    """A job that tells when it was done; it is rarely due by itself."""

    def __init__(self, *outcomes: int | Exception) -> None:
        self.outcomes = list(outcomes)
        self.done: queue.Queue[datetime] = queue.Queue()

    def __call__(self, now: datetime, limit: int) -> int:
        self.done.put(now)
        outcome = self.outcomes.pop(0) if self.outcomes else 0
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    __name__ = "bench"

    def wait(self) -> datetime:
        return self.done.get(timeout=10)


def settle(bench: Bench) -> None:
    """Past the start: the first look, and the one when listening begins."""
    bench.wait()
    bench.wait()


def test_a_full_batch_is_followed_by_the_next_at_once(live_db: str) -> None:
    bench = Bench(5, 5, 4)

    with working([Job(bench, every=HOUR, batch=5)]):
        for _ in range(3):
            bench.wait()


def test_a_job_is_done_again_when_its_time_has_come(live_db: str) -> None:
    bench = Bench()

    with working([Job(bench, every=0.05, batch=5)]):
        moments = [bench.wait() for _ in range(4)]

    assert moments == sorted(moments)


def test_a_commit_wakes_those_whom_it_concerns(live_db: str) -> None:
    woken, other = Bench(), Bench()

    with working([Job(woken, every=HOUR, batch=5, woken_by=WORK), Job(other, every=HOUR, batch=5, woken_by=DESK)]):
        settle(woken)
        settle(other)
        intake.journal("email", {}, MAIL, clock.now())
        woken.wait()
        assert other.done.empty()


def test_an_announcement_wakes_only_those_it_is_about(live_db: str) -> None:
    mails, texts, post = Bench(), Bench(), Bench()
    schedule = [
        Job(mails, every=HOUR, batch=5, woken_by=WORK, about=("email",), gathers=0.01),
        Job(texts, every=HOUR, batch=5, woken_by=WORK, about=("sms",)),
        Job(post, every=HOUR, batch=5, woken_by=WORK, about=leaving("email")),
    ]

    with working(schedule):
        for bench in (mails, texts, post):
            settle(bench)
        intake.journal("email", {}, MAIL, clock.now())
        mails.wait()
        assert post.done.empty()
        intake.work_off(clock.now())
        post.wait()

    assert texts.done.empty()
    assert Delivery.objects.exists()


def test_one_of_those_who_share_a_job_is_called_and_none_twice() -> None:
    job = Job(Bench(), every=HOUR, batch=5, hands=3)
    busy, first, second = fellows = [worker.Hand(job), worker.Hand(job, resting=True), worker.Hand(job, resting=True)]

    for _ in range(2):
        worker.call(fellows)

    assert [hand.bell.is_set() for hand in fellows] == [False, True, False]
    first.resting = second.resting = False
    worker.call(fellows)
    assert busy.bell.is_set()
    assert second.bell.is_set()


def test_a_defect_in_a_job_stops_neither_it_nor_the_others(live_db: str, caplog: pytest.LogCaptureFixture) -> None:
    broken, sound = Bench(ValueError("a defect"), 5, 0), Bench()

    with working([Job(broken, every=0.05, batch=5), Job(sound, every=0.05, batch=5)]):
        for bench in (broken, sound):
            for _ in range(3):
                bench.wait()

    assert [line.message for line in caplog.records if line.levelno >= logging.ERROR] == [
        "bench failed; it is tried again"
    ]


def test_a_lost_connection_is_replaced_and_the_job_goes_on(live_db: str) -> None:
    counted: queue.Queue[int] = queue.Queue()
    asked = iter([True])

    def lose(now: datetime, limit: int) -> int:
        if next(asked, False):
            cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")
        counted.put(cursor().execute("SELECT 1 AS one").fetchone()["one"])  # type: ignore[index]
        return 0

    with working([Job(lose, every=0.05, batch=5)]):
        assert [counted.get(timeout=10) for _ in range(2)] == [1, 1]


def test_more_jobs_than_connections_all_have_their_turn(live_db: str) -> None:
    looked: queue.Queue[int] = queue.Queue()
    most = connections["default"].settings_dict["OPTIONS"]["pool"]["max_size"]

    def look(number: int, now: datetime, limit: int) -> int:
        cursor().execute("SELECT 1")
        looked.put(number)
        return 0

    acts = [partial(look, number) for number in range(most + 6)]
    for act in acts:
        act.__name__ = "look"  # type: ignore[attr-defined]
    with working([Job(act, every=HOUR, batch=5) for act in acts]):
        seen: set[int] = set()
        while len(seen) < len(acts):
            seen.add(looked.get(timeout=8))


def test_every_job_of_the_schedule_runs_on_an_empty_desk(live_db: str, now: datetime) -> None:
    assert [job.act(now, job.batch) for job in SCHEDULE] == [0] * len(SCHEDULE)


def test_mail_that_was_journaled_becomes_a_ticket(live_db: str) -> None:
    intake.journal("email", {"from": "mina@harbor.example", "to": ["support@desk.example"]}, MAIL, clock.now())

    assert tasks.take_in(clock.now(), 10) == 1

    raw = RawInput.objects.get()
    assert (raw.state, raw.ticket_id) == ("done", Ticket.objects.get().pk)


def test_answers_to_repeated_requests_are_forgotten_after_a_day(db: str, now: datetime) -> None:
    for age in (housekeeping.KEYS_KEPT - timedelta(minutes=1), housekeeping.KEYS_KEPT + timedelta(minutes=1)):
        IdempotencyKey.objects.create(token_id=1, key=str(age), body_sha256="", answer={}, created_at=now - age)

    assert tasks.forget_keys(now, 100) == 1
    assert IdempotencyKey.objects.count() == 1


def test_sessions_that_ran_out_are_dropped(db: str, now: datetime) -> None:
    from django.contrib.sessions.models import Session

    for key, ends in (("old", now - timedelta(hours=1)), ("new", now + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)

    assert tasks.end_sessions(now, 100) == 1
    assert Session.objects.get().session_key == "new"
