"""Pages of customers: the list, one of them with everything they ever asked, the form."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.customers import people, suggesting
from deskwright.desk.customers.finding import customer_for
from deskwright.desk.outbox import suppression
from deskwright.store.queries import customers as queries
from deskwright.web.customers.forms import PersonForm, PointForm, given, initial
from deskwright.web.customers.showing import editor, listed, merges, present, seen, story
from deskwright.web.filling import made, saving
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, is_part, page
from deskwright.web.workspace.fields import of, shown

HERE: Final = "customers"


@page
@asks("customers:see")
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    context = listed("customer", queries.people, request, look) | {"may_change": look.may("customers:change")}
    if is_part(request):
        return render(request, "customers/people.html", context)
    return show(request, "customers/page.html", look, HERE, of="customer", **context)


@page
@asks("customers:see")
def person(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Head, contact points, tickets, and the story of all of them; older entries alone where they are asked for."""
    found = customer_for(look.actor, number)
    if found.pk != number:
        return HttpResponseRedirect(reverse("customer", args=[found.pk]))
    seen(look, "customer", number)
    told = story("customer", number, request, look) | {"here_url": reverse("customer", args=[number])}
    if is_part(request):
        return render(request, "customers/story.html", told)
    row = look.veil.row(present(queries.person(number, look.visible)))
    return show(request, "customers/person.html", look, HERE, **of_person(look, row), **told)


def of_person(look: Look, row: dict[str, Any]) -> dict[str, Any]:
    tickets = queries.tickets("customer", row["id"], look.visible)
    ratings = [one["csat"] for one in tickets if one["csat"]]
    points = [dict(zip(("kind", "id", "value"), one.split(":", 2), strict=True)) for one in row["identities"]]
    return {
        "row": row,
        "points": points,
        "stopped": suppression.of_customer(point["value"] for point in points if point["kind"] == "email"),
        "may_lift": look.may(suppression.RIGHT),
        "custom": [one for one in shown(of(look, "customer"), row["custom"]) if one.said],
        "tickets": tickets,
        "csat": round(sum(ratings) / len(ratings), 1) if ratings else None,
        "ratings": len(ratings),
        "suggestions": suggesting.same_as(look.actor, row["id"]),
        "merges": merges("customer", row["id"]),
        "may_change": look.may("customers:change"),
        "may_audit": look.may("audit:see"),
        "may_reply": look.may("reply"),
        "point_form": PointForm(),
    }


@page
@asks("customers:change")
def add(request: HttpRequest, look: Look) -> HttpResponse:
    access.allow(look.actor, "customers:change")
    manages = look.may("organisations:manage")
    form = PersonForm(request.POST or None, workflow=look.workflow, manages=manages)
    form.hide(look.veil, "customer.notes")

    def act(said: dict[str, Any]) -> int:
        return people.create(look.actor, given(said), now=look.now, email=said["email"], phone=said["phone"])

    number = made(form, act) if request.method == "POST" else None
    if number:
        success(request, _("Saved"))
        return HttpResponseRedirect(reverse("customer", args=[number]))
    return editor(request, look, HERE, form, title=_("New customer"), cancel=reverse("customers"))


@page
@asks("customers:change")
def edit(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    found = customer_for(look.actor, number, "customers:change")
    row = present(queries.person(found.pk, look.visible))
    seen(look, "customer", found.pk)
    manages = look.may("organisations:manage")
    form = PersonForm(request.POST or None, workflow=look.workflow, manages=manages, initial=initial(row))
    for name in ("email", "phone"):
        del form.fields[name]
    form.hide(look.veil, "customer.notes")
    here = reverse("customer", args=[found.pk])

    def act(said: dict[str, Any]) -> None:
        people.change(look.actor, found.pk, given(said), now=look.now)

    if request.method == "POST" and saving(form, act):
        success(request, _("Saved"))
        return HttpResponseRedirect(here)
    return editor(request, look, HERE, form, title=look.veil.masked(str(found)), cancel=here)
