"""The customers' form in a frame on somebody else's page: only on sites the desk names, and without any session.

It needs no token against forged forms: nobody is signed in here, and anybody may ask.
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from deskwright.desk.settings import house
from deskwright.web.portal.asking import asked, thanked

HOUR: Final = 60 * 60


@csrf_exempt
@xframe_options_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def embed(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends. Not found while no site may embed it."""
    return in_frame(request, asked(request))


@xframe_options_exempt
@login_not_required
@never_cache
@require_GET
def thanks(request: HttpRequest, receipt: str) -> HttpResponse:
    return in_frame(request, thanked(request, receipt))


def in_frame(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The page, for the sites that may embed it and for nobody else."""
    origins = house.house().embed_origins
    if not origins:
        raise Http404
    answer._csp_replace = {"frame-ancestors": ["'self'", *origins]}  # type: ignore[attr-defined]
    return answer


@login_not_required
@require_GET
@cache_control(public=True, max_age=HOUR)
def script(request: HttpRequest) -> HttpResponse:
    """What a page includes by one tag: it puts the frame in its own place and keeps it as high as it needs to be."""
    address = request.build_absolute_uri(reverse("embed"))
    return render(request, "portal/embed.js", {"address": address}, content_type="text/javascript; charset=utf-8")
