"""A process run on with more or fewer cases, or with other people, beside the same process left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from deskwright.engine.calendars.calendar import instant
from deskwright.lab.processes.discovery import Process, discover
from deskwright.lab.processes.eventlog import Case, Unreadable
from deskwright.lab.processes.running import run

RUNS: Final = 10
FIGURES: Final[Mapping[str, Callable[[npt.NDArray[np.float64]], float]]] = {
    "mean": lambda times: float(times.mean()),
    "half are done within": lambda times: float(np.quantile(times, 0.5)),
    "nine in ten within": lambda times: float(np.quantile(times, 0.9)),
}


@dataclass(frozen=True, slots=True)
class Change:
    demand: float = 1.0
    """1.2 is a fifth more cases a day."""
    without: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    """One more for each of these, who does the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds; `low` to `high` hold nine in ten of the runs' differences."""

    name: str
    before: float
    after: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tried:
    cases: int
    runs: int
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def tried(
    cases: Sequence[Case],
    change: Change,
    runs: int = RUNS,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Tried:
    """Both run with the same seeds, `runs` times, as many cases as the log has. Raises Unreadable for people who are
    not in the log, and for a change that leaves an activity to nobody.
    """
    process = discover(cases)
    other = changed(process, change)
    begin = instant(max(step.end for case in cases for step in case))
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in FIGURES}
    for number in range(runs):
        dice = seed + number
        sides = [
            np.array(run(each, begin, len(cases), dice, demand), dtype=float)
            for each, demand in ((process, 1.0), (other, change.demand))
        ]
        for name, figure in FIGURES.items():
            times[name].append((figure(sides[0]), figure(sides[1])))
        progress((number + 1) / runs)
    return Tried(len(cases), runs, tuple(row(name, pairs) for name, pairs in times.items()))


def row(name: str, pairs: Sequence[tuple[float, float]]) -> Row:
    before, after = (np.array(side) for side in zip(*pairs, strict=True))
    low, high = np.quantile(after - before, (0.05, 0.95))
    means = float(before.mean()), float(after.mean())
    return Row(name, *means, means[1] - means[0], float(low), float(high))


def changed(process: Process, change: Change) -> Process:
    """Raises Unreadable."""
    known = {name for pool in process.pools.values() for name in pool}
    for name in (*change.without, *change.like):
        if name not in known:
            raise Unreadable(f"{name!r} does nothing in this log: there are {', '.join(sorted(known)[:20])}.")
    pools = {}
    for activity, pool in process.pools.items():
        left = [name for name in pool if name not in change.without]
        left += [f"{name} (one more, {place})" for place, name in enumerate(change.like, 1) if name in pool]
        if not left:
            raise Unreadable(f"Nobody would be left for {activity!r}.")
        pools[activity] = tuple(left)
    return replace(process, pools=pools)
