"""The console's first page: every place one may enter, with what it is for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from deskwright.web.console.frame import show
from deskwright.web.console.places import SECTIONS
from deskwright.web.gate import asks
from deskwright.web.look import Look, page


@page
@asks(*sorted({place.right for section in SECTIONS for place in section.places}))
def home(request: HttpRequest, look: Look) -> HttpResponse:
    return show(request, "console/home.html", look, "console")
