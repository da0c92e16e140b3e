"""The ticket lists. A live update asks for the same list again and gets its rows alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.desk.errors import NotFound
from deskwright.store.queries import inbox as queries
from deskwright.web.frame import TITLES, framed, show
from deskwright.web.look import Look, is_part, page
from deskwright.web.words import spoken


@page
def home(request: HttpRequest, look: Look) -> HttpResponse:
    return redirect("inbox", view="mine")


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
    """The rail's lines alone, counted anew. `here` names the open one."""
    return render(request, "parts/rail_places.html", framed(look, request.GET.get("here", "")))


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
