"""Experiments in the browser: how each stands, how the interval narrowed, an honest sentence, and the switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from deskwright.desk import experiments, workflows
from deskwright.desk.experiments import LOWER_IS_BETTER, Figure, Standing
from deskwright.desk.settings.rights import holds
from deskwright.desk.studio import courses
from deskwright.desk.studio.courses import Point
from deskwright.lab.experiments import LEAST, LONGEST, Result, weeks_more
from deskwright.web import words
from deskwright.web.console.frame import saved, settings_page, show
from deskwright.web.console.workflow import RIGHT as PUBLISH
from deskwright.web.look import Look, done
from deskwright.web.studio.charts import Chart, Interval, Shape, Slots, Tick, chart, frame, interval, reach
from deskwright.web.studio.taking import taken

RIGHT, HERE = "workflow:see", "experiments"
MINUTES: Final = frozenset({"first_response", "next_response", "resolution"})
NAMES: Final[dict[str, Promise]] = {
    "csat": gettext_lazy("Rating (1 to 5)"),
    "reopened": gettext_lazy("Share opened again"),
    "escalated": gettext_lazy("Share escalated"),
    "first_response_met": gettext_lazy("First response kept"),
    "next_response_met": gettext_lazy("Next response kept"),
    "resolution_met": gettext_lazy("Resolution kept"),
}
ROLES: Final[dict[str, Promise]] = {"judge": gettext_lazy("decides"), "guard": gettext_lazy("must not suffer")}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure as the page shows it."""

    name: str
    role: str
    control: str
    variant: str
    units: tuple[int, int]
    difference: str
    picture: Interval | None
    verdict: str
    harmful: bool


@settings_page(RIGHT)
def listing(request: HttpRequest, look: Look) -> HttpResponse:
    rows = [(one, verdict(one.figures[0], one, look.now)) for one in experiments.listing(look.now)]
    return show(request, "studio/experiments.html", look, HERE, title=_("Experiments"), rows=rows)


