"""The lists every desk has. A live update asks for the same list again and gets its rows alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.access import STAFF
from deskwright.desk.errors import NotFound
from deskwright.store.queries import inbox as queries
from deskwright.web.frame import TITLES, framed
from deskwright.web.gate import asks
from deskwright.web.lists.page import Listed, answer
from deskwright.web.look import Look, page
from deskwright.web.words import spoken


@page
@asks(STAFF)
def home(request: HttpRequest, look: Look) -> HttpResponse:
    """Where the work is; who sees no tickets works on something else."""
    return redirect("inbox", view=landing(look)) if look.may("see") else redirect("knowledge")


def landing(look: Look) -> str:
    """The view where the work is: what is at risk for who oversees the desk, what is theirs for everybody else."""
    held = queries.counts(look.visible, [], agent=look.actor.pk, now=look.now).views
    if access.sees_all(look.actor):
        return "at_risk" if held["at_risk"] else "all_open"
    if not look.may("reply"):
        return "all_open"
    return "mine" if held["mine"] else "unassigned"


@page
@asks("tickets:see")
def inbox(request: HttpRequest, look: Look, view: str) -> HttpResponse:
    """One of the views of the rail."""
    if view not in TITLES:
        raise NotFound(_("There is no such view."))
    scope = queries.scope(view, agent=look.actor.pk, now=look.now)
    url = reverse("inbox", args=[view])
    return answer(request, look, Listed(view, url, str(TITLES[view]), scope, queries.own_sort(view), view=view))


@page
@asks("tickets:see")
def queue(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """A queue's live tickets. A queue the agent does not serve is not found."""
    if name not in look.queues:
        raise NotFound(_("There is no such queue, or it is not yours to see."))
    scope = queries.scope("queue", agent=look.actor.pk, now=look.now, queue=name)
    url = reverse("queue", args=[name])
    return answer(request, look, Listed(f"queue:{name}", url, spoken(name), scope, "due", view="queue"))


@page
@asks(STAFF)
def rail(request: HttpRequest, look: Look) -> HttpResponse:
    """The rail's lines, counted anew, and the agent's own switch. `here` names the open line."""
    return render(request, "parts/rail_live.html", framed(look, request.GET.get("here", "")))
