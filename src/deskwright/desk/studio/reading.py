"""Forecast and need as plain values for programs: what the command line prints with --json and the API answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from deskwright.desk.studio.capacity import Burn, Outlook
from deskwright.desk.studio.needs import Need
from deskwright.lab.capacity.forecast import Forecast

DIGITS = 3


def outlook(found: Outlook) -> dict[str, Any]:
    """Days with their totals and hours; `backtest` is null while the history is too short for one."""
    return {
        "zone": found.zone,
        "history_days": len(found.past),
        "days": [
            {"day": day.isoformat(), **values(found.days, number, 0), "hours": hours(found.hours, number)}
            for number, day in enumerate(found.days.days)
        ],
        "backtest": asdict(found.test) if found.test else None,
    }


def hours(ahead: Forecast, day: int) -> list[dict[str, float]]:
    return [{"hour": hour, **values(ahead, day, hour)} for hour in range(ahead.mean.shape[1])]


def values(ahead: Forecast, day: int, slot: int) -> dict[str, float]:
    names = {"expected": "mean", "low_80": "low", "high_80": "high", "low_95": "lowest", "high_95": "highest"}
    return {name: round(float(getattr(ahead, of)[day, slot]), DIGITS) for name, of in names.items()}


def need(found: Need) -> dict[str, Any]:
    return {
        "zone": found.zone,
        "handling_minutes": round(found.handling, DIGITS),
        "handling_measured_on": found.measured,
        "without_a_shift": found.shiftless,
        "hours": [
            {
                "at": one.at.isoformat(),
                "expected": round(one.expected, DIGITS),
                "needed": one.needed,
                "on_shift": one.there,
                "missing": one.missing,
            }
            for one in found.hours
        ],
        "gaps": [
            {"begin": gap.begin.isoformat(), "end": gap.end.isoformat(), "people": gap.people} for gap in found.gaps
        ],
    }


def burn(found: Burn) -> dict[str, Any]:
    """`pace`: how many more are solved than opened a day; `gone_in`: days until nothing is open at it, or null."""
    rows = zip(found.days, found.opened, found.solved, found.open, strict=True)
    names = ("day", "opened", "solved", "open")
    days = [dict(zip(names, (day.isoformat(), *numbers), strict=True)) for day, *numbers in rows]
    return {"days": days, "pace": round(found.pace, DIGITS), "gone_in": found.gone_in}
