"""How good the forecast would have been: every day forecast from those before it, beside the last same weekday.

MASE: mean absolute error over that of the seasonal naive forecast within the first days (Hyndman & Koehler, Another
look at measures of forecast accuracy, International Journal of Forecasting 22, 2006). Below 1 is better than naive.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from deskwright.lab.capacity.forecast import FEWEST, TooShort, forecast
from deskwright.lab.capacity.series import Array, Series

SHORTEST: Final = 2 * FEWEST
"""Days before the first one that is forecast."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """`error` and `naive` are mean absolute errors in arrivals per slot; `coverage` is the share of slots within the
    80 % interval; `bias` is what was forecast over what came, less 1.
    """

    days: int
    error: float
    naive: float
    mase: float
    naive_mase: float
    coverage: float
    bias: float


def backtest(history: Series, holidays: Collection[date] = (), *, first: int | None = None) -> Backtest:
    """Roll over the history one day at a time, from day `first` on (a third of it, four weeks at the least). Raises
    TooShort when nothing is left to forecast.
    """
    begin = first if first is not None else max(SHORTEST, len(history) // 3)
    if begin >= len(history):
        raise TooShort(f"A back-test needs more than {begin} days of history; there are {len(history)}.")
    errors, naive, within, said = [], [], [], 0.0
    for day in range(begin, len(history)):
        known, actual = history.until(day), history.counts[day]
        ahead = forecast(known, history.days[day : day + 1], holidays, seed=day)
        errors.append(np.abs(actual - ahead.mean[0]).mean())
        naive.append(np.abs(actual - same_weekday(history, day)).mean())
        within.append(((ahead.low[0] <= actual) & (actual <= ahead.high[0])).mean())
        said += float(ahead.mean.sum())
    scale = naive_scale(history.until(begin))
    came = float(history.counts[begin:].sum())
    return Backtest(
        days=len(errors),
        error=float(np.mean(errors)),
        naive=float(np.mean(naive)),
        mase=float(np.mean(errors)) / scale,
        naive_mase=float(np.mean(naive)) / scale,
        coverage=float(np.mean(within)),
        bias=said / came - 1.0 if came else 0.0,
    )


def same_weekday(history: Series, day: int) -> Array:
    """The latest day before `day` of the same weekday; the day before it when there was none."""
    weekday = history.days[day].weekday()
    before = (each for each in range(day - 1, -1, -1) if history.days[each].weekday() == weekday)
    return np.asarray(history.counts[next(before, max(0, day - 1))])


def naive_scale(history: Series) -> float:
    """The mean absolute error of the same weekday within the history; 1 when it made none."""
    found = [
        float(np.abs(history.counts[day] - same_weekday(history, day)).mean())
        for day in range(len(history))
        if any(earlier.weekday() == history.days[day].weekday() for earlier in history.days[:day])
    ]
    return float(np.mean(found)) or 1.0
