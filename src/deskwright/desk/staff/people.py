"""Deeds on the people of the desk: agents, teams, organisations. Every change moves the desk's people version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from django.contrib.auth.hashers import make_password

from deskwright.store import history
from deskwright.store.connection import deed
from deskwright.store.models import Agent, AgentLoad, AgentSkill, Organisation, Team

Cursor = psycopg.Cursor[dict[str, Any]]


def add_team(key: str, name: str) -> Team:
    with deed() as sql:
        team = Team.objects.create(key=key, name=name)
        people_changed(sql)
        return team


def add_agent(
    name: str,
    email: str,
    *,
    password: str | None = None,
    role: str = "agent",
    level: str = "regular",
    teams: Iterable[Team] = (),
    skills: Mapping[str, int] | None = None,
    languages: Iterable[str] = (),
    shift: str = "",
    capacity: int | None = None,
) -> Agent:
    """Add somebody who works at the desk; without a password they cannot sign in. `skills` are levels 1 to 3."""
    with deed() as sql:
        agent = Agent.objects.create(
            name=name,
            email=email.lower(),
            password=make_password(password),
            role=role,
            level=level,
            languages=list(languages),
            shift=shift,
            capacity=capacity,
        )
        agent.teams.set(list(teams))
        AgentSkill.objects.bulk_create(
            AgentSkill(agent=agent, skill=skill, level=rank) for skill, rank in (skills or {}).items()
        )
        AgentLoad.objects.create(agent=agent)
        people_changed(sql)
        return agent


def add_organisation(name: str, domain: str | None = None, **details: Any) -> Organisation:
    """`details`: tier, vip, csm, account_manager (agents), fields, notes."""
    return Organisation.objects.create(name=name, domain=domain, **details)


def people_changed(sql: Cursor) -> None:
    """Let every process read the people anew, and keep what decisions know of them from now on."""
    row = sql.execute(
        "INSERT INTO store_deskstate (id, people_version) VALUES (1, 1) "
        "ON CONFLICT (id) DO UPDATE SET people_version = store_deskstate.people_version + 1 "
        "RETURNING people_version"
    ).fetchone()
    assert row is not None
    history.remember_people(sql, row["people_version"])
