"""What a view asks of who opens it, declared above the view and held before it runs.

`@page` and `@settings_page` stand outside, so that a refusal becomes a page. A table of routes reads `demands_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse

from deskwright.desk import access
from deskwright.desk.access import Demand
from deskwright.web.look import Look

P = ParamSpec("P")
V = TypeVar("V", bound=Callable[..., Any])
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
Inner = Callable[Concatenate[HttpRequest, Look, P], HttpResponse]


def asks(*any_of: str, to_write: bool = False) -> Callable[[Inner[P]], Inner[P]]:
    """The view for those who hold one of these rights; Forbidden for others. Several stand one above the other."""
    demand = Demand(any_of, to_write)

    def guarded(view: Inner[P]) -> Inner[P]:
        @wraps(view)
        def answer(request: HttpRequest, look: Look, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            access.admit(look.actor, [demand], writing=request.method not in READING)
            return view(request, look, *args, **kwargs)

        return declared(answer, demand)

    return guarded


def declared(view: V, demand: Demand) -> V:
    """The view with what it asks written on it; who declares without `asks` sees to it themselves."""
    view.demands = (demand, *demands_of(view))  # type: ignore[attr-defined]
    return view


def demands_of(view: Callable[..., Any]) -> tuple[Demand, ...]:
    """All that a view asks, as its declarations say; () where nobody declared anything."""
    return getattr(view, "demands", ())
