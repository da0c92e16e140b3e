"""From an assignee's description to a queue and an agent: the named person, the queue, its overflow, else waiting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskwright.engine.altering import replace
from deskwright.engine.assignment.asking import Asking
from deskwright.engine.assignment.picking import Candidate, pick
from deskwright.engine.assignment.waiting import ask_again_at, chain
from deskwright.engine.facts import Agent, Facts
from deskwright.engine.saying import _
from deskwright.engine.trace import MISSING, Step
from deskwright.engine.values import SENIORITIES
from deskwright.engine.workflow import Assignee, Workflow


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the ticket goes; `agent` None waits in the queue, and then `turn` is 0."""

    queue: str
    agent: int | None
    units: float
    turn: int
    steps: tuple[Step, ...]
    given: float = 0.0
    """What the agent's running total grows by; see `picking`."""
    ask_again_at: datetime | None = None
    """When time alone may find somebody for what waits (UTC)."""


def place(asking: Asking, assignee: Assignee, view: Mapping[str, Any]) -> Placement:
    """The agent the assignee means, found from a fact or through the queue and its overflow chain."""
    if assignee.from_fact is None:
        return _through_queues(asking, assignee, [])
    agent, step = _named(asking, assignee.from_fact, view)
    if agent is not None:
        named = Candidate.of(asking, agent)
        return _given(asking, destination(asking.workflow, asking.facts, assignee), named, [step])
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
            "assignment",
            _("%(fact)s names no agent", fact=fact),
            False,
            {fact: MISSING if number is None else number},
        )
    reason = _("light role") if agent.role == "light" else asking.barred(agent) or asking.absent(agent)
    if reason:
        return None, Step(
            "assignment",
            _("%(fact)s is %(agent)s, who cannot take it: %(reason)s", fact=fact, agent=agent.name, reason=reason),
            False,
        )
    return agent, Step("assignment", _("%(agent)s takes it: they are the %(fact)s", agent=agent.name, fact=fact), True)


def _through_queues(asking: Asking, assignee: Assignee, steps: list[Step]) -> Placement:
    wishes = _with_wishes(asking, assignee)
    first = destination(asking.workflow, asking.facts, assignee)
    asked = []
    for queue in chain(asking.workflow, first):
        if queue.strategy == "manual":
            steps.append(Step("assignment", _("%(queue)s is shared out by hand", queue=queue.name)))
            break
        asked.append(queue)
        best, step = pick(wishes, queue)
        steps.append(step)
        if best is not None:
            return _given(wishes, first, best, steps)
    again = ask_again_at(wishes, asked)
    waits = _("it waits in %(queue)s", queue=first)
    if again:
        waits = _("it waits in %(queue)s; asked again at %(moment)s", queue=first, moment=f"{again:%Y-%m-%d %H:%M} UTC")
    steps.append(Step("assignment", waits, False))
    return Placement(first, None, wishes.units, 0, tuple(steps), ask_again_at=again)


def _with_wishes(asking: Asking, assignee: Assignee) -> Asking:
    """The asking with the assignee's own wishes; of two levels the higher."""
    levels = [level for level in (asking.level, assignee.level) if level in SENIORITIES]
    level = max(levels, key=SENIORITIES.index, default=None)
    anywhere = assignee.role is not None and assignee.queue is None
    return replace(asking, level=level, role=assignee.role, skills=assignee.skills, anywhere=anywhere)


def _given(asking: Asking, queue: str, chosen: Candidate, steps: list[Step]) -> Placement:
    turn = asking.facts.desk.turn + 1
    return Placement(queue, chosen.agent.id, asking.units, turn, tuple(steps), chosen.share + chosen.lift)


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
