"""Capacity: what will come, how many people it takes against the shifts there are, and how the backlog goes.

The figures are the desk's; here they become charts, each with a table that says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.errors import Invalid, Outside
from deskwright.desk.studio import capacity, needs
from deskwright.desk.studio.capacity import Burn, Outlook
from deskwright.desk.studio.needs import Assumed, Need
from deskwright.store.queries import capacity as queries
from deskwright.web import words
from deskwright.web.console.frame import settings_page, show
from deskwright.web.look import Look
from deskwright.web.studio.charts import Chart, Frame, Shape, Tick, chart, days_from, frame, hours_from
from deskwright.web.studio.taking import taken

RIGHT, HERE = capacity.RIGHT, "capacity"
SHOWN: Final = 35
"""Days of the past beside the forecast."""
FORECAST: Final = ("mean", "low", "high", "lowest", "highest")
TABS: Final[tuple[tuple[str, Promise], ...]] = (
    ("capacity", gettext_lazy("Forecast")),
    ("capacity_need", gettext_lazy("Need and shifts")),
    ("capacity_plan", gettext_lazy("Shift plan")),
    ("capacity_backlog", gettext_lazy("Backlog")),
)

ASSUMED: Final[dict[str, Promise]] = {
    "handling": gettext_lazy("Minutes a ticket takes"),
    "share": gettext_lazy("… of so many percent"),
    "within": gettext_lazy("Chats and calls: taken up within (minutes)"),
    "delay": gettext_lazy("Other tickets: within (hours)"),
    "shrinkage": gettext_lazy("Breaks and meetings (percent)"),
}


def framed(request: HttpRequest, look: Look, tab: str, template: str, **context: Any) -> HttpResponse:
    """The page, or one of its charts where that is asked for."""
    return taken(request, context) or show(
        request, template, look, HERE, title=_("Capacity"), tabs=TABS, tab=tab, **context
    )


def day_name(day: date) -> str:
    return formats.date_format(day, "D j M")


def fixed(number: float) -> str:
    return formats.number_format(number, 1)


# What will come


@settings_page(RIGHT)
def forecast(request: HttpRequest, look: Look) -> HttpResponse:
    channel, category = request.GET.get("channel", ""), request.GET.get("category", "")
    since = look.now - timedelta(days=capacity.LONGEST)
    known = queries.kinds(look.visible, since)
    context: dict[str, Any] = {
        "channels": [(one, words.word("channel", one)) for one in sorted({row["channel"] for row in known})],
        "categories": [(one, words.spoken(one)) for one in sorted({row["category"] or "" for row in known} - {""})],
        "channel": channel,
        "category": category,
    }
    try:
        found = capacity.outlook(look.actor, now=look.now, channel=channel or None, category=category or None)
        context |= forecast_shown(found)
    except Invalid as refusal:
        context["refusal"] = refusal.sentence
    return framed(request, look, "capacity", "studio/forecast.html", **context)


def forecast_shown(found: Outlook) -> dict[str, Any]:
    test, days = found.test, found.days
    table = [
        (day_name(day), *(fixed(float(values[number, 0])) for values in (days.mean, days.low, days.high)))
        for number, day in enumerate(days.days)
    ]
    return {
        "zone": found.zone,
        "history": len(found.past),
        "by_day": days_chart(found),
        "by_hour": hours_chart(found),
        "table": table,
        "hours": hours_table(found),
        "week": round(float(days.mean.sum())),
        "test": test,
        "gain": round(100 * (1 - test.error / test.naive)) if test and test.naive else 0,
        "covered": round(100 * test.coverage) if test else 0,
        "bias": round(100 * test.bias) if test else 0,
    }


def days_chart(found: Outlook) -> Chart:
    """Bars of what came, then the expected totals with their intervals."""
    past = found.past.counts[-SHOWN:, 0]
    days, begin, ahead = found.past.days[-SHOWN:], len(past), found.days
    room = frame((-0.6, begin + len(ahead.days) - 0.4), [*past, *ahead.highest[:, 0]])
    places = range(begin, begin + len(ahead.days))
    shapes = [
        *(room.bar("came", _("came"), number, float(value), f"{day_name(day)}: {value:g}")
          for number, (day, value) in enumerate(zip(days, past, strict=True))),
        *forecast_shapes(room, places, {name: getattr(ahead, name)[:, 0] for name in FORECAST}),
        room.upright("today", begin - 0.5),
    ]  # fmt: skip
    every = [*days, *ahead.days]
    below = [Tick(room.x.place(number), day_name(day)) for number, day in enumerate(every) if number % 6 == begin % 6]
    return chart(_("Tickets a day"), room, days_from(every[0]), shapes, below)


def hours_chart(found: Outlook) -> Chart:
    ahead = found.hours
    flat = {name: getattr(ahead, name).ravel() for name in FORECAST}
    places = [number + 0.5 for number in range(len(flat["mean"]))]
    room = frame((0, len(places)), flat["highest"], 220.0)
    shapes = [*forecast_shapes(room, places, flat), *midnights(room, len(ahead.days))]
    return chart(_("Tickets an hour"), room, hours_from(ahead.days[0]), shapes, noons(room, ahead.days))


def forecast_shapes(room: Frame, places: Iterable[float], flat: Mapping[str, Any]) -> list[Shape]:
    """Both intervals, and the expected line above them."""
    at = list(places)
    rows = {name: [float(value) for value in flat[name]] for name in FORECAST}
    return [
        room.ribbon("widest", _("95 of 100 days"), list(zip(at, rows["lowest"], rows["highest"], strict=True))),
        room.ribbon("wide", _("80 of 100 days"), list(zip(at, rows["low"], rows["high"], strict=True))),
        room.line("expected", _("expected"), list(zip(at, rows["mean"], strict=True))),
    ]


def midnights(room: Any, days: int) -> list[Shape]:
    return [room.upright("night", 24 * number) for number in range(1, days)]


def noons(room: Any, days: Sequence[date]) -> list[Tick]:
    return [Tick(room.x.place(24 * number + 12), day_name(day)) for number, day in enumerate(days)]


def hours_table(found: Outlook) -> list[tuple[str, list[str]]]:
    """(hour of the day, expected on each day)."""
    return [
        (f"{hour:02}:00", [fixed(float(found.hours.mean[day, hour])) for day in range(len(found.hours.days))])
        for hour in range(24)
    ]


# How many people


@settings_page(RIGHT)
def need(request: HttpRequest, look: Look) -> HttpResponse:
    assumed, fault = assumed_of(request)
    context: dict[str, Any] = {"assumed": assumed, "titles": ASSUMED}
    try:
        found = needs.need(look.actor, assumed, now=look.now)
        context |= {
            "need": found,
            "picture": need_chart(found),
            "rows": need_rows(found),
            "gaps": list(gaps_said(found)),
        }
        context["missing"] = sum(hour.missing for hour in found.hours)
    except Invalid as refusal:
        fault = fault or refusal.sentence
    return framed(request, look, "capacity_need", "studio/need.html", fault=fault, **context)


def assumed_of(request: HttpRequest) -> tuple[Assumed, str]:
    """What the form says; a value that is none is left as it is by itself, with a sentence."""
    found, fault = Assumed(), ""
    for one in fields(Assumed):
        text = request.GET.get(one.name, "").strip().replace(",", ".")
        if not text:
            continue
        try:
            value: Any = int(text) if one.name == "delay" else float(text)
            found = needs.checked(replace(found, **{one.name: value}))
        except (ValueError, OverflowError):
            fault = _("“%(text)s” is not a number.") % {"text": text[:40]}
        except Outside as refusal:
            fault = outside(refusal, ASSUMED)
    return found, fault


def outside(refusal: Outside, titles: Mapping[str, Promise]) -> str:
    """A number that is not within its limits, by the label of its field."""
    least, most = (formats.number_format(edge) for edge in (refusal.least, refusal.most))
    of = {"name": titles[refusal.name], "least": least, "most": most}
    return _("“%(name)s” must be between %(least)s and %(most)s.") % of


def need_chart(found: Need) -> Chart:
    """People needed as bars, those on shift as a line; an hour in which somebody is missing looks otherwise."""
    room = frame((0, len(found.hours)), [max(one.needed, one.there) for one in found.hours], 240.0)
    bars = [
        room.bar(*need_kind(one.needed, one.there), number + 0.5, one.needed, hour_said(one), 0.9)
        for number, one in enumerate(found.hours)
        if one.needed
    ]
    line = room.steps("shifts", _("on shift"), [one.there for one in found.hours])
    shapes = [*bars, *midnights(room, len(found.days)), line]
    return chart(_("People needed and on shift"), room, hours_from(found.days[0]), shapes, noons(room, found.days))


def need_kind(needed: int, there: int) -> tuple[str, str]:
    """(class, label) of an hour's bar."""
    return ("missing", _("needed, somebody missing")) if there < needed else ("needed", _("needed"))


