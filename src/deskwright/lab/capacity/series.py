"""Counts of what arrived, by local day and slot of the day: what forecasts are made from.

Days are local dates of one time zone; a slot is a stretch of its wall clock. Pure arrays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Kinds = npt.NDArray[np.intp]
DAY: int = 24 * 60


@dataclass(frozen=True, slots=True)
class Series:
    """`counts[day, slot]`: how much arrived on `days[day]` in the slot that begins `first + slot * minutes` minutes
    after local midnight. Days ascend; those on which the desk is shut may be left out.
    """

    days: tuple[date, ...]
    counts: Array
    minutes: int
    first: int = 0
    """Minutes from local midnight to the first slot."""

    def __post_init__(self) -> None:
        if self.counts.ndim != 2 or len(self.counts) != len(self.days):
            raise ValueError("A series needs one row of counts for each of its days.")

    def __len__(self) -> int:
        return len(self.days)

    @property
    def slots(self) -> int:
        return int(self.counts.shape[1])

    def until(self, end: int) -> Series:
        """The first `end` days."""
        return Series(self.days[:end], self.counts[:end], self.minutes, self.first)


def counted(instants: Iterable[datetime], zone: str, minutes: int, until: date) -> Series:
    """Instants (UTC) by local day and slot, from the day of the first to the day before `until`; days and slots in
    which nothing arrived count zero. The hour a zone repeats in autumn falls into one slot. Raises ValueError when a
    day is not a whole number of slots.
    """
    if DAY % minutes:
        raise ValueError(f"A day is no whole number of slots of {minutes} minutes.")
    local = [instant.astimezone(ZoneInfo(zone)) for instant in instants]
    seen = [moment for moment in local if moment.date() < until]
    days = every_day(min(moment.date() for moment in seen), until) if seen else ()
    counts = np.zeros((len(days), DAY // minutes))
    for moment in seen:
        counts[(moment.date() - days[0]).days, (moment.hour * 60 + moment.minute) // minutes] += 1
    return Series(days, counts, minutes)


def every_day(first: date, until: date) -> tuple[date, ...]:
    """The days from `first` on, before `until`."""
    return tuple(first + timedelta(days=number) for number in range((until - first).days))


def kinds(days: Sequence[date], holidays: Collection[date]) -> Kinds:
    """The kind of each day: its weekday (Monday is 0), or 7 for a holiday."""
    return np.array([HOLIDAY if day in holidays else day.weekday() for day in days], dtype=np.intp)


HOLIDAY: int = 7
KINDS: int = 8
