"""Time spent on tickets: a timer that runs on the server, entries by hand, corrections whose history stays in the log.

Minutes are whole; a timer that ran at all counts as one. One timer runs for an agent: starting another stops it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.cases import Case
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.tickets.remarks import remark
from deskwright.desk.working import take_up_one
from deskwright.store.connection import deed
from deskwright.store.models import Agent, TimeEntry

Cursor = psycopg.Cursor[dict[str, Any]]
LONGEST: Final = 24 * 60
"""Minutes of one entry."""
LONGEST_NOTE: Final = 300
KEPT: Final = ("minutes", "billable", "note")


def start(actor: Agent, ticket_id: int, *, now: datetime) -> int:
    """Let the agent's timer run for this ticket; one that ran elsewhere stops. Returns the entry's number.

    Raises NotFound, Forbidden.
    """
    access.ticket_for(actor, ticket_id, "note")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        running = TimeEntry.objects.select_for_update().filter(agent=actor, ended_at=None).first()
        if running is not None and running.ticket_id == ticket_id:
            return int(running.pk)
        if running is not None:
            end(sql, running, take_up_one(sql, running.ticket_id, now), actor, now)
        entry = TimeEntry.objects.create(ticket_id=ticket_id, agent=actor, started_at=now)
        remark(sql, case, "timer_started", actor, {"entry": entry.pk}, now)
        return int(entry.pk)


def stop(actor: Agent, ticket_id: int, *, now: datetime) -> int:
    """Stop the agent's timer on this ticket. Returns its minutes. Raises NotFound, Conflict when none runs."""
    access.ticket_for(actor, ticket_id, "note")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        entry = TimeEntry.objects.select_for_update().filter(agent=actor, ticket_id=ticket_id, ended_at=None).first()
        if entry is None:
            raise Conflict(_("No timer of yours runs on this ticket."))
        end(sql, entry, case, actor, now)
        return entry.minutes


def end(sql: Cursor, entry: TimeEntry, case: Case, actor: Agent, now: datetime) -> None:
    entry.ended_at = max(now, entry.started_at)
    entry.minutes = min(LONGEST, max(1, round((entry.ended_at - entry.started_at).total_seconds() / 60)))
    entry.save(update_fields=["ended_at", "minutes"])
    remark(sql, case, "time_spent", actor, {"entry": entry.pk, **said(entry)}, now)


def enter(actor: Agent, ticket_id: int, minutes: int, *, now: datetime, billable: bool = False, note: str = "") -> int:
    """Time that was spent up to now, by hand. Returns the entry's number. Raises NotFound, Forbidden, Invalid."""
    values = checked({"minutes": minutes, "billable": billable, "note": note})
    access.ticket_for(actor, ticket_id, "note")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        began = now - timedelta(minutes=minutes)
        entry = TimeEntry.objects.create(ticket_id=ticket_id, agent=actor, started_at=began, ended_at=now, **values)
        remark(sql, case, "time_spent", actor, {"entry": entry.pk, **values}, now)
        return int(entry.pk)


def correct(actor: Agent, entry_id: int, minutes: int, *, now: datetime, billable: bool = False, note: str = "") -> int:
    """Put an entry right: one's own, a lead anybody's. Returns its ticket. Raises NotFound, Forbidden, Invalid."""
    values = checked({"minutes": minutes, "billable": billable, "note": note})
    with deed() as sql:
        entry, case = taken(sql, actor, entry_id, now)
        changes = {name: (old, new) for name, new in values.items() if (old := getattr(entry, name)) != new}
        if changes:
            TimeEntry.objects.filter(pk=entry.pk).update(**values, corrected_at=now)
            remark(sql, case, "time_corrected", actor, {"entry": entry.pk, "changes": changes}, now)
        return int(entry.ticket_id)


def remove(actor: Agent, entry_id: int, *, now: datetime) -> int:
    """Take an entry out of the sum; the log keeps it. Returns its ticket. Raises NotFound, Forbidden."""
    with deed() as sql:
        entry, case = taken(sql, actor, entry_id, now)
        TimeEntry.objects.filter(pk=entry.pk).update(removed_at=now)
        remark(sql, case, "time_removed", actor, {"entry": entry.pk, **said(entry)}, now)
        return int(entry.ticket_id)


def taken(sql: Cursor, actor: Agent, entry_id: int, now: datetime) -> tuple[TimeEntry, Case]:
    entry = TimeEntry.objects.filter(pk=entry_id, ended_at__isnull=False, removed_at=None).first()
    if entry is None:
        raise NotFound(_("This entry is not there any more."))
    access.ticket_for(actor, entry.ticket_id, "note")
    if entry.agent_id != actor.pk and not access.may(actor, "time:correct"):
        raise Forbidden(_("Only leads correct the time of others."))
    case = take_up_one(sql, entry.ticket_id, now)
    return TimeEntry.objects.select_for_update().get(pk=entry_id), case


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Invalid for minutes out of reach."""
    if not 1 <= values["minutes"] <= LONGEST:
        raise Invalid(_("Enter from 1 minute to 24 hours."), {"minutes": "out of reach"})
    return {**values, "note": " ".join(values["note"].replace("\x00", "").split())[:LONGEST_NOTE]}


def said(entry: TimeEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in KEPT}
