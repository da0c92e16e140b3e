"""The ladder by hand: escalate a ticket, take its escalation, hand it back. Rules hear of each as an event."""

from __future__ import annotations

from datetime import datetime

from deskwright.desk import access
from deskwright.desk.cases import Happening
from deskwright.desk.step import step
from deskwright.desk.working import refuse_merged, take_up_one
from deskwright.engine import events
from deskwright.engine.events import Event
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Agent


def escalate(actor: Agent, ticket_id: int, *, now: datetime, reason: str = "manual") -> None:
    """Move the ticket up one tier. Raises NotFound, Forbidden, Invalid at the last tier."""
    happen(actor, ticket_id, events.EscalatedByHand(agent=actor.pk, reason=reason), "escalate", now)


def acknowledge(actor: Agent, ticket_id: int, *, now: datetime) -> None:
    """Say that the escalation is being worked on: it stops advancing. Raises NotFound, Forbidden."""
    happen(actor, ticket_id, events.EscalationAcknowledged(agent=actor.pk), "escalate", now)


def hand_back(actor: Agent, ticket_id: int, *, now: datetime, reason: str = "", to: str = "") -> None:
    """Give the ticket back one tier down, or down to the tier named; its history stays. Raises NotFound, Forbidden."""
    happen(actor, ticket_id, events.HandedBack(agent=actor.pk, reason=reason, to=to), "escalate", now)


def happen(actor: Agent, ticket_id: int, event: Event, verb: str, now: datetime) -> None:
    access.ticket_for(actor, ticket_id, verb)
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        refuse_merged([case])
        case.happen(Happening(event, now, "agent", actor.pk))
        step(sql, [case], rows.present(sql).desk)
