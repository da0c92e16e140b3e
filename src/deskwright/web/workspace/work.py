"""The checklist and the time of a ticket: what the side panel shows of them, and the deeds its buttons ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from deskwright.desk.errors import Invalid
from deskwright.desk.work import checklists, timing
from deskwright.store.connection import from_json
from deskwright.store.queries import ticket as queries
from deskwright.store.queries.inbox import Row
from deskwright.web.gate import asks
from deskwright.web.look import Look, done, page

LENGTH: Final = re.compile(
    r"(?:(?P<clock>\d{1,2}):(?P<past>[0-5]\d)|(?:(?P<hours>\d{1,2}(?:[.,]\d{1,2})?)\s*h[a-z]*)?\s*(?:(?P<minutes>\d{1,4})\s*(?:m[a-z]*)?)?)",
    re.IGNORECASE,
)


def work_of(look: Look, head: Row) -> dict[str, Any]:
    """Checklist and time, with their sums. `running` is the agent's own timer on this ticket."""
    row = queries.work(head["id"])
    items, entries = from_json(row["checklist"]), [read(entry) for entry in from_json(row["entries"])]
    ended = [entry for entry in entries if entry["ended_at"] is not None]
    for item in items:
        item["done_at"] = item["done_at"] and datetime.fromisoformat(item["done_at"])
    mine = look.actor.pk
    lead = look.may("time:correct")
    return {
        "checklist": items,
        "checklist_done": sum(item["done_at"] is not None for item in items),
        "entries": [entry | {"may": lead or entry["agent_id"] == mine} for entry in reversed(ended)],
        "spent": sum(entry["minutes"] for entry in ended),
        "billable": sum(entry["minutes"] for entry in ended if entry["billable"]),
        "running": next((one for one in entries if one["ended_at"] is None and one["agent_id"] == mine), None),
        "others_running": [one for one in entries if one["ended_at"] is None and one["agent_id"] != mine],
        "may_note": look.may("note"),
    }


def read(entry: Mapping[str, Any]) -> dict[str, Any]:
    instants = ("started_at", "ended_at")
    return {**entry, **{name: entry[name] and datetime.fromisoformat(entry[name]) for name in instants}}


def minutes_in(text: str) -> int:
    """Minutes as people write them: 90, 45 m, 1h30, 1.5 h, 1:30. Raises Invalid."""
    found = LENGTH.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise Invalid(_("Write the time as 90, 45m, 1h30 or 1:30."), {"minutes": "not a length of time"})
    if found["clock"]:
        return int(found["clock"]) * 60 + int(found["past"])
    hours = float((found["hours"] or "0").replace(",", "."))
    return round(hours * 60) + int(found["minutes"] or 0)


# Checklist


@require_POST
@page
@asks("tickets:change")
def add_items(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Each line of `text` is an item."""
    checklists.add(look.actor, number, request.POST.get("text", "").splitlines(), now=look.now)
    return done(request, changed=[number], cleared="checklist-new")


@require_POST
@page
@asks("tickets:change")
def tick(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    ticket = checklists.tick(look.actor, number, bool(request.POST.get("done")), now=look.now)
    return done(request, changed=[ticket])


@require_POST
@page
@asks("tickets:change")
def alter_item(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """`move` (-1 or 1), `drop`, or another `text` for an item."""
    if (step := request.POST.get("move")) in {"-1", "1"}:
        ticket = checklists.move(look.actor, number, int(step), now=look.now)
    elif "drop" in request.POST:
        ticket = checklists.drop(look.actor, number, now=look.now)
    else:
        ticket = checklists.reword(look.actor, number, request.POST.get("text", ""), now=look.now)
    return done(request, changed=[ticket])


# Time


@require_POST
@page
@asks("tickets:note")
def timer(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Start the agent's timer, or `stop` it."""
    if "stop" not in request.POST:
        timing.start(look.actor, number, now=look.now)
        return done(request, _("The timer runs"), changed=[number])
    spent = timing.stop(look.actor, number, now=look.now)
    return done(request, _("%(minutes)s min noted") % {"minutes": spent}, changed=[number])


@require_POST
@page
@asks("tickets:note")
def enter_time(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    timing.enter(look.actor, number, **entered(request.POST), now=look.now)
    return done(request, _("Time noted"), changed=[number], cleared="time-more")


@require_POST
@page
@asks("tickets:note")
def correct_time(request: HttpRequest, look: Look, number: int) -> HttpResponse:
    """Put an entry right, or `remove` it."""
    if "remove" in request.POST:
        ticket = timing.remove(look.actor, number, now=look.now)
    else:
        ticket = timing.correct(look.actor, number, **entered(request.POST), now=look.now)
    return done(request, _("Corrected"), changed=[ticket])


def entered(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "minutes": minutes_in(form.get("minutes", "")),
        "billable": bool(form.get("billable")),
        "note": form.get("note", ""),
    }
