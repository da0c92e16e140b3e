"""Finding things: the search page, the palette, and the chooser that sets a field. All read; its forms do deeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.access import tickets_for
from deskwright.desk.errors import NotFound
from deskwright.store.queries import desk as people
from deskwright.store.queries import search as queries
from deskwright.web.frame import ALL, MINE, show
from deskwright.web.look import Look, is_part, page
from deskwright.web.words import PRIORITIES, STATUSES, spoken

PALETTE_TICKETS: Final = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the palette or the chooser. `search` is what typing filters by."""

    icon: str
    title: str
    url: str = ""
    value: str = ""
    hint: str = ""
    person: str = ""
    now: bool = False
    key: str = ""
    """The key that does the same."""
    deed: str = ""
    """Name of an action of the page, carried out by the browser."""
    away: bool = False
    """A person who is not there now."""


@page
def search(request: HttpRequest, look: Look) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    context = {"text": text, "rows": queries.tickets(text, look.visible) if text else [], "by_change": True}
    if is_part(request):
        return render(request, "search/results.html", {**context, "now": look.now, "agent": look.actor})
    return show(request, "search/page.html", look, "search", **context)


@page
def palette(request: HttpRequest, look: Look) -> HttpResponse:
    """Tickets that match, then the places and actions whose names do."""
    text = request.GET.get("q", "").strip()
    context = {
        "text": text,
        "tickets": queries.tickets(text, look.visible, PALETTE_TICKETS) if len(text) > 1 else [],
        "actions": matching(actions(request.GET.get("ticket", ""), look), text),
        "places": matching(all_places(look), text),
        "now": look.now,
    }
    return render(request, "parts/palette_results.html", context)


def matching(choices: Iterator[Choice], text: str) -> list[Choice]:
    """Choices whose title holds every word typed."""
    words = text.casefold().split()
    return [choice for choice in choices if all(word in choice.title.casefold() for word in words)]


def actions(ticket: str, look: Look) -> Iterator[Choice]:
    if ticket.isdecimal():
        yield Choice("reply", _("Reply"), deed="reply", key="r")
        yield Choice("clock", _("Send the reply later…"), deed="later")
        yield Choice("lock", _("Write an internal note"), deed="note", key="n")
        yield Choice("user", _("Assign to…"), deed="assign", key="a")
        yield Choice("circle-dot", _("Change status…"), deed="status", key="s")
        yield Choice("bars-3", _("Change priority…"), deed="priority", key="p")
        yield Choice("split", _("Move to queue…"), deed="queue")
        yield Choice("circle-check", _("Solve"), deed="solve", key="e")
    if look.actor.role != "light":
        there = look.actor.available
        yield Choice("moon" if there else "sun", _("Be away") if there else _("Be available"), deed="availability")
    yield Choice("contrast", _("Switch between light and dark"), deed="theme")
    yield Choice("keyboard", _("Show the keys"), deed="keys", key="?")


def all_places(look: Look) -> Iterator[Choice]:
    for view, icon, title in [*MINE, *ALL]:
        yield Choice(icon, str(title), reverse("inbox", args=[view]), hint=_("View"))
    for name in look.queues:
        yield Choice("inbox", spoken(name), reverse("queue", args=[name]), hint=_("Queue"))
    yield Choice("search", _("Search tickets"), reverse("search"), hint=_("Page"), key="/")
    yield Choice("bell", _("Notices"), reverse("notices"), hint=_("Page"))


CHOOSERS: Final = {
    "status": gettext_lazy("Change status"),
    "priority": gettext_lazy("Change priority"),
    "assignee": gettext_lazy("Assign to"),
    "queue": gettext_lazy("Move to queue"),
}


@page
def choose(request: HttpRequest, look: Look, field: str) -> HttpResponse:
    """The choices for one field of the tickets named by `ticket`, the present one marked."""
    if field not in CHOOSERS:
        raise NotFound(_("There is nothing to choose here."))
    numbers = [int(number) for number in request.GET.getlist("ticket") if number.isdecimal()]
    chosen = tickets_for(look.actor, numbers, "change")
    present = {str(getattr(ticket, "assignee_id" if field == "assignee" else field) or "") for ticket in chosen}
    present_value = present.pop() if len(present) == 1 else None
    context = {
        "field": field,
        "title": CHOOSERS[field],
        "tickets": chosen,
        "choices": list(choices(field, look, present_value)),
    }
    return render(request, "parts/chooser.html", context)


def choices(field: str, look: Look, present: str | None) -> Iterator[Choice]:
    if field == "assignee":
        yield from agents(look, present)
    elif field == "queue":
        for name in look.workflow.queues:
            yield Choice("inbox", spoken(name), value=name, now=name == present)
    else:
        for value, (icon, title) in (STATUSES if field == "status" else PRIORITIES).items():
            yield Choice(icon, str(title), value=value, now=value == present)


def agents(look: Look, present: str | None) -> Iterator[Choice]:
    yield Choice("circle-dashed", _("Nobody"), value="0", now=present == "")
    for row in people.agents(look.actor.pk):
        value, name = str(row["id"]), row["name"]
        yield Choice(
            "", name, value=value, person=name, hint=load(row), now=value == present, away=not row["available"]
        )


def load(row: dict[str, Any]) -> str:
    """Where the agent works and what they carry."""
    carried = _("%(number)s open") % {"number": row["tickets"]}
    return " · ".join(filter(None, [", ".join(row["teams"] or []), carried]))
