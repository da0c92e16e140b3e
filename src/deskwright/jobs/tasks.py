"""The worker's door: each task calls one deed with the present instant and a bound, and says how much it did."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from deskwright.channels.telephony.values import TEXTS
from deskwright.desk import automations, clocks, experiments, heartbeats, housekeeping, proactive
from deskwright.desk.answering import files, holding
from deskwright.desk.arriving import intake
from deskwright.desk.chat import leaving
from deskwright.desk.lines import posts
from deskwright.desk.outbox import delivery
from deskwright.desk.staff import absences, planning, returns
from deskwright.desk.studio import rosters
from deskwright.desk.studio.recommendations import RECOMMENDATIONS
from deskwright.desk.studio.trials import TRIALS
from deskwright.desk.surveys import sending as surveys
from deskwright.desk.tickets import snoozing, tags
from deskwright.desk.views import keeping
from deskwright.desk.webhooks import hooks, sending, telling
from deskwright.jobs import outlet
from deskwright.store import queue, search


def tick(now: datetime, limit: int) -> int:
    return clocks.tick(now, limit)


def deliver(now: datetime, limit: int) -> int:
    with outlet.visiting() as send:
        return delivery.deliver(now, limit, send)


def deliver_texts(now: datetime, limit: int) -> int:
    return delivery.deliver(now, limit, outlet.send_text, TEXTS)


def take_calls(now: datetime, limit: int) -> int:
    return posts.work_off(now, limit, outlet.fetch)


def tell_webhooks(now: datetime, limit: int) -> int:
    return telling.tell(now, limit)


def send_webhooks(now: datetime, limit: int) -> int:
    return sending.send_due(now, limit, outlet.post_webhook)


def forget_webhook_log(now: datetime, limit: int) -> int:
    return hooks.forget_log(now, limit)


def take_in(now: datetime, limit: int) -> int:
    return intake.work_off(now, limit)


def send_held(now: datetime, limit: int) -> int:
    return holding.leave_due(now, limit)


def bring_back(now: datetime, limit: int) -> int:
    return holding.bring_back_overtaken(now, limit)


def index(now: datetime, limit: int) -> int:
    return queue.work_off("index_ticket", now, limit, search.index)


def carry_over_chats(now: datetime, limit: int) -> int:
    return leaving.carry_over(now, limit)


def end_chats(now: datetime, limit: int) -> int:
    return leaving.end_forgotten(now, limit)


def send_surveys(now: datetime, limit: int) -> int:
    return surveys.send_due(now, limit)


def offer(now: datetime, limit: int) -> int:
    return returns.offer_due(now, limit)


def ask_again(now: datetime, limit: int) -> int:
    return returns.ask_again(now, limit)


def sweep(now: datetime, limit: int) -> int:
    return automations.sweep(now, limit)


def reach_out(now: datetime, limit: int) -> int:
    return proactive.sweep(now, limit)


def guard_experiments(now: datetime, limit: int) -> int:
    return experiments.guard(now, limit)


def begin_absences(now: datetime, limit: int) -> int:
    return planning.begin_due(now, limit)


def end_absences(now: datetime, limit: int) -> int:
    return absences.end_absences(now, limit)


def hand_on(now: datetime, limit: int) -> int:
    return absences.hand_on_work(now, limit)


def forget_keys(now: datetime, limit: int) -> int:
    return housekeeping.forget_keys(now, limit)


def forget_runs(now: datetime, limit: int) -> int:
    return housekeeping.forget_runs(now, limit, timedelta(days=settings.ENV.automation_runs_kept))


def forget_audit(now: datetime, limit: int) -> int:
    kept, access_kept = timedelta(days=settings.ENV.audit_kept), timedelta(days=settings.ENV.access_kept)
    return housekeeping.forget_audit(now, limit, kept, access_kept)


def forget_attempts(now: datetime, limit: int) -> int:
    return housekeeping.forget_attempts(now, limit)


def forget_paces(now: datetime, limit: int) -> int:
    return housekeeping.forget_paces(now, limit)


def end_sessions(now: datetime, limit: int) -> int:
    return housekeeping.end_sessions(now, limit)


def wake(now: datetime, limit: int) -> int:
    return snoozing.wake_due(now, limit)


def sweep_files(now: datetime, limit: int) -> int:
    return files.sweep(now, limit)


def sweep_store(now: datetime, limit: int) -> int:
    return files.sweep_store(now, limit)


def forget_views(now: datetime, limit: int) -> int:
    return keeping.forget_deleted(now)


def beat(now: datetime, limit: int) -> int:
    heartbeats.beat("work", now)
    return 0


def change_tags(now: datetime, limit: int) -> int:
    return tags.go_on(now, limit)


def try_out(now: datetime, limit: int) -> int:
    return TRIALS.run_due(now)


def recommend(now: datetime, limit: int) -> int:
    return RECOMMENDATIONS.run_due(now)


def plan_shifts(now: datetime, limit: int) -> int:
    return rosters.make_due(now, limit)
