"""Whether a message opens a solved ticket again, or begins one that follows it: a window after solving. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from deskwright.engine.durations import Duration
from deskwright.engine.facts import Ticket
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.workflow import Workflow


def window(workflow: Workflow, queue: str | None) -> Duration | None:
    """The queue's own window, else the one for all; None: there is no end to it."""
    own: Duration | None = workflow.reopen.get("queues", {}).get(queue)
    return own or workflow.reopen.get("within")


def opened_by_others(workflow: Workflow, queue: str | None) -> bool:
    """Whether somebody who did not ask for a ticket in this queue opens it again."""
    return queue not in workflow.reopen.get("by_requester", ())


def goes_on(workflow: Workflow, ticket: Ticket, at: datetime, *, requester: bool = True) -> bool:
    """Whether what its requester, or somebody else, writes at `at` (UTC) belongs to this ticket. A live one goes on for
    ever.
    """
    if ticket.status in LIVE_STATUSES or ticket.solved_at is None:
        return True
    if not requester and not opened_by_others(workflow, ticket.queue):
        return False
    within = window(workflow, ticket.queue)
    return within is None or at <= ticket.solved_at + on_the_wall(within)


def on_the_wall(duration: Duration) -> timedelta:
    """Customers have no office hours: a business day is a day."""
    return timedelta(days=duration.business_days, minutes=duration.minutes)
