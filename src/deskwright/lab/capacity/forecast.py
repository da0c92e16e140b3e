"""Tomorrow's arrivals by slot: the present level of a day, times its weekday, times that weekday's profile.

The level is exponential smoothing of the log totals without their weekday effect, its weight chosen by what would have
erred least so far; effects and profiles weigh recent days more and lean on the common ones where a weekday was seen
seldom. Intervals are drawn from the errors made on the history itself. (Level and variance: Hyndman & Athanasopoulos,
Forecasting: Principles and Practice, 3rd ed. 2021, sections 8.1 and 8.7.)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from deskwright.lab.capacity.series import HOLIDAY, KINDS, Array, Kinds, Series, kinds

SMOOTHED: Final = 25
"""Minutes over which a profile is smoothed."""
WEIGHTS: Final = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Weights of the newest day in the level that are tried."""
EFFECT_HALF_LIFE: Final = 60.0
PROFILE_HALF_LIFE: Final = 40.0
"""Days after which a day counts half for effects, and for profiles."""
LEANING: Final = 1.0
"""As how many days of its own the common profile counts for a weekday."""
WINDOW: Final = 7
"""Days of the centred mean that effects are measured against."""
ROUNDS: Final = 12
"""In which effects and centred mean are freed of each other."""
FEWEST: Final = 14
"""Days of history below which nothing is forecast."""
DRAWS: Final = 400


@dataclass(frozen=True, slots=True)
class Forecast:
    """Each array is `[day, slot]`, in arrivals per slot. `low` and `high` hold 80 % of what is to be expected, `lowest`
    and `highest` 95 %.
    """

    days: tuple[date, ...]
    mean: Array
    low: Array
    high: Array
    lowest: Array
    highest: Array


class TooShort(ValueError):
    """There is not enough history to forecast from; the sentence says how much is needed."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What a history says: log level of its last day, effect of each kind of day, their profiles (shares of a day)."""

    level: float
    weight: float
    effects: Array
    profiles: Array
    errors: Array
    """Of the log totals, one day ahead, oldest first."""
    trust: Array
    """How much each of these errors says, from 0 to 1: the log of a small total is mostly noise."""
    lift: float
    """What totals were, on the whole, over what the log level said: logs understate means."""


def forecast(history: Series, days: Sequence[date], holidays: Collection[date] = (), *, seed: int = 0) -> Forecast:
    """What to expect on the days, which follow the history in order. Raises TooShort below 14 days of history."""
    fit = fitted(history, holidays)
    means = expected(fit, days, holidays)
    draws = drawn(history, fit, holidays, means, np.random.default_rng(seed))
    lowest, low, high, highest = np.quantile(draws, [0.025, 0.1, 0.9, 0.975], axis=0)
    return Forecast(tuple(days), means, low, high, lowest, highest)


def fitted(history: Series, holidays: Collection[date] = ()) -> Fit:
    if len(history) < FEWEST:
        raise TooShort(f"A forecast needs {FEWEST} days of history; there are {len(history)}.")
    kind = kinds(history.days, holidays)
    totals = np.asarray(history.counts.sum(axis=1), dtype=float)
    logs = np.log1p(totals)
    effects = effects_of(logs, kind)
    trust = np.minimum(1.0, (totals + 1.0) / (np.median(totals) + 1.0))
    level, weight, errors = smoothed(logs - effects[kind], trust)
    said = np.expm1(logs[1:] - errors)
    lift = float(totals[1:].sum() / said.sum()) if said.sum() > 0 else 1.0
    return Fit(level, weight, effects, profiles_of(history, kind), errors, trust[1:], lift)


def effects_of(logs: Array, kind: Kinds) -> Array:
    """The effect of each kind of day on the log total, against a centred mean that is freed of the effects in turn."""
    ages = recency(len(logs), EFFECT_HALF_LIFE)
    effects = np.zeros(KINDS)
    for _ in range(ROUNDS):
        around = centred(logs - effects[kind])
        for each in range(KINDS):
            here = kind == each
            if here.any():
                own = np.average((logs - around)[here], weights=ages[here])
                effects[each] = own * here.sum() ** 2 / (here.sum() ** 2 + 1.0)
    if not (kind == HOLIDAY).any():
        effects[HOLIDAY] = min(effects[6], effects[:5].min())
    return effects


