"""How many people each hour takes, against those whose shift it is. Reads only; the formulas are the lab's.

Chat and phone are answered at once (Erlang C); everything else is work that may wait some hours, and is done meanwhile
by those who wait for the next call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.access import Visible
from deskwright.desk.errors import Invalid, Outside
from deskwright.desk.studio import capacity
from deskwright.engine.facts import Agent as Colleague
from deskwright.engine.workflow import Workflow
from deskwright.lab.capacity.erlang import Unstable
from deskwright.lab.capacity.forecast import FEWEST, forecast
from deskwright.lab.capacity.need import Promise, carried, live_need, with_shrinkage
from deskwright.lab.capacity.series import Array, Series, every_day
from deskwright.store import facts
from deskwright.store.connection import cursor
from deskwright.store.models import Absence, Agent
from deskwright.store.queries import capacity as queries

LIVE: Final = ("chat", "phone")
WORKING: Final = frozenset({"agent", "lead"})
"""Roles that are counted on for tickets."""
GUESS: Final = 15.0
"""Minutes a ticket takes where too little time was entered to know."""
KNOWN: Final = 30
"""Tickets with time entered from which their mean is taken."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """`handling`: minutes of work a ticket takes, None for what the desk knows. Of chats and calls `share` percent are
    to be taken up within `within` minutes; other tickets within `delay` hours. `shrinkage` percent of a shift go to
    breaks and meetings.
    """

    handling: float | None = None
    share: float = 80.0
    within: float = 1.0
    delay: int = 4
    shrinkage: float = 25.0


LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "handling": (0.5, 480),
    "share": (1, 99),
    "within": (0.1, 120),
    "delay": (1, 48),
    "shrinkage": (0, 80),
}


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour: tickets expected, people needed for those at once and for what may wait, people whose shift it is."""

    at: datetime
    expected: float
    needed: int
    there: int

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.there)


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours in a row in which somebody is missing. `people` is the most at one time."""

    begin: datetime
    end: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Need:
    zone: str
    days: tuple[date, ...]
    hours: tuple[Hour, ...]
    handling: float
    measured: int
    """Tickets whose entered time gave the handling time; 0 where it was assumed."""
    shiftless: int
    """People without a shift, who are not counted on."""
    alone: bool
    """Whether some work falls due while no shift is on, and was laid into every hour for that."""

    @property
    def gaps(self) -> list[Gap]:
        return gaps(self.hours)


def checked(assumed: Assumed) -> Assumed:
    """Raises Outside."""
    within(LIMITS, assumed)
    return assumed


def within(limits: Mapping[str, tuple[float, float]], asked: object) -> None:
    """Raises Outside for a number that is not within its limits; what is None is left to the desk."""
    for name, (least, most) in limits.items():
        value = getattr(asked, name)
        if value is not None and not least <= value <= most:
            of = {"name": name, "least": least, "most": most}
            raise Outside(_("%(name)s must be between %(least)g and %(most)g.") % of, name, least, most)


def need(actor: Agent | None, assumed: Assumed, *, now: datetime, ahead: int = capacity.AHEAD) -> Need:
    """The need of the next days, hour by hour. Raises Forbidden, and Invalid where the history is too short."""
    assumed, visible, workflow = checked(assumed), capacity.seen(actor), workflows.live()
    zone, today = capacity.local(workflow, now)
    days = every_day(today, today + timedelta(days=ahead))
    measured, minutes = handling(visible, assumed, now)
    live, other = (expected(one, workflow, days) for one in histories(visible, zone, today))
    starts = [capacity.midnight(day, zone) + timedelta(hours=hour) for day in days for hour in range(24)]
    people, shiftless = colleagues()
    there = present(people, workflow, starts)
    needed, alone = people_needed(live, other, [number > 0 for number in there], minutes, assumed)
    hours = [
        Hour(at, float(both), int(number), int(on))
        for at, both, number, on in zip(starts, live.ravel() + other.ravel(), needed, there, strict=True)
    ]
    return Need(zone, days, tuple(hours), minutes, measured, shiftless, alone)


def handling(visible: Visible, assumed: Assumed, now: datetime) -> tuple[int, float]:
    """(tickets measured, minutes a ticket takes)."""
    if assumed.handling is not None:
        return 0, assumed.handling
    tickets, minutes = queries.handling(visible, now - timedelta(days=capacity.LONGEST))
    return (tickets, minutes) if tickets >= KNOWN and minutes > 0 else (0, GUESS)


def histories(visible: Visible, zone: str, today: date) -> Iterator[Series]:
    """What came by the live channels, then what came by the others."""
    begin = capacity.began(visible, zone, today)
    known = {row["channel"] for row in queries.kinds(visible, capacity.midnight(begin, zone))}
    for channels in (known.intersection(LIVE), known.difference(LIVE)):
        yield capacity.history(visible, zone, (begin, today), channels=sorted(channels))


def expected(history: Series, workflow: Workflow, days: Sequence[date]) -> Array:
    """Tickets `[day, hour]`. Raises Invalid where the history is too short."""
    if not history.counts.any() and len(history) >= FEWEST:
        return np.zeros((len(days), 24))
    capacity.enough(history)
    off = capacity.holidays(workflow, history.days[0], days[-1])
    return forecast(history, days, off).mean


def people_needed(
    live: Array, other: Array, on: Sequence[bool], minutes: float, assumed: Assumed
) -> tuple[Array, bool]:
    """(people per hour, whether work falls due while nobody is there). Raises Invalid beyond what can be meant."""
    try:
        at_once = live_need(live, capacity.HOUR, minutes, Promise(assumed.share / 100, assumed.within)).ravel()
        try:
            waiting, alone = carried(other, capacity.HOUR, minutes, assumed.delay, on), False
        except Unstable:
            waiting, alone = carried(other, capacity.HOUR, minutes, assumed.delay), True
    except Unstable as error:
        raise Invalid(_("More people would be needed than can be meant: look at the handling time.")) from error
    busy = live.ravel() * minutes / capacity.HOUR + waiting
    return with_shrinkage(np.maximum(at_once, busy), assumed.shrinkage / 100), alone


def colleagues() -> tuple[list[Colleague], int]:
    """(people with a shift who are counted on, how many have none)."""
    everybody = [one for one in facts.people(cursor()).values() if one.role in WORKING]
    return [one for one in everybody if one.shift], sum(not one.shift for one in everybody)


def present(people: Sequence[Colleague], workflow: Workflow, starts: Sequence[datetime]) -> Array:
    """How many have their shift in the middle of each hour and are not away."""
    middles = [at + timedelta(minutes=30) for at in starts]
    open_at = {
        name: np.array([calendar.is_open(at) for at in middles])
        for name, calendar in workflow.calendars.items()
        if any(one.shift == name for one in people)
    }
    found = np.zeros(len(starts), dtype=int)
    away = absences([one.id for one in people], starts[0], starts[-1] + timedelta(hours=1))
    for one in people:
        hours = open_at.get(one.shift or "")
        if hours is not None:
            free = np.array([not any(begin <= at < end for begin, end in away.get(one.id, ())) for at in middles])
            found += hours & free
    return found


def absences(agents: Sequence[int], begin: datetime, end: datetime) -> dict[int, list[tuple[datetime, datetime]]]:
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    rows = Absence.objects.filter(agent__in=agents, begins_at__lt=end, ends_at__gt=begin).exclude(state="over")
    for agent, begins_at, ends_at in rows.values_list("agent_id", "begins_at", "ends_at"):
        found.setdefault(agent, []).append((begins_at, ends_at))
    return found


def gaps(hours: Sequence[Hour]) -> list[Gap]:
    found: list[Gap] = []
    for one in hours:
        end = one.at + timedelta(hours=1)
        if one.missing and found and found[-1].end == one.at:
            found[-1] = Gap(found[-1].begin, end, max(found[-1].people, one.missing))
        elif one.missing:
            found.append(Gap(one.at, end, one.missing))
    return found
