"""Changes of a workflow tried on its own simulated floor, and those that do better put together. Applies nothing.

Every move meets the same chances as the live version. What is promised of the whole is measured with chances that chose
nothing: whoever tries many things finds some that only seem to help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

from deskwright.engine.facts import Agent
from deskwright.engine.workflow import Workflow
from deskwright.lab.advice.knobs import Move, made
from deskwright.lab.staffed.chances import between_shares
from deskwright.lab.staffed.fitting import Behaviour
from deskwright.lab.staffed.studying import Compared, Honesty, Spread, Steps, compared, figures, promises
from deskwright.lab.staffed.trials import Figures, History, Trial

FRESH: Final = 100_000
"""Added to the seeds that measure what the search has found."""
MOST: Final = 4
"""Moves that are put together at most."""
PROMISES: Final = "all promises"
NEW: Final = -1
"""The number of an agent the desk does not have."""

Load = Callable[[str], Workflow | None]
"""The workflow of a text; None when it does not load, or its own tests fail."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Gain in percentage points of all promises kept: the mean over the runs, with its 95 % interval; a single run has
    none.
    """

    kind: str
    said: str
    """What was changed; of kind "people", the team that had one agent more."""
    gain: float
    low: float | None
    high: float | None
    runs: int
    lasted: bool = True
    """It was run as often as the best ones; others were given up before."""

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero: else no difference was found."""
        return self.helps or (self.high is not None and self.high < 0)

    @property
    def helps(self) -> bool:
        """For sure."""
        return self.low is not None and self.low > 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """`text` is the live document with the moves made (the same where nothing helps). `expected`, of all promises, and
    `kept` and `figures` say what to expect of it. `people` are what one more agent would bring, each alone.
    """

    text: str
    chosen: tuple[Tried, ...]
    tried: tuple[Tried, ...]
    people: tuple[Tried, ...]
    expected: Compared | None
    kept: tuple[Compared, ...]
    figures: tuple[Compared, ...]
    runs: int
    seed: int
    honesty: Honesty | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Search:
    """One search under way."""

    history: History
    behaviour: Behaviour
    live: Workflow
    load: Load
    runs: int
    seed: int
    spread: Spread
    steps: Steps
    known: dict[str, list[float]] = field(default_factory=dict)
    """By text: the share of promises kept in each run, as far as it was run."""

    def scores(self, workflows: Sequence[Workflow], runs: int) -> None:
        """Have the first so many runs of each known; run number k of all has the same seed."""
        new = [
            (workflow, run)
            for workflow in {one.text: one for one in workflows}.values()
            for run in range(len(self.known.setdefault(workflow.text, [])), runs)
        ]
        trials = [Trial(self.history, self.behaviour, workflow, self.seed + run) for workflow, run in new]
        for (workflow, _), run in zip(new, self.done(trials), strict=True):
            self.known[workflow.text].append(score(run))

    def done(self, trials: Sequence[Trial]) -> list[Figures]:
        return list(self.steps.through(self.spread(trials))) if trials else []

    def gain(self, move: Move, before: str, after: str, lasted: bool = True) -> Tried:
        return tried(move.kind, move.said, self.known[before], self.known[after], lasted)


def propose(search: Search, moves: Sequence[Move], honesty: Honesty | None, teams: Mapping[str, Agent]) -> Proposal:
    """Try every move alone, put those together that help, and say what to expect. `teams` are agents of whom one more
    is tried, by team.
    """
    drafts = [(move, draft) for move in moves if (draft := drafted(search, search.live.text, move)) is not None]
    alone, left = race(search, drafts)
    chosen, best = together(search, left)
    people = tuple(one_more(search, team, agent) for team, agent in teams.items())
    whole, kept, others = expectation(search, best) if chosen else (None, (), ())
    search.steps.progress(1.0)
    return Proposal(
        best.text,
        tuple(chosen),
        tuple(sorted(alone, key=lambda found: -found.gain)),
        people,
        whole,
        kept,
        others,
        search.runs,
        search.seed,
        honesty,
    )


