"""Where the marks of a chart stand. Numbers in, numbers out: the templates draw, a table beside says the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import floor, log10
from typing import Final

SPAN: Final = 160.0
"""Width of a small interval picture; its middle is zero."""
EDGE: Final = 4.0


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval around a difference, drawn on a line whose middle is zero."""

    left: float
    width: float
    at: float
    says: str
    """good | bad | open: open when the interval holds zero, which means that it could be nothing."""


def reach(edges: Iterable[float | None]) -> float:
    """The largest distance from zero, so that intervals of one table share a scale."""
    return max((abs(edge) for edge in edges if edge is not None), default=0.0) or 1.0


def interval(at: float, low: float, high: float, most: float, *, lower_is_better: bool = False) -> Interval:
    half = SPAN / 2 - EDGE

    def place(value: float) -> float:
        return round(SPAN / 2 + value / most * half, 1)

    left, right = place(low), place(high)
    says = "open" if low <= 0 <= high else "good" if (low > 0) != lower_is_better else "bad"
    return Interval(left, max(1.0, round(right - left, 1)), place(at), says)


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high` in values, laid out over `begin` to `end` in the picture (end may be less than begin)."""

    low: float
    high: float
    begin: float
    end: float

    def place(self, value: float) -> float:
        return round(self.begin + (value - self.low) / ((self.high - self.low) or 1.0) * (self.end - self.begin), 1)

    def ticks(self, wanted: int = 4) -> list[Tick]:
        """Round values within the axis, `wanted` or a few more."""
        step = rounded((self.high - self.low) / max(1, wanted))
        first = floor(self.low / step) * step
        values = (first + number * step for number in range(4 * wanted))
        return [Tick(self.place(value), f"{value:g}") for value in values if self.low <= value <= self.high + 1e-9]


def rounded(step: float) -> float:
    """The next of 1, 2, 5, 10 ... that is not below the step."""
    if step <= 0:
        return 1.0
    power = 10.0 ** floor(log10(step))
    return next(round(factor * power, 10) for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))


def line(points: Sequence[tuple[float, float]]) -> str:
    """The path through the points."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) if points else ""


def ribbon(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]) -> str:
    """The closed path between two lines."""
    return line([*upper, *reversed(lower)]) + "Z" if upper else ""


# A chart with axes


@dataclass(frozen=True, slots=True)
class Shape:
    """One mark: `kind` is its class in the stylesheet, `path` what is drawn, `said` its words under the pointer.

    `label` is what it stands for, in the legend and in what leaves the page; "" where it is only an aid to the eye.
    `rows` are its values as they were before they were laid out: (x, y) of a line, (from, to, y) of a bar, (x, low,
    high) of a ribbon.
    """

    kind: str
    path: str
    said: str = ""
    label: str = ""
    mark: str = ""
    """line | steps | bar | ribbon; "" for what only helps the eye."""
    rows: Sequence[tuple[float, ...]] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """The room of a chart: where marks stand, and where values do."""

    x: Axis
    y: Axis

    def points(self, values: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(self.x.place(x), self.y.place(y)) for x, y in values]

    def line(self, kind: str, label: str, values: Sequence[tuple[float, float]]) -> Shape:
        return Shape(kind, line(self.points(values)), label=label, mark="line", rows=values)

    def ribbon(self, kind: str, label: str, rows: Sequence[tuple[float, float, float]]) -> Shape:
        """Between (x, low, high)."""
        lower = self.points((x, low) for x, low, _ in rows)
        path = ribbon(self.points((x, high) for x, _, high in rows), lower)
        return Shape(kind, path, label=label, mark="ribbon", rows=rows)

    def bar(self, kind: str, label: str, x: float, value: float, said: str = "", width: float = 0.7) -> Shape:
        left, right = self.x.place(x - width / 2), self.x.place(x + width / 2)
        top, foot = self.y.place(value), self.y.place(max(0.0, self.y.low))
        path = f"M{left:g} {foot:g}V{top:g}H{right:g}V{foot:g}Z"
        return Shape(kind, path, said, label, "bar", [(x - width / 2, x + width / 2, value)])

    def steps(self, kind: str, label: str, values: Sequence[float]) -> Shape:
        """A line that holds each value over its whole slot."""
        points = [(float(x), value) for at, value in enumerate(values) for x in (at, at + 1)]
        rows = [(float(at), value) for at, value in enumerate(values)]
        return Shape(kind, line(self.points(points)), label=label, mark="steps", rows=rows)

    def upright(self, kind: str, x: float) -> Shape:
        at = self.x.place(x)
        return Shape(kind, f"M{at:g} {self.y.begin:g}V{self.y.end:g}")


@dataclass(frozen=True, slots=True)
class Slots:
    """What the places along a chart are: place 0 is `begin` on the desk's own clock, the next a `step` later."""

    begin: datetime
    step: timedelta

    def at(self, place: float) -> datetime:
        return self.begin + place * self.step


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    width: float
    height: float
    frame: Frame
    shapes: Sequence[Shape]
    below: Sequence[Tick]
    """What stands under the chart."""
    slots: Slots

    @property
    def beside(self) -> list[Tick]:
        return self.frame.y.ticks()


WIDE: Final = 1120.0
LEFT, RIGHT, OVER, UNDER = 46.0, 30.0, 10.0, 26.0


def frame(slots: tuple[float, float], values: Iterable[float], height: float = 240.0, *, zero: bool = True) -> Frame:
    """Room for values over slots; with `zero` the lowest is 0 at the most."""
    known = list(values) or [0.0]
    low, high = min(known), max(known)
    low, high = (min(0.0, low), max(high, 1e-9)) if zero else (low, high)
    room = (high - low or 1.0) * 0.06
    y = Axis(low - (room if low < 0 or not zero else 0.0), high + room, height - UNDER, OVER)
    return Frame(Axis(*slots, LEFT, WIDE - RIGHT), y)


def days_from(first: date) -> Slots:
    return Slots(datetime.combine(first, time()), timedelta(days=1))


def hours_from(first: date) -> Slots:
    return Slots(datetime.combine(first, time()), timedelta(hours=1))


def chart(title: str, frame: Frame, slots: Slots, shapes: Sequence[Shape], below: Sequence[Tick]) -> Chart:
    return Chart(title, WIDE, frame.y.begin + UNDER, frame, shapes, below, slots)
