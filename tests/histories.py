"""A desk with an even past, for what is reckoned from history."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from deskwright.desk import workflows
from deskwright.store.models import Ticket
from tests import factories

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = """
calendars:
  office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}, holidays: ["2026-11-25"]}
queues: {front: {}}
default_queue: front
sla: {calendar: office}
"""


def a_history(now: datetime, days: int, each: int = 4, channel: str = "portal") -> None:
    """So many tickets on each of the days before `now`, at ten in the morning in Berlin."""
    workflows.publish(OFFICE, now=now)
    template = factories.a_ticket(now)
    today = now.astimezone(BERLIN).date()
    moments = [
        datetime.combine(today - timedelta(days=ago), datetime.min.time(), BERLIN) + timedelta(hours=10)
        for ago in range(1, days + 1)
        for _ in range(each)
    ]
    fields = {"customer": template.customer, "priority": "low", "channel": channel, "subject": "Hello"}
    Ticket.objects.bulk_create([Ticket(**fields, created_at=at, updated_at=at) for at in moments])
    Ticket.objects.filter(pk=template.pk).delete()
