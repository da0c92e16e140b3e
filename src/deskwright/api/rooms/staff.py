"""Agents: who works here, what they can do, who is away; teams, and an agent's own notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from deskwright.api import pages
from deskwright.api.routing import PAGED, Answer, Asked, Route
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    Choice,
    Email,
    Field,
    Flag,
    Instant,
    Ranks,
    Shape,
    Text,
    Texts,
    Whole,
    a_list,
    a_page,
    an_object,
)
from deskwright.api.things import ID, held, lock
from deskwright.desk import clock, workflows
from deskwright.desk.accounts import invitations, own, policy
from deskwright.desk.answering import notices
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.said import in_english
from deskwright.desk.staff import members, returns, skills
from deskwright.store.connection import deed
from deskwright.store.models import Agent, AgentSkill, Notice, Team

READ, WRITE = "people:read", "people:write"
AGENT: Final = an_object(
    id=WHOLE,
    name=TEXT,
    email=TEXT,
    role=TEXT,
    level=TEXT,
    teams=WORDS,
    skills=an_object(),
    languages=WORDS,
    available=TRUTH,
    away_until=INSTANT_OR_NULL,
    shift=TEXT,
    capacity=WHOLE_OR_NULL,
)
NOTICE: Final = an_object(id=WHOLE, ticket=WHOLE_OR_NULL, subject=TEXT, created_at=INSTANT, read_at=INSTANT_OR_NULL)
PRESENCE: Final = Shape({"available": Flag(required=True), "until": Instant(nullable=True)})


def agents(asked: Asked) -> Any:
    """Those who work here now, in the order of their ids."""
    after = (pages.cursor(asked, (int,)) or (0,))[0]
    rows = Agent.objects.filter(is_active=True, pk__gt=after).order_by("pk").prefetch_related("teams", "skills")
    return pages.page(list(rows[: asked.limit + 1]), asked.limit, lambda agent: (agent.pk,), shown)


def shown(agent: Agent) -> dict[str, Any]:
    direct = ("name", "email", "role", "level", "languages", "available", "away_until", "shift", "capacity")
    return {name: getattr(agent, name) for name in direct} | {
        "id": agent.pk,
        "teams": sorted(team.key for team in agent.teams.all()),
        "skills": {skill.skill: skill.level for skill in agent.skills.all()},
    }


def me(asked: Asked) -> Any:
    return shown(asked.actor)


def set_presence(asked: Asked) -> Any:
    """Switch oneself on or off; waiting work is offered to who comes back."""
    returns.set_available(asked.actor, asked.sent["available"], now=clock.now(), until=asked.sent.get("until"))
    return shown(Agent.objects.get(pk=asked.actor.pk))


def take_on(asked: Asked) -> Answer:
    """Somebody new; they choose a password by an invitation."""
    values = {"level": "regular", "role": "agent", **asked.sent}
    agent = members.take_on(asked.agent, {**values, "teams": teams_named(values.get("teams", ()))}, now=clock.now())
    return Answer(shown(agent), 201)


def change(asked: Asked) -> Any:
    """Change what is named; the rest stays."""
    number = asked.numbers[0]
    with deed():
        lock(Agent, number)
        agent = found(number)
        teams = teams_named(asked.sent["teams"]) if "teams" in asked.sent else list(agent.teams.all())
        values = {**held(agent, members.PLAIN, asked.sent), "teams": teams}
        members.change(asked.agent, number, values, now=clock.now())
    return shown(found(number))


def retire(asked: Asked) -> Any:
    """No signing in, no new work; others are asked to take the live tickets. `considered` is how many."""
    return {"considered": members.retire(asked.agent, asked.numbers[0], now=clock.now())}


def bring_back(asked: Asked) -> Any:
    members.bring_back(asked.agent, asked.numbers[0], now=clock.now())
    return shown(found(asked.numbers[0]))


def set_skills(asked: Asked) -> Any:
    """skill -> level from 1 to 3; 0 takes it away."""
    skills.set_levels(asked.agent, asked.numbers[0], asked.sent["skills"], now=clock.now())
    return shown(found(asked.numbers[0]))


def found(number: int) -> Agent:
    agent = Agent.objects.filter(pk=number).first()
    if agent is None:
        raise NotFound("There is nobody like that at this desk.")
    return agent


def teams_named(keys: Sequence[str]) -> list[Team]:
    """Raises Invalid for a team that is not there."""
    known = {team.key: team for team in Team.objects.filter(key__in=list(keys))}
    missing = [key for key in keys if key not in known]
    if missing:
        raise Invalid(f"There is no team {missing[0]}.", {"teams": "unknown"})
    return list(known.values())


def one(asked: Asked) -> Any:
    return shown(found(asked.numbers[0]))


def invite(asked: Asked) -> Any:
    """A mail with a link by which they choose their password; earlier links stop working."""
    invitations.invite(asked.agent, asked.numbers[0], now=clock.now())
    return {"id": asked.numbers[0]}


def uninvite(asked: Asked) -> Any:
    invitations.revoke(asked.agent, asked.numbers[0], now=clock.now())
    return {"id": asked.numbers[0]}


def forget_steps(asked: Asked) -> Any:
    """They are signed out everywhere, and the password alone lets them in."""
    policy.forget_steps(asked.agent, asked.numbers[0], now=clock.now())
    return {"id": asked.numbers[0]}


def change_oneself(asked: Asked) -> Any:
    """What whose token it is says of themselves."""
    number = asked.actor.pk
    with deed():
        lock(Agent, number)
        agent = found(number)
        own.profile(agent, held(agent, own.PROFILE, asked.sent), now=clock.now())
    return shown(found(number))


def skills_asked(_asked: Asked) -> Any:
    """Every skill that the workflow asks for or somebody has."""
    asked = skills.asked_for(workflows.live())
    rows = AgentSkill.objects.filter(agent__is_active=True).order_by("skill", "agent")
    names = sorted({*asked, *(row.skill for row in rows)})
    levels = {name: {str(row.agent_id): row.level for row in rows if row.skill == name} for name in names}
    return {"skills": [{"name": name, "asked_for": name in asked, "agents": levels[name]} for name in names]}


def unread(asked: Asked) -> Any:
    """The agent's notices, the oldest first."""
    after = (pages.cursor(asked, (int,)) or (0,))[0]
    rows = Notice.objects.filter(agent=asked.actor, pk__gt=after).order_by("pk")
    return pages.page(list(rows[: asked.limit + 1]), asked.limit, lambda notice: (notice.pk,), told)


