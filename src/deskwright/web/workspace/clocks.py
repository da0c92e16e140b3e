"""The clocks of a ticket as the side panel shows them: countdown, bar, and every paused stretch explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deskwright.web import telling
from deskwright.web.words import word
from deskwright.web.workspace.countdown import Countdown, countdown, span

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    row: Row
    countdown: Countdown
    pauses: Sequence[Pause]

    @property
    def used(self) -> str:
        return span(self.row["used_seconds"])


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stood still. `to` is None while it still does."""

    since: datetime
    to: datetime | None
    because: str


def clocks_shown(clocks: Sequence[Row], events: Sequence[Row], now: datetime) -> list[Shown]:
    """The running clocks and the last finished one of each metric; the ladder's own clock is not among them."""
    shown: list[Shown] = []
    for row in clocks:
        finished_before = row["stopped_at"] and any(other.row["metric"] == row["metric"] for other in shown)
        counted = None if row["metric"] == "tier" or finished_before else countdown(row, now)
        if counted is not None:
            shown.append(Shown(row, counted, list(pauses(row, events))))
    return shown


def pauses(clock: Row, events: Sequence[Row]) -> Iterator[Pause]:
    """The clock's pauses, read from what the events say was done to it."""
    begun: tuple[datetime, str] | None = None
    for at, effect in changes(clock, events):
        if effect["change"] == "paused" and begun is None:
            begun = at, telling.told(effect.get("because"))
        elif effect["change"] != "paused" and begun is not None:
            yield Pause(begun[0], at, begun[1])
            begun = None
    if begun is not None:
        yield Pause(begun[0], None, begun[1] or waiting(clock))


def changes(clock: Row, events: Sequence[Row]) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
    for event in events:
        for effect in (event["data"] or {}).get("effects") or ():
            put = effect.get("clock") or {}
            if put.get("metric") == clock["metric"] and put.get("cycle") == clock["cycle"]:
                yield event["at"], effect


def waiting(clock: Row) -> str:
    return _("the status is “%(status)s”") % {"status": word("status", "waiting_on_customer")}
