"""The installation's name, colour and logo on every page: a context, a stylesheet, a picture. Open to everybody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from deskwright.desk.settings import house
from deskwright.store import outage
from deskwright.store.models import Brand, DeskSettings
from deskwright.web.colours import shades
from deskwright.web.downloads import locked

WEEK = 7 * 24 * 60 * 60


def shown_as(request: HttpRequest) -> str:
    """The host name whose brand a page shows: what `?brand=` names, where a brand has it, else the request's own."""
    named = request.GET.get("brand", "")
    return named if named and house.brand_at(named) else request.META.get("HTTP_HOST", "")


def branded(request: HttpRequest) -> dict[str, Any]:
    """`house` for templates; during an outage as it was last known."""
    try:
        outage.check()
        return {"house": house.at(shown_as(request))}
    except (*outage.AWAY, Error):
        return {"house": house.at(request.META.get("HTTP_HOST", ""), house.remembered())}


@login_not_required
def stylesheet(request: HttpRequest, version: int) -> HttpResponse:
    """The accent's shades; empty without one. Its address names the version, so it may be kept."""
    accent = house.at(shown_as(request)).accent
    context = {"shades": shades(accent) if accent else None}
    return kept(render(request, "brand.css", context, content_type="text/css"))


@login_not_required
def logo(request: HttpRequest, version: int) -> HttpResponse:
    host = shown_as(request).partition(":")[0].lower()
    own = Brand.objects.filter(host=host, logo__isnull=False).values("logo", "logo_type").first()
    row = own or DeskSettings.objects.filter(pk=1).values("logo", "logo_type").first()
    if row is None or row["logo"] is None:
        raise Http404
    return kept(locked(HttpResponse(bytes(row["logo"]), content_type=row["logo_type"])))


def kept(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, public=True, max_age=WEEK)
    return answer
