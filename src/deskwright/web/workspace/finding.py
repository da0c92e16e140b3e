"""Finding things: the search page and the palette. All read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.store.queries import search as queries
from deskwright.web.frame import ALL, MINE, show
from deskwright.web.look import Look, is_part, page
from deskwright.web.words import spoken

PALETTE_TICKETS: Final = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the palette or the chooser."""

    icon: str
    title: str
    url: str = ""
    value: str = ""
    field: str = ""
    """What the value sets, where it is not the chooser's own field."""
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
        yield Choice("tag", _("Tags…"), deed="tags", key="t")
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
