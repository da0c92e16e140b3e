"""Merging tickets from the pages: look for the other one, see what would happen, do it; take one out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.contrib.messages import info, success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from deskwright.desk import access
from deskwright.desk.errors import Invalid
from deskwright.desk.numbers import number_in, numbers_in
from deskwright.desk.tickets import merging
from deskwright.store.connection import deed
from deskwright.store.queries import ticket as queries
from deskwright.store.queries.listing import Row
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, is_part, page
from deskwright.web.workspace.finding import asked
from deskwright.web.workspace.head import found

MANY: Final = 2


@page
@asks("tickets:merge")
def merge(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Look for the ticket to merge this one into; with `into` what it would do; with POST do it."""
    access.ticket_for(look.actor, number, "merge")
    into = number_in((request.POST if request.method == "POST" else request.GET).get("into", ""))
    if request.method == "POST":
        return merged(request, look, number, into)
    context: dict[str, Any] = {"ticket": found(look, number), "text": request.GET.get("q", "").strip()}
    if into is not None:
        context["preview"] = merging.preview(look.actor, [number], into, now=look.now)
    else:
        context["rows"] = list(choices(context["ticket"], context["text"], look))
    return show(request, "ticket/merge.html", look, **context)


def merged(request: HttpRequest, look: Look, number: int, into: int | None) -> HttpResponse:
    """The page of the whole, with the undo beside the sentence."""
    if into is None:
        raise Invalid(_("Choose the ticket to merge this one into."))
    across = bool(request.POST.get("across"))
    whole = merging.merge(look.actor, [number], into, now=look.now, across=across)
    told = _("#%(number)s is part of this ticket now") % {"number": number}
    success(request, told, extra_tags=reverse("ticket_unmerge", args=[number]))
    return HttpResponseRedirect(reverse("ticket", args=[whole]))


@page
@asks("tickets:merge")
def merge_several(request: HttpRequest, look: Look) -> HttpResponse:
    """Tickets picked in a list (`ticket`, several) become one: which stays (`into`), what it would do; POST does it."""
    form = request.POST if request.method == "POST" else request.GET
    picked = sorted(set(numbers_in(form.getlist("ticket"))))
    if len(picked) < MANY:
        raise Invalid(_("Pick at least two tickets to merge."))
    wanted = number_in(form.get("into", ""))
    into = wanted if wanted in picked else picked[0]
    sources = [number for number in picked if number != into]
    if request.method != "POST":
        seen = merging.preview(look.actor, sources, into, now=look.now)
        context: dict[str, Any] = {
            "preview": seen,
            "picked": picked,
            "asked": urlencode({"ticket": picked}, doseq=True),
        }
        return show(request, "linking/merge_several.html", look, **context)
    whole = merging.merge(look.actor, sources, into, now=look.now, across=bool(form.get("across")))
    told = ngettext(
        "%(number)s ticket is part of this one now", "%(number)s tickets are part of this one now", len(sources)
    )
    undo = f"{reverse('unmerge_several')}?{urlencode({'ticket': sources}, doseq=True)}"
    success(request, told % {"number": len(sources)}, extra_tags=undo)
    return HttpResponseRedirect(reverse("ticket", args=[whole]))


@require_POST
@page
@asks("tickets:merge")
def unmerge_several(request: HttpRequest, look: Look) -> HttpResponse:
    """Take back a merge of several: all of them, or none."""
    numbers = numbers_in(request.GET.getlist("ticket"))
    with deed():
        wholes = {merging.unmerge(look.actor, number, now=look.now) for number in numbers}
    return done(request, _("Undone"), changed=[*numbers, *wholes])


def choices(head: Row, text: str, look: Look) -> Iterator[Row]:
    """What the words or the number find, else the customer's other tickets; parts of others are left out."""
    found: Sequence[Row] = asked(text, look)["rows"] if text else ()
    rows = found or (() if text else queries.siblings(head["id"], head["customer_id"], look.visible))
    named = number_in(text.removeprefix("#"))
    if named is not None:
        one = queries.head(named, look.visible)
        rows = [look.veil.row(row) for row in (one, *rows) if row is not None]
    seen = {head["id"]}
    for row in rows:
        if row["id"] not in seen and not row.get("merged_into_id"):
            seen.add(row["id"])
            yield row


@require_POST
@page
@asks("tickets:merge")
def unmerge(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Make it a ticket of its own again; its page."""
    whole = merging.unmerge(look.actor, number, now=look.now)
    success(request, _("A ticket of its own again: it is no longer part of #%(number)s") % {"number": whole})
    url = reverse("ticket", args=[number])
    if is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def led_on(request: HttpRequest, look: Look, head: Row) -> HttpResponse | None:
    """From the page of a merged ticket to that of the whole, with a word about it; None for who may not see that."""
    whole = merging.whole_of(head["id"])
    if queries.head(whole, look.visible) is None:
        return None
    info(request, _("#%(number)s was merged into this ticket") % {"number": head["id"]})
    return HttpResponseRedirect(reverse("ticket", args=[whole]))


def parts_of(events: Sequence[Row]) -> dict[int, str]:
    """What is merged into the ticket by now, number -> subject, as its events tell."""
    parts: dict[int, str] = {}
    for event in events:
        data = event["data"] or {}
        if event["kind"] == "merged_in":
            parts[data["ticket"]] = str(data.get("subject") or "")
        elif event["kind"] == "parted":
            parts.pop(data["ticket"], None)
    return parts
