"""The chooser: what a field of one or several tickets can be set to, what it is now marked. Its form does the deed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.access import tickets_for
from deskwright.desk.errors import NotFound
from deskwright.store.models import Ticket
from deskwright.store.queries import desk as people
from deskwright.web.look import Look, page
from deskwright.web.words import PRIORITIES, STATUSES, spoken
from deskwright.web.workspace.finding import Choice

CHOOSERS: Final = {
    "status": gettext_lazy("Change status"),
    "priority": gettext_lazy("Change priority"),
    "assignee": gettext_lazy("Assign to"),
    "queue": gettext_lazy("Move to queue"),
    "tags": gettext_lazy("Tags"),
}


@page
def choose(request: HttpRequest, look: Look, field: str) -> HttpResponse:
    """The choices for one field of the tickets named by `ticket`, the present one marked."""
    if field not in CHOOSERS:
        raise NotFound(_("There is nothing to choose here."))
    numbers = [int(number) for number in request.GET.getlist("ticket") if number.isdecimal()]
    chosen = tickets_for(look.actor, numbers, "change")
    offered = tags(chosen, look) if field == "tags" else choices(field, look, present_value(chosen, field))
    context = {"field": field, "title": CHOOSERS[field], "tickets": chosen, "choices": list(offered)}
    return render(request, "parts/chooser.html", context)


def present_value(tickets: Sequence[Ticket], field: str) -> str | None:
    """What all of them have now; None where they differ."""
    present = {str(getattr(ticket, "assignee_id" if field == "assignee" else field) or "") for ticket in tickets}
    return present.pop() if len(present) == 1 else None


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


def tags(tickets: Sequence[Ticket], look: Look) -> Iterator[Choice]:
    """The tickets' own tags, to be taken away where all have them, then those in use on the desk, to be given."""
    own = sorted({tag for ticket in tickets for tag in ticket.tags})
    for tag in own:
        on_all = all(tag in ticket.tags for ticket in tickets)
        hint = _("remove") if on_all else _("on some of them")
        yield Choice("tag", tag, value=tag, field="untag" if on_all else "tag", hint=hint, now=on_all)
    for row in people.tags(look.visible):
        if row["tag"] not in own:
            yield Choice("tag", row["tag"], value=row["tag"], field="tag")
