"""A calendar: the questions one can ask of business time. The grain is the second: fractions are cut off.

Tables of open time are laid out year by year when first asked for and kept; a calendar with equal hours is an equal
calendar whatever it has laid out so far.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from deskwright.engine.calendars import document
from deskwright.engine.calendars.hours import AllDay, HolidaySource, Opening, Stretch, Union, opens_at_all
from deskwright.engine.calendars.table import Table
from deskwright.engine.saying import _

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST: Final = 1900
LATEST: Final = 2700
FARTHEST: Final = 120
"""Years ahead that are searched for open time."""
_YEAR: Final = 366 * 86400
_SECOND: Final = timedelta(seconds=1)


class _Asked:
    """The instant that was counted from last: several clocks of a ticket begin at one. `position` is -1 where the
    table does not reach.
    """

    __slots__ = ("position", "second", "start", "table")

    def __init__(self, start: datetime, table: Table) -> None:
        self.start, self.table, self.second = start, table, seconds(start)
        self.position = table.position(self.second) if table.start <= self.second < table.end else -1


class Calendar:
    """Immutable to its users. `opening` is what the document said; the table is laid out behind the scenes."""

    __slots__ = ("_asked", "_laid", "_table", "day_seconds", "opening")

    def __init__(self, opening: Opening) -> None:
        """Raises ValueError when the hours never open."""
        if not opens_at_all(opening):
            raise document.CalendarRefused(_("a calendar must be open at some time; this one never is"))
        self.opening = opening
        self.day_seconds: Final = opening.usual_day() * 60
        """What one business day lasts: the most common open day of the week."""
        self._laid: dict[int, list[Stretch]] = {}
        self._table = Table((), range(0))
        self._asked = _Asked(EPOCH, self._table)

    @classmethod
    def from_document(
        cls,
        mapping: Mapping[str, Any],
        others: Mapping[str, Calendar] | None = None,
        holidays: HolidaySource | None = None,
    ) -> Calendar:
        """The calendar a workflow's section means. `others` are those a union may name; `holidays` knows the public
        holidays of countries. Raises CalendarRefused, a ValueError with sentences for the author.
        """
        known = {name: other.opening for name, other in (others or {}).items()}
        return cls(document.read(mapping, known, holidays))

    @classmethod
    def union(cls, calendars: Sequence[Calendar]) -> Calendar:
        """Open whenever one of them is."""
        return cls(Union(tuple(calendar.opening for calendar in calendars)))

    @property
    def timezone(self) -> str | None:
        """The zone its hours are written in; of a union the first member's; None round the clock."""
        return zone_of(self.opening)

    # Questions in instants and minutes

    def add(self, start: datetime, minutes: float) -> datetime:
        """The earliest UTC instant from `start` on at which `minutes` of open time have passed.

        Raises ValueError for negative minutes or when no open time is left within 120 years.
        """
        return self.add_seconds(start, round(minutes * 60))

    def elapsed(self, a: datetime, b: datetime) -> float:
        """Open minutes from `a` to `b`, exact to the second; negative when `b` is earlier."""
        return self.elapsed_seconds(a, b) / 60

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in a half-open stretch [opening, close)."""
        second, table = seconds(at), self._table
        if not table.start <= second < table.end:
            table = self._covering(second, second)
        return table.open_at(second)

    def next_open(self, at: datetime) -> datetime:
        """`at` itself while open, else the UTC instant of the next opening. Raises ValueError after 120 years."""
        second = seconds(at)
        table = self._covering(second, second)
        while (found := table.opening_from(second)) is None or found >= table.end:
            table = self._farther(second)
        return instant(found)

    def add_seconds(self, start: datetime, amount: int) -> datetime:
        """As `add`, in seconds."""
        asked = self._counted(start)
        if amount > 0 and asked.position >= 0:
            table, second = asked.table, asked.second
            due = table.reach(asked.position + amount)
            if due is not None and due <= table.end and due - second <= FARTHEST * _YEAR:
                return EPOCH + timedelta(seconds=due)
        return instant(self._reach(asked.second, amount))

    def elapsed_seconds(self, a: datetime, b: datetime) -> int:
        """As `elapsed`, in seconds."""
        first, last = seconds(a), seconds(b)
        table = self._covering(first, last)
        return table.position(last) - table.position(first)

    def back_seconds(self, end: datetime, amount: int) -> datetime:
        """The UTC instant at which `amount` seconds of open time before `end` were still to come: the inverse of `add`.

        Raises ValueError when there is not so much open time since 1900.
        """
        last = seconds(end)
        if amount <= 0:
            return instant(last)
        table = self._covering(last, last)
        while table.position(last) <= amount:
            table = self._lay(range(table.years.start - len(table.years), table.years.stop))
        return instant(table.reach(table.position(last) - amount) or last)

    def open_between(self, a: datetime, b: datetime) -> list[tuple[datetime, datetime]]:
        """The open stretches between two instants, cut to them, in UTC."""
        first, last = seconds(a), seconds(b)
        table = self._covering(first, last)
        return [(instant(opening), instant(close)) for opening, close in table.between(first, last)]

    # Arrays of seconds since 1970 UTC: the same answers, ten times as many a second

    def add_many(self, starts: Sequence[int], amounts: Sequence[int]) -> array[int]:
        """Due seconds for each start and amount of open seconds."""
        if not starts:
            return array("q")
        if min(amounts) < 0:
            raise ValueError(_("time can only be added"))
        self._reach(max(starts), max(amounts))
        table = self._covering(min(starts), max(starts))
        opens, before, after, closes = table.opens, table.before, table.after, table.closes
        answer = array("q", starts)
        for row, start in enumerate(starts):
            if amount := amounts[row]:
                place = bisect_right(opens, start) - 1
                position = before[place] + start - opens[place] if place >= 0 else 0
                if place >= 0 and position > after[place]:
                    position = after[place]
                position += amount
                place = bisect_left(after, position)
                answer[row] = closes[place] - after[place] + position
        return answer

    def elapsed_many(self, firsts: Sequence[int], lasts: Sequence[int]) -> array[int]:
        """Open seconds between each pair."""
        if not firsts:
            return array("q")
        ends = min(firsts), min(lasts), max(firsts), max(lasts)
        position = self._covering(min(ends), max(ends)).position
        return array("q", [position(last) - position(first) for first, last in zip(firsts, lasts, strict=True)])

    # Laying out

    def _reach(self, start: int, amount: int) -> int:
        if amount < 0:
            raise ValueError(_("time can only be added"))
        if not amount:
            return start
        table = self._covering(start, start)
        while (due := table.reach(table.position(start) + amount)) is None or due > table.end:
            table = self._farther(start)
        if due - start > FARTHEST * _YEAR:
            raise ValueError(_("this calendar has not so much open time within %(farthest)s years", farthest=FARTHEST))
        return due

    def _counted(self, at: datetime) -> _Asked:
        asked = self._asked
        if asked.start != at or asked.table is not self._table:
            asked = self._asked = _Asked(at, self._table)
        return asked

    def _covering(self, first: int, last: int) -> Table:
        table = self._table
        if table.start <= first < table.end and table.start <= last < table.end:
            return table
        years = instant(first).year, instant(last).year, *table.years
        return self._lay(range(min(years) - 1, max(years) + 2))

    def _farther(self, start: int) -> Table:
        years = self._table.years
        if years.stop > instant(start).year + FARTHEST:
            raise ValueError(_("this calendar has no open time left within %(farthest)s years", farthest=FARTHEST))
        return self._lay(range(years.start, years.stop + len(years)))

    def _lay(self, years: range) -> Table:
        if years.start < EARLIEST or years.stop > LATEST:
            raise ValueError(
                _("a calendar answers for the years %(earliest)s to %(latest)s", earliest=EARLIEST, latest=LATEST)
            )
        laid = self._laid
        for year in years:
            if year not in laid:
                laid[year] = self.opening.stretches(year)
        self._table = table = Table((stretch for year in years for stretch in laid[year]), years)
        return table

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.opening == other.opening

    def __hash__(self) -> int:
        return hash(self.opening)

    def __repr__(self) -> str:
        return f"Calendar({self.opening!r})"

    def __reduce__(self) -> tuple[type[Calendar], tuple[Opening]]:
        return Calendar, (self.opening,)


def zone_of(opening: Opening) -> str | None:
    if isinstance(opening, Union):
        return next((zone for member in opening.members if (zone := zone_of(member)) is not None), None)
    return None if isinstance(opening, AllDay) else opening.timezone


def seconds(at: datetime) -> int:
    """Whole seconds since 1970 UTC. Raises TypeError for an instant without a zone."""
    return (at - EPOCH) // _SECOND


def instant(second: int) -> datetime:
    return EPOCH + timedelta(seconds=second)


ALWAYS: Final = Calendar(AllDay())
"""Round the clock."""
