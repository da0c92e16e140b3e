"""The opening hours of one calendar as written, and the stretches of UTC they mean in a year.

A shift belongs to the day on which it starts. A holiday takes away the shifts that start on it; an exception replaces
them. A local time that does not exist (clocks go forward) is read with the offset before the change, so 02:30 is 03:30
summer time; a local time that happens twice means its first occurrence, for opening and for closing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = 1440
"""Minutes."""

Shift = tuple[int, int]
"""Opening and closing in minutes after local midnight; closing may lie on the next day (over 1440)."""
Stretch = tuple[int, int]
"""A half-open stretch of open time: seconds since 1970-01-01 UTC."""
HolidaySource = Callable[[str, str | None, int], Iterable[date]]
"""Public holidays of a country and subdivision in a year. A module-level function, so that workflows can be pickled."""

_UNIX_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Region:
    country: str
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    timezone: str
    week: tuple[tuple[Shift, ...], ...]
    """Seven days from Monday."""
    holidays: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    """(month, day) of holidays that come back every year."""
    regions: tuple[Region, ...] = ()
    exceptions: tuple[tuple[date, tuple[Shift, ...]], ...] = ()
    source: HolidaySource | None = None

    def stretches(self, year: int) -> list[Stretch]:
        """The stretches whose local day lies in `year`, by local day."""
        return list(_stretches(self.shifts(year), ZoneInfo(self.timezone)))

    def shifts(self, year: int) -> Iterable[tuple[date, tuple[Shift, ...]]]:
        """Each local day of the year that opens, with its shifts."""
        off, exceptions = self.days_off(year), dict(self.exceptions)
        day, last = date(year, 1, 1), date(year, 12, 31)
        while True:
            shifts = exceptions.get(day)
            if shifts is None:
                shifts = () if day in off or (day.month, day.day) in self.yearly else self.week[day.weekday()]
            if shifts:
                yield day, shifts
            if day == last:
                return
            day += timedelta(days=1)

    def days_off(self, year: int) -> frozenset[date]:
        """The dated holidays, those of the regions included."""
        if self.source is None:
            return self.holidays
        regional = (self.source(region.country, region.subdivision, year) for region in self.regions)
        return self.holidays.union(*regional)

    def usual_day(self) -> int:
        """Open minutes of the most common open day of the week (of equals the longest): what one business day lasts."""
        lengths = Counter(sum(close - opening for opening, close in shifts) for shifts in self.week if shifts)
        return max(lengths, key=lambda length: (lengths[length], length), default=0)


@dataclass(frozen=True, slots=True)
class AllDay:
    """Open at every instant."""

    def stretches(self, year: int) -> list[Stretch]:
        return [(_utc(date(year, 1, 1)), _utc(date(year, 12, 31)) + DAY * 60)]

    def usual_day(self) -> int:
        return DAY


@dataclass(frozen=True, slots=True)
class Union:
    """Open whenever one of its members is; time in which several are open counts once."""

    members: tuple[Hours | AllDay | Union, ...]

    def stretches(self, year: int) -> list[Stretch]:
        return [stretch for member in self.members for stretch in member.stretches(year)]

    def usual_day(self) -> int:
        """Open minutes of the most common day of a week without holidays or changes of the clocks."""
        week = merged(stretch for member in self.members for stretch in _plain(member).stretches(_PLAIN_YEAR))
        return _usual_length(week)


Opening = Hours | AllDay | Union

_PLAIN_YEAR: Final = 2026


def _plain(opening: Opening) -> Opening:
    """The same hours without holidays and exceptions."""
    if isinstance(opening, Union):
        return Union(tuple(_plain(member) for member in opening.members))
    return Hours(opening.timezone, opening.week) if isinstance(opening, Hours) else opening


def _usual_length(stretches: list[Stretch]) -> int:
    """Minutes: the most common open time of a UTC day."""
    lengths: Counter[int] = Counter()
    for opening, close in stretches:
        for day in range(opening // 86400, (close - 1) // 86400 + 1):
            lengths[day] += min(close, (day + 1) * 86400) - max(opening, day * 86400)
    common = Counter(length // 60 for length in lengths.values())
    return max(common, key=lambda length: (common[length], length), default=0)


def _stretches(days: Iterable[tuple[date, tuple[Shift, ...]]], zone: ZoneInfo) -> Iterable[Stretch]:
    for day, shifts in days:
        for opening, close in shifts:
            start, end = instant(day, opening, zone), instant(day, close, zone)
            if start < end:  # a shift that lies wholly in the missing hour has no time
                yield start, end


def instant(day: date, minutes: int, zone: ZoneInfo) -> int:
    """Seconds since 1970 UTC of the local time `minutes` after midnight of `day`."""
    ahead, of_day = divmod(minutes, DAY)
    ordinal = day.toordinal() + ahead
    local = datetime.fromordinal(ordinal).replace(hour=of_day // 60, minute=of_day % 60, tzinfo=zone)
    offset = local.utcoffset() or timedelta()
    return (ordinal - _UNIX_DAY) * 86400 + of_day * 60 - int(offset.total_seconds())


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, joined where they touch or overlap."""
    joined: list[Stretch] = []
    for opening, close in sorted(stretches):
        if joined and opening <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(close, joined[-1][1]))
        else:
            joined.append((opening, close))
    return joined


def opens_at_all(opening: Opening) -> bool:
    """Whether there is open time for ever after, holidays that come back every year counted."""
    if isinstance(opening, Union):
        return any(opens_at_all(member) for member in opening.members)
    if isinstance(opening, AllDay):
        return True
    if not any(opening.week):
        return False
    # Each date meets each weekday within 28 years, so only yearly holidays on nearly every date can close for ever.
    bare = Hours("UTC", opening.week, yearly=opening.yearly)
    return len(opening.yearly) < 365 or any(bare.stretches(year) for year in _CYCLE)


_CYCLE: Final = range(2024, 2052)


def utc_years(years: range) -> Stretch:
    """The seconds covered once every local day of these years is laid out."""
    return _utc(date(years[0], 1, 3)), _utc(date(years[-1], 12, 30))


def _utc(day: date) -> int:
    return (day.toordinal() - _UNIX_DAY) * 86400
