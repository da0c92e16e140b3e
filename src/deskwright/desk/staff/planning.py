"""Absences planned ahead: they begin and end by themselves. The work of those who stay away is `absences`' matter."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.staff import returns
from deskwright.store.connection import deed
from deskwright.store.models import Absence, Agent


def plan(
    actor: Agent | None, number: int, begins_at: datetime, ends_at: datetime, note: str = "", *, now: datetime
) -> Absence:
    """Somebody will be away from one instant to another. Raises Forbidden, NotFound, Invalid, and Conflict where it
    overlaps another absence of theirs.
    """
    require(actor, "absences:manage")
    if ends_at <= begins_at:
        raise Invalid(_("It ends before it begins."), {"ends_at": _("This is not after the beginning.")})
    if ends_at <= now:
        raise Invalid(_("It is over already."), {"ends_at": _("This has passed.")})
    with deed() as sql:
        agent = Agent.objects.select_for_update().filter(pk=number, is_active=True).first()
        if agent is None:
            raise NotFound(_("There is nobody like that at this desk."))
        if agent.absences.exclude(state="over").filter(begins_at__lt=ends_at, ends_at__gt=begins_at).exists():
            raise Conflict(_("%(name)s is away then already.") % {"name": agent.name})
        absence = Absence.objects.create(agent=agent, begins_at=begins_at, ends_at=ends_at, note=note)
        saved(sql, actor, "absence.planned", agent.email, now=now, after=said(absence))
        return absence


def cancel(actor: Agent | None, number: int, *, now: datetime) -> dict[str, Any]:
    """It does not take place, or ends now; who is away because of it is available again. Returns what it was.

    Raises Forbidden, NotFound.
    """
    require(actor, "absences:manage")
    with deed() as sql:
        absence = Absence.objects.select_for_update().select_related("agent").filter(pk=number).first()
        if absence is None:
            raise NotFound(_("There is no such absence."))
        if absence.state == "begun" and not absence.agent.available:
            returns.set_available(absence.agent, True, now=now)
        absence.delete()
        saved(sql, actor, "absence.cancelled", absence.agent.email, now=now, before=said(absence))
        return {"agent": absence.agent_id, **said(absence)}


def begin_due(now: datetime, limit: int) -> int:
    """Switch off whose planned absence has begun, until it ends. Returns how many absences were claimed."""
    with deed() as sql:
        sql.execute(OVER, {"now": now})
        due = sql.execute(DUE, {"now": now, "limit": limit}).fetchall()
        for row in due:
            returns.set_available(Agent(pk=row["agent_id"]), False, now=row["begins_at"], until=row["ends_at"])
        return len(due)


def said(absence: Absence) -> dict[str, Any]:
    return {
        "begins_at": absence.begins_at.isoformat(),
        "ends_at": absence.ends_at.isoformat(),
        "note": absence.note,
    }


OVER: Final = "UPDATE store_absence SET state = 'over' WHERE ends_at <= %(now)s AND state <> 'over'"
DUE: Final = """
UPDATE store_absence SET state = 'begun' WHERE id IN (
    SELECT a.id FROM store_absence AS a JOIN store_agent AS who ON who.id = a.agent_id
    WHERE a.state = 'planned' AND a.begins_at <= %(now)s AND a.ends_at > %(now)s AND who.is_active
    ORDER BY a.begins_at, a.id LIMIT %(limit)s FOR UPDATE OF a SKIP LOCKED
)
RETURNING agent_id, begins_at, ends_at
"""
