"""Tickets become one, and two again: what ends here and goes on there.

The desk has changed the rows when these decide; whose messages stand where is no concern of theirs.
"""

from __future__ import annotations

from typing import Final

from deskwright.engine import escalation, sla
from deskwright.engine.decide import steps, surveying, telling
from deskwright.engine.decide.automating import automate
from deskwright.engine.decide.conversation import awaken
from deskwright.engine.decide.course import Course
from deskwright.engine.events import Merged, MergedIn, Parted, Unmerged
from deskwright.engine.saying import _
from deskwright.engine.values import LIVE_STATUSES

MERGED: Final = _("merged")
"""Why clocks ended that nobody missed."""


def merged(course: Course) -> None:
    """Nothing is owed here any more; what was missed before stays missed."""
    event = course.event
    assert isinstance(event, Merged)
    course.happen(event.kind)
    surveying.withdraw(course, MERGED)
    sla.cancel_all(course.time, MERGED)
    escalation.settle_status(course.ladder, "open", "closed")
    automate(course)


def merged_in(course: Course) -> None:
    """Who waited there waits here, since they wrote; so a solved ticket opens."""
    event = course.event
    assert isinstance(event, MergedIn)
    course.happen(event.kind)
    if event.waits:
        waits = _("#%(ticket)s waits for an answer", ticket=event.ticket)
        awaken(course, waits)
        sla.await_since(course.time, course.ticket.unanswered_since, waits)
    steps.raise_signals(course, None)
    if event.waits:
        steps.find_owner(course)
        escalation.hear_customer(course.ladder)
    steps.climb(course)
    automate(course)
    subject = _("#%(ticket)s was merged into: %(subject)s", ticket=event.ticket, subject=course.ticket.subject)
    because = _("#%(ticket)s was merged in", ticket=event.ticket)
    telling.tell_owner(course, subject, f"merged_in:{event.ticket}:{course.now.isoformat()}", because)


def unmerged(course: Course) -> None:
    """What was owed when it was merged is owed again; it needs an agent as any ticket does."""
    event = course.event
    assert isinstance(event, Unmerged)
    course.happen(event.kind)
    if event.merged_at is not None:
        sla.unmerge(course.time, event.merged_at, event.merged_at if event.mistaken else course.now)
    status = course.view.get("status") or "new"
    if status in LIVE_STATUSES:
        _climb_on(course)
        steps.find_owner(course)
    automate(course)


def _climb_on(course: Course) -> None:
    """Its tier begins afresh; one that was merged as it came never entered any."""
    if course.ticket.tier is None and not course.ticket.tier_number:
        escalation.enter_first(course.ladder)
    else:
        escalation.settle_status(course.ladder, "closed", "open")


def parted(course: Course) -> None:
    """Who waits since when is another question now."""
    event = course.event
    assert isinstance(event, Parted)
    course.happen(event.kind)
    taken = event.how == "unmerged"
    said = _("#%(ticket)s was taken out again", ticket=event.ticket)
    if course.live:
        because = said if taken else _("#%(ticket)s was split off", ticket=event.ticket)
        sla.await_since(course.time, course.ticket.unanswered_since, because)
    steps.raise_signals(course, None)
    steps.climb(course)
    automate(course)
