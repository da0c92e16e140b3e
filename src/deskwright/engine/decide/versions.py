"""A newer version of the workflow decides about a ticket that is under way: where it belongs, what it is promised.

What rules do once (notices, boosts, statuses, follow-ups) is not done again.
"""

from __future__ import annotations

from deskwright.engine import assignment, escalation, routing, sla
from deskwright.engine.decide import steps
from deskwright.engine.decide.automating import automate
from deskwright.engine.decide.course import Course
from deskwright.engine.effects import SetField
from deskwright.engine.events import WorkflowReapplied
from deskwright.engine.saying import _
from deskwright.engine.workflow import Assignee, Rule


def reapplied(course: Course) -> None:
    event = course.event
    assert isinstance(event, WorkflowReapplied)
    because = _("workflow version %(version)s was re-applied", version=event.version)
    if not course.live:
        course.say("routing", _("only open tickets are decided again"), False)
        return
    course.happen(event.kind)
    steps.raise_signals(course, None)
    _route(course, because)
    sla.renew(course.time, because)
    escalation.renew(course.ladder, because)
    automate(course)


def _route(course: Course, because: str) -> None:
    """The rules choose the queue again; an escalated ticket stays where its tier put it, while that queue exists."""
    known = course.ticket.queue
    if course.ticket.tier_number > 1 and known in course.workflow.queues:
        course.say("routing", _("escalated, so it stays in %(queue)s", queue=known))
        return
    chosen = routing.choose(course.workflow, course.view, course.trace.wanted)
    course.trace.add(chosen.steps)
    _promise(course, chosen.rules, because)
    course.rule = chosen.winner.name if chosen.winner else None
    for rule in chosen.rules:
        course.add_tags(rule.action.tag, rule.name)
    _send(course, _wanted(course, chosen.winner), because)


def _promise(course: Course, rules: tuple[Rule, ...], because: str) -> None:
    """The first rule with a target overrides the matrix; an override no rule gives any more is taken back."""
    target = next((rule.override for rule in rules if rule.override is not None), None)
    if target != course.ticket.sla_target:
        course.view["sla_target"] = target
        course.ask(SetField(because, "sla_target", target))
    course.time.sla_target = target


def _wanted(course: Course, winner: Rule | None) -> Assignee:
    if winner is not None and winner.action.assign is not None:
        return winner.action.assign
    known = course.ticket.queue or ""
    return assignment.fallback(known if known in course.workflow.queues else course.workflow.default_queue)


def _send(course: Course, assignee: Assignee, because: str) -> None:
    """Its agent keeps a ticket that stays in its queue; elsewhere, and when they are away, somebody is looked for."""
    queue = assignment.destination(course.workflow, course.facts, assignee)
    stays = queue == course.ticket.queue and course.assignee is not None
    if stays and assignment.present(course.facts, course.assignee):
        steps.send_to(course, queue, because)
    else:
        steps.place(course, assignee, why=because)
