"""Surveys as lists show them: those of tickets that somebody sees."""

from __future__ import annotations

from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.errors import NotFound
from deskwright.store.models import Agent, Survey
from deskwright.store.sql import load


def listed(actor: Agent | None, after: int, limit: int, state: str = "") -> list[Survey]:
    """The next ones after this number, the oldest first; with `state` only those in it."""
    visible = access.visible_to(actor)
    asked = {"after": after, "limit": limit, "state": state, **visible.params}
    return list(Survey.objects.raw(load("queries/surveys.sql").format(visible=visible.sql), asked))


def one(actor: Agent | None, number: int) -> Survey:
    """Raises NotFound."""
    found = next(iter(listed(actor, number - 1, 1)), None)
    if found is None or found.pk != number:
        raise NotFound(_("There is no such survey any more."))
    return found
