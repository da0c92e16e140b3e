"""An agent's notices: the page behind the bell. Reading them is the agent's own mark, not the ticket's history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk import notices as deeds
from deskwright.store.queries import desk as queries
from deskwright.web.frame import show
from deskwright.web.look import Look, done, page


@page
def notices(request: HttpRequest, look: Look) -> HttpResponse:
    rows = queries.notices(look.actor.pk, look.visible)
    return show(request, "notices/page.html", look, "notices", notices=rows)


@require_POST
@page
def read(request: HttpRequest, look: Look) -> HttpResponse:
    """Mark one notice (`notice`) or all of them as read."""
    chosen = request.POST.get("notice", "")
    deeds.read(look.actor, int(chosen) if chosen.isdecimal() else None, now=look.now)
    return done(request, "" if chosen else _("All read"), noticed=True)
