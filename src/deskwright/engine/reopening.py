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


def goes_on(workflow: Workflow, ticket: Ticket, at: datetime) -> bool:
    """Whether what is written at `at` (UTC) belongs to this ticket. A live one goes on for ever."""
    within = window(workflow, ticket.queue)
    if ticket.status in LIVE_STATUSES or ticket.solved_at is None or within is None:
        return True
    return at <= ticket.solved_at + on_the_wall(within)


def on_the_wall(duration: Duration) -> timedelta:
    """Customers have no office hours: a business day is a day."""
    return timedelta(days=duration.business_days, minutes=duration.minutes)
