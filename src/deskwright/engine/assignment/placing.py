"""From an assignee's description to a queue and an agent: the named person, the queue, its overflow, else waiting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from deskwright.engine.assignment.asking import Asking
from deskwright.engine.facts import Agent, Facts
from deskwright.engine.trace import Step
from deskwright.engine.values import SENIORITIES
from deskwright.engine.workflow import Assignee, Queue, Workflow


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the ticket goes; `agent` None waits in the queue, and then `turn` is 0."""

    queue: str
    agent: int | None
    units: float
    turn: int
    steps: tuple[Step, ...]


def place(asking: Asking, assignee: Assignee, view: Mapping[str, Any]) -> Placement:
    """The agent the assignee means, found from a fact or through the queue and its overflow chain."""
    if assignee.from_fact is None:
        return _through_queues(asking, assignee, [])
    agent, step = _named(asking, assignee.from_fact, view)
    if agent is not None:
        return _given(asking, destination(asking.workflow, asking.facts, assignee), agent, [step])
    return _place_otherwise(asking, assignee, view, step)


def destination(workflow: Workflow, facts: Facts, assignee: Assignee | None) -> str:
    """The queue `place` will choose, whoever is found."""
    if assignee is not None and assignee.queue:
        return assignee.queue
    if assignee is not None and assignee.from_fact is not None and assignee.otherwise is not None:
        return destination(workflow, facts, assignee.otherwise)
    return facts.ticket.queue or workflow.default_queue


def _place_otherwise(asking: Asking, assignee: Assignee, view: Mapping[str, Any], step: Step) -> Placement:
    otherwise = assignee.otherwise or replace(assignee, from_fact=None)
    placed = place(asking, otherwise, view)
    return replace(placed, steps=(step, *placed.steps))


def _named(asking: Asking, fact: str, view: Mapping[str, Any]) -> tuple[Agent | None, Step]:
    """The agent whose id the fact holds, if they are there to take it; a named person may carry more than others."""
    number = view.get(fact)
    agent = asking.facts.desk.agents.get(number) if isinstance(number, int) else None
    if agent is None:
        return None, Step(
            "assignment", f"{fact} names no agent", False, {fact: "missing" if number is None else number}
        )
    reason = (
        "light role" if agent.role == "light" else "excluded" if agent.id in asking.excluded else asking.absent(agent)
    )
    if reason:
        return None, Step("assignment", f"{fact} is {agent.name}, who cannot take it: {reason}", False)
    return agent, Step("assignment", f"{agent.name} takes it: they are the {fact}", True)


def _through_queues(asking: Asking, assignee: Assignee, steps: list[Step]) -> Placement:
    wishes = _with_wishes(asking, assignee)
    first = destination(asking.workflow, asking.facts, assignee)
    for queue in chain(asking.workflow, first):
        if queue.strategy == "manual":
            steps.append(Step("assignment", f"{queue.name} is shared out by hand"))
            break
        agent, step = pick(wishes, queue)
        steps.append(step)
        if agent is not None:
            return _given(wishes, first, agent, steps)
    steps.append(Step("assignment", f"it waits in {first}", False))
    return Placement(first, None, wishes.units, 0, tuple(steps))


def _with_wishes(asking: Asking, assignee: Assignee) -> Asking:
    """The asking with the assignee's own wishes; of two levels the higher."""
    levels = [level for level in (asking.level, assignee.level) if level in SENIORITIES]
    level = max(levels, key=SENIORITIES.index, default=None)
    anywhere = assignee.role is not None and assignee.queue is None
    return replace(asking, level=level, role=assignee.role, skills=assignee.skills, anywhere=anywhere)


def _given(asking: Asking, queue: str, agent: Agent, steps: list[Step]) -> Placement:
    return Placement(queue, agent.id, asking.units, asking.facts.desk.turn + 1, tuple(steps))


