"""Two workflows on one floor of simulated people: many runs of each with the same chances, and how far to trust them.

The model is judged by what it was not fitted to: learned from the earlier half of the tickets, it answers the later
half, and the distance of its first answers from the recorded ones (Kolmogorov & Smirnov's) is told beside every result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import inf
from statistics import fmean
from typing import Any, Final

import numpy as np

from deskwright.engine.values import METRICS, PRIORITIES
from deskwright.engine.workflow import Workflow
from deskwright.lab.staffed.chances import between, between_shares, by_chance
from deskwright.lab.staffed.fitting import Behaviour, Known, fit
from deskwright.lab.staffed.stories import Story
from deskwright.lab.staffed.touching import ANSWER, FIRST
from deskwright.lab.staffed.trials import Figures, Group, History, Trial, attempt

RUNS: Final = 20
SCALES: Final = (0.7, 0.85, 1.0, 1.2, 1.45)
"""What delays are tried to be multiplied by."""
JUDGED_BY: Final = 3
"""Runs whose answers are laid beside the recorded ones."""
Interval = Callable[[Sequence[float]], tuple[float, float, float]]
"""The mean of changes, and the edges of its interval."""
FEWEST: Final = 10
"""Recorded answers in each half below which nothing is judged."""

Progress = Callable[[float], None]

Spread = Callable[[Sequence[Trial]], Iterable[Figures]]
"""Does trials of one history somewhere, on all cores or a cluster, and gives their figures in the trials' order."""


@dataclass(frozen=True, slots=True)
class Honesty:
    """The largest difference, over every duration, between the share answered by then in the simulation and in the
    record; of tickets the model was not fitted to. Times in seconds.
    """

    distance: float
    tickets: int
    chance: float
    """What a simulation that is true to life would stay below nineteen times of twenty: few tickets tell little."""
    recorded: float | None
    simulated: float | None
    """Half were answered within; None where fewer ever were."""
    later: Honesty | None = None
    """The same of answers to a customer's later messages; None where few were recorded."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The means over the runs before and after, and that of the differences with its 95 % interval."""

    group: str
    name: str
    what: str
    before: float
    after: float
    difference: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero: else no difference was found."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Study:
    """`recorded` and `kept`: shares of promises kept, in per cent; `figures`: counts and seconds; `busy`: hours."""

    runs: int
    seed: int
    tickets: int
    recorded: Mapping[str, float]
    kept: tuple[Compared, ...]
    figures: tuple[Compared, ...]
    busy: tuple[Compared, ...]
    honesty: Honesty | None
    behaviour: Behaviour

    def as_json(self) -> dict[str, Any]:
        document = asdict(replace(self, behaviour=Behaviour({}, {}, {})))
        known = self.behaviour
        document["behaviour"] = {
            "half_an_answer_takes": {"/".join(key): float(np.median(pool)) for key, pool in known.handling.items()},
            "delays": {"/".join(key): float(np.median(pool)) for key, pool in known.delays.items()},
            "customers_answer_within": {"/".join(key): float(np.median(pool)) for key, pool in known.replies.items()},
            "colleagues_help": {"/".join(key): fmean(pool) for key, pool in known.helps.items()},
            "chat_patience": known.patience,
            "without_a_shift": sorted(known.hours),
            "delays_multiplied_by": dict(known.scale),
        }
        return document


def one_after_another(trials: Sequence[Trial]) -> Iterator[Figures]:
    """In this process."""
    return map(attempt, trials)


def study(
    history: History,
    known: Known,
    live: Workflow,
    draft: Workflow,
    *,
    recorded: Mapping[str, float],
    runs: int = RUNS,
    seed: int = 0,
    spread: Spread = one_after_another,
    progress: Progress = lambda share: None,
) -> Study:
    """Fit, judge, run both workflows `runs` times each. `recorded` are the shares of promises really kept, in per cent
    by metric, to be laid beside the simulated ones. `progress` hears the share done and may raise Cancelled.
    """
    steps = Steps(progress, 2 * len(SCALES) + JUDGED_BY + 2 * runs)
    honesty = judged(history, known, live, spread, steps)
    behaviour = scaled(history, fit(history.stories, known), live, history.counted, spread, steps)
    trials = [Trial(history, behaviour, workflow, seed + run) for run in range(runs) for workflow in (live, draft)]
    found = list(steps.through(spread(trials)))
    before, after = found[::2], found[1::2]
    return Study(
        runs,
        seed,
        len(history.counted),
        recorded,
        tuple(promises(before, after)),
        tuple(figures(before, after)),
        tuple(busy(before, after)),
        honesty,
        behaviour,
    )


@dataclass(slots=True)
class Steps:
    """Tells how much is done."""

    progress: Progress
    total: int
    done: int = 0

    def through(self, found: Iterable[Figures]) -> Iterator[Figures]:
        for each in found:
            self.done += 1
            self.progress(min(1.0, self.done / self.total))
            yield each


# How far to trust it