def heats(runs: int) -> list[int]:
    """After how many runs it is looked who goes on; see `race`."""
    return sorted({max(1, runs // 8), max(2, runs // 4), max(2, runs // 2), runs})


def places(drafts: int, runs: int) -> list[int]:
    """How many may run in each heat: all in the first, and all that help in the second."""
    return [-(-drafts // 2 ** max(0, heat - 1)) for heat in range(len(heats(runs)))]


def most_runs(drafts: int, teams: int, runs: int) -> int:
    """Of all of it, at most."""
    left = places(drafts, runs)
    alone = sum((now - before) * each for (before, now), each in zip(pairwise([0, *heats(runs)]), left, strict=True))
    return alone + runs * (1 + left[-1] + 2 + teams)


def race(search: Search, drafts: Sequence[tuple[Move, Workflow]]) -> tuple[list[Tried], list[tuple[Tried, Move]]]:
    """Successive halving (Jamieson & Talwalkar 2016): everything is run once or a few times, what helped some more,
    then the better half, and so on. Chances are the same for all, so few runs tell much. Returns what became of each,
    and those that are left with their moves, the best first.
    """
    ended: list[Tried] = []
    left = list(drafts)
    for runs, following in zip(heats(search.runs), [*places(len(drafts), search.runs)[1:], 0], strict=True):
        search.scores([search.live, *(draft for _, draft in left)], runs)
        found = [(search.gain(move, search.live.text, draft.text), move, draft) for move, draft in left]
        found.sort(key=lambda one: -one[0].gain)
        if runs == search.runs:
            return [*ended, *(gain for gain, _, _ in found)], [(gain, move) for gain, move, _ in found]
        helpful = sum(gain.gain > 0 for gain, _, _ in found)
        going = found[: min(helpful, following)]
        ended += [replace(gain, lasted=False) for gain, _, _ in found[len(going) :]]
        left = [(move, draft) for _, move, draft in going]
    return ended, []


def expectation(search: Search, best: Workflow) -> tuple[Compared, tuple[Compared, ...], tuple[Compared, ...]]:
    """All promises, each kind of them, and the other figures, with chances that chose nothing."""
    seeds = [search.seed + FRESH + run for run in range(search.runs)]
    trials = [
        Trial(search.history, search.behaviour, workflow, seed) for workflow in (search.live, best) for seed in seeds
    ]
    found = search.done(trials)
    before, after = found[: search.runs], found[search.runs :]
    whole = compared("all", "all", PROMISES, [*map(score, before)], [*map(score, after)], interval=between_shares)
    return whole, tuple(promises(before, after)), tuple(figures(before, after))


def drafted(search: Search, text: str, move: Move) -> Workflow | None:
    turned = made(text, move)
    return None if turned is None or turned == text else search.load(turned)


def together(search: Search, alone: Sequence[tuple[Tried, Move]]) -> tuple[list[Tried], Workflow]:
    """The best move, then each other one of another knob that helps beside those taken before."""
    chosen: list[Tried] = []
    paths: set[str] = set()
    best = search.live
    for found, move in alone:
        if len(chosen) == MOST:
            break
        draft = None if not found.helps or move.path in paths else drafted(search, best.text, move)
        if draft is not None:
            search.scores([draft], search.runs)
            more = search.gain(move, best.text, draft.text)
            if more.helps:
                chosen.append(more)
                paths.add(move.path)
                best = draft
    return chosen, best


def one_more(search: Search, team: str, like: Agent) -> Tried:
    """Another agent who is as this one is, and there whenever their shift is."""
    another = replace(like, id=NEW, name=f"one more like {like.name}", available=True)
    hours = search.behaviour.hours
    behaviour = replace(
        search.behaviour,
        workers=search.behaviour.workers | {NEW},
        hours={**hours, NEW: hours[like.id]} if like.id in hours else hours,
    )
    seeds = range(search.seed, search.seed + search.runs)
    found = search.done([Trial(search.history, behaviour, search.live, seed, another) for seed in seeds])
    return tried("people", team, search.known[search.live.text], [score(each) for each in found])


def score(found: Figures) -> float:
    """Of all promises that ended, how many were kept: per cent."""
    kept = [pair for (group, _, _), pair in found.kept.items() if group == "all"]
    ended = sum(pair[0] for pair in kept)
    return 100 * sum(pair[1] for pair in kept) / ended if ended else 0.0


def tried(kind: str, said: str, before: Sequence[float], after: Sequence[float], lasted: bool = True) -> Tried:
    changes = [score - usual for score, usual in zip(after, before, strict=False)]
    gain, low, high = between_shares(changes) if len(changes) > 1 else (changes[0], None, None)
    return Tried(kind, said, gain, low, high, len(changes), lasted)
