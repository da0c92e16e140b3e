"""An outage is noticed once for a process, however many threads meet it, and work goes on when the database answers."""

from __future__ import annotations

import asyncio
import errno
import logging
import threading
from pathlib import Path

import django.db
import psycopg
import pytest
from django.conf import settings

from deskwright.store import blobs, outage
from deskwright.store.aside import aside
from deskwright.store.outage import Lookout

GONE = psycopg.OperationalError("the server closed the connection\nunexpectedly")


@pytest.fixture
def lookout() -> Lookout:
    return Lookout()


def test_many_threads_meet_one_outage_and_it_is_said_in_two_lines(
    lookout: Lookout, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    back, stop, together = threading.Event(), threading.Event(), threading.Barrier(9)
    monkeypatch.setattr(outage, "answers", back.is_set)
    monkeypatch.setattr(outage, "refresh_pool", lambda: None)
    waited: list[bool] = []

    def meet() -> None:
        lookout.notice(GONE)
        together.wait(10)
        waited.append(lookout.wait(stop))

    threads = [threading.Thread(target=meet) for _ in range(8)]
    for thread in threads:
        thread.start()
    together.wait(10)
    assert lookout.away()
    back.set()
    for thread in threads:
        thread.join(10)

    assert waited == [True] * 8
    assert not lookout.away()
    assert [line.message for line in caplog.records] == [
        "The database is away (the server closed the connection); waiting for it",
        "The database answers again",
    ]


def test_trouble_of_one_connection_alone_is_no_outage(
    lookout: Lookout, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(outage, "answers", lambda: True)

    lookout.notice(GONE)

    assert lookout.wait(threading.Event())
    assert not caplog.records


def test_waiting_ends_when_told_to_stop(lookout: Lookout, monkeypatch: pytest.MonkeyPatch) -> None:
    back, stop = threading.Event(), threading.Event()
    monkeypatch.setattr(outage, "answers", back.is_set)
    monkeypatch.setattr(outage, "refresh_pool", lambda: None)
    lookout.notice(GONE)
    stop.set()

    assert not lookout.wait(stop)
    back.set()


def test_a_lost_race_between_transactions_is_no_outage(lookout: Lookout) -> None:
    lookout.notice(psycopg.errors.DeadlockDetected("deadlock detected"))

    assert not lookout.away()
    wrapped = django.db.OperationalError("deadlock detected")
    wrapped.__cause__ = psycopg.errors.SerializationFailure("could not serialize")
    assert outage.passing(wrapped)
    assert not outage.passing(GONE)


def test_a_database_that_is_there_answers(live_db: str) -> None:
    assert outage.answers()


def test_a_fresh_pool_serves_after_the_old_one_was_closed(live_db: str) -> None:
    from deskwright.store.connection import cursor

    cursor().execute("SELECT 1")
    outage.refresh_pool()
    outage.let_go()

    assert cursor().execute("SELECT 2 AS two").fetchone() == {"two": 2}


def test_a_database_that_hangs_is_noticed_by_the_patrol(lookout: Lookout, monkeypatch: pytest.MonkeyPatch) -> None:
    back, stop = threading.Event(), threading.Event()
    monkeypatch.setattr(outage, "PATROL", 0.01)
    monkeypatch.setattr(outage, "answers", lambda seconds=2: back.is_set())
    monkeypatch.setattr(outage, "refresh_pool", lambda: None)
    patrol = threading.Thread(target=lookout.patrol, args=[stop])
    noticed = threading.Event()
    notice = lookout.notice
    monkeypatch.setattr(lookout, "notice", lambda trouble: (notice(trouble), noticed.set()))

    patrol.start()
    assert noticed.wait(10)
    assert lookout.away()

    back.set()
    assert lookout.wait(threading.Event())
    stop.set()
    patrol.join(10)


def test_nobody_waits_for_work_that_hangs_with_the_database(lookout: Lookout, monkeypatch: pytest.MonkeyPatch) -> None:
    back = threading.Event()
    monkeypatch.setattr(outage, "lookout", lookout)
    monkeypatch.setattr(outage, "answers", lambda seconds=2: back.is_set())
    monkeypatch.setattr(outage, "refresh_pool", lambda: None)
    monkeypatch.setattr(outage, "DOUBT", 0.01)

    def hang() -> None:
        lookout.notice(GONE)
        back.wait(10)

    with pytest.raises(django.db.OperationalError, match="away"):
        asyncio.run(aside(hang))
    assert not back.is_set()
    back.set()
    assert lookout.wait(threading.Event())


def test_a_full_disk_is_called_by_its_name_and_said_once_a_minute(
    lookout: Lookout, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outage, "answers", lambda seconds=2: True)
    for _ in range(3):
        lookout.notice(psycopg.errors.DiskFull("could not extend file"))
        assert lookout.wait(threading.Event())

    assert [line.levelname for line in caplog.records] == ["ERROR"]
    assert "disk is full" in caplog.text
    assert outage.plain(psycopg.errors.DiskFull("")) == "The disk of this desk is full."
    assert outage.plain(GONE) == "The database is away."


def test_a_full_disk_for_files_is_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(blobs, "write", refuse)
    with pytest.raises(blobs.StorageUnavailable) as met:
        blobs.put(b"a file")

    assert outage.full(met.value)