def hour_said(one: needs.Hour) -> str:
    said = {"hour": f"{one.at:%H:%M}", "needed": one.needed, "there": one.there}
    return _("%(hour)s: %(needed)s needed, %(there)s on shift") % said


def need_rows(found: Need) -> list[tuple[str, list[needs.Hour]]]:
    """(hour of the day, that hour of each day)."""
    days = len(found.days)
    return [(f"{hour:02}:00", [found.hours[24 * day + hour] for day in range(days)]) for hour in range(24)]


def gaps_said(found: Need) -> Iterator[tuple[str, int]]:
    """(from when to when on the desk's own clock, the most people missing at once)."""
    for gap in found.gaps:
        begin, end = day_name(gap.begin.date()), f"{gap.end:%H:%M}"
        until = end if gap.end.date() == gap.begin.date() else f"{day_name(gap.end.date())}, {end}"
        yield f"{begin}, {gap.begin:%H:%M} – {until}", gap.people


# The backlog


@settings_page(RIGHT)
def backlog(request: HttpRequest, look: Look) -> HttpResponse:
    found = capacity.burn(look.actor, now=look.now)
    context: dict[str, Any] = {"burn": found}
    if found.days:
        rows = zip(found.days, found.opened, found.solved, found.open, strict=True)
        context |= {
            "open_now": found.open[-1],
            "picture": burn_chart(found),
            "flow": flow_chart(found),
            "rows": [(day_name(day), opened, solved, left) for day, opened, solved, left in rows][::-1],
            "pace": fixed(abs(found.pace)),
        }
    return framed(request, look, "capacity_backlog", "studio/backlog.html", **context)


