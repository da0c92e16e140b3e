"""A clock as people read it: how much business time is left, in words, and what the browser needs to let it tick.

Reads clocks, never moves them. All spans are business seconds of the clock's own calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.web.words import metric

SOON: Final = 0.75
"""From this share of the target on, the clock is amber."""
HORIZON: Final = timedelta(hours=26)
"""How far the browser may tick before it asks again."""
ICONS: Final = {
    "calm": "clock",
    "soon": "timer",
    "over": "triangle-alert",
    "paused": "pause",
    "met": "circle-check",
    "missed": "triangle-alert",
}


@dataclass(frozen=True, slots=True)
class Countdown:
    """`state`: calm | soon | over | paused | met | missed. `left` < 0 is overdue; `share` is raw (2.3 = 230 %)."""

    metric: str
    state: str
    text: str
    title: str
    left: int = 0
    share: float = 0.0
    soon_at: int = 0
    """Seconds left at which it turns amber."""
    closes: datetime | None = None
    """Until when the browser may tick; None while the calendar is closed or the clock stands still."""
    due_at: datetime | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def resting(self) -> bool:
        """Whether it stands still because nobody works now."""
        return self.state != "paused" and self.closes is None and self.due_at is not None

    @property
    def until(self) -> str:
        """The second of `closes` as browsers count them, "" where it is None."""
        return str(int(self.closes.timestamp())) if self.closes else ""

    @property
    def percent(self) -> int:
        """Share of the target used, for the bar: at most 100."""
        return max(0, min(100, round(self.share * 100)))


def countdown(clock: Mapping[str, Any], now: datetime) -> Countdown | None:
    """The clock's countdown, None for a row without a clock."""
    if not clock["state"]:
        return None
    if clock["stopped_at"] is not None:
        return stopped(clock)
    if clock["running_since"] is None or clock["due_at"] is None:
        return Countdown(clock["metric"], "paused", _("paused"), paused_title(clock))
    return running(clock, calendar_of(clock), now)


def running(clock: Mapping[str, Any], calendar: Calendar, now: datetime) -> Countdown:
    due = clock["due_at"]
    left = calendar.elapsed_seconds(now, due)
    spent = clock["used_seconds"] + calendar.elapsed_seconds(clock["running_since"], now)
    target = spent + left
    share = spent / target if target > 0 else 1.0
    late = now >= due or clock["breached_at"] is not None
    state = "over" if late else "soon" if share >= SOON else "calm"
    is_open = calendar.is_open(now)
    closes = calendar.open_between(now, now + HORIZON)[0][1] if is_open else None
    title = running_title(clock["metric"], state, None if is_open else calendar.next_open(now))
    return Countdown(
        clock["metric"], state, span(left), title, left, share, max(0, round(target * (1 - SOON))), closes, due
    )


def stopped(clock: Mapping[str, Any]) -> Countdown:
    kept = clock["breached_at"] is None
    name = metric(clock["metric"])
    title = _("%(metric)s: target met") if kept else _("%(metric)s: target missed")
    return Countdown(
        clock["metric"], "met" if kept else "missed", _("met") if kept else _("missed"), title % {"metric": name}
    )


def calendar_of(clock: Mapping[str, Any]) -> Calendar:
    """The calendar the clock runs by, from the workflow version it began with."""
    if not clock["calendar"]:
        return ALWAYS
    return workflows.version(clock["version"]).calendars.get(clock["calendar"], ALWAYS)


def running_title(name: str, state: str, opens: datetime | None) -> str:
    return title_in(get_language(), name, state, opens)


@lru_cache(maxsize=1024)
def title_in(language: str | None, name: str, state: str, opens: datetime | None) -> str:
    """Many tickets of a list say the same."""
    sentence = {
        "over": _("%(metric)s is overdue, in business time"),
        "soon": _("%(metric)s is due soon, in business time"),
        "calm": _("%(metric)s due, in business time"),
    }[state] % {"metric": metric(name)}
    if opens is None:
        return sentence
    return _("%(sentence)s. Outside business hours; it goes on %(opens)s UTC") % {
        "sentence": sentence,
        "opens": date_format(opens, "D H:i"),
    }


def paused_title(clock: Mapping[str, Any]) -> str:
    return _("%(metric)s is paused after %(used)s of its %(target)s") % {
        "metric": metric(clock["metric"]),
        "used": span(clock["used_seconds"]),
        "target": clock["target"],
    }


def span(seconds: int) -> str:
    """ "1 h 20 m", "35 m", "26 h"; overdue with a true minus sign."""
    minutes = abs(seconds) // 60
    sign = "\u2212" if seconds < 0 else ""
    if minutes < 60:
        text = _("%(minutes)s m") % {"minutes": minutes}
    elif minutes < 600:
        text = _("%(hours)s h %(minutes)s m") % {"hours": minutes // 60, "minutes": minutes % 60}
    else:
        text = _("%(hours)s h") % {"hours": minutes // 60}
    return sign + text
