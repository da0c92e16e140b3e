"""When time alone may find somebody for a ticket that waits: a shift opens, or skills are relaxed.

The moment is kept with the ticket, so that waiting work is asked about then and never polled. What people do (come
back, finish work) is told by events of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from deskwright.engine.assignment.asking import Asking, patience_ends
from deskwright.engine.calendars import ALWAYS
from deskwright.engine.facts import Agent, Desk
from deskwright.engine.workflow import Queue, Workflow


def ask_again_at(asking: Asking, queues: Iterable[Queue]) -> datetime | None:
    """The next instant (UTC) at which somebody of these queues may take it; None when only people can change that."""
    moments = [moment for queue in queues for moment in _moments(asking, queue)]
    return min((moment for moment in moments if moment > asking.now), default=None)


def _moments(asking: Asking, queue: Queue) -> Iterator[datetime]:
    if not asking.relaxed and (queue.skills or asking.skills or asking.level):
        ends = patience_ends(asking.workflow, asking.facts)
        if ends is not None:
            yield ends
    shifts = {agent.shift for agent in members(asking.facts.desk, queue, asking.anywhere) if _off(asking, agent, queue)}
    for shift in shifts:
        opening = _opening(asking, shift)
        if opening is not None:
            yield opening


def _off(asking: Asking, agent: Agent, queue: Queue) -> bool:
    """Whether nothing but the shift keeps the agent from it."""
    if agent.role == "light" or not agent.available or asking.barred(agent):
        return False
    return asking.absent(agent) is not None and asking.unfit(agent, queue) is None


def _opening(asking: Asking, shift: str | None) -> datetime | None:
    try:
        return asking.workflow.calendars.get(shift or "", ALWAYS).next_open(asking.now)
    except ValueError:  # a calendar that never opens again
        return None


def members(desk: Desk, queue: Queue, anywhere: bool = False) -> Iterator[Agent]:
    """The queue's agents: its team; without one the team of its name if anybody is in it, else everybody."""
    team = None if anywhere else team_of(desk, queue)
    return (agent for agent in desk.agents.values() if team is None or team in agent.teams)


def team_of(desk: Desk, queue: Queue) -> str | None:
    if queue.team is not None:
        return queue.team
    return queue.name if any(queue.name in agent.teams for agent in desk.agents.values()) else None


def chain(workflow: Workflow, name: str) -> Iterator[Queue]:
    """The queue and its overflow, each once."""
    seen: set[str] = set()
    following: str | None = name
    while following is not None and following not in seen:
        seen.add(following)
        queue = workflow.queues.get(following) or Queue(following)
        yield queue
        following = queue.overflow


def within_reach(workflow: Workflow, desk: Desk, agent: int) -> tuple[str, ...]:
    """Names of the queues whose waiting work may come to this agent, directly or by overflow. Skills a queue asks for
    count unless the policy relaxes them in time.
    """
    known = desk.agents.get(agent)
    if known is None or known.role == "light":
        return ()
    lenient = workflow.assignment.relax_skills_after is not None
    return tuple(name for name in workflow.queues if _comes_to(workflow, desk, known, name, lenient))


def _comes_to(workflow: Workflow, desk: Desk, agent: Agent, name: str, lenient: bool) -> bool:
    for queue in chain(workflow, name):
        if queue.strategy == "manual":
            return False
        team = team_of(desk, queue)
        able = lenient or all(agent.skills.get(skill, 0) >= level for skill, level in queue.skills)
        if able and (team is None or team in agent.teams):
            return True
    return False
