"""Which of a queue's candidates gets the ticket, and why each other one lost.

The lowest score wins: the share of the capacity that would be used, less what speaks for the agent. Of those nearly
level, for whom as much speaks, the one given least so far gets it: a running total carried as data, so that over time
equal agents are given equal work whatever the order in which they finish it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from deskwright.engine.assignment.asking import Asking
from deskwright.engine.assignment.waiting import members
from deskwright.engine.facts import Agent
from deskwright.engine.trace import Step
from deskwright.engine.workflow import Queue

BAND: Final = 1 / 6
"""Shares of the capacity in which loads count as level: two tickets of twelve. Over 10,000 tickets finished in
random order, narrower bands leave equal agents up to 4 % apart; wider ones gain nothing."""
CATCH_UP: Final = 1.0
"""Full loads that an agent who was away, or is new, may be behind; farther behind, they would be given all."""
_ROUNDING: Final = 2e-6


@dataclass(slots=True, eq=False)
class Candidate:
    """An agent who could take it. The totals are in full loads: units by the agent's capacity."""

    agent: Agent
    share: float
    """What this ticket adds to the total."""
    given: float
    turn: int
    score: float = 0.0
    merit: float = 0.0
    lift: float = 0.0
    """What the total is raised by first, so that nobody is farther behind than CATCH_UP."""

    @classmethod
    def of(cls, asking: Asking, agent: Agent, queue: Queue | None = None) -> Candidate:
        share, given, turn = asking.share(agent), asking.given(agent), asking.turn(agent)
        if queue is None or queue.strategy == "round_robin":
            return cls(agent, share, given, turn)
        merit = asking.merit(agent, queue)
        return cls(agent, share, given, turn, round(asking.filled(agent) - merit, 6), round(merit, 6))


def pick(asking: Asking, queue: Queue) -> tuple[Candidate | None, Step]:
    """The best candidate of the queue's team, and why each other one lost."""
    lost: dict[str, list[str]] = {}
    able: list[Candidate] = []
    for agent in members(asking.facts.desk, queue, asking.anywhere):
        if reason := asking.refused(agent, queue):
            lost.setdefault(reason, []).append(agent.name)
        else:
            able.append(Candidate.of(asking, agent, queue))
    if not able:
        return None, _nobody(asking, queue, lost)
    level = _level(able)
    turns = queue.strategy == "round_robin"
    best = min(level, key=_by_turn if turns else _by_given)
    return _lifted(best, able), _told(asking, queue, best, able, level, lost)


def _level(able: Iterable[Candidate]) -> list[Candidate]:
    """Those level with the best: a score within the band, and no less that speaks for them."""
    best = min(able, key=lambda candidate: (candidate.score, -candidate.merit))
    bound = best.score + BAND + _ROUNDING
    return [candidate for candidate in able if candidate.score <= bound and candidate.merit >= best.merit]


def _by_given(candidate: Candidate) -> tuple[float, int, int]:
    return round(candidate.given, 6), candidate.turn, candidate.agent.id


def _by_turn(candidate: Candidate) -> tuple[int, int]:
    return candidate.turn, candidate.agent.id


def _lifted(best: Candidate, able: Iterable[Candidate]) -> Candidate:
    behind = max(candidate.given for candidate in able) - CATCH_UP - best.given
    return replace(best, lift=behind) if behind > 0 else best


def _told(
    asking: Asking,
    queue: Queue,
    best: Candidate,
    able: Iterable[Candidate],
    level: Iterable[Candidate],
    lost: Mapping[str, list[str]],
) -> Step:
    seen = _joined(lost)
    for candidate, (reason, figure) in _losers(queue, best, able, level):
        told = f"{candidate.agent.name} {figure:g}"
        seen[reason] = f"{seen[reason]}, {told}" if reason in seen else told
    return Step("assignment", f"{best.agent.name} of {queue.name} takes it: {_why(asking, best)}", True, seen)


def _losers(
    queue: Queue, best: Candidate, able: Iterable[Candidate], level: Iterable[Candidate]
) -> Iterator[tuple[Candidate, tuple[str, float]]]:
    """Each other candidate with the step that decided against them, and the figure that did."""
    nearly = {candidate.agent.id for candidate in level}
    total = float("inf") if queue.strategy == "round_robin" else round(best.given, 6)
    for one in able:
        if one is best:
            continue
        if one.agent.id not in nearly:
            yield one, ("lost by score", one.score)
        elif round(one.given, 6) > total:
            yield one, ("lost by what was given before", round(one.given, 2))
        else:
            yield one, ("lost by turn", one.turn)


def _joined(lost: Mapping[str, list[str]]) -> dict[str, Any]:
    return {reason: ", ".join(names) for reason, names in lost.items()}


def _why(asking: Asking, best: Candidate) -> str:
    agent = best.agent
    said = f"{asking.carried(agent):g} of {asking.capacity(agent)} units, score {best.score:g}"
    said += f", given {best.given:.2f} full loads before, turn {best.turn}"
    if agent.id == asking.last_agent:
        said += ", spoke with the customer last"
    return said + (f", speaks {asking.language}" if asking.language in agent.languages else "")


def _nobody(asking: Asking, queue: Queue, lost: Mapping[str, list[str]]) -> Step:
    return Step("assignment", f"nobody of {queue.name} can take it", False, {**_joined(lost), **_asked(asking, queue)})


def _asked(asking: Asking, queue: Queue) -> dict[str, Any]:
    asked = [skill for skill, _ in (*queue.skills, *asking.skills)] + [
        wish for wish in (asking.level, asking.role) if wish
    ]
    return {"asked for": ", ".join(asked) + (" (relaxed)" if asking.relaxed else "")} if asked else {}
