"""Taking back what an agent has just changed: the fields get back what they held, where nobody changed them since.

The log keeps both changes; nothing is unwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.cases import Case
from deskwright.desk.errors import Conflict
from deskwright.desk.fields.values import PREFIX
from deskwright.desk.step import step
from deskwright.desk.tickets.changing import COLUMN, alter, held
from deskwright.desk.working import refuse_merged, take_up
from deskwright.engine.events import FieldsChanged
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store import facts as rows
from deskwright.store.connection import deed, from_json
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
Changes = Mapping[str, Sequence[Any]]
"""field -> [what it held, what it was given]"""
WINDOW: Final = timedelta(minutes=5)
"""How long after it a change can be taken back; the pages offer it for a shorter time."""


def undo(actor: Agent, events: Sequence[int], *, now: datetime) -> list[int]:
    """Take back the agent's own changes, named by their events. Returns the tickets that got something back.

    Whoever moved a ticket out of their sight may still take that back. Raises Forbidden, and Conflict when everything
    was changed since or the time is over.
    """
    access.allow(actor, "change")
    with deed() as sql:
        made = sql.execute(MADE, {"events": list(events), "agent": actor.pk, "since": now - WINDOW}).fetchall()
        cases = take_up(sql, [row["ticket_id"] for row in made], now)
        refuse_merged(cases.values())
        restored = [
            cases[row["ticket_id"]]
            for row in made
            if give_back(sql, cases[row["ticket_id"]], row["id"], from_json(row["data"])["changes"], actor, now)
        ]
        if not restored:
            raise Conflict(_("This cannot be taken back any more: it was changed since."))
        step(sql, restored, rows.present(sql).desk)
        return [case.row["id"] for case in restored]


def give_back(sql: Cursor, case: Case, event: int, changes: Changes, actor: Agent, now: datetime) -> bool:
    """Put back what still stands as it was changed. Returns whether anything did."""
    former = dict(untouched(case, changes))
    if "tags" in changes:
        former |= former_tags(case, *changes["tags"])
    if not former:
        return False
    before = dict(case.row)
    alter(case, former, actor, now)
    case.pending[-1].data["undoes"] = event
    if before["status"] not in LIVE_STATUSES and case.row["status"] in LIVE_STATUSES:
        unsolve(sql, case, before)
    return True


def unsolve(sql: Cursor, case: Case, before: Mapping[str, Any]) -> None:
    """A mistaken solve is no reopening, and stopped nothing: its clocks go on as if they had never stood still.

    The ladder's own clock begins afresh, as after every solve.
    """
    waiting = sql.execute(UNANSWERED, {"ticket": before["id"], "answered": before["last_agent_at"]}).fetchone()
    case.set(
        reopened_at=before["reopened_at"],
        reopen_count=before["reopen_count"],
        unanswered_since=waiting and waiting["since"],
    )
    happening = case.pending[-1]
    assert isinstance(happening.event, FieldsChanged)
    happening.event = replace(happening.event, unsolves=before["solved_at"])


def untouched(case: Case, changes: Changes) -> list[tuple[str, Any]]:
    """Fields with what they held before, where they still hold what they were given."""
    return [
        (name, old)
        for name, (old, new) in changes.items()
        if name != "tags" and of_ticket(case, name) and held(case, name) == new
    ]


def of_ticket(case: Case, name: str) -> bool:
    """Whether the ticket itself holds the field; who its customer is and what they are worth is told beside it."""
    return name.startswith(PREFIX) or COLUMN.get(name, name) in case.row


def former_tags(case: Case, old: Sequence[str], new: Sequence[str]) -> dict[str, list[str]]:
    """The tags without those that were given and with those that were taken; others came from elsewhere and stay."""
    tags = (set(case.row["tags"]) - (set(new) - set(old))) | (set(old) - set(new))
    return {} if tags == set(case.row["tags"]) else {"tags": sorted(tags)}


MADE = """
SELECT id, ticket_id, data FROM store_ticketevent
WHERE id = ANY(%(events)s) AND kind = 'fields_changed' AND agent_id = %(agent)s AND at > %(since)s ORDER BY id
"""
UNANSWERED = """
SELECT min(created_at) AS since FROM store_message
WHERE ticket_id = %(ticket)s AND kind = 'customer'
  AND (%(answered)s::timestamptz IS NULL OR created_at > %(answered)s)
"""
