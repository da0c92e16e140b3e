"""Which of a queue's candidates gets the ticket, and why each other one lost.

The lowest score wins: the share of the capacity that would be used, less what speaks for the agent. Of those nearly
level, for whom as much speaks, the one given least so far gets it: a running total carried as data, so that over time
equal agents are given equal work whatever the order in which they finish it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Final

from deskwright.engine.assignment.asking import IDLE, Asking
from deskwright.engine.assignment.waiting import members
from deskwright.engine.facts import Agent, Load
from deskwright.engine.saying import _
from deskwright.engine.trace import SILENCE, Step
from deskwright.engine.workflow import Queue

BAND: Final = 1 / 6
"""Shares of the capacity in which loads count as level: two tickets of twelve. Over 10,000 tickets finished in
random order, narrower bands leave equal agents up to 4 % apart; wider ones gain nothing."""
CATCH_UP: Final = 1.0
"""Full loads that an agent who was away, or is new, may be behind; farther behind, they would be given all."""
_ROUNDING: Final = 2e-6
_SCORE: Final[Callable[[Any], float]] = attrgetter("score")
_GIVEN: Final[Callable[[Any], float]] = attrgetter("given")


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
        merit = 0.0 if queue is None else asking.merit(agent, queue)
        by_turn = queue is None or queue.strategy == "round_robin"
        return cls.carrying(
            agent, asking.load(agent), asking.carried(agent), asking.units, asking.capacity(agent), merit, by_turn
        )

    @classmethod
    def carrying(
        cls, agent: Agent, load: Load, carried: float, units: float, capacity: int, merit: float, by_turn: bool
    ) -> Candidate:
        whole = capacity if capacity > 1 else 1
        if by_turn:
            return cls(agent, units / whole, load.given, load.turn)
        score = (carried + units) / whole - merit
        return cls(agent, units / whole, load.given, load.turn, round(score, 6), round(merit, 6) if merit else merit)


def pick(asking: Asking, queue: Queue) -> tuple[Candidate | None, Step]:
    """The best candidate of the queue's team, and why each other one lost."""
    lost: dict[str, list[str]] = {}
    able = list(_able_and_lost(asking, queue, lost) if asking.told else _able(asking, queue))
    if not able:
        return None, _nobody(asking, queue, lost) if asking.told else SILENCE
    level = _level(able)
    turns = queue.strategy == "round_robin"
    best = min(level, key=_by_turn if turns else _by_given)
    return _lifted(best, able), _told(asking, queue, best, able, level, lost) if asking.told else SILENCE


def _able_and_lost(asking: Asking, queue: Queue, lost: dict[str, list[str]]) -> Iterator[Candidate]:
    for agent in members(asking.facts.desk, queue, asking.anywhere):
        if reason := asking.refused(agent, queue):
            lost.setdefault(reason, []).append(agent.name)
        else:
            yield Candidate.of(asking, agent, queue)


def _able(asking: Asking, queue: Queue) -> Iterator[Candidate]:
    """The same where nobody will read why."""
    units, ticket, loads = asking.units, asking.facts.ticket, asking.facts.desk.loads
    barred, usual = asking.excluded or ticket.declined_by, asking.workflow.assignment.per_agent
    by_turn, distinguished = queue.strategy == "round_robin", asking.distinguishes(queue)
    shifts = asking.shifts
    for agent in _fit(asking, queue):
        shift = agent.shift
        if shift is not None and not (shifts[shift] if shift in shifts else asking.on_shift(shift)):
            continue
        if barred and asking.barred(agent):
            continue
        load = loads.get(agent.id, IDLE)
        carried = load.units if agent.id != ticket.assignee else asking.carried(agent)
        capacity = usual if agent.capacity is None else agent.capacity
        if carried + units <= capacity:
            merit = asking.merit(agent, queue) if distinguished else 0.0
            yield Candidate.carrying(agent, load, carried, units, capacity, merit, by_turn)