def burn_chart(found: Burn) -> Chart:
    """Open at the end of each day, and where the last fortnight's pace leads."""
    last = len(found.days) - 1
    coming = [max(0.0, found.open[-1] - found.pace * day) for day in range(15)]
    room = frame((-0.5, last + 14.5), [*found.open, *coming])
    shapes = [
        room.ribbon("open-area", "", [(number, 0.0, value) for number, value in enumerate(found.open)]),
        room.line("expected", _("open at the end of the day"), list(enumerate(found.open))),
        room.line(
            "pace",
            _("where the pace of the last fortnight leads"),
            [(last + day, value) for day, value in enumerate(coming)],
        ),
        room.upright("today", last),
    ]
    days = [*found.days, *(found.days[-1] + timedelta(days=day) for day in range(1, 15))]
    below = [Tick(room.x.place(n), day_name(day)) for n, day in enumerate(days) if n % 10 == 4]
    return chart(_("Open tickets"), room, days_from(days[0]), shapes, below)


def flow_chart(found: Burn) -> Chart:
    room = frame((-0.6, len(found.days) - 0.4), [*found.opened, *found.solved], 180.0)
    bars = [
        shape
        for number, (opened, solved) in enumerate(zip(found.opened, found.solved, strict=True))
        for shape in (
            room.bar("came", _("opened"), number - 0.2, opened, _("opened: %(number)s") % {"number": opened}, 0.36),
            room.bar("went", _("solved"), number + 0.2, solved, _("solved: %(number)s") % {"number": solved}, 0.36),
        )
    ]
    below = [Tick(room.x.place(n), day_name(day)) for n, day in enumerate(found.days) if n % 10 == 4]
    return chart(_("Opened and solved"), room, days_from(found.days[0]), bars, below)
