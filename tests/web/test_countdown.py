"""Countdowns in words: business time left, the moment it turns amber, what a closed or paused clock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskwright.engine.calendars import Calendar
from deskwright.web.workspace import countdown as module
from deskwright.web.workspace.countdown import countdown, running, span

BERLIN = Calendar.from_document({"timezone": "Europe/Berlin", "hours": {"mon-fri": ["09:00-17:00"]}})
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def clock(started: datetime, due: datetime | None, **known: Any) -> dict[str, Any]:
    row = {
        "metric": "first_response", "state": "running", "started_at": started, "running_since": started, "due_at": due,
        "used_seconds": 0, "stopped_at": None, "breached_at": None, "calendar": "", "version": 0, "target": "4h",
    }  # fmt: skip
    return {**row, **known}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 m"), (59, "0 m"), (60, "1 m"), (3599, "59 m"), (4800, "1 h 20 m"), (35999, "9 h 59 m"),
        (36000, "10 h"), (93600, "26 h"), (-2100, "\u221235 m"), (-7260, "\u22122 h 1 m"),
    ],
)  # fmt: skip
def test_spans_are_short_and_overdue_has_a_true_minus(seconds: int, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(("hour", "state"), [(8, "calm"), (10.5, "calm"), (11, "soon"), (11.99, "soon"), (12, "over")])
def test_the_clock_is_amber_from_three_quarters_on_and_red_at_its_end(hour: float, state: str) -> None:
    row = clock(MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=12))
    assert running(row, BERLIN, MONDAY + timedelta(hours=hour)).state == state


def test_only_business_time_counts_and_a_closed_desk_does_not_tick() -> None:
    friday = MONDAY - timedelta(days=3)
    row = clock(friday + timedelta(hours=15), MONDAY + timedelta(hours=10))
    shown = running(row, BERLIN, MONDAY - timedelta(hours=30))
    assert (shown.text, shown.closes) == ("2 h 0 m", None)
    assert "goes on Mon 08:00 UTC" in shown.title


def test_an_open_desk_ticks_until_it_closes() -> None:
    row = clock(MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=33))
    assert running(row, BERLIN, MONDAY + timedelta(hours=9)).closes == MONDAY + timedelta(hours=16)


def test_time_used_before_a_pause_counts_towards_amber() -> None:
    row = clock(MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=10), used_seconds=3 * 3600)
    shown = running(row, BERLIN, MONDAY + timedelta(hours=9))
    assert (shown.state, shown.share, shown.soon_at) == ("soon", 0.75, 3600)


def test_the_raw_share_is_kept_and_only_the_bar_is_cut() -> None:
    row = clock(MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=9))
    shown = running(row, BERLIN, MONDAY + timedelta(hours=11))
    assert (shown.share, shown.percent, shown.text) == (3.0, 100, "\u22122 h 0 m")


@pytest.mark.parametrize(("breached", "state"), [(None, "met"), (MONDAY, "missed")])
def test_a_stopped_clock_gives_its_verdict(breached: datetime | None, state: str) -> None:
    shown = countdown(clock(MONDAY, MONDAY, stopped_at=MONDAY, breached_at=breached), MONDAY)
    assert shown is not None and shown.state == state and shown.icon in module.ICONS.values()


def test_a_ticket_without_a_clock_shows_none() -> None:
    assert countdown({"state": None}, MONDAY) is None
