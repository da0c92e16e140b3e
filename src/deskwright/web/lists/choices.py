"""Keeping how an agent wants a list: its order, its columns, the density of all lists."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from deskwright.desk.access import STAFF
from deskwright.desk.views import keeping
from deskwright.store.queries.columns import COLUMNS
from deskwright.store.queries.listing import known
from deskwright.web.gate import asks
from deskwright.web.lists.shape import DENSITIES
from deskwright.web.look import Look, back, page

LONGEST_NAME = 100


@require_POST
@page
@asks(STAFF)
def choose(request: HttpRequest, look: Look) -> HttpResponse:
    """Keep `sort` or `columns` of the list `view`, or `density`; `usual` goes back to what the view comes with."""
    view = request.POST.get("view", "")[:LONGEST_NAME]
    if (density := request.POST.get("density")) in DENSITIES:
        keeping.remember(look.actor, "", now=look.now, density=density)
    if view and view != "density":
        keeping.remember(look.actor, view, now=look.now, **chosen(request))
    return HttpResponseRedirect(back(request).partition("?")[0])


def chosen(request: HttpRequest) -> dict[str, Any]:
    if "usual" in request.POST:
        return {"sort": "", "columns": []}
    wanted: dict[str, Any] = {}
    if known(request.POST.get("sort", "")):
        wanted["sort"] = request.POST["sort"]
    if "columns" in request.POST:
        wanted["columns"] = [name for name in COLUMNS if name in request.POST.getlist("columns")]
    return wanted
