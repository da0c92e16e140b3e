"""Two runs over the same tickets, side by side. Every figure that may be chance carries an interval.

Intervals are of the paired bootstrap: tickets are drawn again with what happened to them in both runs (Efron &
Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8). Drawing how often each kind of pair comes is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from deskwright.engine.values import METRICS, PRIORITIES
from deskwright.lab.whatif.outcomes import Outcome

DRAWS: Final = 2000
SEED: Final = 20_26
EDGES: Final = (0.025, 0.975)
NOTHING: Final = "none"
COUNTED: Final = ("escalations", "notices", "letters", "follow_ups")

Pair = tuple[Outcome, Outcome]


@dataclass(frozen=True, slots=True)
class Moved:
    """One ticket that goes elsewhere: (before, after) of what differs, None where it stays."""

    ticket: int
    subject: str
    queue: tuple[str | None, str | None] | None
    agent: tuple[int | None, int | None] | None
    priority: tuple[str | None, str | None] | None
    rule: str | None
    """The rule that decides now."""
    breaches: tuple[int, int]
    """Promises broken, before and after."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises of one metric within one group of tickets: how many came to an end, and how many of them were kept.

    The difference of the shares is in percentage points, `low` to `high` its 95 % interval.
    """

    group: str
    """all, priority, tier, team or queue."""
    name: str
    metric: str
    ended: tuple[int, int]
    kept: tuple[int, int]
    difference: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Total:
    """How often something happened in all, before and after, with the interval of the difference."""

    what: str
    before: int
    after: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Burden:
    """What an agent was given: tickets and units, before and after."""

    agent: int
    tickets: tuple[int, int]
    units: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Report:
    tickets: int
    moved: tuple[Moved, ...]
    kept: tuple[Kept, ...]
    won: tuple[int, ...]
    """Tickets that broke a promise before, and fewer now."""
    lost: tuple[int, ...]
    totals: tuple[Total, ...]
    burdens: tuple[Burden, ...]

    @property
    def rerouted(self) -> int:
        return sum(each.queue is not None for each in self.moved)

    @property
    def reprioritised(self) -> int:
        return sum(each.priority is not None for each in self.moved)

    @property
    def differs(self) -> bool:
        """Whether anything at all is otherwise."""
        totals = any(each.before != each.after for each in self.totals)
        kept = any(each.kept[0] != each.kept[1] or each.ended[0] != each.ended[1] for each in self.kept)
        return bool(self.moved) or totals or kept

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "rerouted": self.rerouted, "reprioritised": self.reprioritised}


def compare(
    before: Mapping[int, Outcome],
    after: Mapping[int, Outcome],
    only: Collection[int] | None = None,
    teams: Mapping[str, str] | None = None,
) -> Report:
    """What is otherwise for the tickets of both runs, or for `only` some of them. `teams` serve the queues of the run
    before, by queue; without them nothing is told by team.
    """
    pairs = [
        (outcome, after[ticket])
        for ticket, outcome in sorted(before.items())
        if ticket in after and (only is None or ticket in only)
    ]
    return Report(
        len(pairs),
        tuple(moved for pair in pairs if (moved := moved_of(*pair)) is not None),
        tuple(promises(pairs, teams or {})),
        tuple(one.ticket for one, other in pairs if other.breaches < one.breaches),
        tuple(one.ticket for one, other in pairs if other.breaches > one.breaches),
        tuple(total(what, pairs) for what in COUNTED),
        tuple(burdens(pairs)),
    )


def moved_of(before: Outcome, after: Outcome) -> Moved | None:
    queue = differing(before.queue, after.queue)
    agent = differing(before.agent, after.agent)
    priority = differing(before.priority, after.priority)
    if queue is None and agent is None and priority is None and before.breaches == after.breaches:
        return None
    broken = before.breaches, after.breaches
    return Moved(before.ticket, before.subject, queue, agent, priority, after.rule, broken)


def differing(before: Any, after: Any) -> tuple[Any, Any] | None:
    return None if before == after else (before, after)


# Promises


def promises(pairs: Sequence[Pair], teams: Mapping[str, str]) -> Iterable[Kept]:
    """All, then by the priority, tier, team and queue that tickets had before: the same tickets on both sides of a
    row.
    """
    yield from rows("all", {"all": pairs})
    yield from rows("priority", grouped(pairs, lambda one: one.priority), PRIORITIES)
    yield from rows("tier", grouped(pairs, lambda one: one.customer_tier))
    if teams:
        yield from rows("team", grouped(pairs, lambda one: teams.get(one.queue or "")))
    yield from rows("queue", grouped(pairs, lambda one: one.queue))


def grouped(pairs: Sequence[Pair], of: Callable[[Outcome], str | None]) -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(of(pair[0]) or NOTHING, []).append(pair)
    return found


def rows(group: str, parts: Mapping[str, Sequence[Pair]], order: Sequence[str] = ()) -> Iterable[Kept]:
    names = sorted(parts, key=lambda name: (-order.index(name) if name in order else 1, name))
    for name in names:
        for metric in METRICS:
            row = kept_in(group, name, metric, parts[name])
            if any(row.ended):
                yield row


def kept_in(group: str, name: str, metric: str, pairs: Sequence[Pair]) -> Kept:
    kinds = Counter((one.kept.get(metric), other.kept.get(metric)) for one, other in pairs)
    ended = tuple(sum(count for kind, count in kinds.items() if kind[side] is not None) for side in (0, 1))
    kept = tuple(sum(count for kind, count in kinds.items() if kind[side]) for side in (0, 1))
    edges: tuple[float | None, ...] = (None, None, None)
    if all(ended):
        edges = (100 * (kept[1] / ended[1] - kept[0] / ended[0]), *interval_of_shares(kinds))
    return Kept(group, name, metric, (ended[0], ended[1]), (kept[0], kept[1]), *edges)


def interval_of_shares(kinds: Mapping[tuple[bool | None, bool | None], int]) -> tuple[float, float]:
    """Of the share kept after less the share kept before, in percentage points."""
    names, drawn = drawn_again(kinds)
    sides = []
    for side in (0, 1):
        ended = drawn @ np.array([kind[side] is not None for kind in names], dtype=float)
        kept = drawn @ np.array([bool(kind[side]) for kind in names], dtype=float)
        sides.append(kept / np.maximum(ended, 1.0))
    low, high = np.quantile(100 * (sides[1] - sides[0]), EDGES)
    return float(low), float(high)


def drawn_again(kinds: Mapping[Any, int]) -> tuple[list[Any], Any]:
    """(kinds, how often each comes in every draw of as many tickets)."""
    names, counts = list(kinds), np.array(list(kinds.values()))
    dice = np.random.default_rng(SEED)
    return names, dice.multinomial(int(counts.sum()), counts / counts.sum(), size=DRAWS)


# Totals and burdens


def total(what: str, pairs: Sequence[Pair]) -> Total:
    values = [(getattr(one, what), getattr(other, what)) for one, other in pairs]
    low = high = 0.0
    if values:
        names, drawn = drawn_again(Counter(after - before for before, after in values))
        low, high = (float(edge) for edge in np.quantile(drawn @ np.array(names, dtype=float), EDGES))
    return Total(what, sum(before for before, _ in values), sum(after for _, after in values), low, high)


def burdens(pairs: Sequence[Pair]) -> Iterable[Burden]:
    agents = sorted({agent for pair in pairs for outcome in pair for agent in outcome.given})
    for agent in agents:
        sides = [
            [outcome.given[agent] for outcome in side if agent in outcome.given] for side in zip(*pairs, strict=True)
        ]
        yield Burden(agent, (len(sides[0]), len(sides[1])), (sum(sides[0]), sum(sides[1])))
