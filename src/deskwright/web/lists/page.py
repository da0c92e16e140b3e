"""Answering with a list of tickets: the page, its rows alone for a live update, its ids for a change of all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode

from deskwright.store.queries import listing
from deskwright.store.queries.listing import Scope
from deskwright.web.frame import show
from deskwright.web.lists.shape import DENSITIES, ORDERS, TITLES, shape_of
from deskwright.web.look import Look, is_part

MOST_CHANGED: Final = 2000
"""Tickets of a view that can be changed at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: `name` is its line in the rail, `url` where it is, `scope` what it holds."""

    name: str
    url: str
    title: str
    scope: Scope
    sort: str
    columns: tuple[str, ...] = ()
    view: str = ""
    """The built-in view's name, for its empty state."""


def answer(request: HttpRequest, look: Look, listed: Listed, **context: Any) -> HttpResponse:
    """A page of the list, as `after` or `before` in the address say."""
    shape = shape_of(look.actor, listed.name, listed.sort, listed.columns)
    shape = replace(shape, sort=listing.sort_in(listed.scope, shape.sort))
    if request.GET.get("only") == "ids":
        return ids(look, listed, shape.sort)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = listing.page(listed.scope, look.visible, shape.sort, after=after, before=before)
    place = {"after": after} if after else {"before": before} if before else {}
    context |= {
        "rows": look.veil.rows(found.rows),
        "older": found.older,
        "newer": found.newer,
        "place": f"?{urlencode(place)}" if place else "",
        "placed": bool(place),
        "listed": listed,
        "url": listed.url,
        "view": listed.view,
        "title": listed.title,
        "shape": shape,
    }
    if is_part(request):
        return render(request, "inbox/list.html", {**context, "now": look.now, "agent": look.actor})
    context |= {"orders": ORDERS, "all_columns": TITLES, "densities": DENSITIES}
    return show(request, "inbox/page.html", look, listed.name, **context)


def ids(look: Look, listed: Listed, sort: str) -> HttpResponse:
    """The numbers of the view's tickets, up to `MOST_CHANGED`, in its order; `more` says that there are others."""
    numbers = listing.numbers(listed.scope, look.visible, sort, MOST_CHANGED + 1)
    return JsonResponse(
        {"ids": numbers[:MOST_CHANGED], "more": len(numbers) > MOST_CHANGED or not listing.whole(listed.scope)}
    )