@settings_page(RIGHT)
def one(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    standing = experiments.listing(look.now, name)[0]
    judge = standing.figures[0]
    zone = ZoneInfo(workflows.zone(look.workflow))
    course = [replace(point, at=point.at.astimezone(zone)) for point in courses.course(standing, judge.name, look.now)]
    context: dict[str, Any] = {
        "standing": standing,
        "lines": [line(figure, standing, look.now) for figure in standing.figures],
        "judge": figure_name(judge.name),
        "verdict": verdict(judge, standing, look.now),
        "picture": course_chart(figure_name(judge.name), course),
        "course": [row(point, judge.name) for point in course[::-4]],
        "may_switch": holds(look.actor, PUBLISH),
        "least": LEAST,
        **helper(request, standing, judge, look.now),
    }
    title = words.spoken(standing.name)
    return taken(request, context) or show(
        request, "studio/experiment.html", look, HERE, title=title, cancel=reverse(HERE), **context
    )


def line(figure: Figure, standing: Standing, now: datetime) -> Line:
    result, drawn = figure.result, None
    if result.difference is not None and result.low is not None and result.high is not None:
        most = reach((result.low, result.high))
        lower = figure.name in LOWER_IS_BETTER
        drawn = interval(result.difference, result.low, result.high, most, lower_is_better=lower)
    return Line(
        figure_name(figure.name),
        str(ROLES[figure.role]),
        value(figure.name, result.control.mean) if result.control.n else "–",
        value(figure.name, result.variant.mean) if result.variant.n else "–",
        (result.control.n, result.variant.n),
        span(figure.name, result),
        drawn,
        verdict(figure, standing, now),
        figure.harmful,
    )


def figure_name(name: str) -> str:
    if name in MINUTES:
        return _("%(metric)s, minutes") % {"metric": words.metric(name)}
    return str(NAMES.get(name) or words.spoken(name))


def value(name: str, number: float) -> str:
    """As people read it: minutes and ratings as they are, shares in percent."""
    if name in MINUTES or name == "csat":
        return formats.number_format(number, 1 if name in MINUTES else 2)
    return f"{formats.number_format(100 * number, 1)}%"


def signed(name: str, number: float) -> str:
    return ("+" if number >= 0 else "−") + value(name, abs(number))


def span(name: str, result: Result) -> str:
    if result.difference is None:
        return "–"
    if result.low is None or result.high is None:
        return signed(name, result.difference)
    said = {"at": signed(name, result.difference), "low": signed(name, result.low), "high": signed(name, result.high)}
    return _("%(at)s (%(low)s to %(high)s)") % said


def verdict(figure: Figure, standing: Standing, now: datetime) -> str:
    """One honest sentence."""
    result = figure.result
    if result.low is None or result.high is None or result.difference is None:
        return _("Too few customers to say anything yet: each arm needs %(least)s, and values that differ.") % {
            "least": LEAST
        }
    if result.sure:
        near, far = sorted((abs(result.low), abs(result.high)))
        said = {"near": value(figure.name, near), "far": value(figure.name, far)}
        if (result.difference < 0) == (figure.name in LOWER_IS_BETTER):
            return _("The variant is better, by %(near)s to %(far)s.") % said
        return _("The variant is worse, by %(near)s to %(far)s.") % said
    end = standing.stopped_at or now
    weeks = weeks_more(result, (end - standing.since) / timedelta(days=1) if standing.since else 0.0)
    if weeks is None or not standing.running:
        far = max(abs(result.low), abs(result.high))
        return _("No difference shown; if there is one, it is probably smaller than %(far)s.") % {
            "far": value(figure.name, far)
        }
    return ngettext(
        "No difference shown yet: it could be nothing. At this rate about %(weeks)s week more.",
        "No difference shown yet: it could be nothing. At this rate about %(weeks)s weeks more.",
        weeks,
    ) % {"weeks": weeks}


def course_chart(figure: str, course: Sequence[Point]) -> Chart | None:
    """The difference over time within its interval, and the line where it would be nothing. Moments of the course are
    on the desk's own clock.
    """
    known = [(number, point.result) for number, point in enumerate(course) if point.result.difference is not None]
    if not known:
        return None
    edges = [
        edge for _number, result in known for edge in (result.difference, result.low, result.high) if edge is not None
    ]
    room = frame((-0.5, len(course) - 0.5), [*edges, 0.0], 220.0)
    sure = [
        (number, result.low, result.high)
        for number, result in known
        if result.low is not None and result.high is not None
    ]
    zero = Shape("today", f"M{room.x.begin:g} {room.y.place(0):g}H{room.x.end:g}")
    difference = [(float(number), float(result.difference or 0.0)) for number, result in known]
    shapes = [
        room.ribbon(
            "wide", _("interval, valid at every look"), [(float(number), low, high) for number, low, high in sure]
        ),
        zero,
        room.line("expected", _("variant less control"), difference),
    ]
    below = [
        Tick(room.x.place(number), formats.date_format(point.at, "j M"))
        for number, point in enumerate(course)
        if number % 8 == 3
    ]
    step = (course[-1].at - course[0].at) / max(1, len(course) - 1)
    title = _("%(figure)s: the difference over time") % {"figure": figure}
    return chart(title, room, Slots(course[0].at.replace(tzinfo=None), step), shapes, below)


def row(point: Point, name: str) -> tuple[str, int, int, str]:
    result = point.result
    return formats.date_format(point.at, "j M Y"), result.control.n, result.variant.n, span(name, result)


# How many customers it takes


def helper(request: HttpRequest, standing: Standing, judge: Figure, now: datetime) -> dict[str, Any]:
    """The sample-size helper: for the difference asked for, else for a tenth of what the control has."""
    spread = courses.deviation(judge.result)
    usual = abs(judge.result.control.mean) / 10
    wanted, fault = number(request.GET.get("difference", ""), usual)
    deviation, other = number(request.GET.get("deviation", ""), spread)
    needed = courses.units_needed(wanted, deviation)
    return {
        "wanted": round(wanted, 4),
        "deviation": round(deviation, 4),
        "needed": needed,
        "longest": LONGEST,
        "weeks": courses.weeks_left(standing, needed, now) if needed else None,
        "fault": fault or other,
    }


def number(text: str, usual: float) -> tuple[float, str]:
    """(the number, what is wrong with it)."""
    text = text.strip().replace(",", ".")
    if not text:
        return usual, ""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < 1e9:
        return usual, _("“%(text)s” is not a number above 0.") % {"text": text[:40]}
    return found, ""


@require_POST
@settings_page(PUBLISH)
def switch(request: HttpRequest, look: Look, name: str) -> HttpResponse:
    """Let it take new tickets (`on` is 1), or no more; tickets keep their arms."""
    on = request.POST.get("on", request.GET.get("on")) == "1"
    experiments.switch(look.actor, name, on, now=look.now)
    if request.GET.get("undo"):
        return done(request, _("Taken back"), settled=True)
    undo = f"{reverse('experiment_switch', args=[name])}?undo=1&on={0 if on else 1}"
    said = _("It takes new tickets again") if on else _("It takes no more tickets")
    return saved(request, reverse("experiment", args=[name]), said, undo)
