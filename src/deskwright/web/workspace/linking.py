"""Links of a ticket on the pages: the panel that shows them, adding and removing them, suggested duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from deskwright.desk import access
from deskwright.desk.errors import Invalid
from deskwright.desk.knowledge import issues
from deskwright.desk.numbers import number_in
from deskwright.desk.tickets import linking
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store.models import TicketLink
from deskwright.store.queries.listing import Row
from deskwright.web.frame import show
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, page
from deskwright.web.workspace.head import found
from deskwright.web.workspace.merging import choices

Side = tuple[str, bool]
"""The kind of a link, and whether this ticket is the lower one: `child` of, `incident` of ..."""
TITLES: Final[Mapping[Side, Promise]] = {
    ("child", True): gettext_lazy("Parent"),
    ("child", False): gettext_lazy("Children"),
    ("incident", True): gettext_lazy("Problem"),
    ("incident", False): gettext_lazy("Incidents"),
    ("related", True): gettext_lazy("Related"),
    ("related", False): gettext_lazy("Related"),
    ("follow_up", True): gettext_lazy("Follow-up of"),
    ("follow_up", False): gettext_lazy("Follow-ups"),
    ("split", True): gettext_lazy("Split off from"),
    ("split", False): gettext_lazy("Split off"),
}
WAYS: Final[Mapping[str, tuple[Side, Promise]]] = {
    "related": (("related", True), gettext_lazy("is related to it")),
    "child": (("child", True), gettext_lazy("is a child of it")),
    "parent": (("child", False), gettext_lazy("is its parent")),
    "incident": (("incident", True), gettext_lazy("is an incident of it, the problem")),
    "problem": (("incident", False), gettext_lazy("is the problem of which it is an incident")),
}
"""How this ticket stands to the one that is chosen."""


@dataclass(slots=True)
class Group:
    """Linked tickets of one sort, for the panel."""

    title: str
    rows: list[Row]


def linked_of(look: Look, head: Row) -> dict[str, Any]:
    """What the panel shows: groups of linked tickets, what it looks like, and whether incidents wait for an answer."""
    found = look.veil.rows(linking.links_of(head["id"], look.visible))
    waiting = [row for row in found if (row["kind"], row["below"]) == ("incident", False)]
    concerns_many = bool(waiting) or head["type"] == "problem"
    return {
        "known_issue": issues.of_ticket(head["id"]) if concerns_many else None,
        "may_publish_issue": concerns_many and look.may(issues.RIGHT),
        "links": grouped([row for row in found if row["kind"] != linking.DUPLICATE]),
        "twins": [row for row in found if suggested(row, head)],
        "open_incidents": sum(row["status"] in LIVE_STATUSES for row in waiting),
        "may_change": look.may("change"),
    }


def suggested(row: Row, head: Row) -> bool:
    """A duplicate nobody has judged, with both tickets still on their own."""
    return row["kind"] == linking.DUPLICATE and not row["dismissed"] and not row["merged_into_id"] and row["below"]


def grouped(rows: Sequence[Row]) -> list[Group]:
    groups: dict[str, Group] = {}
    for row in rows:
        title = str(TITLES[row["kind"], row["below"]])
        groups.setdefault(title, Group(title, [])).rows.append(row | {"own": row["kind"] in linking.BY_HAND})
    return list(groups.values())


@page
@asks("tickets:change")
def link(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Look for the ticket to link; with POST do it: `other`, and `way` for how this one stands to it."""
    access.ticket_for(look.actor, number, "change")
    if request.method == "POST":
        return linked(request, look, number)
    head = found(look, number)
    text = request.GET.get("q", "").strip()
    context: dict[str, Any] = {
        "ticket": head,
        "text": text,
        "rows": list(choices(head, text, look)),
        "ways": ways(request),
    }
    return show(request, "linking/link.html", look, **context)


def ways(request: HttpRequest) -> list[tuple[str, Promise, bool]]:
    """The ways to be linked: name, words, whether it is the chosen one."""
    chosen = request.GET.get("way", "related")
    return [(name, told, name == chosen) for name, (_side, told) in WAYS.items()]


def linked(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    other, way = number_in(request.POST.get("other", "")), request.POST.get("way", "")
    if other is None or way not in WAYS:
        raise Invalid(_("Choose the other ticket and how they belong together."))
    (kind, below), _told = WAYS[way]
    lower, upper = (number, other) if below else (other, number)
    made = linking.link(look.actor, lower, upper, kind, now=look.now)
    told = _("Linked with #%(number)s") % {"number": other}
    success(request, told, extra_tags=reverse("unlink", args=[made]))
    return HttpResponseRedirect(reverse("ticket", args=[number]))


@require_POST
@page
@asks("tickets:change")
def unlink(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Take a link away. `number` is the link's."""
    gone = linking.unlink(look.actor, number, now=look.now)
    undo = f"{reverse('relink')}?ticket={gone.ticket_id}&other={gone.other_id}&kind={gone.kind}"
    both = [gone.ticket_id, gone.other_id]
    return done(request, _("The link is gone"), undo=undo if gone.kind in linking.BY_HAND else "", changed=both)


@require_POST
@page
@asks("tickets:change")
def relink(request: HttpRequest, look: Look) -> HttpResponse:
    """A link that was taken away a moment ago: `ticket`, `other`, `kind`."""
    ticket, other = (number_in(request.GET.get(name, "")) for name in ("ticket", "other"))
    if ticket is None or other is None:
        raise Invalid(_("Choose the other ticket and how they belong together."))
    linking.link(look.actor, ticket, other, request.GET.get("kind", ""), now=look.now)
    return done(request, _("Undone"), changed=[ticket, other])


@require_POST
@page
@asks("tickets:change")
def dismiss(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """The two are no duplicates; with `again` in the address, they may be after all. `number` is the link's."""
    again = bool(request.GET.get("again"))
    found: TicketLink = linking.dismiss(look.actor, number, now=look.now, wrong=not again)
    both = [found.ticket_id, found.other_id]
    if again:
        return done(request, _("Undone"), changed=both)
    undo = f"{reverse('no_duplicate', args=[number])}?again=1"
    return done(request, _("Not a duplicate; it is not suggested again"), undo=undo, changed=both)
