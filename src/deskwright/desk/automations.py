"""Automations at run time: time-based ones sweep the open tickets, a lead switches any of them on and off, the run log.

A time-based automation is the live workflow's and judges every open ticket, whichever version opened it; those that
answer events are the ticket's own version's. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.cases import Happening, calendar_of
from deskwright.desk.errors import NotFound
from deskwright.desk.settings.rights import require
from deskwright.desk.step import step
from deskwright.desk.working import take_up
from deskwright.engine import facts, vocabulary
from deskwright.engine.automation import EVERY
from deskwright.engine.calendars import Calendar
from deskwright.engine.durations import Duration
from deskwright.engine.events import TimePassed
from deskwright.engine.workflow import Automation, Workflow
from deskwright.lab.trying import Would, tried
from deskwright.store import columns
from deskwright.store import facts as rows
from deskwright.store.connection import cursor, deed, from_json
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
PAGE: Final = 200
SHORTEST: Final = timedelta(minutes=1)
"""Between two sweeps of one automation, whatever is written."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One automation as a lead sees it."""

    name: str
    on: tuple[str, ...]
    """What it answers; `every` for its turn."""
    every: str | None
    per_hour: int | None
    enabled: bool
    """In the document."""
    switched_on: bool
    runs: int
    """Of the last 24 hours, without those that broke."""
    failures: int
    last_run: datetime | None


# Sweeping


def sweep(now: datetime, limit: int = PAGE) -> int:
    """Take a due time-based automation over the next open tickets, `limit` at most. Returns how many it looked at.

    The automation's row is locked meanwhile, so that each ticket is met once in a sweep however many workers there are.
    """
    workflow = workflows.live()
    timed = {rule.name: rule for rule in workflow.automations if rule.on == EVERY and rule.enabled}
    if not timed:
        return 0
    with deed() as sql:
        sql.execute(ENROL, {"names": list(timed), "now": now})
        turn = sql.execute(CLAIM, {"names": list(timed), "now": now}).fetchone()
        if turn is None:
            return 0
        page = open_tickets(sql, turn["swept_to"], limit)
        meet(sql, workflow, timed[turn["name"]], page, now)
        advance(sql, turn, timed[turn["name"]], page, limit, now)
        return len(page)


def meet(sql: Cursor, workflow: Workflow, rule: Automation, page: Sequence[dict[str, Any]], now: datetime) -> None:
    """Give the automation its turn on those tickets its condition holds for; it is asked again once they are locked."""
    event = TimePassed(automation=rule.name)
    found = []
    for seen in facts_of(sql, page, facts.Desk(), now):
        view = vocabulary.view(workflow, seen, event, now)
        if rule.when is None or rule.when.holds(view):
            found.append(seen.ticket.id)
    cases = list(take_up(sql, found, now).values())
    for case in cases:
        case.happen(Happening(event, now, version=workflow.version))
    if cases:
        step(sql, cases, rows.present(sql).desk)


def advance(
    sql: Cursor, turn: dict[str, Any], rule: Automation, page: Sequence[dict[str, Any]], limit: int, now: datetime
) -> None:
    """Go on behind the last ticket seen, or rest until the next turn."""
    done = len(page) < limit
    swept_to, due = (0, following(turn["due_at"], rule.every, now)) if done else (page[-1]["id"], turn["due_at"])
    sql.execute(ADVANCE, {"name": rule.name, "swept_to": swept_to, "due": due})


def following(due: datetime, every: Duration | None, now: datetime) -> datetime:
    """The turn after `due`; turns missed while no worker ran are not made up for."""
    pause = timedelta(days=every.business_days, minutes=every.minutes) if every else SHORTEST
    pause = max(pause, SHORTEST)
    return due + pause if due + pause > now else now + pause


def open_tickets(sql: Cursor, after: int, limit: int) -> list[dict[str, Any]]:
    """Full rows of open tickets behind this id, not locked; historical imports are left alone."""
    found = sql.execute(OPEN, {"after": after, "limit": limit})
    return [row | {"fields": from_json(row["fields"])} for row in found]


def facts_of(sql: Cursor, page: Sequence[dict[str, Any]], desk: facts.Desk, now: datetime) -> Iterator[facts.Facts]:
    clocks = rows.clocks(sql, [row["id"] for row in page])
    parties = rows.parties(sql, [row["customer_id"] for row in page], now)
    for row in page:
        party = parties[row["customer_id"]]
        known = clocks.get(row["id"], ())
        yield facts.Facts(rows.ticket_of(row), party.customer, party.organisation, clocks=known, desk=desk)


