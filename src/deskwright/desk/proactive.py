"""Reaching out before anybody asks: an organisation at risk gets a health check, once in a cooldown.

The live workflow says what a risk is and who goes. Nothing is sent to the customer here; that is the agent's to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.cases import Case, Happening, arms_for, blank_row
from deskwright.desk.step import step
from deskwright.engine import proactive
from deskwright.engine.events import TicketOpened
from deskwright.engine.proactive import Risk
from deskwright.engine.workflow import Workflow
from deskwright.store import facts as rows
from deskwright.store.connection import cursor, deed
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
PAGE: Final = 200
AGAIN: Final = timedelta(hours=1)
"""An organisation is looked at this often; one whose facts changed at once."""
CHANNEL: Final = "email"
"""By which the agent will write to the customer."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One organisation at risk. `hindrance`: "" | opted_out | visited | nobody (has no customer to write to)."""

    id: int
    name: str
    risk: Risk
    hindrance: str
    visited_at: datetime | None


def sweep(now: datetime, limit: int = PAGE) -> int:
    """Look at the organisations whose turn it is, `limit` at most, and open a health check where one is due. Returns
    how many were looked at.

    Their rows are locked meanwhile and carry the moment of the visit, so that no two workers visit one.
    """
    workflow = workflows.live()
    if not proactive.factors(workflow):
        return 0
    with deed() as sql:
        values = {"now": now, "again": now - AGAIN, "cooled": now - proactive.cooldown(workflow), "limit": limit}
        page = sql.execute(DUE, values).fetchall()
        found = [(row, assessed(workflow, row, now)) for row in page]
        due = [(row, risk) for row, risk in found if proactive.at_risk(workflow, risk) and row["contact"]]
        sql.execute(LOOKED, {"looked": [row["id"] for row in page], "visited": ids(due), "now": now})
        visit(sql, workflow, due, now)
        return len(page)


def ids(due: Sequence[tuple[dict[str, Any], Risk]]) -> list[int]:
    return [row["id"] for row, _risk in due]


def assessed(workflow: Workflow, row: dict[str, Any], now: datetime) -> Risk:
    return proactive.assess(workflow, rows.organisation_of(row), now)


def visit(sql: Cursor, workflow: Workflow, due: Sequence[tuple[dict[str, Any], Risk]], now: datetime) -> None:
    """Open a health check with each organisation, for the customer of it who wrote last."""
    if not due:
        return
    parties = rows.parties(sql, [row["contact"] for row, _risk in due], now)
    present = rows.present(sql)
    cases = [
        health_check(workflow, rows.Party(parties[row["contact"]].customer, rows.organisation_of(row)), risk, now)
        for row, risk in due
    ]
    for case in cases:
        case.set(arms=arms_for(workflow, case.party, present.stopped))
    step(sql, cases, present.desk)


def health_check(workflow: Workflow, party: rows.Party, risk: Risk, now: datetime) -> Case:
    """The new ticket as a case, its opening pending. It waits for no answer, and nobody is sent an acknowledgement."""
    assert party.organisation is not None
    wanted = proactive.wanted(workflow)
    subject = wanted.get("subject") or _("Health check: %(name)s") % {"name": party.organisation.name}
    case = Case(
        blank_row(
            subject=subject,
            channel=CHANNEL,
            type=wanted.get("type") or proactive.HEALTH_CHECK,
            priority=wanted.get("priority"),
            customer_id=party.customer.id,
            organisation_id=party.organisation.id,
            by_agent=True,
            created_at=now,
            updated_at=now,
            workflow_version=workflow.version,
        ),
        party,
        opened=True,
    )
    case.messages.append(note(workflow, risk, now))
    key = f"proactive:{party.organisation.id}:{now.isoformat(timespec='seconds')}"
    case.happen(Happening(TicketOpened("system", (), risk.held, risk.unknown), now, data={"key": key}))
    return case


def note(workflow: Workflow, risk: Risk, now: datetime) -> dict[str, Any]:
    """What the agent should know before writing."""
    text = reasons(workflow, risk)
    return {"kind": "note", "channel": CHANNEL, "text": text, "new_text": text, "html": "", "recipients": {},
            "verified": True, "created_at": now}  # fmt: skip


def reasons(workflow: Workflow, risk: Risk) -> str:
    """The factors that held with what they saw, and those nobody could answer (Markdown)."""
    conditions = proactive.factors(workflow)
    lines = [f"- **{name.replace('_', ' ')}**: {told(values)} (`{conditions[name].text}`)"
             for name, values in risk.held.items()]  # fmt: skip
    said = _("Why we reach out:") + "\n\n" + "\n".join(lines)
    if not risk.unknown:
        return said
    unknown = ", ".join(name.replace("_", " ") for name in risk.unknown)
    return said + "\n\n" + _("Not known: %(names)s.") % {"names": unknown}


def told(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name.removeprefix('organisation.')} {value}" for name, value in values.items())


def would_visit(workflow: Workflow, now: datetime) -> list[Visit]:
    """Every organisation at risk, and what keeps the desk from visiting it if anything does. Touches nothing."""
    sql, found, after = cursor(), [], 0
    cooled = now - proactive.cooldown(workflow)
    while page := sql.execute(ALL, {"after": after, "limit": PAGE}).fetchall():
        after = page[-1]["id"]
        for row in page:
            risk = assessed(workflow, row, now)
            if proactive.at_risk(workflow, risk):
                found.append(Visit(row["id"], row["name"], risk, hindrance(row, cooled), row["visited_at"]))
    return found


def hindrance(row: dict[str, Any], cooled: datetime) -> str:
    if row["no_outreach"]:
        return "opted_out"
    if row["visited_at"] is not None and row["visited_at"] > cooled:
        return "visited"
    return "" if row["contact"] else "nobody"


ORGANISATIONS = load("queries/outreach_organisations.sql")
DUE = load("queries/outreach_due.sql").format(organisations=ORGANISATIONS)
ALL = f"{ORGANISATIONS} WHERE o.merged_into_id IS NULL AND o.id > %(after)s ORDER BY o.id LIMIT %(limit)s"
LOOKED = """
UPDATE store_organisation
SET checked_at = %(now)s, visited_at = CASE WHEN id = ANY(%(visited)s) THEN %(now)s ELSE visited_at END
WHERE id = ANY(%(looked)s)
"""