def judged(history: History, known: Known, live: Workflow, spread: Spread, steps: Steps) -> Honesty | None:
    """Fitted on the earlier half, laid beside the later one; None where the record is too short."""
    told = [story for story in history.stories if story.ticket in history.counted and not story.by_agent]
    earlier, later = told[: len(told) // 2], told[len(told) // 2 :]
    if min(answered(earlier), answered(later)) < FEWEST:
        return None
    learned = frozenset(story.ticket for story in earlier)
    behaviour = scaled(history, fit(history.stories, known, learned), live, learned, spread, steps)
    found = list(steps.through(spread([Trial(history, behaviour, live, 1_000 + run) for run in range(JUDGED_BY)])))
    first, further = (beside(waits, later, found) for waits in WAITS.values())
    return first if first is None or further is None else replace(first, later=further)


def beside(waits: Waits, told: Sequence[Story], found: Iterable[Figures]) -> Honesty | None:
    """How far the waits are apart that were recorded and simulated; None where few were recorded."""
    recorded, simulated = waits.recorded(told), waits.simulated(told, found)
    if sum(wait < inf for wait in recorded) < FEWEST or not simulated:
        return None
    chance = by_chance(len(recorded), len(simulated))
    return Honesty(distance(recorded, simulated), len(recorded), chance, half(recorded), half(simulated))


def half(times: Sequence[float]) -> float | None:
    found = float(np.quantile(times, 0.5, method="lower"))
    return found if found < inf else None


def answered(told: Iterable[Story]) -> int:
    return sum(story.answered_after is not None for story in told)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long customers waited, in seconds: what the record and what a run tells of a ticket."""

    of_story: Callable[[Story], Iterable[float]]
    of_run: Callable[[Figures, int], Iterable[float]]

    def recorded(self, told: Iterable[Story]) -> list[float]:
        return [wait for story in told for wait in self.of_story(story)]

    def simulated(self, told: Sequence[Story], found: Iterable[Figures]) -> list[float]:
        return [wait for figures in found for story in told for wait in self.of_run(figures, story.ticket)]


def recorded_first(story: Story) -> tuple[float]:
    found = story.answered_after
    return (inf if found is None else found,)


WAITS: Final[Mapping[str, Waits]] = {
    FIRST: Waits(recorded_first, lambda figures, ticket: (figures.first[ticket],)),
    ANSWER: Waits(lambda story: story.answered_later, lambda figures, ticket: figures.later[ticket]),
}
"""By the kind of touch that ends them."""


def scaled(
    history: History, behaviour: Behaviour, live: Workflow, learned: frozenset[int], spread: Spread, steps: Steps
) -> Behaviour:
    """With delays multiplied by whatever brings the answers of these tickets out best, of each kind."""
    told = [story for story in history.stories if story.ticket in learned and not story.by_agent]
    if not answered(told):
        return behaviour
    tried = [replace(behaviour, scale=dict.fromkeys(WAITS, scale)) for scale in SCALES]
    found = list(steps.through(spread([Trial(history, each, live, 500) for each in tried])))
    return replace(behaviour, scale={kind: best_scale(waits, told, found) for kind, waits in WAITS.items()})


def best_scale(waits: Waits, told: Sequence[Story], found: Sequence[Figures]) -> float:
    """Of SCALES, whose runs these are; 1 where there is nothing to lay beside them."""
    recorded = waits.recorded(told)
    simulated = [waits.simulated(told, [figures]) for figures in found]
    if not recorded or not all(simulated):
        return 1.0
    return SCALES[int(np.argmin([distance(recorded, each) for each in simulated]))]


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """Kolmogorov & Smirnov's, of two samples."""
    left, right = np.sort(one), np.sort(other)
    moments = np.concatenate([left, right])
    shares = [np.searchsorted(side, moments, "right") / len(side) for side in (left, right)]
    return float(np.abs(shares[0] - shares[1]).max())


# Before and after


def promises(before: Sequence[Figures], after: Sequence[Figures]) -> Iterator[Compared]:
    """In per cent, in all, by priority and by queue."""
    for key in sorted({key for found in (*before, *after) for key in found.kept}, key=place):
        shares = [[share(each, key) for each in side] for side in (before, after)]
        if not any(value is None for side in shares for value in side):
            yield compared(*key, *shares, interval=between_shares)


def place(key: Group) -> tuple[Any, ...]:
    group, name, metric = key
    order = -PRIORITIES.index(name) if name in PRIORITIES else 0
    return ("all", "priority", "queue").index(group), order, name, METRICS.index(metric)


def share(found: Figures, key: Group) -> Any:
    ended, kept = found.kept.get(key, (0, 0))
    return 100 * kept / ended if ended else None


MEASURES: Final[Mapping[str, Callable[[Figures], float]]] = {
    "half are answered within": lambda found: quantile(found, 0.5),
    "three in four within": lambda found: quantile(found, 0.75),
    "nine in ten within": lambda found: quantile(found, 0.9),
    "waiting for an agent at the end": lambda found: float(found.unanswered),
    "customers who left the chat": lambda found: float(found.lost),
    "escalations": lambda found: float(found.escalations),
    "notices": lambda found: float(found.notices),
}
"""The first three are seconds; where fewer were ever answered there is no figure."""


def quantile(found: Figures, share: float) -> float:
    return float(np.quantile(list(found.first.values()), share, method="lower")) if found.first else inf


def figures(before: Sequence[Figures], after: Sequence[Figures]) -> Iterator[Compared]:
    for name, measure in MEASURES.items():
        sides = [[measure(each) for each in side] for side in (before, after)]
        if all(value < inf for side in sides for value in side):
            yield compared("all", "all", name, *sides)


def busy(before: Sequence[Figures], after: Sequence[Figures]) -> Iterator[Compared]:
    for agent in sorted({agent for found in (*before, *after) for agent in found.busy}):
        sides = [[found.busy.get(agent, 0.0) for found in side] for side in (before, after)]
        yield compared("agent", str(agent), "busy", *sides)


def compared(
    group: str, name: str, what: str, before: Sequence[float], after: Sequence[float], *, interval: Interval = between
) -> Compared:
    changes = [later - earlier for earlier, later in zip(before, after, strict=True)]
    return Compared(group, name, what, fmean(before), fmean(after), *interval(changes))
