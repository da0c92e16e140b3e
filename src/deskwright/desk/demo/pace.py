"""How long people take in the demo: to get round to a ticket, to write, to answer back. All draws of dice."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final

from deskwright.desk.demo.board import Seen

ROUND_TO: Final = {"critical": 6, "high": 20, "medium": 55, "low": 120}
"""Minutes until an agent gets round to a ticket, half the time."""
OF_TARGET: Final = 0.18
"""Agents look at what is due: half the time they use no more than this share of it."""
FORGOTTEN: Final = 0.03
UNDER_PRESSURE: Final = 5
"""This much longer in the last day and a half: half the desk is busy with the incident."""
PRESSURE: Final = timedelta(hours=36)
WRITING: Final = {"phone": 6, "chat": 5}
"""Minutes an agent needs for a reply, half the time; 14 elsewhere."""
ANSWERING: Final = {"phone": 90, "chat": 12, "api": 120, "portal": 200}
"""Minutes until a customer answers, half the time; 240 by mail."""


def minutes(dice: Random, half_the_time: float, spread: float = 0.8) -> timedelta:
    return timedelta(minutes=half_the_time * dice.lognormvariate(0, spread))


def round_to(dice: Random, priority: str, at: datetime, until: datetime, due: datetime | None = None) -> timedelta:
    """Until an agent gets round to a ticket that now wants one; `due` is when its next answer is."""
    half: float = ROUND_TO[priority]
    if due is not None and due > at:
        half = min(half, OF_TARGET * (due - at).total_seconds() / 60)
    wait = minutes(dice, half)
    if dice.random() < FORGOTTEN:
        wait *= 9
    return wait * UNDER_PRESSURE if at > until - PRESSURE else wait


def writing(dice: Random, channel: str) -> timedelta:
    return minutes(dice, WRITING.get(channel, 14), 0.5)


def answering(dice: Random, channel: str) -> timedelta:
    return minutes(dice, ANSWERING.get(channel, 240), 1.0)


def following_up(dice: Random) -> timedelta:
    """Until an agent comes back to what they promised."""
    return timedelta(hours=dice.uniform(0.7, 5))


def holding(dice: Random) -> timedelta:
    """Until somebody else has done their part."""
    return timedelta(hours=dice.uniform(8, 60))


def losing_patience(dice: Random) -> timedelta:
    return timedelta(hours=dice.uniform(5, 13))


def urgency(seen: Seen, late: datetime) -> tuple[datetime, int]:
    """What agents sort by: the next due first, then the weightier."""
    return seen.next_due_at or late, -seen.weight
