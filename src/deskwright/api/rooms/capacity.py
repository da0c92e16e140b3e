"""Capacity: what will come, who is needed for it, and how the backlog goes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from deskwright.api.problems import invalid
from deskwright.api.routing import Asked, Param, Route
from deskwright.api.shapes import INSTANT, OBJECT, TEXT, WHOLE, Shape, Whole, a, a_list, an_object
from deskwright.api.things import as_told
from deskwright.desk import clock
from deskwright.desk.errors import NotFound
from deskwright.desk.numbers import number_in
from deskwright.desk.studio import capacity, needs, reading, rosters
from deskwright.desk.studio.needs import Assumed
from deskwright.lab.capacity.roster import Rules

READ: Final = "workflow:read"
DAYS: Final = Param("days", f"How far to look ahead, 1 to {capacity.MOST_AHEAD}; {capacity.AHEAD} if not said.")
OF: Final = (
    Param("channel", "Only tickets of this channel."),
    Param("category", "Only tickets of this category."),
)
ASSUMED: Final = (
    Param("handling", "Minutes of work a ticket takes; what time entries say if not said."),
    Param("share", "Percent of chats and calls to be taken up in time; 80 if not said."),
    Param("within", "Minutes within which they are; 1 if not said."),
    Param("delay", "Hours within which other tickets are; 4 if not said."),
    Param("shrinkage", "Percent of a shift that goes to breaks and meetings; 25 if not said."),
)


def forecast(asked: Asked) -> Any:
    of = {name: asked.query.get(name) or None for name in ("channel", "category")}
    return reading.outlook(capacity.outlook(asked.agent, now=clock.now(), ahead=ahead(asked), **of))


def need(asked: Asked) -> Any:
    given = {one.name: number(asked, one.name) for one in fields(Assumed) if asked.query.get(one.name)}
    if "delay" in given:
        given["delay"] = int(given["delay"])
    assumed = Assumed(**given)  # type: ignore[arg-type]  # each is a number, `delay` a whole one
    return reading.need(needs.need(asked.agent, assumed, now=clock.now(), ahead=ahead(asked)))


def backlog(asked: Asked) -> Any:
    return reading.burn(capacity.burn(asked.agent, now=clock.now()))


def plan(asked: Asked) -> Any:
    """The shift plan that was asked for last. It changes nobody's shift."""
    latest = rosters.latest(asked.actor)
    if latest is None:
        raise NotFound("Nobody has asked for a plan yet.")
    return PLAN_TOLD(latest)


def ask_for_plan(asked: Asked) -> Any:
    """A worker makes it for the seven days after today."""
    return PLAN_TOLD(rosters.ask(asked.actor, Rules(**asked.sent), Assumed(), now=clock.now()))


PLAN: Final = an_object(
    id=WHOLE, state=TEXT, asked_at=INSTANT, rules=OBJECT, fault=TEXT, result=a("object", nullable=True)
)
PLAN_TOLD: Final = as_told(PLAN)
RULES: Final = Shape({name: Whole(*limits) for name, limits in rosters.LIMITS.items()}, none_needed=True)


def ahead(asked: Asked) -> int:
    written = number_in(asked.query.get("days") or str(capacity.AHEAD))
    if written is None or not 1 <= written <= capacity.MOST_AHEAD:
        raise invalid([{"pointer": "", "detail": f"days must be a number from 1 to {capacity.MOST_AHEAD}."}])
    return written


def number(asked: Asked, name: str) -> float:
    try:
        value = float(asked.query[name])
    except ValueError:
        raise invalid([{"pointer": "", "detail": f"{name} must be a number."}]) from None
    least, most = needs.LIMITS[name]
    if not least <= value <= most:
        raise invalid([{"pointer": "", "detail": f"{name} must be from {least:g} to {most:g}."}])
    return value


ROUTES: Final = (
    Route(
        "GET",
        "/capacity/forecast",
        READ,
        forecast,
        "Forecast how many tickets will come",
        gives=an_object(zone=TEXT, history_days=WHOLE, days=a_list(OBJECT)),
        query=(*OF, DAYS),
        asks=capacity.RIGHT,
    ),
    Route(
        "GET",
        "/capacity/need",
        READ,
        need,
        "Say how many people each hour takes, and who is on shift",
        gives=an_object(zone=TEXT, hours=a_list(OBJECT), gaps=a_list(OBJECT)),
        query=(*ASSUMED, DAYS),
        asks=capacity.RIGHT,
    ),
    Route(
        "GET",
        "/capacity/backlog",
        READ,
        backlog,
        "Say how the backlog goes",
        gives=an_object(days=a_list(OBJECT)),
        asks=capacity.RIGHT,
    ),
    Route("GET", "/capacity/plan", READ, plan, "Show the latest shift plan", gives=PLAN, asks="reports:see"),
    Route(
        "POST",
        "/capacity/plan",
        READ,
        ask_for_plan,
        "Ask for a shift plan",
        RULES,
        PLAN,
        status=202,
        asks="reports:see",
    ),
)
