"""What is changed or asked again: fields by hand or by a rule, routing and assignment of work that waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskwright.engine import assignment, escalation, sla
from deskwright.engine.decide import steps, surveying
from deskwright.engine.decide.automating import automate
from deskwright.engine.decide.course import Course
from deskwright.engine.effects import Decline
from deskwright.engine.events import FieldsChanged, PassedOn, Reconsidered
from deskwright.engine.saying import _, in_a_row

TARGETING: Final = ("priority", "customer_tier", "organisation", "vip", "requester", "category", "queue", "sla_target")
"""Fields on which targets hang."""


def fields_changed(course: Course) -> None:
    event = course.event
    assert isinstance(event, FieldsChanged)
    course.happen(event.kind)
    changes = event.changes
    if _withdrawn(course, changes):
        return
    if event.unsolves is not None:
        sla.unsolve(course.time, event.unsolves)
    if "status" in changes:
        steps.settle_status(course, *changes["status"])
    if "type" in changes:
        steps.apply_type(course)
    if not course.ticket.imported:
        steps.raise_signals(course, None)
    _reclassify(course, changes)
    if "priority" in changes:
        course.happen("priority_changed")
    _retarget(course, changes)
    if "queue" in changes and "assignee" not in changes and course.live:
        _find_owner_in(course, changes["queue"][1])
    steps.climb(course)
    automate(course)


def _withdrawn(course: Course, changes: Mapping[str, tuple[Any, Any]]) -> bool:
    """Marked as spam: nothing is owed any more."""
    if not changes.get("spam", (None, None))[1]:
        return False
    surveying.withdraw(course, _("it is spam"))
    sla.cancel_all(course.time, _("it is spam"))
    escalation.settle_status(course.ladder, "open", "closed")
    return True


def _reclassify(course: Course, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Another impact or urgency derives the priority anew, unless somebody set it in the same breath."""
    if "priority" in changes or not {"impact", "urgency"} & changes.keys():
        return
    was = course.view.get("priority")
    course.view["priority"] = None
    steps.classify(course)
    if course.view["priority"] != was:
        course.happen("priority_changed")


def _retarget(course: Course, changes: Mapping[str, tuple[Any, Any]]) -> None:
    if "sla_target" in changes:
        course.time.sla_target = changes["sla_target"][1]
    told = [
        _("%(field)s became %(value)s", field=name.replace("_", " "), value=changes[name][1])
        for name in TARGETING
        if name in changes
    ]
    if "priority_changed" in course.happened and "priority" not in changes:
        told.append(_("%(field)s became %(value)s", field="priority", value=course.view["priority"]))
    if told and course.live:
        sla.retarget(course.time, in_a_row(told))


def _find_owner_in(course: Course, queue: str | None) -> None:
    """Moved to another queue: an agent of it, unless its agent belongs there."""
    known = course.workflow.queues.get(queue or "")
    agent = course.facts.desk.agents.get(course.assignee) if course.assignee is not None else None
    if queue and (agent is None or ((known and known.team) or queue) not in agent.teams):
        steps.place(course, assignment.fallback(queue), why=_("moved to %(queue)s", queue=queue))


def agent_returned(course: Course) -> None:
    course.happen(course.event.kind)
    if course.assignee is None:
        steps.find_owner(course)
    automate(course)


def passed_on(course: Course) -> None:
    """Somebody else of the queue, never again the one who passed it on; nobody there: it waits."""
    event = course.event
    assert isinstance(event, PassedOn)
    course.happen(event.kind)
    why = _("passed on: %(remark)s", remark=event.reason) if event.reason else _("passed on")
    course.ask(Decline(why, event.agent))
    if course.live and course.assignee in {None, event.agent}:
        wanted = assignment.waiting_for(course.workflow, course.facts)
        steps.place(course, wanted, frozenset({event.agent}), why)
    automate(course)


def reconsidered(course: Course) -> None:
    """Routing and assignment are asked again; an escalated ticket stays in the queue its tier chose."""
    event = course.event
    assert isinstance(event, Reconsidered)
    course.happen(event.kind)
    if not course.live:
        course.say("routing", _("only open tickets are routed again"), False)
        return
    if not event.reroute:
        steps.find_owner(course)
        automate(course)
        return
    steps.raise_signals(course, None)
    if course.ticket.tier_number > 1:
        assignee = assignment.waiting_for(course.workflow, course.facts)
    else:
        assignee = steps.route(course)
        steps.destine(course, assignee)
    sla.retarget(course.time, _("routed again"))
    steps.replace_owner(course, assignee, event.because or _("routed again"))
    automate(course)


def snoozed_or_woken(course: Course) -> None:
    """Where a ticket is listed changes nothing that is promised: its clocks go on. Automations may act on it."""
    course.happen(course.event.kind)
    automate(course)