# Trying out


def dry_run(workflow: Workflow, name: str, now: datetime) -> list[Would]:
    """What the automation would do if its moment came now on each open ticket. Touches nothing.

    Switches and caps do not count. Raises NotFound when the workflow has no such automation.
    """
    rule, sql = named(workflow, name), cursor()
    desk = rows.present(sql).desk
    found: list[Would] = []
    after = 0
    while page := open_tickets(sql, after, PAGE):
        after = page[-1]["id"]
        found += tried(workflow, rule, facts_of(sql, page, desk, now), hours_of, now)
    return found


def hours_of(clock: facts.Clock) -> Calendar:
    return calendar_of(clock, workflows.version(clock.version))


# Switching and looking


def switch(actor: Agent | None, name: str, on: bool, *, now: datetime) -> None:
    """Switch an automation of the live workflow on or off for every ticket, from the next decision on; nothing is
    published. `actor` None is the operator. Raises Forbidden for others than leads, NotFound.
    """
    require(actor, "automations:manage")
    named(workflows.live(), name)
    with deed() as sql:
        values = {"name": name, "on": on, "agent": actor.pk if actor else None, "now": now}
        sql.execute(SWITCH, values)


def named(workflow: Workflow, name: str) -> Automation:
    found = next((rule for rule in workflow.automations if rule.name == name), None)
    if found is None:
        raise NotFound(_("The workflow has no automation named %(name)s.") % {"name": f"{name!r}"})
    return found


def listing(now: datetime) -> list[Standing]:
    """The live workflow's automations in the document's order."""
    by_name: dict[str, list[Automation]] = {}
    for rule in workflows.live().automations:
        by_name.setdefault(rule.name, []).append(rule)
    values = {"names": list(by_name), "since": now - timedelta(days=1)}
    known = {row["name"]: row for row in cursor().execute(STANDING, values)}
    return [standing(rules, known[name]) for name, rules in by_name.items()]


def standing(rules: Sequence[Automation], row: dict[str, Any]) -> Standing:
    first = rules[0]
    return Standing(
        first.name,
        tuple(rule.on for rule in rules),
        str(first.every) if first.every else None,
        first.per_hour,
        first.enabled,
        row["switched_on"],
        row["runs"],
        row["failures"],
        row["last_run"],
    )


ENROL = """
INSERT INTO store_automationstate (name, due_at) SELECT name, %(now)s FROM unnest(%(names)s::text[]) AS name
ON CONFLICT (name) DO UPDATE SET due_at = EXCLUDED.due_at WHERE store_automationstate.due_at IS NULL
"""
CLAIM = """
SELECT name, due_at, swept_to FROM store_automationstate
WHERE name = ANY(%(names)s) AND enabled AND due_at <= %(now)s
ORDER BY due_at, id LIMIT 1
FOR NO KEY UPDATE SKIP LOCKED
"""
ADVANCE = "UPDATE store_automationstate SET swept_to = %(swept_to)s, due_at = %(due)s WHERE name = %(name)s"
OPEN = f"""
SELECT {", ".join(f'"{name}"' for name in columns.TICKET)} FROM store_ticket
WHERE id > %(after)s AND status IN ('new', 'open', 'waiting_on_customer', 'on_hold') AND NOT imported
ORDER BY id LIMIT %(limit)s
"""
SWITCH = """
INSERT INTO store_automationstate (name, enabled, changed_by_id, changed_at)
VALUES (%(name)s, %(on)s, %(agent)s, %(now)s)
ON CONFLICT (name) DO UPDATE
SET enabled = EXCLUDED.enabled, changed_by_id = EXCLUDED.changed_by_id, changed_at = EXCLUDED.changed_at
"""
STANDING = """
SELECT name, coalesce(state.enabled, true) AS switched_on, run.runs, run.failures, run.last_run
FROM unnest(%(names)s::text[]) AS name
LEFT JOIN store_automationstate AS state USING (name)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE at > %(since)s AND error = '')::int AS runs,
           count(*) FILTER (WHERE at > %(since)s AND error <> '')::int AS failures, max(at) AS last_run
    FROM store_automationrun WHERE rule = name
) AS run
"""
