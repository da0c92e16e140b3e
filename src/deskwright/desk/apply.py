"""Carries out what the engine asked for, on a case in memory: one function for each effect. `step` writes the result.

Returns nothing; what changed stands in the case's row, clocks, messages, deliveries and notices.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from deskwright.desk.answering.letters import Acknowledgement, NoticeByMail
from deskwright.desk.cases import Case, Link
from deskwright.engine import effects
from deskwright.engine.altering import taken_apart
from deskwright.engine.effects import Effect
from deskwright.engine.values import LIVE_STATUSES


def apply(case: Case, effect: Effect, at: datetime) -> None:
    """Carry out one effect. Raises KeyError for an effect nobody carries out (a test keeps the table complete)."""
    DEEDS[type(effect)](case, effect, at)


def describe(effect: Effect) -> dict[str, Any]:
    """The effect as the event keeps it: its name, values and cause."""
    return {"effect": type(effect).__name__, **taken_apart(effect)}


def set_field(case: Case, effect: effects.SetField, at: datetime) -> None:
    if effect.name.startswith("fields."):
        case.set(fields={**case.row["fields"], effect.name.removeprefix("fields."): effect.value})
    else:
        case.set(**{effect.name: effect.value})


def set_customer(case: Case, effect: effects.SetCustomer, at: datetime) -> None:
    case.of_customer[effect.name] = effect.value


def set_status(case: Case, effect: effects.SetStatus, at: datetime) -> None:
    change_status(case, effect.status, at, effect.substatus)


def change_status(case: Case, status: str, at: datetime, substatus: str | None = None) -> None:
    """Move to a status and keep the moments that hang on it: solved, reopened, nothing unanswered once solved."""
    was_live, is_live = case.row["status"] in LIVE_STATUSES, status in LIVE_STATUSES
    case.set(status=status, substatus=substatus)
    if was_live and not is_live:
        case.set(solved_at=at, unanswered_since=None, snoozed_since=None, snoozed_until=None, snoozed_by_id=None)
    elif is_live and not was_live:
        case.set(solved_at=None, reopened_at=at, reopen_count=case.row["reopen_count"] + 1)


def add_tags(case: Case, effect: effects.AddTags, at: datetime) -> None:
    case.set(tags=sorted({*case.row["tags"], *effect.tags}))


def set_signals(case: Case, effect: effects.SetSignals, at: datetime) -> None:
    case.set(signals=sorted(effect.signals))


def route(case: Case, effect: effects.Route, at: datetime) -> None:
    case.set(queue=effect.queue, rule=effect.rule)


def assign(case: Case, effect: effects.Assign, at: datetime) -> None:
    case.set(assignee_id=effect.agent, units=effect.units, ask_again_at=effect.ask_again_at)
    if effect.turn:
        case.turn, case.given = effect.turn, effect.given


def decline(case: Case, effect: effects.Decline, at: datetime) -> None:
    case.set(declined_by=sorted({*case.row["declined_by"], effect.agent}))


def put_clock(case: Case, effect: effects.PutClock, at: datetime) -> None:
    case.put_clock(effect.clock)


def enter_tier(case: Case, effect: effects.EnterTier, at: datetime) -> None:
    case.set(
        tier=effect.tier,
        tier_number=effect.number,
        tier_since=effect.at,
        tier_signals=sorted(effect.signals),
        tier_acknowledged=False,
    )
    if effect.reason not in {"opened", "handed_back"}:
        case.set(escalated_at=effect.at)


def acknowledge_tier(case: Case, effect: effects.AcknowledgeTier, at: datetime) -> None:
    case.set(tier_acknowledged=True)


def fire_triggers(case: Case, effect: effects.FireTriggers, at: datetime) -> None:
    case.set(triggers_fired=sorted({*case.row["triggers_fired"], *effect.triggers}))


def mark_boosted(case: Case, effect: effects.MarkBoosted, at: datetime) -> None:
    case.set(boosted=True)


def notify(case: Case, effect: effects.Notify, at: datetime) -> None:
    for agent in effect.agents:
        case.notices.append({"agent_id": agent, "subject": effect.subject, "key": effect.key, "created_at": at})
        if "mail" in effect.by:
            case.letters.append(NoticeByMail(agent, effect.subject, effect.key, at))


def acknowledge(case: Case, effect: effects.Acknowledge, at: datetime) -> None:
    case.letters.append(Acknowledgement(effect.template, dict(effect.values), at))


def ran_automation(case: Case, effect: effects.RanAutomation, at: datetime) -> None:
    run = {"rule": effect.rule, "at": at, "outcomes": list(effect.outcomes), "error": ""}
    case.automation_runs.append(run)


def plan_survey(case: Case, effect: effects.PlanSurvey, at: datetime) -> None:
    case.set(survey=effect.survey)
    case.survey = {
        "name": effect.survey,
        "cycle": effect.cycle,
        "state": "planned",
        "due_at": effect.send_at,
        "expires_at": effect.expires_at,
    }


def cancel_survey(case: Case, effect: effects.CancelSurvey, at: datetime) -> None:
    case.set(survey=None)
    case.survey, case.survey_ended = None, effect.because


def open_follow_up(case: Case, effect: effects.OpenFollowUp, at: datetime) -> None:
    case.follow_ups.append(effect)


def suggest_duplicate(case: Case, effect: effects.SuggestDuplicate, at: datetime) -> None:
    case.links.append(Link("duplicate", effect.ticket, effect.share, effect.because))


def merge_into(case: Case, effect: effects.MergeInto, at: datetime) -> None:
    case.merging = effect


DEEDS: dict[type[Effect], Callable[[Case, Any, datetime], None]] = {
    effects.SetField: set_field,
    effects.SetCustomer: set_customer,
    effects.SetStatus: set_status,
    effects.AddTags: add_tags,
    effects.SetSignals: set_signals,
    effects.Route: route,
    effects.Assign: assign,
    effects.Decline: decline,
    effects.PutClock: put_clock,
    effects.EnterTier: enter_tier,
    effects.AcknowledgeTier: acknowledge_tier,
    effects.FireTriggers: fire_triggers,
    effects.MarkBoosted: mark_boosted,
    effects.Notify: notify,
    effects.Acknowledge: acknowledge,
    effects.PlanSurvey: plan_survey,
    effects.CancelSurvey: cancel_survey,
    effects.OpenFollowUp: open_follow_up,
    effects.RanAutomation: ran_automation,
    effects.SuggestDuplicate: suggest_duplicate,
    effects.MergeInto: merge_into,
}
