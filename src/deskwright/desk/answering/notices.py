"""An agent's notices once they are written: reading them. Rules write them, in the deed that caused them."""

from __future__ import annotations

from datetime import datetime

from deskwright.store.models import Agent, Notice


def read(actor: Agent, notice_id: int | None = None, *, now: datetime, ticket: int | None = None) -> int:
    """Mark one of the agent's notices as read, those of a ticket, or all. Returns how many were unread."""
    unread = Notice.objects.filter(agent=actor, read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    if ticket is not None:
        unread = unread.filter(ticket_id=ticket)
    return unread.update(read_at=now)