def told(notice: Notice) -> dict[str, Any]:
    subject, names = in_english(notice.subject), ("created_at", "read_at")
    return {"id": notice.pk, "ticket": notice.ticket_id, "subject": subject} | {
        name: getattr(notice, name) for name in names
    }


def read_one(asked: Asked) -> Any:
    if not Notice.objects.filter(agent=asked.actor, pk=asked.numbers[0]).exists():
        raise NotFound("There is no such notice.")
    return {"read": notices.read(asked.actor, asked.numbers[0], now=clock.now())}


def read_all(asked: Asked) -> Any:
    return {"read": notices.read(asked.actor, None, now=clock.now())}


PEOPLE: Final = "people:manage"
PERSON: Final[Mapping[str, Field]] = {
    "name": Text(120),
    "email": Email(),
    "role": Choice(tuple(role for role, _ in Agent.ROLES)),
    "level": Choice(tuple(level for level, _ in Agent.LEVELS)),
    "teams": Texts(50, 50),
    "languages": Texts(12, 20),
    "shift": Text(80),
    "capacity": Whole(0, 1000, nullable=True),
}
NEW_PERSON: Final = Shape({**PERSON, "name": Text(120, required=True), "email": Email(required=True)})
LEVELS: Final = Shape({"skills": Ranks(skills.BEST, required=True)})
INVITED: Final = "/agents/{id}/invitation"
SKILLS: Final = an_object(skills=a_list(an_object(name=TEXT, asked_for=TRUTH, agents=OBJECT)))
ONESELF: Final = Shape({"name": Text(120), "signature": Text(2000), "languages": Texts(12, 20)})
READ_SO: Final = an_object(read=WHOLE)
ROUTES: Final = (
    Route("POST", "/agents", PEOPLE, take_on, "Take somebody on", NEW_PERSON, AGENT, status=201, asks="people:manage"),
    Route(
        "PATCH",
        "/agents/{id}",
        PEOPLE,
        change,
        "Change what is known of somebody",
        Shape(PERSON),
        AGENT,
        asks="people:manage",
    ),
    Route(
        "POST",
        "/agents/{id}/retire",
        PEOPLE,
        retire,
        "Let somebody go",
        gives=an_object(considered=WHOLE),
        asks="people:manage",
    ),
    Route(
        "POST", "/agents/{id}/bring-back", PEOPLE, bring_back, "Bring somebody back", gives=AGENT, asks="people:manage"
    ),
    Route(
        "PUT",
        "/agents/{id}/skills",
        PEOPLE,
        set_skills,
        "Say what somebody can do",
        LEVELS,
        AGENT,
        asks="skills:manage",
    ),
    Route("POST", INVITED, PEOPLE, invite, "Invite somebody, also once more", gives=ID, asks=PEOPLE),
    Route("DELETE", INVITED, PEOPLE, uninvite, "Let an invitation work no more", gives=ID, asks=PEOPLE),
    Route(
        "DELETE",
        "/agents/{id}/second-steps",
        PEOPLE,
        forget_steps,
        "Forget what somebody signs in with beside the password",
        gives=ID,
        asks=PEOPLE,
    ),
    Route("GET", "/skills", READ, skills_asked, "List skills", gives=SKILLS, asks="skills:manage"),
    Route("GET", "/agents/{id}", READ, one, "Show somebody", gives=AGENT, asks="staff"),
    Route("PATCH", "/agents/me", WRITE, change_oneself, "Change one's own details", ONESELF, AGENT, asks="staff"),
    Route("GET", "/agents", READ, agents, "List agents", gives=a_page(AGENT), query=PAGED, asks="staff"),
    Route("GET", "/agents/me", READ, me, "Show whose token this is", gives=AGENT, asks="staff"),
    Route("PUT", "/agents/me/presence", WRITE, set_presence, "Switch oneself on or off", PRESENCE, AGENT, asks="staff"),
    Route("GET", "/notices", READ, unread, "List one's notices", gives=a_page(NOTICE), query=PAGED, asks="staff"),
    Route("POST", "/notices/{id}/read", WRITE, read_one, "Mark one notice as read", gives=READ_SO, asks="staff"),
    Route(
        "POST",
        "/notices/read",
        WRITE,
        read_all,
        "Mark one's notices as read",
        gives=READ_SO,
        asks="staff",
    ),
)
