"""Deeds on teams: found one, rename it, say who is in it, dissolve it. Its key stays: the workflow names it so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.engine.workflow import Workflow
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Team

KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,49}")


def found(actor: Agent | None, key: str, name: str, members: Iterable[Agent] = (), *, now: datetime) -> Team:
    """A new team. Raises Forbidden, and Invalid for a key that is taken or not plain (small letters, digits, `_`)."""
    require(actor, "teams:manage")
    if not KEY.fullmatch(key):
        raise Invalid(
            _("A key is small letters, digits and _."), {"key": _("Small letters, digits and _, a letter first.")}
        )
    with deed() as sql:
        if Team.objects.filter(key=key).exists():
            raise Invalid(_("That key is taken."), {"key": _("Another team has this key.")})
        team = Team.objects.create(key=key, name=name)
        team.agents.set(members)
        saved(sql, actor, "team.founded", key, now=now, after=said(team), people=True)
        return team


def change(actor: Agent | None, number: int, name: str, members: Iterable[Agent], *, now: datetime) -> None:
    """Rename a team and say who is in it. Raises Forbidden, NotFound."""
    require(actor, "teams:manage")
    with deed() as sql:
        team = locked(number)
        before = said(team)
        team.name = name
        team.save(update_fields=["name"])
        team.agents.set(members)
        saved(sql, actor, "team.changed", team.key, now=now, before=before, after=said(team), people=True)


def dissolve(actor: Agent | None, number: int, *, now: datetime) -> None:
    """Delete a team; its members stay. Raises Forbidden, NotFound."""
    require(actor, "teams:manage")
    with deed() as sql:
        team = locked(number)
        before = said(team)
        team.delete()
        saved(sql, actor, "team.dissolved", team.key, now=now, before=before, people=True)


def queues_of(key: str, workflow: Workflow) -> list[str]:
    """The workflow's queues that this team serves: those that name it, and the one of its own name that names none."""
    return [one.name for one in workflow.queues.values() if key == (one.team or one.name)]


def locked(number: int) -> Team:
    team = Team.objects.select_for_update().filter(pk=number).first()
    if team is None:
        raise NotFound(_("There is no such team."))
    return team


def said(team: Team) -> dict[str, object]:
    members = team.agents.order_by("email").values_list("email", flat=True)
    return {"name": team.name, "members": list(members)}
