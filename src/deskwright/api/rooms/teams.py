"""Teams: founded, renamed, who is in them, dissolved. A key stays: the workflow names a team by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from deskwright.api.routing import Asked
from deskwright.api.shapes import TEXT, WHOLE, Numbers, Shape, Text, a_list, an_object
from deskwright.api.things import Things, as_told
from deskwright.desk import clock
from deskwright.desk.access import STAFF
from deskwright.desk.errors import Invalid
from deskwright.desk.staff import teams
from deskwright.store.models import Agent, Team

TEAM: Final = an_object(id=WHOLE, key=TEXT, name=TEXT, agents=a_list(WHOLE))
AGENTS: Final = Numbers(1000, fewest=0)
NEW: Final = Shape({"key": Text(50, required=True), "name": Text(120, required=True), "agents": AGENTS})
CHANGES: Final = Shape({"name": Text(120), "agents": AGENTS})


def found(asked: Asked) -> Team:
    sent = asked.sent
    return teams.found(asked.agent, sent["key"], sent["name"], people(sent.get("agents", ())), now=clock.now())


def change(asked: Asked, team: Team) -> None:
    sent = asked.sent
    members = people(sent["agents"]) if "agents" in sent else list(team.agents.all())
    teams.change(asked.agent, team.pk, sent.get("name", team.name), members, now=clock.now())


def people(numbers: Sequence[int]) -> list[Agent]:
    """Raises Invalid for somebody who is not at the desk."""
    known = {agent.pk: agent for agent in Agent.objects.filter(pk__in=numbers)}
    missing = [number for number in numbers if number not in known]
    if missing:
        raise Invalid(f"There is no agent {missing[0]}.", {"agents": "unknown"})
    return list(known.values())


THINGS: Final = Things(
    "/teams",
    "a team",
    "teams",
    "teams:manage",
    lambda _asked: Team.objects.prefetch_related("agents"),
    as_told(TEAM, agents=lambda team: sorted(agent.pk for agent in team.agents.all())),
    TEAM,
    reads=("people:read", STAFF),
)
ROUTES: Final = (
    THINGS.lists(),
    THINGS.makes(found, NEW, "Found a team"),
    THINGS.shows(),
    THINGS.changes(change, CHANGES, "Rename a team, or say who is in it"),
    THINGS.removes(teams.dissolve, "Dissolve a team"),
)
