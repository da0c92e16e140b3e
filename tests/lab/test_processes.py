"""Event logs of other systems: read, understood, simulated; and a log that the model was not fitted to."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

import numpy as np
import pytest

from deskwright.engine.calendars import ALWAYS
from deskwright.engine.calendars.calendar import instant, seconds
from deskwright.lab.processes import discovery, eventlog, running
from deskwright.lab.processes.eventlog import Case, Step, Unreadable

LOANS = Path(__file__).resolve().parents[3] / "shared/data/eventlogs/LoanApp.csv"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(day: int, clock: str) -> int:
    hours, minutes = clock.split(":")
    return seconds(MONDAY + timedelta(days=day, hours=int(hours), minutes=int(minutes)))


def office(weeks: int = 4) -> list[Case]:
    """Every working day two cases: a check, then two things side by side, then, an hour later, a letter."""
    found: list[Case] = []
    for week in range(weeks):
        for weekday in range(5):
            day = 7 * week + weekday
            for begin in (9, 10):
                found += [
                    (
                        Step("check", "ada", at(day, f"{begin}:00"), at(day, f"{begin}:30")),
                        Step("look up", f"ben {begin}", at(day, f"{begin}:30"), at(day, f"{begin + 1}:30")),
                        Step("ask", f"cleo {begin}", at(day, f"{begin}:30"), at(day, f"{begin + 2}:00")),
                        Step("write", f"dora {begin}", at(day, f"{begin + 3}:00"), at(day, f"{begin + 3}:30")),
                    )
                ]
    return found


def test_the_usual_column_names_are_found_and_others_can_be_named() -> None:
    row = {"Fall": "7", "activity": "call", "timestamp": "2026-03-02T09:00:00"}
    (case,) = eventlog.read([row], {"case": "Fall"})
    assert case == (Step("call", "", at(0, "9:00"), at(0, "9:00")),)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"": ""}, "The log is empty"),
        ({"activity": "a", "end": "2026-03-02"}, "No column holds the case: there are activity, end"),
        ({"case": "1", "activity": "a", "end": "yesterday"}, "Line 2: 'yesterday' is no date and time"),
        (
            {"case": "1", "activity": "a", "start": "2026-03-02", "end": "2026-03-01"},
            "Line 2: it ends before it begins",
        ),
    ],
)
def test_a_log_that_cannot_be_read_is_refused_with_its_row(row: dict[str, str], sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        eventlog.read([row])


def test_an_empty_log_is_refused() -> None:
    with pytest.raises(Unreadable, match="no rows"):
        eventlog.read([])


def test_the_hours_of_work_are_those_in_which_work_begins_and_ends() -> None:
    calendar = discovery.hours_of(office())
    assert calendar.is_open(instant(at(0, "9:15"))) and calendar.is_open(instant(at(0, "13:15")))
    assert not calendar.is_open(instant(at(0, "20:00"))) and not calendar.is_open(instant(at(5, "10:00")))


def test_a_log_without_hours_runs_round_the_clock() -> None:
    cases = [(Step("watch", "robot", hour * 3600, hour * 3600 + 1800),) for hour in range(24 * 21)]
    assert discovery.hours_of(cases) == ALWAYS


def test_what_runs_side_by_side_does_not_wait_for_each_other() -> None:
    process = discovery.discover(office())
    check, look, ask, write = process.skeletons[0]
    assert (check.after, look.after, ask.after, write.after) == ((), (0,), (0,), (0, 1, 2))


def test_waiting_that_nobody_s_work_explains_is_a_delay() -> None:
    """The letter is written an hour after the last answer, though Dora had nothing else to do."""
    process = discovery.discover(office())
    assert set(process.delays["write"]) == {3600}
    assert set(process.delays["ask"]) == {0}


def test_waiting_for_somebody_who_is_busy_is_no_delay() -> None:
    busy = [
        (Step("a", "x", at(0, "9:00"), at(0, "9:30")), Step("b", "ada", at(0, "9:30"), at(0, "11:00"))),
        (Step("a", "y", at(0, "9:05"), at(0, "9:35")), Step("b", "ada", at(0, "11:00"), at(0, "11:30"))),
    ]
    assert discovery.discover(busy).delays["b"] == (0, 0)


def test_a_process_runs_again_as_it_was() -> None:
    process = discovery.discover(office())
    found = running.run(process, instant(at(28, "0:00")), 20, seed=1)
    assert set(found) == {int(3.5 * 3600)}


def test_the_same_seed_runs_the_same() -> None:
    process = discovery.discover(office())
    begin = instant(at(28, "0:00"))
    assert running.run(process, begin, 30, seed=4) == running.run(process, begin, 30, seed=4)


@pytest.mark.skipif(not LOANS.exists(), reason="the loan applications are not beside this checkout")
def test_the_second_half_of_a_log_is_foretold_from_the_first() -> None:
    """Mean cycle time within 15 %, distance of the distributions at most 1.5 times that of the first half itself."""
    with LOANS.open(encoding="utf-8") as file:
        first, second = eventlog.halves(eventlog.read(csv.DictReader(file)))
    process = discovery.discover(first)
    truth, before = (np.array(list(eventlog.cycle_times(half)), dtype=float) for half in (second, first))
    runs = [
        np.array(running.run(process, instant(second[0][0].begin), len(second), seed), dtype=float) for seed in range(5)
    ]
    assert mean(float(run.mean()) for run in runs) == pytest.approx(truth.mean(), rel=0.15)
    assert mean(distance(run, truth) for run in runs) < 1.5 * distance(before, truth)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Wasserstein's, of two samples: the mean difference of their quantiles."""
    shares = (np.arange(2000) + 0.5) / 2000
    return float(np.abs(np.quantile(one, shares) - np.quantile(other, shares)).mean())
