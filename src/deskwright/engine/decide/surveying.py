"""Surveys hang on the status: planned when a ticket reaches the one they follow, withdrawn when it is open again.

One for each time a ticket is solved. Sending and taking answers is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from deskwright.engine.decide.course import Course
from deskwright.engine.durations import Duration
from deskwright.engine.effects import CancelSurvey, PlanSurvey
from deskwright.engine.reopening import on_the_wall
from deskwright.engine.saying import _
from deskwright.engine.values import LIVE_STATUSES

WAIT: Final = timedelta(hours=1)
EXPIRES: Final = timedelta(days=14)


def settle_status(course: Course, was: str, status: str) -> None:
    """The ticket has gone from one status to another."""
    if was == status:
        return
    if status in LIVE_STATUSES:
        withdraw(course, _("the ticket is open again"))
    if course.ticket.survey is None or status in LIVE_STATUSES:
        _plan(course, status)


def withdraw(course: Course, because: str) -> None:
    if course.ticket.survey is not None:
        course.ask(CancelSurvey(because, course.ticket.survey))


def _plan(course: Course, status: str) -> None:
    name, survey = _following(course, status)
    if survey is None:
        return
    unwanted = _unwanted(course)
    if unwanted:
        course.say("reply", _("no survey: %(unwanted)s", unwanted=unwanted), False)
        return
    send_at = course.now + _lasting(survey.get("wait"), WAIT)
    expires_at = send_at + _lasting(survey.get("expires"), EXPIRES)
    course.ask(
        PlanSurvey(
            _("survey %(name)s: the ticket is %(status)s", name=name, status=status),
            name,
            _cycle(course),
            send_at,
            expires_at,
        )
    )
    course.say(
        "reply",
        _("the survey %(name)s is sent to the customer, if the ticket stays %(status)s", name=name, status=status),
        True,
    )


def _following(course: Course, status: str) -> tuple[str, Mapping[str, Any] | None]:
    """The first survey that follows this status."""
    for name, survey in course.workflow.surveys.items():
        if survey["after"] == status and survey.get("enabled", True):
            return name, survey
    return "", None


def _unwanted(course: Course) -> str:
    """Why this customer is not asked; "" when they are."""
    ticket = course.ticket
    if ticket.imported:
        return _("the ticket was imported")
    if not course.facts.customer.email and ticket.channel != "chat":  # its window asks
        return _("the customer has no mail address")
    if ticket.last_customer_at is None:
        return _("the customer has not written")
    return ""


def _cycle(course: Course) -> int:
    return int(course.view.get("reopen_count") or 0)


def _lasting(duration: Duration | None, otherwise: timedelta) -> timedelta:
    """On the wall clock, business days included: customers have no office hours."""
    return otherwise if duration is None else on_the_wall(duration)
