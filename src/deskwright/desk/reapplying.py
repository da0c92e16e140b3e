"""The live workflow re-applied to tickets of earlier versions: looked at first, then done, in batches.

What a version would change is the engine's to say (`engine.reapplying`); here are the tickets it is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.cases import Case, Happening
from deskwright.desk.errors import Conflict
from deskwright.desk.settings.rights import require
from deskwright.desk.step import step
from deskwright.desk.working import by_cycle, take_up
from deskwright.engine import facts, reapplying
from deskwright.engine.events import WorkflowReapplied
from deskwright.engine.reapplying import Preview
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.workflow import Workflow
from deskwright.store import columns
from deskwright.store import facts as rows
from deskwright.store.connection import cursor, deed, from_json
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
BATCH: Final = 200
"""Tickets in one transaction."""
DRAFT: Final = -1
"""Of no version: every open ticket is of another one."""


def preview(workflow: Workflow, now: datetime) -> Preview:
    """What re-applying this workflow (a draft, or any version) would change for the open tickets. Changes nothing."""
    return reapplying.preview(workflow, open_tickets(cursor(), workflow.version or DRAFT, now), now)


def open_tickets(sql: Cursor, version: int, now: datetime) -> Iterator[facts.Facts]:
    """Facts of the live tickets that another version decides about, read in batches and not locked."""
    desk = rows.present(sql).desk
    after = 0
    while page := sql.execute(OPEN, wanted(version, after)).fetchall():
        after = page[-1]["id"]
        clocks = rows.clocks(sql, [row["id"] for row in page])
        parties = rows.parties(sql, [row["customer_id"] for row in page], now)
        for row in page:
            known = row | {"fields": from_json(row["fields"])}
            own = by_cycle(clocks.get(row["id"], ()))
            yield Case(known, parties[row["customer_id"]], clocks=own).facts(desk, None)


def wanted(version: int, after: int) -> dict[str, Any]:
    return {"live": sorted(LIVE_STATUSES), "version": version, "after": after, "limit": BATCH}


def reapply(actor: Agent | None, version: int, now: datetime) -> int:
    """Let the live version decide about every open ticket of another one. Returns how many tickets were decided.

    Each batch commits by itself; what was interrupted is taken up by doing it again. Raises Forbidden, and Conflict
    for a version that is not live.
    """
    require(actor, "workflow:publish")
    if version != workflows.live().version:
        raise Conflict(
            _("Version %(version)s is not the live one. Publish it, or roll back to it, first.") % {"version": version}
        )
    done = after = 0
    while numbers := batch_after(version, after):
        after = numbers[-1]
        done += reapply_to(actor, numbers, version, now)
    return done


def batch_after(version: int, after: int) -> list[int]:
    return [row["id"] for row in cursor().execute(NUMBERS, wanted(version, after))]


def reapply_to(actor: Agent | None, tickets: list[int], version: int, now: datetime) -> int:
    """One batch, in one deed. A ticket that was solved or moved on meanwhile is left alone."""
    with deed() as sql:
        cases = [case for case in take_up(sql, tickets, now).values() if concerns(case, version)]
        for case in cases:
            event = WorkflowReapplied(version=version, before=case.row["workflow_version"])
            case.set(workflow_version=version)
            by = ("agent", actor.pk) if actor else ("system", None)
            case.happen(Happening(event, now, *by))
        if cases:
            step(sql, cases, rows.present(sql).desk)
        return len(cases)


def concerns(case: Case, version: int) -> bool:
    return case.row["status"] in LIVE_STATUSES and case.row["workflow_version"] != version


WHICH: Final = """
WHERE status = ANY(%(live)s) AND workflow_version <> %(version)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
LISTED: Final = ", ".join(f'"{name}"' for name in columns.TICKET)
NUMBERS: Final = f"SELECT id FROM store_ticket {WHICH}"
OPEN: Final = f"SELECT {LISTED} FROM store_ticket {WHICH}"
