"""How far a model of a process may be trusted: fitted on the earlier half of its log, it foretells the later one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from deskwright.engine.calendars.calendar import instant
from deskwright.lab.processes.discovery import discover
from deskwright.lab.processes.eventlog import Case, Unreadable, cycle_times, halves
from deskwright.lab.processes.running import run

Sample = npt.NDArray[np.float64]
FEWEST: Final = 20
"""Cases below which a half says nothing of the other."""
QUANTILES: Final = 2000


@dataclass(frozen=True, slots=True)
class Judgement:
    """Times are seconds. `low` to `high` hold the means of nine runs in ten."""

    cases: int
    """In the half that was foretold."""
    runs: int
    simulated: float
    low: float
    high: float
    observed: float
    distance: float
    """Wasserstein's, between simulated and observed cycle times; the mean of the runs."""
    naive: float
    """The same for the half the model was fitted on, taken as it is."""

    @property
    def error(self) -> float:
        """Of the mean cycle time: 0.1 is ten per cent too long."""
        return self.simulated / self.observed - 1 if self.observed else 0.0

    @property
    def ratio(self) -> float:
        """Below 1 the model foretells better than yesterday's figures do."""
        return self.distance / self.naive if self.naive else float("inf")

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "error": self.error, "ratio": self.ratio if self.naive else None}


def judged(cases: Sequence[Case], runs: int = 5, told: Callable[[float], None] = lambda share: None) -> Judgement:
    """Raises Unreadable for a log that is too short to be judged by. `told` hears the share done."""
    first, second = halves(cases)
    if len(first) < FEWEST:
        few = "One case is" if len(cases) == 1 else f"{len(cases)} cases are"
        raise Unreadable(f"{few} too few to fit a model on one half and judge it by the other.")
    process, begin = discover(first), instant(second[0][0].begin)
    truth, before = (np.array(list(cycle_times(half)), dtype=float) for half in (second, first))
    means, distances = [], []
    for seed in range(runs):
        found = np.array(run(process, begin, len(second), seed), dtype=float)
        means.append(float(found.mean()))
        distances.append(wasserstein(found, truth))
        told((seed + 1) / runs)
    low, high = np.quantile(means, (0.05, 0.95))
    figures = float(np.mean(means)), float(low), float(high), float(truth.mean())
    return Judgement(len(second), runs, *figures, float(np.mean(distances)), wasserstein(before, truth))


def wasserstein(one: Sample, other: Sample) -> float:
    """The mean difference of the quantiles of two samples."""
    shares = (np.arange(QUANTILES) + 0.5) / QUANTILES
    return float(np.abs(np.quantile(one, shares) - np.quantile(other, shares)).mean())
