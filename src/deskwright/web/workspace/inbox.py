"""The ticket lists. A live update asks for the same list again and gets its rows alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.desk.access import SEES_ALL
from deskwright.desk.errors import NotFound
from deskwright.store.queries import inbox as queries
from deskwright.web.frame import TITLES, framed, show
from deskwright.web.look import Look, is_part, page
from deskwright.web.words import spoken


@page
def home(request: HttpRequest, look: Look) -> HttpResponse:
    return redirect("inbox", view=landing(look))


def landing(look: Look) -> str:
    """The view where the work is: what is at risk for who oversees the desk, what is theirs for everybody else."""
    held = queries.counts(look.visible, [], agent=look.actor.pk, now=look.now).views
    if look.actor.role in SEES_ALL:
        return "at_risk" if held["at_risk"] else "all_open"
    if look.actor.role == "light":
        return "all_open"
    return "mine" if held["mine"] else "unassigned"


@page
def inbox(request: HttpRequest, look: Look, view: str) -> HttpResponse:
    """One of the views of the rail."""
    if view not in TITLES:
        raise NotFound(_("There is no such view."))
    return listed(request, look, view, "", reverse("inbox", args=[view]))


@page
def queue(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """A queue's live tickets. A queue the agent does not serve is not found."""
    if name not in look.queues:
        raise NotFound(_("There is no such queue, or it is not yours to see."))
    return listed(request, look, "queue", name, reverse("queue", args=[name]))


@page
def rail(request: HttpRequest, look: Look) -> HttpResponse:
    """The rail's lines, counted anew, and the agent's own switch. `here` names the open line."""
    return render(request, "parts/rail_live.html", framed(look, request.GET.get("here", "")))


def listed(request: HttpRequest, look: Look, view: str, queue: str, url: str) -> HttpResponse:
    after = request.GET.get("after", "")
    found = queries.page(view, look.visible, agent=look.actor.pk, now=look.now, queue=queue, after=after)
    context = {
        "rows": found.rows,
        "older": found.older,
        "after": after,
        "view": view,
        "url": url,
        "title": spoken(queue) if queue else TITLES[view],
        "by_change": view in queries.BY_CHANGE,
    }
    if is_part(request):
        return render(request, "inbox/list.html", {**context, "now": look.now, "agent": look.actor})
    return show(request, "inbox/page.html", look, f"queue:{queue}" if queue else view, **context)
