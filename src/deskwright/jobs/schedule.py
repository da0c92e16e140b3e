"""Every periodic job on one screen. One that filled its batch goes on at once; else it awaits its time or its bell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskwright.channels.telephony.values import TEXTS
from deskwright.desk.lines.posts import CHANNELS
from deskwright.desk.outbox.delivery import MAIL
from deskwright.desk.studio import rosters
from deskwright.desk.studio.recommendations import RECOMMENDATIONS
from deskwright.desk.studio.trials import TRIALS
from deskwright.jobs import tasks
from deskwright.store.live import WORK, leaving

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    act: Callable[[datetime, int], int]
    """(now, batch) -> how much was done"""
    every: float
    """Seconds between two looks."""
    batch: int
    woken_by: str | None = None
    """Announcements that make it look at once."""
    hands: int = 1
    """Threads that do it side by side."""
    about: tuple[str, ...] = ()
    """What an announcement must say to concern it; nothing: whatever it says."""
    gathers: float = 0.0
    """Seconds it lets what comes together gather, once it is woken."""

    def hears(self, channel: str, said: str) -> bool:
        return channel == self.woken_by and (not self.about or said in self.about)


SCHEDULE: Final = (
    Job(tasks.beat, every=30.0, batch=1),
    Job(tasks.tick, every=1.0, batch=1000),
    Job(tasks.deliver, every=2.0, batch=8, woken_by=WORK, about=leaving(*MAIL), hands=2),
    Job(tasks.deliver_texts, every=2.0, batch=8, woken_by=WORK, about=leaving(*TEXTS), hands=2),
    Job(tasks.take_calls, every=2.0, batch=20, woken_by=WORK, about=CHANNELS),
    Job(tasks.tell_webhooks, every=1.0, batch=500),
    Job(tasks.send_webhooks, every=1.0, batch=4, hands=4),
    Job(tasks.take_in, every=2.0, batch=100, woken_by=WORK, about=MAIL, hands=2, gathers=0.1),
    Job(tasks.send_held, every=1.0, batch=20),
    Job(tasks.bring_back, every=2.0, batch=50),
    Job(tasks.carry_over_chats, every=5.0, batch=50),
    Job(tasks.end_chats, every=10 * MINUTE, batch=500),
    Job(tasks.wake, every=5.0, batch=100),
    Job(tasks.index, every=0.5, batch=500),
    Job(tasks.send_surveys, every=10.0, batch=50),
    Job(tasks.offer, every=1.0, batch=100),
    Job(tasks.ask_again, every=5.0, batch=200),
    Job(tasks.sweep, every=10.0, batch=200),
    Job(tasks.reach_out, every=MINUTE, batch=200),
    Job(tasks.change_tags, every=2.0, batch=100),
    Job(tasks.try_out, every=5.0, batch=1, woken_by=WORK, about=(TRIALS.name,)),
    Job(tasks.recommend, every=5.0, batch=1, woken_by=WORK, about=(RECOMMENDATIONS.name,)),
    Job(tasks.plan_shifts, every=5.0, batch=1, woken_by=WORK, about=(rosters.DUE,)),
    Job(tasks.guard_experiments, every=10 * MINUTE, batch=100),
    Job(tasks.begin_absences, every=MINUTE, batch=100),
    Job(tasks.end_absences, every=MINUTE, batch=100),
    Job(tasks.hand_on, every=MINUTE, batch=200),
    Job(tasks.forget_keys, every=10 * MINUTE, batch=5000),
    Job(tasks.forget_runs, every=HOUR, batch=5000),
    Job(tasks.sweep_files, every=HOUR, batch=200),
    Job(tasks.sweep_store, every=HOUR, batch=200),
    Job(tasks.forget_views, every=HOUR, batch=5000),
    Job(tasks.forget_webhook_log, every=HOUR, batch=5000),
    Job(tasks.forget_audit, every=HOUR, batch=5000),
    Job(tasks.forget_attempts, every=HOUR, batch=5000),
    Job(tasks.forget_paces, every=HOUR, batch=5000),
    Job(tasks.end_sessions, every=HOUR, batch=5000),
)
