"""What a change of customers means for their tickets: live ones are told, and their targets reconsidered.

What happened before stays as it is: each event keeps the facts it saw, and tickets that are done keep theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.desk.cases import Case, Happening
from deskwright.desk.record import record
from deskwright.desk.step import step
from deskwright.desk.tickets.remarks import noted
from deskwright.desk.working import take_up
from deskwright.engine import events
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store import facts as rows
from deskwright.store.facts import Party
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
LIVE: Final = sorted(LIVE_STATUSES)


@contextmanager
def heard_by_tickets(
    sql: Cursor,
    actor: Agent | None,
    now: datetime,
    *,
    customers: Iterable[int] = (),
    organisations: Iterable[int] = (),
) -> Iterator[None]:
    """Live tickets of these customers, and of the organisations' people, hear what the block changes of who they are
    and what they are worth: one event each, which moves their targets and says why. Everything is in the caller's deed.
    """
    asked = {"customers": sorted(customers), "organisations": sorted(organisations), "live": LIVE}
    live = [row["id"] for row in sql.execute(AFFECTED, asked)]
    before = {number: case.party for number, case in take_up(sql, live, now).items()}
    yield
    told = []
    for number, case in take_up(sql, live, now).items():
        changes = differing(before[number], case.party)
        if changes:
            by = ("agent", actor.pk) if actor else ("system", None)
            case.happen(Happening(events.FieldsChanged(changes=changes), now, *by))
            told.append(case)
    if told:
        step(sql, told, rows.present(sql).desk)


def differing(before: Party, after: Party) -> dict[str, tuple[Any, Any]]:
    """What rules see of a ticket's people that is different now: name -> (before, after), in words."""
    old, new = words(before), words(after)
    changes = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
    if before.customer.id != after.customer.id:
        changes["requester"] = (called(before), called(after))
    return changes


def words(party: Party) -> dict[str, Any]:
    organisation = party.organisation
    return {
        "customer_tier": party.customer.tier,
        "organisation": organisation and organisation.name,
        "vip": bool(organisation and organisation.vip),
    }


def called(party: Party) -> str:
    return party.customer.name or party.customer.email


def remark_on(
    sql: Cursor, tickets: Sequence[int], kind: str, actor: Agent | None, data: Mapping[str, Any], now: datetime
) -> None:
    """An event that nobody decides on, on every one of the tickets."""
    cases: list[Case] = list(take_up(sql, tickets, now).values())
    for case in cases:
        case.set()
        noted(case, kind, actor, data, now)
    if cases:
        record(sql, cases)


def carry_organisation(sql: Cursor, customers: Sequence[int]) -> dict[str, int | None]:
    """Live tickets belong to their customer's organisation. Returns those that moved: id -> the organisation before."""
    found = sql.execute(CARRY, {"customers": list(customers), "live": LIVE}).fetchall()
    return {str(row["id"]): row["before"] for row in found}


def find_anew(
    sql: Cursor,
    now: datetime,
    *,
    customers: Iterable[int] = (),
    organisations: Iterable[int] = (),
    besides: Iterable[int] = (),
) -> None:
    """Their tickets are indexed again for search: names and addresses are part of it. Not those `besides`, which
    are to be indexed anyway.
    """
    whose = {"customers": list(customers), "organisations": list(organisations)}
    sql.execute(FIND_ANEW, {**whose, "besides": list(besides), "now": now})


AFFECTED = """
SELECT t.id FROM store_ticket AS t JOIN store_customer AS c ON c.id = t.customer_id
WHERE (c.id = ANY(%(customers)s) OR c.organisation_id = ANY(%(organisations)s)) AND t.status = ANY(%(live)s)
ORDER BY t.id
"""
FIND_ANEW = """
INSERT INTO store_duework (kind, subject, due_at, attempts, last_error)
SELECT 'index_ticket', id, %(now)s, 0, '' FROM store_ticket
WHERE (customer_id = ANY(%(customers)s) OR organisation_id = ANY(%(organisations)s))
  AND id <> ALL (%(besides)s::bigint[])
"""
CARRY = """
WITH moving AS (
    SELECT t.id, t.organisation_id AS before, c.organisation_id AS after
    FROM store_ticket AS t JOIN store_customer AS c ON c.id = t.customer_id
    WHERE c.id = ANY(%(customers)s) AND t.status = ANY(%(live)s)
      AND t.organisation_id IS DISTINCT FROM c.organisation_id
    ORDER BY t.id FOR NO KEY UPDATE OF t
)
UPDATE store_ticket AS t SET organisation_id = moving.after FROM moving WHERE t.id = moving.id
RETURNING t.id, moving.before
"""
