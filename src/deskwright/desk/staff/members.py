"""Deeds on the people who work at the desk, for the console: take on, change, retire, bring back.

Somebody is never deleted: what they wrote stays theirs. A retired agent cannot sign in and is given nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.access import BUILT_IN, grants
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.roles import refuse_lending
from deskwright.desk.settings.saving import saved
from deskwright.desk.staff import people, returns
from deskwright.store.connection import deed
from deskwright.store.models import Agent

PLAIN: Final = ("name", "email", "role", "level", "languages", "shift", "capacity")
"""What is changed as it stands; teams are a relation."""


def take_on(actor: Agent | None, values: Mapping[str, Any], *, now: datetime) -> Agent:
    """Somebody new, without a password. Raises Forbidden, and Invalid for an address that is known."""
    require(actor, "people:manage")
    with deed() as sql:
        refuse_lending(actor, BUILT_IN[values["role"]])
        refuse_known(values["email"])
        agent = people.add_agent(**values)
        saved(sql, actor, "agent.taken_on", agent.email, now=now, after=said(agent))
        return agent


def change(actor: Agent | None, number: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change what is known of somebody; another role ends one of the desk's own.

    Raises Forbidden, NotFound, Invalid; Conflict for the last admin's role.
    """
    require(actor, "people:manage")
    with deed() as sql:
        agent = locked(number)
        refuse_above(actor, agent)
        refuse_lending(actor, BUILT_IN[values["role"]])
        refuse_known(values["email"], number)
        if values["role"] != "admin":
            keep_an_admin(agent)
        before = said(agent)
        if values["role"] != agent.role:
            agent.custom_role = None
        for name in PLAIN:
            setattr(agent, name, values[name])
        agent.email = agent.email.lower()
        agent.save(update_fields=[*PLAIN, "custom_role"])
        agent.teams.set(values["teams"])
        saved(sql, actor, "agent.changed", agent.email, now=now, before=before, after=said(agent), people=True)


def retire(actor: Agent | None, number: int, *, now: datetime) -> int:
    """Let somebody go: no signing in, no new work; others are asked to take their live tickets. Returns how many.

    Raises Forbidden, NotFound; Conflict for oneself and for the last admin.
    """
    require(actor, "people:manage")
    with deed() as sql:
        agent = locked(number)
        if actor is not None and actor.pk == number:
            raise Conflict(_("You cannot retire yourself. Another admin can."))
        refuse_above(actor, agent)
        keep_an_admin(agent)
        agent.is_active = False
        agent.save(update_fields=["is_active"])
        saved(sql, actor, "agent.retired", agent.email, now=now, people=True)
        return returns.hand_on(agent, now=now)


def bring_back(actor: Agent | None, number: int, *, now: datetime) -> None:
    """A retired agent works at the desk again. Raises Forbidden, NotFound."""
    require(actor, "people:manage")
    with deed() as sql:
        agent = locked(number)
        refuse_above(actor, agent)
        agent.is_active = True
        agent.save(update_fields=["is_active"])
        saved(sql, actor, "agent.brought_back", agent.email, now=now, people=True)


def refuse_above(actor: Agent | None, agent: Agent) -> None:
    """Whose address or way in one may change, one can become: raises Forbidden for rights the actor lacks."""
    if actor is None or actor.pk != agent.pk:
        refuse_lending(actor, grants(agent))


def refuse_known(email: str, apart_from: int = 0) -> None:
    if Agent.objects.filter(email__iexact=email).exclude(pk=apart_from).exists():
        raise Invalid(_("Somebody has this address already."), {"email": _("Somebody has this address already.")})


def keep_an_admin(agent: Agent) -> None:
    """Raises Conflict when nobody could change settings any more."""
    others = Agent.objects.filter(role="admin", custom_role=None, is_active=True).exclude(pk=agent.pk)
    if agent.role == "admin" and agent.custom_role_id is None and not others.exists():
        raise Conflict(_("This is the last admin. Make somebody else an admin first."))


def locked(number: int) -> Agent:
    agent = Agent.objects.select_for_update().filter(pk=number).first()
    if agent is None:
        raise NotFound(_("There is nobody like that at this desk."))
    return agent


def said(agent: Agent) -> dict[str, Any]:
    teams = list(agent.teams.order_by("key").values_list("key", flat=True))
    return {name: getattr(agent, name) for name in PLAIN} | {"teams": teams}
