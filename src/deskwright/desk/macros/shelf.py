"""The shelf of macros: who finds which, and how one is written, changed, put away and taken out again.

Everybody keeps macros of their own; those of a team or of all are kept by leads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.macros.actions import checked
from deskwright.desk.macros.variables import refuse_unknown
from deskwright.desk.settings.rights import holds, require
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Macro, Team

LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Written:
    """A macro as somebody writes it. `personal`: only theirs; else the team's, or everybody's without one."""

    name: str
    folder: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    actions: Mapping[str, Any] = field(default_factory=dict)
    team: Team | None = None
    personal: bool = False


def found(actor: Agent) -> QuerySet[Macro]:
    """The macros this agent may use: everybody's, their teams' (a lead: all), their own."""
    every = Q(owner=None) if holds(actor, "macros:share") else Q(owner=None, team=None)
    teams = Q(owner=None, team__in=actor.teams.values("pk"))
    return Macro.objects.filter(Q(owner=actor) | every | teams, archived_at=None)


def listed(actor: Agent) -> QuerySet[Macro]:
    """The macros this agent may change, put away or not: their own, and for leads the shared ones."""
    shared = Q(owner=None) if holds(actor, "macros:share") else Q(pk=None)
    return Macro.objects.filter(Q(owner=actor) | shared).select_related("team", "owner")


def one(actor: Agent, number: int) -> Macro:
    """A macro the agent may use. Raises NotFound."""
    macro = found(actor).filter(pk=number).first()
    if macro is None:
        raise NotFound(_("There is no such macro, or it was put away."))
    return macro


def write(actor: Agent, written: Written, *, now: datetime) -> Macro:
    """A new macro. Raises Forbidden, and Invalid naming what is wrong: a variable nobody knows, an empty macro."""
    right = "macros:write" if written.personal else "macros:share"
    require(actor, right)
    values = told(actor, written)
    with deed() as sql:
        macro = Macro.objects.create(**values, created_at=now, updated_at=now)
        saved(sql, actor, "macro.written", macro.name, now=now, after={"for": whose(macro)})
        return macro


def change(actor: Agent, number: int, written: Written, *, now: datetime) -> None:
    """Raises as `write`, and NotFound."""
    values = told(actor, written)
    with deed() as sql:
        macro = locked(actor, number)
        if not written.personal and macro.owner_id is not None:
            require(actor, "macros:share")
        before = said(macro)
        for name, value in values.items():
            setattr(macro, name, value)
        macro.updated_at = now
        macro.save()
        saved(sql, actor, "macro.changed", macro.name, now=now, before=before, after=said(macro))


def put_away(actor: Agent, number: int, *, now: datetime, away: bool = True) -> Macro:
    """Put a macro away, or back onto the shelf: its use so far stays counted. Raises Forbidden, NotFound."""
    with deed() as sql:
        macro = locked(actor, number)
        macro.archived_at = now if away else None
        macro.save(update_fields=["archived_at"])
        saved(sql, actor, "macro.put_away" if away else "macro.taken_out", macro.name, now=now)
        return macro


def locked(actor: Agent, number: int) -> Macro:
    macro = Macro.objects.select_for_update().filter(pk=number).first()
    if macro is None or (macro.owner_id not in {None, actor.pk}):
        raise NotFound(_("There is no such macro."))
    if macro.owner_id is None and not holds(actor, "macros:share"):
        raise Forbidden(_("Shared macros are kept by leads. You can write your own."))
    return macro


def told(actor: Agent, written: Written) -> dict[str, Any]:
    """The macro's columns. Raises Invalid."""
    name, folder = " ".join(written.name.split()), " ".join(written.folder.split())
    if not name:
        raise Invalid(_("Give the macro a name."), {"name": _("Give it a name.")})
    workflow = workflows.live()
    texts = {language: plain(text) for language, text in written.texts.items() if plain(text)}
    note = plain(written.note)
    for language, text in [*texts.items(), ("note", note)]:
        refuse_unknown(text, workflow, "note" if language == "note" else f"text_{language or 'any'}")
    actions = checked(written.actions, workflow)
    if not (texts or note or actions):
        raise Invalid(
            _("A macro writes something or does something."), {"text_any": _("Write a text, or choose an action.")}
        )
    owner, team = (actor, None) if written.personal else (None, written.team)
    return {
        "name": name[:120],
        "folder": folder[:80],
        "texts": texts,
        "note": note,
        "actions": actions,
        "team": team,
        "owner": owner,
    }


def plain(text: str) -> str:
    words = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(words) > LONGEST:
        raise Invalid(
            _("A text has at most %(longest)s characters.") % {"longest": f"{LONGEST:,}"}, {"text_any": "too long"}
        )
    return words


def said(macro: Macro) -> dict[str, Any]:
    names = ("name", "folder", "texts", "note", "actions", "team_id", "owner_id")
    return {name: getattr(macro, name) for name in names}


def whose(macro: Macro) -> str:
    """Who may use it, for the log."""
    return "its writer" if macro.owner_id else macro.team.key if macro.team else "everybody"


def folders(macros: Sequence[Macro]) -> dict[str, list[Macro]]:
    """folder -> its macros, those without a folder first."""
    grouped: dict[str, list[Macro]] = {}
    for macro in macros:
        grouped.setdefault(macro.folder, []).append(macro)
    return grouped
