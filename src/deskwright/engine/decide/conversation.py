"""What is said: a ticket opens, the customer writes, an agent replies or notes, a survey is answered.

Steps in the language's order: signals, classification, routing, clocks, assignment, ladder, automations, notices.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from deskwright.engine import duplicates, escalation, sla
from deskwright.engine.decide import steps, telling
from deskwright.engine.decide.automating import automate
from deskwright.engine.decide.course import Course
from deskwright.engine.effects import Acknowledge, MergeInto, SetField, SuggestDuplicate
from deskwright.engine.events import CustomerWrote, SurveyAnswered, TicketOpened
from deskwright.engine.saying import _
from deskwright.engine.values import FIRST_RESPONSE, LIVE_STATUSES, RESOLUTION

AWAKENING: Final = frozenset({"waiting_on_customer", "solved", "closed"})
"""Statuses that a customer's message opens."""


def received(course: Course) -> None:
    """What the ticket, its words and the rules come to, before anybody looks who has room for it."""
    event = course.event
    assert isinstance(event, TicketOpened)
    course.happen(event.kind)
    steps.hear_signals(course, course.facts.message)
    steps.apply_type(course)
    steps.classify(course)
    steps.raise_signals(course, None)  # those whose condition asks for what was just classified
    course.wanted = (event.risks and steps.visit(course)) or steps.route(course)
    steps.destine(course, course.wanted)
    sla.open_clocks(course.time)


def opened(course: Course) -> None:
    """After `received`."""
    event, ticket = course.event, course.ticket
    assert isinstance(event, TicketOpened)
    if ticket.imported:
        return
    if find_twins(course, event):
        return
    if course.live and ticket.assignee is None and course.wanted is not None:
        steps.place(course, course.wanted)
    if course.live:
        escalation.enter_first(course.ladder)
    steps.climb(course)
    automate(course)
    if event.by == "customer" and course.live:
        _acknowledge(course)


def find_twins(course: Course, event: TicketOpened) -> bool:
    """Whether it repeats another ticket and becomes part of it: then nobody is looked for, and nothing is written."""
    for twin in duplicates.twins(course.workflow, event.alike) if course.live else ():
        if twin.same and course.ticket.channel != "chat":  # its visitor sits at a window of their own
            course.say(
                "duplicates",
                _("it is merged into #%(ticket)s: %(because)s", ticket=twin.ticket, because=twin.because),
                True,
            )
            course.ask(MergeInto(twin.because, twin.ticket, twin.share))
            return True
        course.say(
            "duplicates", _("it looks like #%(ticket)s: %(because)s", ticket=twin.ticket, because=twin.because), True
        )
        course.ask(SuggestDuplicate(twin.because, twin.ticket, twin.share))
    return False


def _acknowledge(course: Course) -> None:
    """An automatic answer to a person, never to a machine."""
    template, message = course.workflow.replies.acknowledge, course.facts.message
    if course.ticket.channel == "chat":
        course.say("reply", _("no acknowledgement: the window says where they stand"), False)
        return
    if template is None or (message is not None and message.automatic):
        course.say("reply", _("no acknowledgement: the mail was automatic or none is wanted"), False)
        return
    values = {
        "with": course.workflow.replies.with_,
        "expected_first_response": _due(course, FIRST_RESPONSE),
        "expected_resolution": _due(course, RESOLUTION),
    }
    course.ask(Acknowledge(_("the ticket opened"), template, values))
    course.say("reply", _("the requester gets an acknowledgement"), True)


def _due(course: Course, metric: str) -> datetime | None:
    clock = course.time.clock(metric)
    return clock.due_at if clock else None


def customer_wrote(course: Course) -> None:
    event = course.event
    assert isinstance(event, CustomerWrote)
    if event.automatic or course.ticket.imported:
        course.say("reply", _("an automatic message changes no clock and reopens nothing"))
        return
    course.happen(event.kind)
    awaken(course, _("the customer wrote"))
    steps.raise_signals(course, course.facts.message)
    sla.await_reply(course.time, _written_at(course))
    steps.find_owner(course)
    escalation.hear_customer(course.ladder)
    steps.climb(course)
    automate(course)
    telling.tell_owner(
        course,
        _("The customer wrote: %(subject)s", subject=course.ticket.subject),
        f"wrote:{_stamp(course)}",
        _("the customer wrote"),
    )


def awaken(course: Course, because: str) -> None:
    """A message opens a waiting or solved ticket again."""
    was = course.view.get("status") or "new"
    if was not in AWAKENING:
        return
    course.set_status("open", because)
    if was not in LIVE_STATUSES:
        course.view["reopen_count"] = course.ticket.reopen_count + 1
    steps.settle_status(course, was, "open")


def agent_replied(course: Course) -> None:
    course.happen(course.event.kind)
    at, ticket = _written_at(course), course.ticket
    if ticket.first_response_at is None and not ticket.by_agent:
        course.ask(SetField(_("an agent replied"), "first_response_at", at))
    if ticket.unanswered_since is not None:
        course.ask(SetField(_("an agent replied"), "unanswered_since", None))
    sla.count_reply(course.time, at)
    if course.view.get("status") == "new" and course.set_status("open", _("an agent replied")):
        steps.settle_status(course, "new", "open")
    automate(course)


def _written_at(course: Course) -> datetime:
    message = course.facts.message
    return min(message.at, course.now) if message is not None and message.at is not None else course.now


def note_added(course: Course) -> None:
    course.happen(course.event.kind)
    automate(course)


def survey_answered(course: Course) -> None:
    event = course.event
    assert isinstance(event, SurveyAnswered)
    course.happen(event.kind)
    if event.csat != course.ticket.csat:
        course.ask(SetField(_("the customer answered the survey"), "csat", event.csat))
    steps.raise_signals(course, None)
    steps.climb(course)
    automate(course)


def _stamp(course: Course) -> str:
    return course.now.isoformat(timespec="seconds")
