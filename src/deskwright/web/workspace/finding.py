"""Finding things: the search page and the palette. All read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from deskwright.desk import audit
from deskwright.desk.access import STAFF
from deskwright.desk.access.fields import ADDRESS
from deskwright.desk.views import rail
from deskwright.store.finding.searching import MOST, find
from deskwright.store.queries import customers
from deskwright.web.console import places as console
from deskwright.web.frame import ALL, MINE, show
from deskwright.web.gate import asks
from deskwright.web.lists.shape import shape_of
from deskwright.web.look import Look, is_part, page
from deskwright.web.words import spoken
from deskwright.web.workspace.search_words import completed, explained, told

PALETTE_TICKETS: Final = 7
PALETTE_PARTIES: Final = 4


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
@asks("tickets:see")
def search(request: HttpRequest, look: Look) -> HttpResponse:
    """The search page, or its results alone while somebody types."""
    text = request.GET.get("q", "").strip("\n")
    after = request.GET.get("after", "")
    context = {
        "text": text,
        "placed": bool(after),
        "shape": shape_of(look.actor, "search", "updated"),
        **asked(text, look, after=after),
    }
    if is_part(request):
        return render(request, "search/results.html", {**context, "now": look.now, "agent": look.actor})
    return show(
        request,
        "search/page.html",
        look,
        "search",
        **context,
        operators=explained(addresses=not look.veil.hides(ADDRESS)),
    )


def asked(text: str, look: Look, limit: int = MOST, after: str = "") -> dict[str, Any]:
    """What a text finds, with its faults and completions, for the templates."""
    audit.sought(look.actor, "tickets.searched", text, now=look.now)
    values = {"queue": list(look.queues)}
    found = find(
        text,
        look.visible,
        me=look.actor.pk,
        now=look.now,
        values=values,
        after=after,
        limit=limit,
        addresses=not look.veil.hides(ADDRESS),
    )
    offered = list(completed(text, values))
    return {
        "rows": look.veil.rows(found.rows),
        "older": found.older,
        "instead": found.instead,
        "faults": [told(fault) for fault in found.query.faults if not (offered and text.endswith(fault.piece))],
        "completions": offered,
    }


@page
@asks(STAFF)
def palette(request: HttpRequest, look: Look) -> HttpResponse:
    """Tickets that match, then the places and actions whose names do."""
    text = request.GET.get("q", "").strip("\n")
    found = asked(text, look, PALETTE_TICKETS) if len(text.strip()) > 1 else {}
    context = {
        "text": text,
        "tickets": found.get("rows", []),
        "instead": found.get("instead"),
        "completions": found.get("completions", []),
        "actions": matching(actions(request.GET.get("ticket", ""), look), text),
        "places": [*parties(text, look), *matching(all_places(look), text)],
        "now": look.now,
    }
    return render(request, "parts/palette_results.html", context)


def parties(text: str, look: Look) -> Iterator[Choice]:
    """Customers and organisations whose names, addresses or numbers hold the text."""
    if len(text.strip()) < 2 or not look.may("customers:see"):
        return
    kinds = look.veil.contacts(customers.KINDS)
    for row in look.veil.rows(customers.people(text, look.visible, limit=PALETTE_PARTIES, kinds=kinds)):
        title = row["name"] or row["customer_email"]
        yield Choice("user", title, reverse("customer", args=[row["id"]]), hint=row["organisation"] or _("Customer"))
    for row in customers.organisations(text, look.visible, limit=PALETTE_PARTIES):
        yield Choice("building-2", row["name"], reverse("organisation", args=[row["id"]]), hint=_("Organisation"))


def matching(choices: Iterator[Choice], text: str) -> list[Choice]:
    """Choices whose title holds every word typed."""
    words = text.casefold().split()
    return [choice for choice in choices if all(word in choice.title.casefold() for word in words)]


def actions(ticket: str, look: Look) -> Iterator[Choice]:
    """What the agent may do, on the ticket that is open and everywhere."""
    if ticket.isdecimal():
        yield from (choice for verbs, choice in on_ticket() if any(map(look.may, verbs.split())))
    if look.may("reply"):
        yield Choice("mail", _("New ticket to a customer…"), deed="compose", key="c")
        yield Choice("skip-forward", _("Next ticket"), deed="next", key="N")
    if look.actor.role != "light":
        there = look.actor.available
        yield Choice("moon" if there else "sun", _("Be away") if there else _("Be available"), deed="availability")
    yield Choice("contrast", _("Switch between light and dark"), deed="theme")
    yield Choice("keyboard", _("Show the keys"), deed="keys", key="?")


def on_ticket() -> Iterator[tuple[str, Choice]]:
    """The deeds of a ticket's page, each with the verbs one of which it takes."""
    yield "reply", Choice("reply", _("Reply"), deed="reply", key="r")
    yield "reply", Choice("clock", _("Send the reply later…"), deed="later")
    yield "note", Choice("lock", _("Write an internal note"), deed="note", key="n")
    yield "note reply", Choice("paperclip", _("Attach files…"), deed="attach")
    yield "reply", Choice("file-text", _("Insert an article…"), deed="articles")
    yield "reply", Choice("quote", _("Quote in the reply"), deed="quote", key="q")
    yield "change", Choice("user", _("Assign to…"), deed="assign", key="a")
    yield "change", Choice("circle-dot", _("Change status…"), deed="status", key="s")
    yield "change", Choice("bars-3", _("Change priority…"), deed="priority", key="p")
    yield "change", Choice("message-square-text", _("Use a macro…"), deed="macros", key="m")
    yield "change", Choice("circle-question-mark", _("Change type…"), deed="type")
    yield "change", Choice("square-pen", _("Fill in a field…"), deed="fields")
    yield "change", Choice("split", _("Move to queue…"), deed="queue")
    yield "change", Choice("tag", _("Tags…"), deed="tags", key="t")
    yield "change", Choice("calendar-clock", _("Snooze…"), deed="snooze", key="b")
    yield "merge", Choice("merge", _("Merge into another ticket…"), deed="merge", key="M")
    yield "change", Choice("link", _("Link with another ticket…"), deed="link", key="l")
    yield "merge", Choice("scissors", _("Split messages off…"), deed="split")
    yield "see", Choice("bell", _("Follow or unfollow"), deed="follow", key="f")
    yield "change", Choice("circle-check", _("Solve"), deed="solve", key="e")


