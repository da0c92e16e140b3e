"""Who can do what, how well: people beside skills, a number in each field. Enter moves down, a row saves itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.errors import Invalid
from deskwright.desk.staff import skills
from deskwright.store.models import AgentSkill
from deskwright.web.console.forms import active
from deskwright.web.console.frame import saved, settings_page, show
from deskwright.web.look import Look, done, is_part

RIGHT, HERE = "skills:manage", "skills"
PREFIX = "skill:"
LEVELS = {"", "0", "1", "2", "3"}


@settings_page(RIGHT)
def matrix(request: HttpRequest, look: Look) -> HttpResponse:
    levels: dict[int, dict[str, int]] = {}
    for row in AgentSkill.objects.filter(agent__is_active=True):
        levels.setdefault(row.agent_id, {})[row.skill] = row.level
    asked = skills.asked_for(look.workflow)
    new = [one for one in [request.GET.get("new", "").strip().lower().replace(" ", "_")[: skills.LONGEST]] if one]
    names = sorted({*asked, *(skill for known in levels.values() for skill in known), *new})
    rows = [line(agent, names, levels.get(agent.pk, {})) for agent in active().exclude(role="light")]
    heads = [
        {"name": name, "asked": name in asked, "unmet": all(not row["levels"][name] for row in rows)} for name in names
    ]
    context = {"title": _("Skills"), "heads": heads, "rows": rows, "prefix": PREFIX}
    return show(request, "console/skills.html", look, HERE, **context)


def line(agent: Any, names: list[str], known: dict[str, int]) -> dict[str, Any]:
    levels = {name: known.get(name, 0) for name in names}
    return {"agent": agent, "levels": levels, "cells": list(levels.items())}


@require_POST
@settings_page(RIGHT)
def put(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """One person's row: the fields that were sent, empty for none."""
    sent = {name.removeprefix(PREFIX): str(value).strip() for name, value in request.POST.items() if PREFIX in name}
    if not set(sent.values()) <= LEVELS:
        raise Invalid(_("A level is 1, 2 or 3; empty for none."))
    levels = {name: int(value or 0) for name, value in sent.items()}
    skills.set_levels(look.actor, number, levels, now=look.now)
    return done(request, _("Saved")) if is_part(request) else saved(request, reverse(HERE))