def _fit(asking: Asking, queue: Queue) -> tuple[Agent, ...]:
    """Agents of whom nothing is to be refused for longer than this moment or this ticket: worked out once for all that
    ask the same.
    """
    desk, chat = asking.facts.desk, asking.facts.ticket.channel == "chat"
    wishes = asking.skills, asking.role, asking.level, asking.relaxed, asking.anywhere
    asked = queue.name, queue.team, queue.skills, wishes, chat
    found = desk.fitting.get(asked)
    if found is None:
        able = (agent for agent in members(desk, queue, asking.anywhere) if agent.role != "light" and agent.available)
        found = tuple(agent for agent in able if (agent.takes_chats or not chat) and not asking.unfit(agent, queue))
        desk.fitting[asked] = found
    return found


def _level(able: Collection[Candidate]) -> list[Candidate]:
    """Those level with the best: a score within the band, and no less that speaks for them."""
    lowest = min(map(_SCORE, able))
    merit = max([candidate.merit for candidate in able if candidate.score == lowest])
    bound = lowest + BAND + _ROUNDING
    return [candidate for candidate in able if candidate.score <= bound and candidate.merit >= merit]


def _by_given(candidate: Candidate) -> tuple[float, int, int]:
    return round(candidate.given, 6), candidate.turn, candidate.agent.id


def _by_turn(candidate: Candidate) -> tuple[int, int]:
    return candidate.turn, candidate.agent.id


def _lifted(best: Candidate, able: Iterable[Candidate]) -> Candidate:
    behind = max(map(_GIVEN, able)) - CATCH_UP - best.given
    return replace(best, lift=behind) if behind > 0 else best


def _told(
    asking: Asking,
    queue: Queue,
    best: Candidate,
    able: Iterable[Candidate],
    level: Iterable[Candidate],
    lost: Mapping[str, list[str]],
) -> Step:
    reasons = {reason: [*names] for reason, names in lost.items()}
    for candidate, (reason, figure) in _losers(queue, best, able, level):
        reasons.setdefault(reason, []).append(f"{candidate.agent.name} {figure:g}")
    said = _(
        "%(agent)s of %(queue)s takes it: %(why)s", agent=best.agent.name, queue=queue.name, why=_why(asking, best)
    )
    return Step("assignment", said, True, parts=[*_each(reasons)])


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
            yield one, (_("lost by score"), one.score)
        elif round(one.given, 6) > total:
            yield one, (_("lost by what was given before"), round(one.given, 2))
        else:
            yield one, (_("lost by turn"), one.turn)


def _each(reasons: Mapping[str, list[str]]) -> Iterator[Step]:
    """Why the others lost, or cannot take it: one step for each reason, with their names."""
    for reason, names in reasons.items():
        yield Step("assignment", _("%(reason)s: %(names)s", reason=reason, names=", ".join(names)))


def _why(asking: Asking, best: Candidate) -> str:
    agent = best.agent
    said: str = _(
        "%(carried)s of %(capacity)s units, score %(score)s, given %(given)s full loads before, turn %(turn)s",
        carried=f"{asking.carried(agent):g}",
        capacity=asking.capacity(agent),
        score=f"{best.score:g}",
        given=f"{best.given:.2f}",
        turn=best.turn,
    )
    if agent.id == asking.last_agent:
        said = _("%(why)s, spoke with the customer last", why=said)
    if asking.language in agent.languages:
        said = _("%(why)s, speaks %(language)s", why=said, language=asking.language)
    return said


def _nobody(asking: Asking, queue: Queue, lost: Mapping[str, list[str]]) -> Step:
    said = _("nobody of %(queue)s can take it", queue=queue.name)
    return Step("assignment", said, False, parts=[*_each(lost), *_asked(asking, queue)])


def _asked(asking: Asking, queue: Queue) -> Iterator[Step]:
    asked = [each[0] for each in (*queue.skills, *asking.skills)]
    asked += [wish for wish in (asking.level, asking.role) if wish]
    if asked:
        wishes = ", ".join(asked)
        relaxed = _("asked for: %(wishes)s (relaxed)", wishes=wishes)
        yield Step("assignment", relaxed if asking.relaxed else _("asked for: %(wishes)s", wishes=wishes))
