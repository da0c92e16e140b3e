"""Deeds on saved views: keep one, change it, move it, delete it and bring it back. Who sees which is asked here too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.said import said as in_words
from deskwright.desk.settings.rights import holds
from deskwright.desk.settings.saving import saved
from deskwright.desk.views.conditions import Fault, read
from deskwright.engine import saying
from deskwright.store.connection import deed
from deskwright.store.models import Agent, SavedView, Team
from deskwright.store.queries.columns import COLUMNS
from deskwright.store.queries.listing import known

RIGHT: Final = "views:share"
"""To show a view to everybody or to a team one is not in, and to change what others have shared."""
ICONS: Final = (
    "layers", "star", "flame", "triangle-alert", "hourglass", "alarm-clock", "tag", "user", "users", "building-2",
    "mail", "phone", "message-circle", "globe", "siren", "zap", "trending-up", "calendar-days", "shield", "workflow",
)  # fmt: skip
MOST: Final = 60
"""Views one agent may keep."""
RESTORABLE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A view as somebody wants it. `audience`: me | everybody | the number of a team."""

    name: str
    condition: str
    icon: str = ICONS[0]
    sort: str = "due"
    columns: Sequence[str] = ()
    audience: str = "me"


def seen_by(actor: Agent) -> QuerySet[SavedView]:
    """The views in the agent's rail, in its order."""
    mine = Q(owner=actor) | Q(everybody=True) | Q(team__in=actor.teams.all())
    return SavedView.objects.filter(mine, deleted_at__isnull=True).distinct().order_by("place", "id")


