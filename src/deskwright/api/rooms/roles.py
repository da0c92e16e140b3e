"""The desk's own roles: sets of rights, and who has which."""

from __future__ import annotations

from typing import Any, Final

from django.utils.text import slugify

from deskwright.api.routing import Asked
from deskwright.api.shapes import (
    OBJECT,
    TEXT,
    TRUTH,
    WHOLE,
    WORDS,
    Choice,
    Fields,
    Flag,
    Shape,
    Text,
    Texts,
    Wordings,
    a_list,
    an_object,
)
from deskwright.api.things import Things, as_told, held
from deskwright.desk import clock
from deskwright.desk.access import RIGHTS
from deskwright.desk.errors import NotFound
from deskwright.desk.settings import roles
from deskwright.store.models import Agent, Role

ROLE: Final = an_object(
    id=WHOLE,
    key=TEXT,
    name=TEXT,
    about=TEXT,
    base=TEXT,
    grants=OBJECT,
    hidden=WORDS,
    two_factor=TRUTH,
    agents=a_list(WHOLE),
)
BASES: Final = tuple(role for role, _ in Agent.ROLES if role != "admin")
KNOWN: Final[Fields] = {
    "name": Text(80),
    "about": Text(200),
    "base": Choice(BASES),
    "grants": Wordings(10),
    "hidden": Texts(60, 100),
    "two_factor": Flag(),
}
NEW: Final = Shape({**KNOWN, "name": Text(80, required=True), "key": Text(40)})
GIVEN: Final = Shape({"role": Text(40, nullable=True, required=True)})
HELD: Final = an_object(agent=WHOLE, role=TEXT)


def agents_of(role: Role) -> list[int]:
    return sorted(agent.pk for agent in role.agents.all())


def make(asked: Asked) -> Role:
    """`grants` says how far each right reaches: `teams` or `all`. A key is made of the name where none is sent."""
    sent = {"about": "", "base": "agent", "grants": {}, "hidden": [], **asked.sent}
    key = slugify(sent.pop("key", "") or sent["name"])[:40] or "role"
    return roles.make(asked.agent, key, sent, now=clock.now())


def change(asked: Asked, role: Role) -> None:
    roles.change(asked.agent, role.pk, held(role, roles.PLAIN, asked.sent), now=clock.now())


def give(asked: Asked) -> Any:
    """The key of one of the desk's own roles, or null for the built-in one."""
    key, number = asked.sent["role"], asked.numbers[0]
    role = Role.objects.filter(key=key).first() if key else None
    if key and role is None:
        raise NotFound("There is no such role.")
    roles.give(asked.agent, number, role, now=clock.now())
    agent = Agent.objects.select_related("custom_role").get(pk=number)
    return {"agent": number, "role": agent.custom_role.key if agent.custom_role else agent.role}


def rights(_asked: Asked) -> Any:
    """What can be granted."""
    return {"rights": [{"name": each.name, "about": each.about, "per_team": each.per_team} for each in RIGHTS.values()]}


THINGS: Final = Things(
    "/roles",
    "a role",
    "roles",
    "roles:manage",
    lambda _asked: Role.objects.prefetch_related("agents"),
    as_told(ROLE, agents=agents_of),
    ROLE,
)
RIGHT: Final = an_object(name=TEXT, about=TEXT, per_team=TRUTH)
GIVING: Final = "Give somebody a role of the desk's own, or take it away"
ROUTES: Final = (
    THINGS.lists(),
    THINGS.makes(make, NEW),
    THINGS.shows(),
    THINGS.changes(change, Shape(KNOWN)),
    THINGS.removes(roles.delete, "Remove a role that nobody has"),
    THINGS.elsewhere("PUT", "/agents/{id}/role", give, GIVING, takes=GIVEN, gives=HELD),
    THINGS.elsewhere(
        "GET", "/rights", rights, "List the rights a role can hold", gives=an_object(rights=a_list(RIGHT))
    ),
)
