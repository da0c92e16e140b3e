"""Saved views: the list each is, the page that makes and changes one, and its check while somebody writes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.errors import Forbidden, Invalid
from deskwright.desk.numbers import number_in
from deskwright.desk.settings.rights import holds
from deskwright.desk.views import conditions, keeping
from deskwright.desk.views.keeping import Wanted
from deskwright.store.models import SavedView
from deskwright.store.queries.columns import COLUMNS
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.lists import checking
from deskwright.web.lists.page import Listed, answer
from deskwright.web.lists.shape import ORDERS, TITLES
from deskwright.web.look import Look, done, is_part, page
from deskwright.web.said import say


@page
@asks("tickets:see")
def listing(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The tickets of a saved view. Not found: none, or not shared with the agent."""
    view = keeping.view_for(look.actor, number)
    condition = conditions.read(view.condition, look.workflow, look.veil).condition
    if condition is None:
        return broken(request, look, view)
    scope = conditions.scope(condition, look.workflow, look.now, look.actor.pk)
    listed = Listed(
        f"view:{number}", reverse("view", args=[number]), view.name, scope, view.sort, tuple(view.columns), "saved"
    )
    return answer(request, look, listed, saved=view, may_edit=keeping.may_change(look.actor, view))


def broken(request: HttpRequest, look: Look, view: SavedView) -> HttpResponse:
    """The workflow has changed under the view: what its condition does not understand any more."""
    faults = conditions.read(view.condition, look.workflow, look.veil).faults
    context = {"saved": view, "faults": faults, "may_edit": keeping.may_change(look.actor, view), "title": view.name}
    return show(request, "views/broken.html", look, f"view:{view.pk}", **context)


@page
@asks("tickets:see")
def add(request: HttpRequest, look: Look) -> HttpResponse:
    """A new view; `condition`, `name` and `copy` (the number of another) may come with the address."""
    if request.method == "POST":
        return kept(request, look, None)
    given = Wanted(request.GET.get("name", ""), request.GET.get("condition", ""))
    copy = number_in(request.GET.get("copy", ""))
    if copy is not None:
        given = wanted_of(keeping.legible(look.actor, copy), _("%(name)s, my copy"))
    return form(request, look, given, None)


@page
@asks("tickets:see")
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    view = keeping.legible(look.actor, number)
    if not keeping.may_change(look.actor, view):
        raise Forbidden(_("This view belongs to somebody else. Save a copy of your own instead."))
    if request.method == "POST":
        return kept(request, look, view)
    return form(request, look, wanted_of(view), view)


def wanted_of(view: SavedView, name: str = "%(name)s") -> Wanted:
    audience = keeping.audience_of(view) if name == "%(name)s" else "me"
    return Wanted(name % {"name": view.name}, view.condition, view.icon, view.sort, view.columns, audience)


def kept(request: HttpRequest, look: Look, view: SavedView | None) -> HttpResponse:
    wanted = wanted_from(request)
    try:
        if view is None:
            view = keeping.create(look.actor, wanted, now=look.now)
        else:
            keeping.change(look.actor, view.pk, wanted, now=look.now)
    except Invalid as refusal:
        return form(request, look, wanted, view, refusal.fields or {"name": refusal.sentence}, status=422)
    return HttpResponseRedirect(reverse("view", args=[view.pk]))


def wanted_from(request: HttpRequest) -> Wanted:
    said = request.POST
    return Wanted(
        said.get("name", ""),
        said.get("condition", "").replace("\r\n", "\n"),
        said.get("icon", ""),
        said.get("sort", "due"),
        [name for name in COLUMNS if name in said.getlist("columns")],
        said.get("audience", "me"),
    )


def form(
    request: HttpRequest,
    look: Look,
    wanted: Wanted,
    view: SavedView | None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "wanted": wanted,
        "saved": view,
        "wrong": wrong or {},
        "icons": keeping.ICONS,
        "orders": ORDERS,
        "all_columns": TITLES,
        "teams": keeping.sharable(look.actor),
        "may_share": holds(look.actor, keeping.RIGHT),
        "title": _("Change the view") if view else _("New view"),
        **checking.checked(wanted.condition, wanted.sort, look),
    }
    answered = show(request, "views/edit.html", look, f"view:{view.pk}" if view else "", **context)
    answered.status_code = status
    return answered


@require_POST
@page
@asks("tickets:see")
def check(request: HttpRequest, look: Look) -> HttpResponse:
    """What the condition means so far: faults, chips and the tickets it holds. `by` is chips | text."""
    sort, by_chips = request.POST.get("sort", "due"), request.POST.get("by") == "chips"
    text = checking.composed(request.POST, look) if by_chips else request.POST.get("condition", "")
    context: dict[str, Any] = {**checking.checked(text, sort, look), "now": look.now, "agent": look.actor}
    answered = render(request, "views/check.html", context)
    return say(answered, composed={"text": text}) if by_chips else answered


@require_POST
@page
@asks("tickets:see")
def move(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """`step` is -1 (up) or 1 (down)."""
    keeping.move(look.actor, number, -1 if request.POST.get("step") == "-1" else 1, now=look.now)
    return done(request, "", noticed=True)


@require_POST
@page
@asks("tickets:see")
def delete(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    keeping.delete(look.actor, number, now=look.now)
    if not is_part(request):
        return HttpResponseRedirect(reverse("home"))
    undo = {"sentence": _("View deleted"), "url": reverse("view_restore", args=[number]), "seconds": 20}
    return say(HttpResponse(status=204, headers={"HX-Redirect": reverse("home")}), undoable=undo)


@require_POST
@page
@asks("tickets:see")
def restore(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Undo the deletion."""
    view = keeping.restore(look.actor, number, now=look.now)
    return done(request, _("“%(name)s” is back") % {"name": view.name}, noticed=True)
