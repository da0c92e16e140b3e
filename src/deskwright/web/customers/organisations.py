"""Pages of organisations: the list, one of them with its people and tickets, the form."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.customers import organisations
from deskwright.desk.customers.organisations import organisation_for
from deskwright.store.queries import customers as queries
from deskwright.web.customers.forms import OrganisationForm, given, initial
from deskwright.web.customers.showing import editor, listed, merges, present, seen, story
from deskwright.web.filling import made, saving
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, is_part, page
from deskwright.web.workspace.fields import of, shown

HERE: Final = "organisations"


@page
@asks("customers:see")
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    found = listed("organisation", queries.organisations, request, look)
    context = found | {"may_change": look.may("customers:change")}
    if is_part(request):
        return render(request, "customers/houses.html", context)
    return show(request, "customers/page.html", look, HERE, of="organisation", **context)


@page
@asks("customers:see")
def organisation(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    found = organisation_for(look.actor, number)
    if found.pk != number:
        return HttpResponseRedirect(reverse("organisation", args=[found.pk]))
    seen(look, "organisation", number)
    told = story("organisation", number, request, look) | {"here_url": reverse("organisation", args=[number])}
    if is_part(request):
        return render(request, "customers/story.html", told)
    row = look.veil.row(present(queries.organisation(number, look.visible)))
    context = {
        "row": row,
        "organisation": found,
        "people": look.veil.rows(queries.people_of(number, look.visible)),
        "tickets": queries.tickets("organisation", number, look.visible),
        "custom": [one for one in shown(of(look, "organisation"), row["custom"]) if one.said],
        "merges": merges("organisation", number),
        "may_change": look.may("customers:change"),
        "may_audit": look.may("audit:see"),
    }
    return show(request, "customers/organisation.html", look, HERE, **context, **told)


@page
@asks("customers:change")
def add(request: HttpRequest, look: Look) -> HttpResponse:
    access.allow(look.actor, "customers:change")
    manages = look.may("organisations:manage")
    known = {"outreach": True}
    form = OrganisationForm(request.POST or None, workflow=look.workflow, manages=manages, initial=known)
    form.hide(look.veil, "organisation.notes")

    def act(said: dict[str, Any]) -> int:
        return organisations.create(look.actor, given(said), now=look.now)

    number = made(form, act) if request.method == "POST" else None
    if number:
        success(request, _("Saved"))
        return HttpResponseRedirect(reverse("organisation", args=[number]))
    return editor(request, look, HERE, form, title=_("New organisation"), cancel=reverse("organisations"))


@page
@asks("customers:change")
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    found = organisation_for(look.actor, number, "customers:change")
    row = present(queries.organisation(found.pk, look.visible))
    seen(look, "organisation", found.pk)
    manages = look.may("organisations:manage")
    form = OrganisationForm(request.POST or None, workflow=look.workflow, manages=manages, initial=initial(row))
    form.hide(look.veil, "organisation.notes")
    here = reverse("organisation", args=[found.pk])

    def act(said: dict[str, Any]) -> None:
        organisations.change(look.actor, found.pk, given(said), now=look.now)

    if request.method == "POST" and saving(form, act):
        success(request, _("Saved"))
        return HttpResponseRedirect(here)
    return editor(request, look, HERE, form, title=found.name, cancel=here)
