"""Statuses, types and fields as the live workflow declares them, and how many tickets have them. Read-only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from deskwright.engine.values import STATUSES
from deskwright.engine.workflow import FieldSpec, Status, Workflow
from deskwright.store.models import Ticket
from deskwright.web.console.frame import settings_page, show
from deskwright.web.look import Look
from deskwright.web.words import custom_choice, custom_field, ticket_type

RIGHT = "queues:see"


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    """Every status under its category."""
    counted = {
        row["substatus"] or row["status"]: row["number"]
        for row in Ticket.objects.values("status", "substatus").annotate(number=Count("pk"))
    }
    rows = [{"status": one, "tickets": counted.pop(one.name, 0)} for one in every(look.workflow)]
    context = {"title": _("Statuses"), "rows": rows, "strays": sorted(counted.items())}
    return show(request, "console/statuses.html", look, "statuses", **context)


def every(workflow: Workflow) -> Iterator[Status]:
    for category in STATUSES:
        yield workflow.statuses.get(category) or Status(category, category)
        yield from (one for one in workflow.statuses.values() if one.category == category and one.name != category)


@settings_page(RIGHT)
def fields(request: HttpRequest, look: Look) -> HttpResponse:
    """Ticket types with what they set, and each field with when it is asked for."""
    counted = {row["type"]: row["number"] for row in Ticket.objects.values("type").annotate(number=Count("pk"))}
    types = [{"type": one, "tickets": counted.get(one.name, 0)} for one in look.workflow.types.values()]
    rows = [field(spec) for spec in look.workflow.fields.values()]
    return show(request, "console/fields.html", look, "fields", title=_("Fields and types"), types=types, rows=rows)


def field(spec: FieldSpec) -> dict[str, Any]:
    return {
        "spec": spec,
        "label": custom_field(spec),
        "choices": [custom_choice(spec, choice) for choice in spec.choices],
        "types": [ticket_type(name) for name in spec.types],
        "when": spec.when.text if spec.when else "",
    }