def chain(workflow: Workflow, name: str) -> Iterator[Queue]:
    """The queue and its overflow, each once."""
    seen: set[str] = set()
    following: str | None = name
    while following is not None and following not in seen:
        seen.add(following)
        queue = workflow.queues.get(following) or Queue(following)
        yield queue
        following = queue.overflow


def pick(asking: Asking, queue: Queue) -> tuple[Agent | None, Step]:
    """The best candidate of the queue's team, and why each other one lost."""
    team = None if asking.anywhere else _team(asking.facts, queue)
    lost: dict[str, list[str]] = {}
    scored: list[tuple[float, int, int, Agent]] = []
    fair = queue.strategy == "round_robin"
    for agent in asking.facts.desk.agents.values():
        if team is not None and team not in agent.teams:
            continue
        if reason := asking.refused(agent, queue):
            lost.setdefault(reason, []).append(agent.name)
        else:
            scored.append((0.0 if fair else asking.score(agent, queue), asking.turn(agent), agent.id, agent))
    best = min(scored, default=None, key=_rank)
    return (best[3] if best else None), _told(asking, queue, best, scored, lost)


def _rank(candidate: tuple[float, int, int, Agent]) -> tuple[float, int, int]:
    return candidate[:3]


def _team(facts: Facts, queue: Queue) -> str | None:
    """The queue's team; without one the team of its name if anybody is in it, else everybody."""
    if queue.team is not None:
        return queue.team
    return queue.name if any(queue.name in agent.teams for agent in facts.desk.agents.values()) else None


def _told(
    asking: Asking,
    queue: Queue,
    best: tuple[float, int, int, Agent] | None,
    scored: list[tuple[float, int, int, Agent]],
    lost: Mapping[str, list[str]],
) -> Step:
    seen = {reason: ", ".join(names) for reason, names in lost.items()}
    if best is None:
        return Step("assignment", f"nobody of {queue.name} can take it", False, {**seen, **_asked(asking, queue)})
    behind = [candidate for candidate in scored if candidate[0] > best[0]]
    level = [candidate for candidate in scored if candidate[0] == best[0] and candidate is not best]
    if behind:
        seen["lost by score"] = ", ".join(f"{candidate[3].name} {candidate[0]:g}" for candidate in behind)
    if level:
        seen["lost by turn"] = ", ".join(f"{candidate[3].name} {candidate[1]}" for candidate in level)
    return Step("assignment", f"{best[3].name} of {queue.name} takes it: {_why(asking, best)}", True, seen)


def _why(asking: Asking, best: tuple[float, int, int, Agent]) -> str:
    score, turn, _, agent = best
    said = f"{asking.carried(agent):g} of {asking.capacity(agent)} units, score {score:g}, turn {turn}"
    if agent.id == asking.last_agent:
        said += ", spoke with the customer last"
    return said + (f", speaks {asking.language}" if asking.language in agent.languages else "")


def _asked(asking: Asking, queue: Queue) -> dict[str, Any]:
    asked = [skill for skill, _ in (*queue.skills, *asking.skills)] + [
        wish for wish in (asking.level, asking.role) if wish
    ]
    return {"asked for": ", ".join(asked) + (" (relaxed)" if asking.relaxed else "")} if asked else {}


def waiting_for(workflow: Workflow, facts: Facts) -> Assignee:
    """What a waiting ticket waits for: its rule's assignee while it is still in that rule's queue, else the queue."""
    ticket = facts.ticket
    rule = next((rule for rule in workflow.rules if ticket.rule in {rule.name, str(rule.number)}), None)
    assignee = rule.action.assign if rule else None
    if assignee is not None and assignee.queue in {ticket.queue, None}:
        return assignee
    return fallback(ticket.queue or workflow.default_queue)


def fallback(queue: str) -> Assignee:
    """Anybody of the queue."""
    return Assignee(queue, queue=queue)


def present(facts: Facts, agent: int | None) -> bool:
    """Whether this agent exists and is not away; off shift is not away."""
    known = facts.desk.agents.get(agent) if agent is not None else None
    return known is not None and known.available
