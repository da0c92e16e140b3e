"""Open time laid out once: ordered stretches of UTC seconds with a running total; every question is a bisection.

A table covers whole years and never changes; a wider one replaces it. It must not know time zones.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

from deskwright.engine.calendars.hours import Stretch, merged, utc_years


class Table:
    """Covers the seconds `[start, end)` of its years. Positions are seconds of open time since the first opening."""

    __slots__ = ("after", "before", "closes", "end", "opens", "start", "years")

    def __init__(self, stretches: Iterable[Stretch], years: range) -> None:
        ordered = merged(stretches)
        self.years = years
        self.start, self.end = utc_years(years) if years else (0, 0)
        self.opens = [opening for opening, _ in ordered]
        self.closes = [close for _, close in ordered]
        self.after = list(accumulate(close - opening for opening, close in ordered))
        self.before = [0, *self.after[:-1]]

    def position(self, second: int) -> int:
        """Open seconds before `second`."""
        place = bisect_right(self.opens, second) - 1
        if place < 0:
            return 0
        spent = second - self.opens[place]
        total = self.before[place] + spent
        return min(self.after[place], total)

    def reach(self, position: int) -> int | None:
        """The earliest second at which `position` open seconds are over; None beyond the table."""
        place = bisect_left(self.after, position)
        if place == len(self.after):
            return None
        return self.closes[place] - (self.after[place] - position)

    def open_at(self, second: int) -> bool:
        place = bisect_right(self.opens, second) - 1
        return place >= 0 and second < self.closes[place]

    def opening_from(self, second: int) -> int | None:
        """The first open second at or after `second`; None beyond the table."""
        place = bisect_right(self.closes, second)
        return None if place == len(self.opens) else max(second, self.opens[place])

    def between(self, first: int, last: int) -> list[Stretch]:
        """The open stretches between two seconds, cut to them."""
        places = range(bisect_right(self.closes, first), bisect_left(self.opens, last))
        return [(max(first, self.opens[place]), min(last, self.closes[place])) for place in places]
