"""What was done then, done at another moment by another person: recorded events told anew. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from deskwright.engine import altering
from deskwright.engine.events import Event, FieldsChanged
from deskwright.engine.facts import Ticket
from deskwright.engine.history import Recorded

OURS: Final = "assignee"
"""Who has a ticket is the simulation's to say, not the log's."""


def handed_over(ticket: Ticket, agent: int, like: Recorded, at: datetime) -> Recorded:
    """A colleague takes the ticket."""
    event = FieldsChanged({OURS: (ticket.assignee, agent)})
    return altering.replace(like, at=at, event=event, changes={OURS: agent}, message=None, place=0)


def retold(events: Sequence[Recorded], ticket: Ticket, at: datetime, agent: int | None) -> Iterator[Recorded]:
    """The events from `at` on, with the pauses between them as they were. `agent` takes the place of who did them."""
    moved = at - events[0].at
    for recorded in events:
        event = by(recorded.event, agent)
        if isinstance(event, FieldsChanged):
            event = changing(event)
            if not event.changes:
                continue
        message = recorded.message
        if message is not None and message.at is not None:
            message = altering.replace(message, at=message.at + moved)
        changes = shifted(recorded.changes, moved)
        if ticket.first_response_at is not None:
            changes.pop("first_response_at", None)
        yield altering.replace(recorded, at=recorded.at + moved, event=event, changes=changes, message=message)


def by(event: Event, agent: int | None) -> Event:
    """The same deed of another agent."""
    if agent is None or not hasattr(event, "agent"):
        return event
    values: dict[str, Any] = {"agent": agent}
    return replace(event, **values)


def changing(event: FieldsChanged) -> FieldsChanged:
    """Without what is not the log's to say. A solve taken back at once is no story: nothing is unsolved."""
    changes = {name: pair for name, pair in event.changes.items() if name != OURS}
    return replace(event, changes=changes, unsolves=None)


def shifted(changes: Mapping[str, Any], moved: timedelta) -> dict[str, Any]:
    """Instants move along."""
    return {
        name: value + moved if isinstance(value, datetime) else value for name, value in changes.items() if name != OURS
    }
