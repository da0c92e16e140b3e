"""Addresses and phone numbers on a customer's page: add, remove, make primary."""

from __future__ import annotations

from django.contrib.messages import error, success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.customers import addresses
from deskwright.desk.errors import Invalid
from deskwright.web.gate import asks
from deskwright.web.look import Look, page


@require_POST
@page
@asks("customers:change")
def add(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """What has an @ is an address. One that somebody else has leads to the page that merges the two."""
    here, value = reverse("customer", args=[number]), request.POST.get("value", "").strip()
    try:
        addresses.add(look.actor, number, "email" if "@" in value else "phone", value, now=look.now)
    except addresses.Taken as taken:
        error(request, taken.sentence)
        merge = reverse("merge", args=["customer", number])
        return HttpResponseRedirect(f"{merge}?{urlencode({'q': value})}")
    except Invalid as refusal:
        error(request, refusal.sentence)
        return HttpResponseRedirect(here)
    success(request, _("Added"))
    return HttpResponseRedirect(here)


@require_POST
@page
@asks("customers:change")
def remove(request: HttpRequest, look: Look, number: int, point: int) -> HttpResponse:
    addresses.remove(look.actor, number, point, now=look.now)
    success(request, _("Removed"))
    return HttpResponseRedirect(reverse("customer", args=[number]))


@require_POST
@page
@asks("customers:change")
def make_primary(request: HttpRequest, look: Look, number: int, point: int) -> HttpResponse:
    addresses.make_primary(look.actor, number, point, now=look.now)
    success(request, _("Answers go there from now on"))
    return HttpResponseRedirect(reverse("customer", args=[number]))