def view_for(actor: Agent, number: int) -> SavedView:
    """The view. Raises NotFound when it is not one of the agent's to see."""
    found = seen_by(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such view, or it is not shared with you."))
    return found


def legible(actor: Agent, number: int) -> SavedView:
    """The view with its words. Raises NotFound, and Forbidden when it asks for what the agent's role hides."""
    view = view_for(actor, number)
    if asks_hidden(actor, view):
        raise Forbidden(_("This view asks for something your role does not get to see."))
    return view


def asks_hidden(actor: Agent, view: SavedView) -> bool:
    """Whether the view's condition names something that the agent's role hides."""
    known = read(view.condition, workflows.live(), access.OPEN_EYES).condition
    return known is not None and bool(access.veil(actor).hidden_among(known.names))


def may_change(actor: Agent, view: SavedView) -> bool:
    return view.owner_id == actor.pk or holds(actor, RIGHT)


def create(actor: Agent, wanted: Wanted, *, now: datetime) -> SavedView:
    """A new view. Raises Invalid naming the wrong fields, Forbidden for an audience that needs a right."""
    with deed() as sql:
        values = checked(actor, wanted)
        if actor.views.filter(deleted_at__isnull=True).count() >= MOST:
            raise Invalid(_("You have %(most)s views; delete one first.") % {"most": MOST})
        last = SavedView.objects.aggregate(last=Max("place"))["last"] or 0
        view = SavedView.objects.create(**values, owner=actor, place=last + 1, updated_at=now)
        saved(sql, actor, "view.created", view.name, now=now, after=said(view))
        return view


def change(actor: Agent, number: int, wanted: Wanted, *, now: datetime) -> SavedView:
    """Raises NotFound, Forbidden, Invalid."""
    with deed() as sql:
        view = locked(actor, number)
        before, values = said(view), checked(actor, wanted, view)
        for name, value in values.items():
            setattr(view, name, value)
        view.updated_at = now
        view.save()
        saved(sql, actor, "view.changed", view.name, now=now, before=before, after=said(view))
        return view


def move(actor: Agent, number: int, step: int, *, now: datetime) -> None:
    """One place up (-1) or down (1) in the rail, for everybody who sees it. Raises NotFound, Forbidden."""
    with deed() as sql:
        view = locked(actor, number)
        order = list(seen_by(actor).values_list("pk", flat=True))
        at = order.index(number)
        to = at + (1 if step > 0 else -1)
        if not 0 <= to < len(order):
            return
        order[at], order[to] = order[to], order[at]
        for place, pk in enumerate(order, 1):
            SavedView.objects.filter(pk=pk).update(place=place)
        saved(sql, actor, "view.moved", view.name, now=now)


def delete(actor: Agent, number: int, *, now: datetime) -> None:
    """It leaves every rail; `restore` brings it back for an hour. Raises NotFound, Forbidden."""
    with deed() as sql:
        view = locked(actor, number)
        view.deleted_at = now
        view.save(update_fields=["deleted_at"])
        saved(sql, actor, "view.deleted", view.name, now=now, before=said(view))


def restore(actor: Agent, number: int, *, now: datetime) -> SavedView:
    """Raises NotFound for one never seen, Conflict when it is gone for good."""
    with deed() as sql:
        view = SavedView.objects.select_for_update().filter(pk=number, deleted_at__isnull=False).first()
        if view is None or not may_change(actor, view):
            raise NotFound(_("There is no such view."))
        if now - view.deleted_at > RESTORABLE:  # type: ignore[operator]  # it was deleted
            raise Conflict(_("This view was deleted too long ago."))
        view.deleted_at = None
        view.save(update_fields=["deleted_at"])
        saved(sql, actor, "view.restored", view.name, now=now, after=said(view))
        return view


def forget_deleted(now: datetime) -> int:
    """Delete for good what can no longer be brought back. Returns how many."""
    with deed():
        gone, _ = SavedView.objects.filter(deleted_at__lt=now - RESTORABLE).delete()
        return gone


def remember(actor: Agent, view: str, *, now: datetime, **choice: Any) -> None:
    """How the agent wants to see a list from now on: `sort`, `columns`; for all lists (view ""): `density`."""
    with deed():
        agent = Agent.objects.select_for_update().get(pk=actor.pk)
        lists = dict(agent.lists)
        if view:
            own = {**lists.get(view, {}), **choice}
            lists[view] = {name: value for name, value in own.items() if value}
        else:
            lists |= choice
        Agent.objects.filter(pk=actor.pk).update(lists={name: value for name, value in lists.items() if value})
        actor.lists = lists


# What is wanted, made sure of


def locked(actor: Agent, number: int) -> SavedView:
    view_for(actor, number)
    view = SavedView.objects.select_for_update().get(pk=number)
    if not may_change(actor, view):
        raise Forbidden(_("This view belongs to somebody else. Save a copy of your own instead."))
    return view


def where(fault: Fault) -> dict[str, Any]:
    return {"line": fault.line, "column": fault.column, "message": fault.message}


def checked(actor: Agent, wanted: Wanted, present: SavedView | None = None) -> dict[str, Any]:
    """The columns of the row. Raises Invalid, Forbidden."""
    wrong = {}
    if not wanted.name.strip() or len(wanted.name) > 80:
        wrong["name"] = _("A name has 1 to 80 characters.")
    if faults := read(wanted.condition, workflows.live(), access.veil(actor)).faults:
        wrong["condition"] = in_words(saying._("Line %(line)s, column %(column)s: %(message)s", **where(faults[0])))
    if not known(wanted.sort):
        wrong["sort"] = _("There is no such order.")
    if any(column not in COLUMNS for column in wanted.columns):
        wrong["columns"] = _("There is no such column.")
    if wrong:
        raise Invalid(_("This view cannot be kept."), wrong)
    return {
        "name": wanted.name.strip(),
        "condition": wanted.condition.strip(),
        "icon": wanted.icon if wanted.icon in ICONS else ICONS[0],
        "sort": wanted.sort,
        "columns": list(wanted.columns),
        **audience(actor, wanted.audience, present),
    }


def audience(actor: Agent, wanted: str, present: SavedView | None) -> dict[str, Any]:
    if present and wanted == audience_of(present):
        return {}
    if wanted == "me":
        return {"team": None, "everybody": False}
    if wanted == "everybody":
        if not holds(actor, RIGHT):
            raise Forbidden(_("To share a view with everybody, your role needs the right to."))
        return {"team": None, "everybody": True}
    team = sharable(actor).filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    if team is None:
        raise Invalid(_("This view cannot be kept."), {"audience": _("This is not a team you may share with.")})
    return {"team": team, "everybody": False}


def sharable(actor: Agent) -> QuerySet[Team]:
    """Teams the agent may share a view with: their own, and all with the right."""
    return Team.objects.all() if holds(actor, RIGHT) else actor.teams.all()


def audience_of(view: SavedView) -> str:
    return "everybody" if view.everybody else str(view.team_id or "me")


def said(view: SavedView) -> dict[str, object]:
    return {"name": view.name, "condition": view.condition, "sort": view.sort, "shared": audience_of(view)}
