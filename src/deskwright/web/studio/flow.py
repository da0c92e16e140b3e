"""The workflow as a picture: how many tickets took which way, and a click to those tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deskwright.desk.numbers import number_in
from deskwright.store.queries import flow
from deskwright.store.queries.flow import OUTCOMES, STAGES
from deskwright.web import words
from deskwright.web.console.frame import settings_page, show
from deskwright.web.look import Look
from deskwright.web.studio import sankey
from deskwright.web.studio.flow_drawing import drawing
from deskwright.web.studio.rules import rule_names
from deskwright.web.studio.sankey import GAP, NODE, OTHERS, Band, Node, Sankey
from deskwright.web.studio.taking import taken

RIGHT, HERE = "workflow:see", "flow"
PERIODS: Final = (7, 30, 90, 365)
PAGE: Final = 50
REACH: Final = 150.0
"""How far beside a place its label is clicked, in units of the picture."""
TITLES: Final[dict[str, Promise]] = {
    "channel": gettext_lazy("Comes in by"),
    "rule": gettext_lazy("Rule"),
    "queue": gettext_lazy("Queue"),
    "tier": gettext_lazy("Tier"),
    "outcome": gettext_lazy("Outcome"),
}
OUTCOME_WORDS: Final[dict[str, tuple[Promise, str]]] = {
    "solved": (gettext_lazy("Solved in time"), "circle-check"),
    "solved_late": (gettext_lazy("Solved, a promise broken"), "triangle-alert"),
    "open": (gettext_lazy("Open"), "circle-dot"),
    "open_late": (gettext_lazy("Open, a promise broken"), "triangle-alert"),
    "merged": (gettext_lazy("Joined with another"), "merge"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Of how many days the tickets are, and what the rules without a name are called that decided them."""

    days: int
    rules: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """One place as drawn; its label stands to the right, in the last column to the left."""

    x: float
    y: float
    height: float
    label: str
    number: int
    url: str
    label_x: float
    anchor: str
    late: bool
    said: str

    @property
    def around(self) -> tuple[float, float, float, float]:
        """(x, y, width, height) of what a finger may hit: its label too, and half the gaps beside it."""
        left = self.x + NODE - REACH if self.anchor == "end" else self.x
        return left, self.y - GAP / 2, REACH, self.height + GAP