def all_places(look: Look) -> Iterator[Choice]:
    yield from lists(look) if look.may("see") else ()
    if look.may("customers:see"):
        yield Choice("users", _("Customers"), reverse("customers"), hint=_("Page"))
        yield Choice("building-2", _("Organisations"), reverse("organisations"), hint=_("Page"))
    yield Choice("file-text", _("Knowledge"), reverse("knowledge"), hint=_("Page"))
    if look.may("reply"):
        yield Choice("message-circle", _("Chats"), reverse("chats"), hint=_("Page"))
    yield Choice("bell", _("Notices"), reverse("notices"), hint=_("Page"))
    for place in console.places(look.actor):
        yield Choice(place.icon, str(place.title), place.url, hint=_("Settings"))


def lists(look: Look) -> Iterator[Choice]:
    """Where tickets are found."""
    for view, icon, title in [*MINE, *ALL]:
        yield Choice(icon, str(title), reverse("inbox", args=[view]), hint=_("View"))
    for line in rail.lines(look.actor, look.workflow, look.now):
        yield Choice(line.icon, line.name, reverse("view", args=[line.number]), hint=_("Saved view"))
    for name in look.queues:
        yield Choice("inbox", spoken(name), reverse("queue", args=[name]), hint=_("Queue"))
    yield Choice("plus", _("New view"), reverse("view_add"), hint=_("Page"))
    yield Choice("search", _("Search tickets"), reverse("search"), hint=_("Page"), key="/")
