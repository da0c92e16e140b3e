"""Due work: claimed in batches, never by two workers, never lost by a worker that fails or dies."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from deskwright.store import queue
from deskwright.store.connection import cursor, deed
from deskwright.store.models import DueWork


def ignore(sql: Any, subjects: Sequence[int]) -> None:
    pass


def add(subjects: Sequence[int], due_at: datetime, kind: str = "greet") -> None:
    with deed() as sql:
        queue.add(sql, kind, subjects, due_at)


def test_due_rows_of_the_kind_are_worked_off_and_gone(db: str, now: datetime) -> None:
    add([3, 1, 3], now)
    add([7], now + timedelta(seconds=1))
    add([9], now, kind="other")
    seen: list[int] = []

    worked = queue.work_off("greet", now, 10, lambda sql, subjects: seen.extend(subjects))

    assert (worked, seen) == (3, [1, 3])
    assert sorted(DueWork.objects.values_list("subject", flat=True)) == [7, 9]


def test_a_batch_is_no_larger_than_asked(db: str, now: datetime) -> None:
    add(range(5), now)

    assert [queue.work_off("greet", now, 2, ignore) for _ in range(4)] == [2, 2, 1, 0]


def test_one_bad_row_is_postponed_and_the_others_are_done(db: str, now: datetime) -> None:
    add([1, 2, 3], now)
    done: list[int] = []

    def greet(sql: Any, subjects: Sequence[int]) -> None:
        if 2 in subjects:
            raise ValueError("nobody is there")
        done.extend(subjects)

    assert queue.work_off("greet", now, 10, greet) == 3
    assert done == [1, 3]
    left = DueWork.objects.get()
    assert (left.subject, left.attempts, left.last_error) == (2, 1, "ValueError: nobody is there")
    assert left.due_at == now + timedelta(seconds=10)


def test_what_a_failing_row_wrote_is_rolled_back(db: str, now: datetime) -> None:
    add([1], now)

    def half(sql: Any, subjects: Sequence[int]) -> None:
        queue.add(sql, "half", [99], now)
        raise ValueError("in the middle")

    queue.work_off("greet", now, 10, half)

    assert not DueWork.objects.filter(kind="half").exists()


def test_a_row_that_failed_twenty_times_stays_for_people_to_see(db: str, now: datetime) -> None:
    add([1], now)
    DueWork.objects.update(attempts=queue.ATTEMPTS)

    assert queue.work_off("greet", now, 10, ignore) == 0
    assert DueWork.objects.count() == 1


def test_two_workers_never_hold_the_same_rows(live_db: str, now: datetime) -> None:
    add(range(4), now)
    holding, let_go = threading.Event(), threading.Event()
    first: list[int] = []

    def hold(sql: Any, subjects: Sequence[int]) -> None:
        first.extend(subjects)
        holding.set()
        assert let_go.wait(10)

    def work() -> None:
        queue.work_off("greet", now, 2, hold)
        connection.close()

    other = threading.Thread(target=work)
    other.start()
    assert holding.wait(10)
    second: list[int] = []
    queue.work_off("greet", now, 10, lambda sql, subjects: second.extend(subjects))
    let_go.set()
    other.join(10)

    assert (first, second) == ([0, 1], [2, 3])
    assert not DueWork.objects.exists()


def test_a_worker_that_dies_in_the_middle_leaves_its_rows_due(live_db: str, now: datetime) -> None:
    add([1, 2], now)

    def die(sql: Any, subjects: Sequence[int]) -> None:
        sql.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Exception, match="terminating connection"):
        queue.work_off("greet", now, 10, die)
    connection.close()

    assert sorted(row["subject"] for row in cursor().execute("SELECT subject FROM store_duework")) == [1, 2]
