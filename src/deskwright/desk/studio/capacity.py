"""How much will come and how many people it takes, from the desk's own history. Reads only; the figures are the lab's.

Days are local days of the zone the desk promises in. The day that is under way is not history yet.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deskwright.desk import access, workflows
from deskwright.desk.access import Visible
from deskwright.desk.errors import Invalid
from deskwright.desk.settings.rights import require
from deskwright.engine.calendars import Calendar
from deskwright.engine.calendars.hours import Hours, Opening, Union
from deskwright.engine.workflow import Workflow
from deskwright.lab.capacity.backtest import Backtest, backtest
from deskwright.lab.capacity.forecast import FEWEST, Forecast, TooShort, forecast
from deskwright.lab.capacity.series import Series, every_day
from deskwright.store.models import Agent
from deskwright.store.queries import capacity as queries

RIGHT: Final = "reports:see"
LONGEST: Final = 180
"""Days of history that are looked at."""
TESTED: Final = 28
"""Days the back-test rolls over."""
AHEAD: Final = 7
MOST_AHEAD: Final = 28
HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect. `days` and `hours` are forecasts of daily totals and of hours; `past` is what came per day.

    `test` is None while the history is too short for one.
    """

    zone: str
    past: Series
    days: Forecast
    hours: Forecast
    test: Backtest | None


@dataclass(frozen=True, slots=True)
class Burn:
    """Each day's tickets opened, solved, and open at its end. `pace` is how many more are solved than opened a day, in
    the last fortnight.
    """

    days: tuple[date, ...]
    opened: tuple[int, ...]
    solved: tuple[int, ...]
    open: tuple[int, ...]
    pace: float

    @property
    def gone_in(self) -> int | None:
        """Days until nothing is open, at this pace; None when it does not shrink."""
        return math.ceil(self.open[-1] / self.pace - 1e-9) if self.open and self.pace > 0.05 else None


def seen(actor: Agent | None) -> Visible:
    """The tickets whose number the actor may know. Nobody is the operator. Raises Forbidden."""
    require(actor, RIGHT)
    return access.visible_to(actor)


def outlook(
    actor: Agent | None, *, now: datetime, channel: str | None = None, category: str | None = None, ahead: int = AHEAD
) -> Outlook:
    """The forecast from today on, with a back-test of the last four weeks. Raises Forbidden, and Invalid where the
    history is too short.
    """
    visible, workflow = seen(actor), workflows.live()
    zone, today = local(workflow, now)
    channels = None if channel is None else (channel,)
    hourly = history(visible, zone, (began(visible, zone, today), today), channels=channels, category=category)
    enough(hourly)
    off = holidays(workflow, hourly.days[0], today + timedelta(days=ahead))
    coming = every_day(today, today + timedelta(days=ahead))
    daily = Series(hourly.days, hourly.counts.sum(axis=1, keepdims=True), 24 * HOUR)
    tested = backtested(hourly, off)
    return Outlook(zone, daily, forecast(daily, coming, off), forecast(hourly, coming, off), tested)


def local(workflow: Workflow, now: datetime) -> tuple[str, date]:
    """(the zone the desk promises in, today there)."""
    zone = workflows.zone(workflow)
    return zone, now.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def began(visible: Visible, zone: str, today: date, longest: int = LONGEST) -> date:
    """The day of the desk's first ticket, or so many days ago where that is later; today where there is none."""
    first = queries.first_ticket(visible)
    return max(today - timedelta(days=longest), first.astimezone(ZoneInfo(zone)).date() if first else today)


def history(
    visible: Visible, zone: str, days: tuple[date, date], *, channels: Sequence[str] | None = None,
    category: str | None = None
) -> Series:  # fmt: skip
    """Tickets opened by local day and hour, from the first of the days to the one before the second."""
    begin, today = days
    listed = every_day(begin, today)
    counts = np.zeros((len(listed), 24))
    since, until = midnight(begin, zone), midnight(today, zone)
    for row in queries.volume(visible, zone, since, until, channels=channels, category=category):
        counts[(row["day"] - begin).days, row["hour"]] += row["number"]
    return Series(listed, counts, HOUR)


def enough(history: Series) -> None:
    """Raises Invalid when nothing can be forecast from it."""
    days, said = len(history), _("A forecast needs %(fewest)s whole days of history; ") % {"fewest": FEWEST}
    if days < FEWEST:
        there = ngettext("there is %(days)s.", "there are %(days)s.", days) % {"days": days}
        raise Invalid(said + there)
    if not history.counts.any():
        raise Invalid(_("No such ticket was opened in that time: there is nothing to forecast from."))


def backtested(hourly: Series, off: Collection[date]) -> Backtest | None:
    try:
        return backtest(hourly, off, first=max(2 * FEWEST, len(hourly) - TESTED))
    except TooShort:
        return None


def holidays(workflow: Workflow, first: date, last: date) -> frozenset[date]:
    """The days off of the calendar the desk promises in."""
    calendar = workflow.calendars.get(workflow.sla.calendar or "")
    return frozenset() if calendar is None else off(calendar, range(first.year, last.year + 1))


def off(calendar: Calendar, years: range) -> frozenset[date]:
    return _off(calendar.opening, years)


def _off(opening: Opening, years: range) -> frozenset[date]:
    """Of a union, the days on which all its members are off."""
    if isinstance(opening, Union):
        return frozenset.intersection(*(_off(member, years) for member in opening.members))
    if not isinstance(opening, Hours):
        return frozenset()
    dated = frozenset(day for year in years for day in opening.days_off(year) if day.year == year)
    return dated | {
        date(year, month, day) for year in years for month, day in opening.yearly if (month, day) != (2, 29)
    }


def burn(actor: Agent | None, *, now: datetime, days: int = 60) -> Burn:
    """The backlog of the last days, yesterday the last of them. Raises Forbidden."""
    visible, (zone, today) = seen(actor), local(workflows.live(), now)
    begin = began(visible, zone, today, days)
    listed = every_day(begin, today)
    rows = queries.backlog(visible, zone, midnight(begin, zone), midnight(today, zone))
    counts = {(row["what"], row["day"]): int(row["number"]) for row in rows}
    opened = [counts.get(("opened", day), 0) for day in listed]
    solved = [counts.get(("solved", day), 0) for day in listed]
    left = counts.get(("before", None), 0) + np.cumsum(opened) - np.cumsum(solved)
    lately = min(14, len(listed))
    pace = (sum(solved[-lately:]) - sum(opened[-lately:])) / lately if lately else 0.0
    return Burn(listed, tuple(opened), tuple(solved), tuple(int(number) for number in left), pace)
