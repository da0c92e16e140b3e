"""The worker's door: each task calls one deed with the present instant and a bound, and says how much it did."""

from __future__ import annotations

from datetime import datetime

from deskwright.desk import absences, automations, clocks, delivery, holding, housekeeping, intake, returns
from deskwright.jobs.outlet import outlet
from deskwright.store import queue, search


def tick(now: datetime, limit: int) -> int:
    return clocks.tick(now, limit)


def deliver(now: datetime, limit: int) -> int:
    return delivery.deliver(now, limit, outlet().send)


def take_in(now: datetime, limit: int) -> int:
    return intake.work_off(now, limit)


def send_held(now: datetime, limit: int) -> int:
    return holding.leave_due(now, limit)


def bring_back(now: datetime, limit: int) -> int:
    return holding.bring_back_overtaken(now, limit)


def index(now: datetime, limit: int) -> int:
    return queue.work_off("index_ticket", now, limit, search.index)


def offer(now: datetime, limit: int) -> int:
    return returns.offer_due(now, limit)


def ask_again(now: datetime, limit: int) -> int:
    return returns.ask_again(now, limit)


def sweep(now: datetime, limit: int) -> int:
    return automations.sweep(now, limit)


def end_absences(now: datetime, limit: int) -> int:
    return absences.end_absences(now, limit)


def hand_on(now: datetime, limit: int) -> int:
    return absences.hand_on_work(now, limit)


def forget_keys(now: datetime, limit: int) -> int:
    return housekeeping.forget_keys(now, limit)


def end_sessions(now: datetime, limit: int) -> int:
    return housekeeping.end_sessions(now, limit)
