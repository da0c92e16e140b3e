"""What time brings, and what people do about it: marks of clocks, escalations asked for, acknowledged, handed back."""

from __future__ import annotations

from deskwright.engine import assignment, escalation, sla
from deskwright.engine.decide import steps, telling
from deskwright.engine.decide.automating import automate
from deskwright.engine.decide.course import Course
from deskwright.engine.events import ClockMark, EscalatedByHand, EscalationAcknowledged, HandedBack, TimePassed
from deskwright.engine.saying import _
from deskwright.engine.sla.clocks import BREACH
from deskwright.engine.values import TIER_METRIC
from deskwright.engine.workflow import Assignee


def clock_mark(course: Course) -> None:
    event = course.event
    assert isinstance(event, ClockMark)
    if not course.live:
        course.say("sla", _("the ticket is not open any more"), False)
        course.time.silence(event.metric, event.cycle)
    elif event.metric == TIER_METRIC:
        steps.raise_signals(course, None)
        if not escalation.act_on_mark(course.ladder, event.cycle):
            course.time.silence(event.metric, event.cycle)
        steps.climb(course)
        automate(course)
    else:
        _mark_target(course, event)


def _mark_target(course: Course, event: ClockMark) -> None:
    share = sla.act_on_mark(course.time, event.metric, event.cycle)
    if share is None:
        return
    course.view["metric"], course.view["share"] = event.metric, share
    late = share >= BREACH
    course.happen(event.kind)
    course.happen("sla_breach" if late else "sla_warning")
    metric = event.metric.replace("_", " ")
    said = _("%(metric)s is late", metric=metric.capitalize())
    if not late:
        said = _("%(share)s of the %(metric)s target is gone", share=f"{share:.0%}", metric=metric)
    subject = _("%(said)s: %(subject)s", said=said, subject=course.ticket.subject)
    cause = f"sla:{event.metric}:{event.cycle}:{share:g}"
    steps.raise_signals(course, None)
    steps.climb(course)
    automate(course)
    telling.tell_owner(course, subject, cause, said)


def time_passed(course: Course) -> None:
    event = course.event
    assert isinstance(event, TimePassed)
    if not course.live:
        course.say("automation", _("the ticket is not open any more"), False)
        return
    course.view["metric"], course.view["share"] = event.metric or None, event.share if event.metric else None
    course.happen(event.kind)
    steps.raise_signals(course, None)
    steps.climb(course)
    automate(course)


def escalated_by_hand(course: Course) -> None:
    event = course.event
    assert isinstance(event, EscalatedByHand)
    escalation.escalate(course.ladder, event.reason or "manual")
    steps.follow_ladder(course)
    automate(course)


def escalation_acknowledged(course: Course) -> None:
    event = course.event
    assert isinstance(event, EscalationAcknowledged)
    course.happen(event.kind)
    escalation.acknowledge(course.ladder, event.agent)
    automate(course)


def handed_back(course: Course) -> None:
    event = course.event
    assert isinstance(event, HandedBack)
    course.happen(event.kind)
    place = escalation.hand_back(course.ladder, event.agent, event.reason, event.to)
    if place is not None:
        below = course.workflow.tiers[place - 1].escalate_to if place else _first_assignee(course)
        if below is not None:
            steps.place(course, below, frozenset({event.agent}), _("handed back"))
            sla.retarget(course.time, _("handed back"))
    automate(course)


def _first_assignee(course: Course) -> Assignee:
    """What the ticket's rule wanted when it opened."""
    rule = next((rule for rule in course.workflow.rules if rule.name == course.rule), None)
    return (rule.action.assign if rule else None) or assignment.fallback(course.workflow.default_queue)
