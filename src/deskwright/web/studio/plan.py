"""The shift plan beside the need it was made for. A worker makes it; nobody's shift is changed by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk import audit
from deskwright.desk.errors import Invalid, Outside
from deskwright.desk.studio import capacity, rosters
from deskwright.desk.studio.needs import Assumed
from deskwright.lab.capacity.roster import Rules
from deskwright.web.console.exporting import CSV, line, safe
from deskwright.web.console.frame import saved, settings_page
from deskwright.web.downloads import download
from deskwright.web.look import Look
from deskwright.web.studio.capacity import day_name, framed, midnights, need_kind, noons, outside
from deskwright.web.studio.charts import Chart, chart, frame, hours_from

RIGHT: Final = capacity.RIGHT
TITLES: Final[dict[str, Promise]] = {
    "shortest": gettext_lazy("Shortest shift (hours)"),
    "longest": gettext_lazy("Longest shift (hours)"),
    "rest": gettext_lazy("Rest between shifts (hours)"),
    "days": gettext_lazy("Days a week"),
    "hours": gettext_lazy("Hours a week"),
}
COLUMNS: Final = ("agent", "begin", "end", "hours")


@dataclass(frozen=True, slots=True)
class Row:
    """One person: their shift on each day on their own clock, "" where there is none, and their hours in all."""

    name: str
    zone: str
    days: Sequence[str]
    hours: int


@settings_page(RIGHT)
def page(request: HttpRequest, look: Look) -> HttpResponse:
    """The latest plan. A POST asks for another."""
    rules, fault = rules_of(request)
    if request.method == "POST" and not fault:
        try:
            rosters.ask(look.actor, rules, Assumed(), now=look.now)
            return saved(request, reverse("capacity_plan"), _("The plan is being made"))
        except Outside as refusal:
            fault = outside(refusal, TITLES)
        except Invalid as refusal:
            fault = refusal.sentence
    latest = rosters.latest(look.actor)
    known = latest.rules if latest and request.method != "POST" else asdict(rules)
    context: dict[str, Any] = {"latest": latest, "fault": fault, "status": 422 if fault else 200}
    context["wanted"] = [(name, label, known.get(name, "")) for name, label in TITLES.items()]
    if latest and latest.result:
        context |= shown(latest.result)
    return framed(request, look, "capacity_plan", "studio/plan.html", **context)


def rules_of(request: HttpRequest) -> tuple[Rules, str]:
    found = Rules()
    for one in fields(Rules):
        text = request.POST.get(one.name, "").strip()
        if text and not text.isdecimal():
            return found, _("“%(text)s” is not a whole number.") % {"text": text[:40]}
        found = replace(found, **{one.name: int(text[:6])}) if text else found
    return found, ""


def shown(result: Mapping[str, Any]) -> dict[str, Any]:
    days = [date.fromisoformat(day) for day in result["days"]]
    return {
        "result": result,
        "days": [day_name(day) for day in days],
        "picture": plan_chart(result, days),
        "rows": rows(result, days),
    }


def plan_chart(result: Mapping[str, Any], days: Sequence[date]) -> Chart:
    needed, there = result["needed"], result["there"]
    room = frame((0, len(needed)), [*needed, *there])
    bars = [
        room.bar(*need_kind(number, there[hour]), hour + 0.5, number, width=0.9)
        for hour, number in enumerate(needed)
        if number
    ]
    shapes = [*bars, *midnights(room, len(days)), room.steps("shifts", _("planned"), there)]
    return chart(_("People needed and planned"), room, hours_from(days[0]), shapes, noons(room, days))


def rows(result: Mapping[str, Any], days: Sequence[date]) -> list[Row]:
    """Everybody, those who work most first."""
    desk = ZoneInfo(result["zone"])
    found = []
    for one in result["people"]:
        zone, cells, hours = ZoneInfo(one["zone"]), [""] * len(days), 0
        for shift in result["shifts"]:
            if shift["agent"] == one["agent"]:
                begin, end = (datetime.fromisoformat(shift[side]) for side in ("begin", "end"))
                day = begin.astimezone(desk).date()
                cells[days.index(day)] = f"{begin.astimezone(zone):%H:%M}–{end.astimezone(zone):%H:%M}"
                hours += shift["hours"]
        found.append(Row(one["name"], one["zone"], cells, hours))
    return sorted(found, key=lambda row: (-row.hours, row.name))


@settings_page(RIGHT)
def export(request: HttpRequest, look: Look) -> HttpResponse:
    """The shifts as CSV, with instants."""
    latest = rosters.latest(look.actor)
    if latest is None or latest.result is None:
        raise Invalid(_("There is no plan yet."))
    names = {one["agent"]: one["name"] for one in latest.result["people"]}
    lines = [line(COLUMNS)]
    lines += [
        line([safe(names[one["agent"]]), one["begin"], one["end"], one["hours"]]) for one in latest.result["shifts"]
    ]
    audit.taken(look.actor, "shifts.exported", "", now=look.now, rows=len(lines) - 1)
    return download(b"".join(lines), "shifts.csv", CSV)
