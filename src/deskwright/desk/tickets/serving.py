"""'Next ticket': the most urgent ticket an agent may work on, served to one agent at a time.

A claim keeps a ticket from being served to anybody else until it expires; it changes nothing about the ticket.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.errors import Invalid
from deskwright.store.connection import deed
from deskwright.store.models import Agent
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
CLAIMED_FOR: Final = timedelta(minutes=15)
SKIPPED_FOR: Final = timedelta(hours=4)
"""A skipped ticket comes again after this, or as soon as something happens to it."""
TRIES: Final = 8
"""Others may be served the same ticket at the same instant; then the one after it is tried."""


@dataclass(frozen=True, slots=True)
class Served:
    """The ticket, and why it comes now: when its next target is due (UTC; None without a running clock)."""

    ticket: int
    due_at: datetime | None


def serve(actor: Agent, *, now: datetime) -> Served | None:
    """Claim the next ticket: its customer waits, it is the agent's or nobody's. None when there is none.

    Raises Forbidden for a role that does not reply.
    """
    access.allow(actor, "reply")
    visible = access.visible_tickets(actor)
    statement = load("queries/next_ticket.sql").format(visible=visible.sql)
    with deed() as sql:
        sql.execute("DELETE FROM store_ticketclaim WHERE agent_id = %(agent)s", {"agent": actor.pk})
        for _ in range(TRIES):
            row = sql.execute(statement, {"agent": actor.pk, "now": now, **visible.params}).fetchone()
            if row is None:
                return None
            if claim(sql, actor, row["id"], now):
                return Served(row["id"], row["next_due_at"])
    return None


def claim(sql: Cursor, actor: Agent, ticket: int, now: datetime) -> bool:
    """Whether the agent has it now; somebody else may have been faster."""
    values = {"ticket": ticket, "agent": actor.pk, "until": now + CLAIMED_FOR, "now": now}
    return sql.execute(CLAIM, values).fetchone() is not None


def skip(actor: Agent, ticket_id: int, reason: str, *, now: datetime) -> None:
    """Pass the ticket over, saying why. Raises NotFound, Forbidden, and Invalid without a reason."""
    reason = " ".join(reason.replace("\0", "").split())[:200]
    if not reason:
        raise Invalid(_("Say why you skip it."), {"reason": "empty"})
    access.ticket_for(actor, ticket_id, "reply")
    with deed() as sql:
        values = {"ticket": ticket_id, "agent": actor.pk, "reason": reason, "now": now, "until": now + SKIPPED_FOR}
        sql.execute(SKIP, values)
        leave(actor)


def leave(actor: Agent) -> None:
    """Give up what is claimed."""
    with deed() as sql:
        sql.execute("DELETE FROM store_ticketclaim WHERE agent_id = %(agent)s", {"agent": actor.pk})


CLAIM: Final = """
INSERT INTO store_ticketclaim (ticket_id, agent_id, until) VALUES (%(ticket)s, %(agent)s, %(until)s)
ON CONFLICT (ticket_id) DO UPDATE SET agent_id = EXCLUDED.agent_id, until = EXCLUDED.until
WHERE store_ticketclaim.until <= %(now)s
RETURNING ticket_id
"""
SKIP: Final = """
INSERT INTO store_ticketskip (agent_id, ticket_id, reason, at, until)
VALUES (%(agent)s, %(ticket)s, %(reason)s, %(now)s, %(until)s)
ON CONFLICT (agent_id, ticket_id) DO UPDATE SET reason = EXCLUDED.reason, at = EXCLUDED.at, until = EXCLUDED.until
"""
