"""What a workflow expects of people the desk does not have: asked only when the desk's people are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from deskwright.engine.facts import Agent, Desk
from deskwright.engine.linting.places import Places
from deskwright.engine.problems import Problem, meant
from deskwright.engine.saying import _
from deskwright.engine.workflow import Assignee, Audience, Queue, Workflow

_RANKS: Final = ("junior", "regular", "senior")


def missing(workflow: Workflow, places: Places, desk: Desk) -> Iterator[Problem]:
    agents = tuple(desk.agents.values())
    teams = frozenset(team for agent in agents for team in agent.teams)
    for audience in workflow.audiences.values():
        if audience.from_fact is None and not any(_hears(agent, audience) for agent in agents):
            message = _(
                "nobody is in the audience %(audience)s: %(wanted)s",
                audience=audience.name,
                wanted=_wanted(audience.role, audience.team),
            )
            yield places.tell(f"audiences.{audience.name}", message, _team_meant(audience.team, teams))
    for queue in workflow.queues.values():
        yield from _queue(queue, agents, teams, places)
    for assignee in workflow.assignees.values():
        yield from _assignee(workflow, assignee, agents, places)
    for agent in agents:
        if agent.shift and agent.shift not in workflow.calendars:
            message = _(
                "%(agent)s works by the calendar %(shift)s, which this workflow does not have",
                agent=agent.name,
                shift=agent.shift,
            )
            yield places.tell("calendars", message, meant(agent.shift, workflow.calendars))


def _hears(agent: Agent, audience: Audience) -> bool:
    return (audience.role in (None, agent.role)) and (audience.team is None or audience.team in agent.teams)


def _queue(queue: Queue, agents: tuple[Agent, ...], teams: frozenset[str], places: Places) -> Iterator[Problem]:
    if queue.team is not None and queue.team not in teams:
        message = _(
            "nobody is in the team %(team)s, so nobody serves the queue %(queue)s", team=queue.team, queue=queue.name
        )
        yield places.tell(f"queues.{queue.name}.team", message, _team_meant(queue.team, teams))
        return
    for skill, level in queue.skills:
        if not any(agent.skills.get(skill, 0) >= level for agent in serving(queue, agents)):
            known = {skill for agent in agents for skill in agent.skills}
            message = _(
                "nobody who serves the queue %(queue)s has the skill %(skill)s at level %(level)s",
                queue=queue.name,
                skill=skill,
                level=level,
            )
            yield places.tell(f"queues.{queue.name}.skills", message, meant(skill, known))


def serving(queue: Queue, agents: Iterable[Agent]) -> list[Agent]:
    """The queue's team, else the team of its name, else everybody."""
    everybody = list(agents)
    team = queue.team or queue.name
    own = [agent for agent in everybody if team in agent.teams]
    return own if own or queue.team else everybody


def _assignee(workflow: Workflow, assignee: Assignee, agents: tuple[Agent, ...], places: Places) -> Iterator[Problem]:
    if assignee.from_fact is not None:
        return
    queue = workflow.queues.get(assignee.queue or "")
    near = serving(queue, agents) if queue is not None else list(agents)
    if not any(_fits(agent, assignee) for agent in near):
        wanted = ", ".join(part for part in (assignee.level, assignee.role, *dict(assignee.skills)) if part)
        where = _(" in the queue %(queue)s", queue=assignee.queue) if assignee.queue else ""
        message = _(
            "nobody%(where)s is what %(assignee)s asks for (%(value)s)",
            where=where,
            assignee=assignee.name,
            value=wanted or "anybody",
        )
        yield places.tell(f"assignees.{assignee.name}", message)


def _fits(agent: Agent, assignee: Assignee) -> bool:
    ranked = assignee.level is None or _RANKS.index(agent.level) >= _RANKS.index(assignee.level)
    skilled = all(agent.skills.get(skill, 0) >= level for skill, level in assignee.skills)
    return ranked and skilled and assignee.role in (None, agent.role)


def _wanted(role: str | None, team: str | None) -> str:
    if role is None:
        return _("no one is in the team %(team)s", team=team) if team else _("the desk has no one")
    if team is None:
        return _("the desk has no %(role)s", role=role)
    return _("no %(role)s is in the team %(team)s", role=role, team=team)


def _team_meant(team: str | None, teams: frozenset[str]) -> str | None:
    return meant(team, teams) if team and team not in teams else None
