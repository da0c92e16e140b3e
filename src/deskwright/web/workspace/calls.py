"""Calls on pages: those that ring or wait to be written up, on every page; the log of all; what agents do with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.channels.telephony import numbers
from deskwright.desk import audit
from deskwright.desk.access.fields import PHONE, VEIL
from deskwright.desk.calls import serving
from deskwright.desk.calls.writing import length
from deskwright.desk.errors import Invalid
from deskwright.desk.lines import ways
from deskwright.desk.numbers import number_in
from deskwright.store.models import Line
from deskwright.store.queries.listing import Row
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, is_part, page

PAGE: Final = 50
LAST_PAGE: Final = 9_999
FRESH: Final = timedelta(minutes=10)
"""How long after a call its note stands open to be written; later it is one line."""
POINT: Final = "phone:"
"""How a ticket's row names a number among its customer's contact points."""


@page
@asks("staff")
def now(request: HttpRequest, look: Look) -> HttpResponse:
    """The part that pops up."""
    rows = serving.at_hand(look.actor, look.now)
    found = sorted({row["customer_id"] for row in rows if row["customer_id"]})
    tickets = serving.tickets_of(look.actor, found, look.visible)
    calls = [told(row, look) | {"tickets": tickets.get(row["customer_id"], [])} for row in rows]
    return render(request, "calls/now.html", {"calls": calls, "now": look.now})


@page
@asks("tickets:reply")
def log(request: HttpRequest, look: Look) -> HttpResponse:
    """The calls one may know of, the latest first."""
    wanted = number_in(request.GET.get("page", "")) or 1
    number = wanted if wanted <= LAST_PAGE else 1
    audit.looked(look.actor, "calls.listed", now=look.now)
    rows = serving.log(look.actor, look.visible, PAGE + 1, (number - 1) * PAGE)
    context = {"calls": [told(row, look) for row in rows[:PAGE]], "number": number, "more": len(rows) > PAGE}
    return show(request, "calls/page.html", look, "calls", **context)


def told(row: Mapping[str, Any], look: Look) -> Row:
    """A call as the agent may see it."""
    veiled = look.veil.hides(PHONE)
    number = numbers.shown(row["number"]) if row["number"] else ""
    number = VEIL if veiled and number else number
    seconds = row["seconds"] or 0
    return dict(row) | {
        "shown": number,
        "who": row["customer"] or row["name"] or number or _("Withheld number"),
        "length": length(seconds) if row["state"] == "ended" else "",
        "mine": row["agent_id"] == look.actor.pk,
        "fresh": row["ended_at"] is not None and row["ended_at"] >= look.now - FRESH,
    }


@require_POST
@page
@asks("tickets:reply")
def take(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    serving.take(look.actor, number, now=look.now)
    return done(request, _("The call is yours"))


@require_POST
@page
@asks("tickets:reply")
def ticket(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The call is about the `ticket` named, or about a new one; its page opens."""
    written = request.POST.get("ticket", "")
    named = number_in(written)
    if written and named is None:
        raise Invalid(_("There is no such ticket."))
    if named is not None:
        found = serving.belongs_to(look.actor, number, named, now=look.now)
    else:
        found = serving.opens(look.actor, number, now=look.now)
    url = reverse("ticket", args=[found])
    if is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


@require_POST
@page
@asks("tickets:reply")
def note(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The wrap-up note; nothing written puts the question aside."""
    text = request.POST.get("text", "") if request.POST.get("do") != "aside" else ""
    found = serving.wrap_up(look.actor, number, text, now=look.now)
    said = _("The note is on ticket #%(number)s") % {"number": found} if text.strip() and found else _("Put aside")
    return done(request, said, changed=[found] if found else [])


def phones_of(look: Look, ticket: Mapping[str, Any]) -> Sequence[Row]:
    """The numbers of a ticket's customer, each with where a click on it leads."""
    points = look.veil.row(ticket)["identities"] or ()
    found = [point.removeprefix(POINT) for point in points if point.startswith(POINT)][:3]
    line = Line.objects.filter(calls=True, active=True).order_by("pk").first() if found else None
    template = line.dial if line else ""
    by = [(one, ways.dialled(template, one, look.actor, ticket["id"])) for one in found]
    return [{"shown": numbers.shown(one), "url": url, "away": bool(template)} for one, url in by]