def centred(values: Array) -> Array:
    """Means over a window around each value; the edges repeat."""
    half = WINDOW // 2
    return np.convolve(np.pad(values, half, mode="edge"), np.ones(WINDOW) / WINDOW, "valid")


def recency(days: int, half_life: float) -> Array:
    """Weights of the days, oldest first; the last one has 1."""
    return np.asarray(0.5 ** (np.arange(days - 1, -1, -1) / half_life))


def smoothed(values: Array, trust: Array) -> tuple[float, float, Array]:
    """(level after the last value, weight chosen, errors one step ahead) of exponential smoothing; a value moves the
    level as far as it is trusted.
    """
    tried = [(one_ahead(values, weight * trust), weight) for weight in WEIGHTS]
    (level, errors), weight = min(tried, key=lambda each: float((np.abs(each[0][1]) * trust[1:]).sum()))
    return level, weight, errors


def one_ahead(values: Array, weights: Array) -> tuple[float, Array]:
    level, errors = float(values[0]), []
    for value, weight in zip(values[1:], weights[1:], strict=True):
        errors.append(value - level)
        level += weight * (value - level)
    return level, np.array(errors)


def profiles_of(history: Series, kind: Kinds) -> Array:
    """The share of a day that falls into each slot, for each kind of day."""
    ages = recency(len(history), PROFILE_HALF_LIFE)
    common = mixed(history.counts, ages)
    width = max(1, round(SMOOTHED / history.minutes))
    rows = []
    for each in range(KINDS):
        here = kind == each
        own = mixed(history.counts[here], ages[here]) if here.any() else common
        trust = float(ages[here].sum())
        rows.append(spread((own * trust + common * LEANING) / (trust + LEANING), width))
    return np.array(rows)


def mixed(counts: Array, weights: Array) -> Array:
    """The weighted mean of the days' shares; busy days count more than empty ones."""
    totals = counts.sum(axis=1)
    if not totals.any():
        return np.full(counts.shape[1], 1.0 / counts.shape[1])
    shares = counts / np.where(totals > 0, totals, 1.0)[:, None]
    return np.asarray(np.average(shares, axis=0, weights=weights * np.minimum(totals, totals.mean()) + 1e-12))


def spread(profile: Array, width: int) -> Array:
    """A profile smoothed over `width` slots; it still adds up to 1."""
    if width > 1:
        padded = np.pad(profile, (width // 2, width - 1 - width // 2), mode="edge")
        profile = np.convolve(padded, np.ones(width) / width, "valid")
    return np.asarray(profile / profile.sum())


def expected(fit: Fit, days: Sequence[date], holidays: Collection[date]) -> Array:
    kind = kinds(days, holidays)
    totals = np.maximum(0.0, np.expm1(fit.level + fit.effects[kind])) * fit.lift
    return np.asarray(totals[:, None] * fit.profiles[kind])


def drawn(history: Series, fit: Fit, holidays: Collection[date], means: Array, dice: np.random.Generator) -> Array:
    """Days as they may come, `[draw, day, slot]`: the level errs more the farther ahead, each slot by its own noise."""
    ahead = np.sqrt(1.0 + np.arange(len(means)) * fit.weight**2)
    errors = fit.errors - np.average(fit.errors, weights=fit.trust)
    level = dice.choice(errors, size=(DRAWS, len(means)), p=fit.trust / fit.trust.sum()) * ahead
    around = np.exp(level)[:, :, None] * means / np.average(np.exp(errors), weights=fit.trust)
    noise = dice.choice(slot_noise(history, fit, holidays), size=around.shape)
    return np.maximum(0.0, around + noise * np.sqrt(around))


def slot_noise(history: Series, fit: Fit, holidays: Collection[date]) -> Array:
    """Pearson residuals of the slots, given each day's true total."""
    shares = fit.profiles[kinds(history.days, holidays)]
    means = history.counts.sum(axis=1)[:, None] * shares
    busy = means > 0.01
    return np.asarray(((history.counts - means)[busy] / np.sqrt(means[busy])) if busy.any() else np.zeros(1))
