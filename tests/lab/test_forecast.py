"""Forecasts: of days whose truth is known, of a call centre's real days, of too little."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from deskwright.lab.capacity.backtest import backtest
from deskwright.lab.capacity.forecast import TooShort, forecast
from deskwright.lab.capacity.series import Series, counted, every_day

CALLS = Path(__file__).resolve().parents[3] / "shared/data/series/bank_calls_5min.csv"
FIRST = date(2026, 1, 5)


def weeks(number: int, *, seed: int = 1, weekend: float = 0.1, level: float = 200.0) -> Series:
    """Poisson days of 24 hours with a weekday's shape, quiet at weekends."""
    dice = np.random.default_rng(seed)
    days = every_day(FIRST, FIRST + timedelta(weeks=number))
    shape = np.clip(np.sin((np.arange(24) - 6) / 14 * np.pi), 0.02, None)
    means = np.array([level * (weekend if day.weekday() > 4 else 1.0) for day in days])[:, None] * shape / shape.sum()
    return Series(days, dice.poisson(means).astype(float), 60)


def test_instants_are_counted_by_the_wall_clock_of_their_zone() -> None:
    at = [datetime(2026, 3, 28, 23, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]
    series = counted(at, "Europe/Berlin", 30, date(2026, 3, 31))
    assert series.days == (date(2026, 3, 29), date(2026, 3, 30))
    assert [tuple(place) for place in np.argwhere(series.counts)] == [(0, 1), (0, 7)]


def test_a_slot_must_divide_the_day() -> None:
    with pytest.raises(ValueError, match="7 minutes"):
        counted([], "UTC", 7, FIRST)


def test_a_steady_desk_is_forecast_within_its_own_noise() -> None:
    history = weeks(12)
    ahead = every_day(FIRST + timedelta(weeks=12), FIRST + timedelta(weeks=13))
    totals = forecast(history, ahead).mean.sum(axis=1)
    assert totals[:5] == pytest.approx([200] * 5, rel=0.08)
    assert totals[5:] == pytest.approx([20] * 2, rel=0.25)


def test_a_holiday_is_forecast_like_the_holidays_before_it() -> None:
    history = weeks(16, weekend=1.0)
    holidays = {FIRST + timedelta(days=number) for number in (9, 30, 51, 72, 93)}
    for place, day in enumerate(history.days):
        if day in holidays:
            history.counts[place] = 0.0
            history.counts[place, 12] = 8.0
    next_day = FIRST + timedelta(weeks=16)
    ordinary = forecast(history, [next_day], holidays).mean.sum()
    free = forecast(history, [next_day], holidays | {next_day}).mean.sum()
    assert ordinary == pytest.approx(200, rel=0.1)
    assert free < 60


def test_intervals_hold_what_they_say_and_widen_with_distance() -> None:
    history = weeks(30, seed=3)
    found = backtest(history, first=150)
    ahead = forecast(history, every_day(FIRST + timedelta(weeks=30), FIRST + timedelta(weeks=34)))
    width = (ahead.highest - ahead.lowest).sum(axis=1)
    assert 0.74 < found.coverage < 0.92
    assert abs(found.bias) < 0.03
    assert width[21] >= width[0] * 0.97
    assert (ahead.lowest <= ahead.low).all() and (ahead.high <= ahead.highest).all()


def test_the_same_seed_draws_the_same_intervals() -> None:
    history, days = weeks(6), [FIRST + timedelta(weeks=6)]
    assert (forecast(history, days, seed=5).high == forecast(history, days, seed=5).high).all()


def test_a_fortnight_is_the_least_that_is_forecast_from() -> None:
    with pytest.raises(TooShort, match="14 days of history; there are 7"):
        forecast(weeks(1), [FIRST + timedelta(weeks=1)])


def test_a_history_in_which_nothing_came_forecasts_nothing() -> None:
    days = every_day(FIRST, FIRST + timedelta(weeks=4))
    empty = Series(days, np.zeros((28, 24)), 60)
    assert not forecast(empty, [FIRST + timedelta(weeks=4)]).mean.any()


@pytest.mark.skipif(not CALLS.exists(), reason="the bank's calls are not beside this checkout")
def test_a_bank_s_calls_are_forecast_a_third_better_than_by_the_same_weekday() -> None:
    """The aim: level times weekday profile reaches 0.72 of the seasonal naive error, with gradient boosting 0.66."""
    days: dict[date, list[float]] = defaultdict(list)
    with CALLS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            days[date.fromisoformat(row["ts"][:10])].append(float(row["calls"]))
    found = backtest(Series(tuple(days), np.array(list(days.values())), 5, first=7 * 60), first=60)
    assert found.error / found.naive < 0.69
    assert 0.70 < found.coverage < 0.90
