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
from deskwright.desk.numbers import numbers_in
from deskwright.engine.workflow import Workflow
from deskwright.store.models import Ticket
from deskwright.store.queries import desk as people
from deskwright.web.gate import asks
from deskwright.web.look import Look, page
from deskwright.web.words import (
    PRIORITIES,
    STATUSES,
    custom_choice,
    custom_field,
    custom_value,
    sign,
    spoken,
    ticket_type,
    type_sign,
    word,
)
from deskwright.web.workspace.fields import of
from deskwright.web.workspace.finding import Choice

CHOOSERS: Final = {
    "status": gettext_lazy("Change status"),
    "priority": gettext_lazy("Change priority"),
    "type": gettext_lazy("Change type"),
    "fields": gettext_lazy("Fill in a field"),
    "assignee": gettext_lazy("Assign to"),
    "queue": gettext_lazy("Move to queue"),
    "tags": gettext_lazy("Tags"),
}


@page
@asks("tickets:change")
def choose(request: HttpRequest, look: Look, field: str) -> HttpResponse:
    """The choices for one field of the tickets named by `ticket`, the present one marked."""
    if field not in CHOOSERS:
        raise NotFound(_("There is nothing to choose here."))
    numbers = numbers_in(request.GET.getlist("ticket"))
    chosen = tickets_for(look.actor, numbers, "change")
    offered = tags(chosen, look) if field == "tags" else choices(field, look, present_value(chosen, field))
    context = {"field": field, "title": CHOOSERS[field], "tickets": chosen, "choices": list(offered)}
    return render(request, "parts/chooser.html", context)


def present_value(tickets: Sequence[Ticket], field: str) -> str | None:
    """What all of them have now; None where they differ."""
    if field == "fields":
        return None
    present = {present_in(ticket, field) for ticket in tickets}
    return present.pop() if len(present) == 1 else None


def present_in(ticket: Ticket, field: str) -> str:
    if field == "status":
        return ticket.substatus or ticket.status
    return str(getattr(ticket, {"assignee": "assignee_id"}.get(field, field)) or "")


def choices(field: str, look: Look, present: str | None) -> Iterator[Choice]:
    if field == "assignee":
        yield from agents(look, present)
    elif field == "queue":
        for name in look.workflow.queues:
            yield Choice("inbox", spoken(name), value=name, now=name == present)
    elif field == "status":
        yield from statuses(look.workflow, present)
    elif field == "type":
        for one in look.workflow.types.values():
            yield Choice(type_sign(one.name), ticket_type(one.name), value=one.name, now=one.name == present)
    elif field == "fields":
        yield from fields(look)
    else:
        for value, (icon, title) in PRIORITIES.items():
            yield Choice(icon, str(title), value=value, now=value == present)


def statuses(workflow: Workflow, present: str | None) -> Iterator[Choice]:
    """Each category followed by the workflow's own statuses of it; archived ones are not offered."""
    for category in STATUSES:
        yield status(category, present)
        for own in workflow.statuses.values():
            if own.category == category and own.name != category and not own.archived:
                yield status(own.name, present, hint=word("status", category))


def status(name: str, present: str | None, hint: str = "") -> Choice:
    return Choice(sign("status", name), word("status", name), value=name, now=name == present, hint=hint)


def fields(look: Look) -> Iterator[Choice]:
    """Every choice of every choice field and switch of a ticket: one search finds field and value."""
    for spec in of(look, "ticket"):
        if spec.type not in {"choice", "boolean"}:
            continue
        for value in spec.choices or ("yes", "no"):
            said = custom_choice(spec, value) if spec.choices else custom_value(spec, value == "yes")
            yield Choice("square-pen", f"{custom_field(spec)}: {said}", value=value, field=f"fields.{spec.name}")
        yield Choice("x", _("%(field)s: empty") % {"field": custom_field(spec)}, field=f"fields.{spec.name}")


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
