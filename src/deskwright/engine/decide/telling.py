"""Whom to tell: audiences become agents, and each notice gets a key by which it is given once."""

from __future__ import annotations

from typing import Final

from deskwright.engine.decide.course import Course
from deskwright.engine.effects import Notify
from deskwright.engine.facts import Agent
from deskwright.engine.saying import _, gettext_noop
from deskwright.engine.workflow import Audience

ASSIGNEE = Audience("assignee")
LEADS = Audience("leads", role="lead")
LONGEST_KEY = 200
NOBODY: Final = gettext_noop("%(audience)s: nobody to tell")


def tell(course: Course, names: tuple[str, ...], subject: str, cause: str, because: str) -> None:
    """Tell the named audiences. `cause` tells this notice from others about the same ticket."""
    for name in names:
        tell_audience(course, _audience(course, name), subject, cause, because)


def tell_audience(course: Course, audience: Audience, subject: str, cause: str, because: str) -> None:
    """Tell one audience, unless this was told before in the decision; historical imports tell nobody."""
    key = f"{cause}:{audience.name}"[:LONGEST_KEY]
    if course.ticket.imported or key in course.told:
        return
    course.told.add(key)
    agents = members(course, audience)
    course.ask(Notify(because, audience.name, agents, audience.by, subject, key))
    if course.trace.wanted:
        named = audience.name.replace("_", " ")
        told = _("%(audience)s told: %(subject)s", audience=named, subject=subject)
        course.say("reply", told if agents else _(NOBODY, audience=named), bool(agents))


def tell_owner(course: Course, subject: str, cause: str, because: str) -> None:
    """The ticket's agent, the leads while it has none; not when a rule has told all of them just now."""
    owner = ASSIGNEE if course.assignee is not None else LEADS
    told = {agent for effect in course.effects if isinstance(effect, Notify) for agent in effect.agents}
    if not told.issuperset(members(course, owner)):
        tell_audience(course, owner, subject, cause, because)


def members(course: Course, audience: Audience) -> tuple[int, ...]:
    """The agents' ids, in order."""
    agents = course.facts.desk.agents
    if audience.name == ASSIGNEE.name:
        return _known(course, course.assignee)
    if audience.from_fact is not None:
        return _known(course, course.view.get(audience.from_fact))
    return tuple(sorted(agent.id for agent in agents.values() if _belongs(agent, audience)))


def _known(course: Course, agent: object) -> tuple[int, ...]:
    return (agent,) if isinstance(agent, int) and agent in course.facts.desk.agents else ()


def _belongs(agent: Agent, audience: Audience) -> bool:
    if audience.role is None and audience.team is None:
        return False
    return audience.role in {None, agent.role} and (audience.team is None or audience.team in agent.teams)


def _audience(course: Course, name: str) -> Audience:
    built_in = {ASSIGNEE.name: ASSIGNEE, LEADS.name: LEADS}
    return course.workflow.audiences.get(name) or built_in.get(name) or Audience(name)
