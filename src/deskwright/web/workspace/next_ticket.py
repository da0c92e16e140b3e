"""Next-ticket mode: one button serves the most urgent ticket, after an answer the next comes by itself."""

from __future__ import annotations

from django.contrib.messages import info
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.access import STAFF
from deskwright.desk.tickets import serving
from deskwright.web.gate import asks
from deskwright.web.look import Look, page


@require_POST
@page
@asks("tickets:reply")
def serve(request: HttpRequest, look: Look) -> HttpResponse:
    """To the agent's next ticket, which is theirs alone for a while."""
    served = serving.serve(look.actor, now=look.now)
    if served is None:
        info(request, _("Nobody waits: there is no next ticket"))
        return redirect("home")
    return HttpResponseRedirect(f"{reverse('ticket', args=[served.ticket])}?next=1")


@require_POST
@page
@asks("tickets:reply")
def skip(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Pass a ticket over with a `reason`, and on to the next."""
    reason = request.POST.get("own", "").strip() or request.POST.get("reason", "")
    serving.skip(look.actor, number, reason, now=look.now)
    return serve(request)


@require_POST
@page
@asks(STAFF)
def leave(request: HttpRequest, look: Look) -> HttpResponse:
    """End the mode."""
    serving.leave(look.actor)
    return redirect("home")
