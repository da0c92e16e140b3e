"""Deeds on a desk's own roles: make one of rights, change it, give it, delete it when nobody has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.access import ALL, BUILT_IN, RIGHTS, TEAMS, reach
from deskwright.desk.access.fields import NAMED, RAW
from deskwright.desk.access.rights import Grants
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Role

TICKET_FIELD: Final = re.compile(r"ticket\.[a-z][a-z0-9_]{0,39}")
PLAIN: Final = ("name", "about", "base", "grants", "hidden", "two_factor")


def make(actor: Agent | None, key: str, values: Mapping[str, Any], *, now: datetime) -> Role:
    """A new role. Raises Forbidden; Invalid for a taken key, rights nobody defined, fields that cannot be hidden."""
    require(actor, "roles:manage")
    check(actor, values)
    with deed() as sql:
        if Role.objects.filter(key=key).exists():
            raise Invalid(_("That key is taken."), {"key": _("Another role has this key.")})
        role = Role.objects.create(key=key, **{name: values[name] for name in PLAIN if name in values})
        saved(sql, actor, "role.made", key, now=now, after=said(role))
        return role


def change(actor: Agent | None, number: int, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change a role; who has it holds the new rights from their next request on. Raises as `make`, and NotFound."""
    require(actor, "roles:manage")
    check(actor, values)
    with deed() as sql:
        role = locked(number)
        before = said(role)
        for name in PLAIN:
            setattr(role, name, values.get(name, getattr(role, name)))
        role.save(update_fields=PLAIN)
        Agent.objects.filter(custom_role=role).update(role=role.base)
        saved(sql, actor, "role.changed", role.key, now=now, before=before, after=said(role), people=True)


def delete(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Raises Forbidden, NotFound, Conflict while somebody has it."""
    require(actor, "roles:manage")
    with deed() as sql:
        role = locked(number)
        if Agent.objects.filter(custom_role=role).exists():
            raise Conflict(_("Somebody has this role. Give them another one first."))
        before = said(role)
        role.delete()
        saved(sql, actor, "role.deleted", role.key, now=now, before=before)


def give(actor: Agent | None, number: int, role: Role | None, *, now: datetime) -> None:
    """Give somebody a role of the desk's own, or with None the built-in one. Raises Forbidden, NotFound, Conflict."""
    require(actor, "roles:manage")
    with deed() as sql:
        agent = Agent.objects.select_for_update().filter(pk=number).first()
        if agent is None:
            raise NotFound(_("There is nobody like that at this desk."))
        refuse_lending(actor, role.grants if role else BUILT_IN[agent.role])
        if role is not None and agent.role == "admin":
            raise Conflict(_("An admin holds every right. Make them something else first."))
        before = {"role": agent.custom_role.key if agent.custom_role else agent.role}
        agent.custom_role = role
        agent.role = role.base if role else agent.role
        agent.save(update_fields=["custom_role", "role"])
        after = {"role": role.key if role else agent.role}
        saved(sql, actor, "agent.role_given", agent.email, now=now, before=before, after=after, people=True)


def refuse_lending(actor: Agent | None, grants: Grants) -> None:
    """Nobody gives a right further than they hold it, but for what ordinary agents hold: raises Forbidden."""
    for right, far in grants.items():
        if BUILT_IN["agent"].get(right) != far and not lends(actor, right, far):
            raise Forbidden(_("You do not hold %(right)s yourself, so you cannot give it.") % {"right": right})


def lends(actor: Agent | None, right: str, far: str) -> bool:
    """Whether the actor holds the right as far as it would reach; the operator holds every one."""
    held = ALL if actor is None else reach(actor, right)
    return held == ALL or (bool(held) and far == TEAMS)


def check(actor: Agent | None, values: Mapping[str, Any]) -> None:
    """Raises Invalid for what is not a role, Forbidden for rights the actor does not hold as far."""
    for right, far in values["grants"].items():
        known = RIGHTS.get(right)
        if known is None or far not in (TEAMS, ALL) or (far == TEAMS and not known.per_team):
            raise Invalid(_("There is no such right."), {"grants": f"{right} cannot be held so."})
        if not lends(actor, right, far):
            raise Forbidden(_("You do not hold %(right)s yourself, so you cannot give it.") % {"right": right})
    if values["base"] not in {"lead", "agent", "light"}:
        raise Invalid(_("Choose what the workflow takes them for."), {"base": _("Lead, agent or light agent.")})
    raw = sorted(RAW & values["grants"].keys()) if values["hidden"] else []
    if raw:
        said = _("It hides something, and could see it all the same by %(rights)s.") % {"rights": ", ".join(raw)}
        raise Invalid(_("That role would hide nothing."), {"hidden": said})
    for name in values["hidden"]:
        if name not in NAMED and not TICKET_FIELD.fullmatch(name):
            raise Invalid(_("That cannot be hidden."), {"hidden": f"{name} cannot be hidden."})


def locked(number: int) -> Role:
    role = Role.objects.select_for_update().filter(pk=number).first()
    if role is None:
        raise NotFound(_("There is no such role."))
    return role


def said(role: Role) -> dict[str, Any]:
    return {name: getattr(role, name) for name in PLAIN}
