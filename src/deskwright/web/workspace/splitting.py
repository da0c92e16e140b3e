"""Splitting messages off on a page of their own: which ones, under what subject, since when its targets count."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk import access
from deskwright.desk.numbers import number_in, numbers_in
from deskwright.desk.tickets import merging, splitting
from deskwright.store.queries import ticket as queries
from deskwright.store.queries.listing import Row
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, page
from deskwright.web.workspace.head import found
from deskwright.web.workspace.timeline import Said


@page
@asks("tickets:merge")
def split(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The messages to choose from, `message` chosen already; with POST do it."""
    access.ticket_for(look.actor, number, "merge")
    if request.method == "POST":
        return done_split(request, look, number)
    head = found(look, number)
    chosen = set(numbers_in(request.GET.getlist("message")))
    context: dict[str, Any] = {"ticket": head, "said": movable(look, number), "chosen": chosen}
    return show(request, "linking/split.html", look, **context)


def movable(look: Look, number: int) -> list[Said]:
    """The ticket's own messages but for the one that opened it and the desk's letters, oldest first."""
    said = [row for row in look.veil.rows(queries.messages(number)) if row["kind"] != "automatic"]
    own: list[Row] = [row for row in said if row["ticket_id"] == number]
    opening = min((row["id"] for row in own), default=0)
    return [Said(row) for row in own if row["id"] != opening]


def done_split(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The page of the new ticket, with the undo beside the sentence."""
    chosen = numbers_in(request.POST.getlist("message"))
    made = splitting.split(
        look.actor,
        number,
        chosen,
        now=look.now,
        subject=request.POST.get("subject", ""),
        clocks_from=request.POST.get("clocks_from", "message"),
    )
    told = _("Split off from #%(number)s") % {"number": number}
    success(request, told, extra_tags=f"{reverse('split_undo', args=[made])}?from={number}")
    return HttpResponseRedirect(reverse("ticket", args=[made]))


@require_POST
@page
@asks("tickets:merge")
def undo(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """What was split off goes back to where it came `from`. `number` is the new ticket's."""
    origin = number_in(request.GET.get("from", "")) or 0
    whole = merging.merge(look.actor, [number], origin, now=look.now, across=True)
    return done(request, _("Undone"), restored=whole)
