"""Takes tickets up to work on them: their rows locked, their clocks and customers read, as cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk.cases import Case
from deskwright.desk.errors import Conflict, NotFound
from deskwright.engine import facts
from deskwright.store import facts as rows

Cursor = psycopg.Cursor[dict[str, Any]]


def take_up(sql: Cursor, tickets: Sequence[int], now: datetime) -> dict[int, Case]:
    """The tickets that exist, by id, locked until the deed ends. Three statements for any number."""
    if not tickets:
        return {}
    locked = rows.lock_tickets(sql, tickets)
    clocks = rows.clocks(sql, tickets)
    parties = rows.parties(sql, [row["customer_id"] for row in locked.values()], now)
    return {
        ticket: Case(row, parties[row["customer_id"]], clocks=by_cycle(clocks.get(ticket, ())))
        for ticket, row in locked.items()
    }


def take_up_one(sql: Cursor, ticket: int, now: datetime) -> Case:
    """One ticket as a case. Raises NotFound."""
    cases = take_up(sql, [ticket], now)
    if ticket not in cases:
        raise NotFound(_("There is no such ticket."))
    return cases[ticket]


def refuse_merged(cases: Iterable[Case]) -> None:
    """Raises Conflict for a ticket that is part of another."""
    for case in cases:
        if case.row["merged_into_id"] is not None:
            raise Conflict(
                _("#%(value)s is part of #%(value_2)s now. Do this there.")
                % {"value": case.row["id"], "value_2": case.row["merged_into_id"]}
            )


def by_cycle(clocks: Sequence[facts.Clock]) -> dict[tuple[str, int], facts.Clock]:
    return {(clock.metric, clock.cycle): clock for clock in clocks}