@dataclass(frozen=True, slots=True)
class Ribbon:
    path: str
    said: str
    url: str


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table that says what the picture shows."""

    source: str
    target: str
    number: int
    url: str


@settings_page(RIGHT)
def picture(request: HttpRequest, look: Look) -> HttpResponse:
    days = period(request)
    since = look.now - timedelta(days=days)
    rows = flow.ways(look.visible, since)
    context: dict[str, Any] = {"title": _("Flow"), "days": days, "periods": PERIODS, "total": 0}
    if rows:
        seen = Shown(days, rule_names(flow.deciders(look.visible, since)))
        order = [(), rules_in_order(look), list(look.workflow.queues), tiers(rows), OUTCOMES]
        context |= shown(sankey.drawn(sankey.counted(rows, STAGES), order), seen)
        context["picture"] = drawing(_("Flow"), context)
    return taken(request, context) or show(request, "studio/flow.html", look, HERE, **context)


def period(request: HttpRequest) -> int:
    asked = number_in(request.GET.get("days", ""))
    return asked if asked in PERIODS else 30


def rules_in_order(look: Look) -> list[str]:
    return [rule.name for rule in look.workflow.rules]


def tiers(rows: Sequence[flow.Row]) -> list[str]:
    numbers = {str(row["tier"]): int(row["tier_number"] or 0) for row in rows}
    return sorted(numbers, key=lambda tier: (numbers[tier], tier))


def shown(drawn: Sankey, seen: Shown) -> dict[str, Any]:
    last = len(drawn.columns) - 1
    return {
        "total": drawn.total,
        "width": drawn.width,
        "height": drawn.height,
        "heads": [(head_x(number, last), anchor(number, last), TITLES[stage]) for number, stage in enumerate(STAGES)],
        "boxes": [box(node, seen, last) for nodes in drawn.columns for node in nodes],
        "ribbons": [
            Ribbon(one.path, between(one, seen), address(seen.days, one.source, one.target)) for one in drawn.bands
        ],
        "steps": list(steps(drawn, seen)),
    }


def head_x(number: int, last: int) -> float:
    return sankey.place_of(number) + (NODE if number == last else 0)


def anchor(number: int, last: int) -> str:
    return "end" if number == last else "start"


def box(node: Node, seen: Shown, last: int) -> Box:
    ends = node.column == last
    label_x = node.x - 6 if ends else node.x + NODE + 6
    late = node.key.endswith("_late") and STAGES[node.column] == "outcome"
    url, name = address(seen.days, node), label(node, seen.rules)
    named = {"stage": TITLES[STAGES[node.column]], "place": name, "number": node.number}
    said = _("%(stage)s: %(place)s, tickets: %(number)s") % named
    side = anchor(node.column, last)
    return Box(node.x, node.y, node.height, name, node.number, url, label_x, side, late, said)


def between(one: Band, seen: Shown) -> str:
    said = {"source": label(one.source, seen.rules), "target": label(one.target, seen.rules), "number": one.number}
    return _("%(source)s → %(target)s: %(number)s") % said


def steps(drawn: Sankey, seen: Shown) -> Iterator[tuple[str, list[Step]]]:
    """A table for each pair of columns, the widest band first."""
    for number in range(len(STAGES) - 1):
        bands = sorted((one for one in drawn.bands if one.source.column == number), key=lambda one: -one.number)
        title = f"{TITLES[STAGES[number]]} → {TITLES[STAGES[number + 1]]}"
        rows = [
            Step(
                label(one.source, seen.rules),
                label(one.target, seen.rules),
                one.number,
                address(seen.days, one.source, one.target),
            )
            for one in bands
        ]
        yield title, rows


def label(node: Node, rules: Mapping[str, str]) -> str:
    if node.key == OTHERS:
        return _("%(number)s others") % {"number": len(node.keys)}
    return place(STAGES[node.column], node.key, rules)


def place(stage: str, key: str, rules: Mapping[str, str]) -> str:
    """A place in words."""
    if not key:
        return {"rule": _("No rule"), "queue": _("No queue"), "tier": _("No tier")}.get(stage, "–")
    if stage == "outcome" and key in OUTCOME_WORDS:
        return str(OUTCOME_WORDS[key][0])
    if stage == "channel":
        return words.word("channel", key)
    return (rules.get(key) if stage == "rule" else None) or words.spoken(key)


def address(days: int, *nodes: Node) -> str:
    asked = QueryDict(mutable=True)
    asked["days"] = str(days)
    for node in nodes:
        asked.setlist(STAGES[node.column], node.keys)
    return f"{reverse('flow_tickets')}?{asked.urlencode()}"


@settings_page(RIGHT)
def tickets(request: HttpRequest, look: Look) -> HttpResponse:
    """The tickets that passed the places asked for."""
    days = period(request)
    wanted = {stage: request.GET.getlist(stage) for stage in STAGES if stage in request.GET}
    page = min(10_000, number_in(request.GET.get("page", "")) or 1)
    since = look.now - timedelta(days=days)
    rows = flow.tickets(look.visible, since, wanted, limit=PAGE + 1, offset=(page - 1) * PAGE)
    rules = rule_names(flow.deciders(look.visible, since))
    carried = request.GET.copy()
    carried.pop("page", None)
    title = " → ".join(", ".join(place(stage, key, rules) for key in keys[:3]) for stage, keys in wanted.items())
    context = {
        "title": title or _("Tickets"),
        "rows": [(row, rules.get(row["rule"]) or words.spoken(row["rule"])) for row in rows[:PAGE]],
        "carried": carried.urlencode(),
        "before": page - 1,
        "after": page + 1 if len(rows) > PAGE else 0,
        "days": days,
        "cancel": f"{reverse(HERE)}?days={days}",
        "trail": _("Flow"),
    }
    return show(request, "studio/flow_tickets.html", look, HERE, **context)
