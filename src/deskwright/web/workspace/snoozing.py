"""Snoozing from the pages: moments to choose from, in the desk's business time; the deed and its undoing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from deskwright.desk import workflows
from deskwright.desk.access import tickets_for
from deskwright.desk.errors import Invalid
from deskwright.desk.numbers import numbers_in
from deskwright.desk.tickets import snoozing
from deskwright.engine.calendars import ALWAYS
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, page
from deskwright.web.workspace.answering import moment

DAY: Final = timedelta(days=1)
REPLY: Final = "reply"


@dataclass(frozen=True, slots=True)
class Moment:
    icon: str
    title: str
    at: datetime | None = None

    @property
    def value(self) -> str:
        return self.at.isoformat() if self.at else REPLY


@page
@asks("tickets:change")
def choose(request: HttpRequest, look: Look) -> HttpResponse:
    """The moments until which the tickets named by `ticket` can be put aside."""
    chosen = tickets_for(look.actor, numbers_in(request.GET.getlist("ticket")), "change")
    context = {"tickets": chosen, "moments": list(moments(look)), "asleep": any(one.snoozed_since for one in chosen)}
    return render(request, "parts/snooze.html", context)


def moments(look: Look) -> Iterator[Moment]:
    """Openings of the desk's own hours: nobody wants a ticket back at night."""
    calendar = look.workflow.calendars.get(look.workflow.sla.calendar or "", ALWAYS)
    zone = ZoneInfo(workflows.zone(look.workflow))
    today = datetime.combine(look.now.astimezone(zone).date(), time(8), zone)
    yield Moment("clock", _("In three business hours"), calendar.add(look.now, 180))
    yield Moment("sun", _("Next business day"), calendar.next_open(today + timedelta(days=1)))
    yield Moment(
        "layers", _("In two business days"), calendar.next_open(calendar.next_open(today + timedelta(days=1)) + DAY)
    )
    yield Moment("calendar-clock", _("Next week"), calendar.next_open(today + timedelta(days=7 - today.weekday())))
    yield Moment("message-circle", _("Until the customer writes"))


@require_POST
@page
@asks("tickets:change")
def snooze(request: HttpRequest, look: Look) -> HttpResponse:
    """Put the tickets named by `ticket` aside until `until`: an instant, or `reply`."""
    chosen, asked = numbers_in(request.POST.getlist("ticket")), request.POST.get("until", "")
    until = None if asked == REPLY else moment(asked)
    if not chosen or (until is None and asked != REPLY):
        raise Invalid(_("Choose a ticket and a moment."), {"until": "missing"})
    done_to = snoozing.snooze(look.actor, chosen, until, now=look.now)
    undo = f"{reverse('wake')}?{urlencode({'ticket': done_to}, doseq=True)}"
    told = ngettext("Snoozed", "%(number)s tickets snoozed", len(done_to)) % {"number": len(done_to)}
    return done(request, told, undo=undo, changed=done_to)


@require_POST
@page
@asks("tickets:change")
def wake(request: HttpRequest, look: Look) -> HttpResponse:
    """Call snoozed tickets back."""
    woken = snoozing.wake(
        look.actor, numbers_in([*request.GET.getlist("ticket"), *request.POST.getlist("ticket")]), now=look.now
    )
    return done(request, _("Back in its list"), changed=woken)
