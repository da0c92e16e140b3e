"""Putting tickets aside until a time or until the customer writes, whichever comes first, and waking them.

Nobody outside hears of it, and no clock stands still: what was promised stays promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.cases import Case, Happening
from deskwright.desk.errors import Conflict, Invalid
from deskwright.desk.step import step
from deskwright.desk.tickets.waking import rouse
from deskwright.desk.working import take_up
from deskwright.engine import events, saying
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
FURTHEST: Final = timedelta(days=365)


def snooze(actor: Agent, ticket_ids: Sequence[int], until: datetime | None, *, now: datetime) -> list[int]:
    """Put the tickets aside until `until` (UTC) or, in any case, until the customer writes. Returns their ids.

    Raises NotFound, Forbidden, and Invalid for a moment not in the coming year or a ticket that is not open.
    """
    if until is not None and not now < until < now + FURTHEST:
        raise Invalid(_("Choose a moment in the coming year."), {"until": "not in the coming year"})
    access.tickets_for(actor, ticket_ids, "change")
    with deed() as sql:
        cases = list(take_up(sql, ticket_ids, now).values())
        for case in cases:
            if case.row["status"] not in LIVE_STATUSES:
                raise Invalid(_("Only open tickets can be snoozed."), {"status": "not open"})
            case.set(snoozed_since=now, snoozed_until=until, snoozed_by_id=actor.pk)
            event = events.Snoozed(actor.pk, until.isoformat() if until else "")
            case.happen(Happening(event, now, "agent", actor.pk))
        step(sql, cases, rows.present(sql).desk)
        return [case.row["id"] for case in cases]


def wake(actor: Agent, ticket_ids: Sequence[int], *, now: datetime) -> list[int]:
    """Call tickets back. Returns their ids. Raises NotFound, Forbidden, and Conflict when none was snoozed."""
    access.tickets_for(actor, ticket_ids, "change")
    with deed() as sql:
        cases = [case for case in take_up(sql, ticket_ids, now).values() if rouse(case, "agent", now, actor)]
        if not cases:
            raise Conflict(_("This ticket is not snoozed any more."))
        step(sql, cases, rows.present(sql).desk)
        return [case.row["id"] for case in cases]


def wake_due(now: datetime, limit: int) -> int:
    """Wake tickets whose time has come and tell their agents, else whoever snoozed them. Returns how many.

    Any number of workers may share it; the tickets of others are skipped.
    """
    with deed() as sql:
        due = [row["id"] for row in sql.execute(DUE, {"now": now, "limit": limit})]
        cases = list(take_up(sql, due, now).values())
        for case in cases:
            tell(case, now)
            rouse(case, "time", now)
        if cases:
            step(sql, cases, rows.present(sql).desk)
        return len(cases)


def tell(case: Case, now: datetime) -> None:
    agent = case.row["assignee_id"] or case.row["snoozed_by_id"]
    if agent is None or case.row["status"] not in LIVE_STATUSES:
        return
    key = f"woken:{case.row['snoozed_until']:%Y%m%dT%H%M%S}"
    subject = saying._("Snoozed until now: %(subject)s", subject=case.row["subject"])
    case.notices.append({"agent_id": agent, "subject": subject, "key": key, "created_at": now})


DUE = """
SELECT id FROM store_ticket
WHERE snoozed_since IS NOT NULL AND snoozed_until <= %(now)s
ORDER BY snoozed_until, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""
