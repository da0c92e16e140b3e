"""Agents who follow a ticket are told when somebody writes on it. Following is the agent's own mark, no event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.desk import access
from deskwright.desk.cases import Case
from deskwright.engine.saying import _, gettext_noop
from deskwright.store.connection import deed
from deskwright.store.live import announce
from deskwright.store.models import Agent, Follower

Cursor = psycopg.Cursor[dict[str, Any]]
TOLD_OF: Final = {
    "customer": gettext_noop("The customer wrote: %(subject)s"),
    "agent": gettext_noop("A colleague replied: %(subject)s"),
    "note": gettext_noop("A colleague left a note: %(subject)s"),
}


def follow(actor: Agent, ticket_id: int, *, now: datetime) -> None:
    """Be told of what is written on the ticket. Raises NotFound."""
    access.ticket_for(actor, ticket_id, "see")
    with deed() as sql:
        Follower.objects.get_or_create(agent=actor, ticket_id=ticket_id, defaults={"since": now})
        announce(sql, [ticket_id])


def unfollow(actor: Agent, ticket_id: int) -> None:
    """Be told no more. Raises NotFound."""
    access.ticket_for(actor, ticket_id, "see")
    with deed() as sql:
        Follower.objects.filter(agent=actor, ticket_id=ticket_id).delete()
        announce(sql, [ticket_id])


def follow_mentions(actor: Agent, wanted: bool) -> None:
    """Whether being mentioned makes the agent a follower."""
    Agent.objects.filter(pk=actor.pk).update(follows_mentions=wanted)


def tell(sql: Cursor, cases: Sequence[Case]) -> None:
    """Notices to followers of the cases on which somebody wrote, inside the caller's deed. One statement at most."""
    written = {case.row["id"]: case for case in cases if not case.opened and newest(case)}
    if not written:
        return
    for row in sql.execute(FOLLOWERS, {"tickets": list(written)}):
        case = written[row["ticket_id"]]
        message = newest(case)
        heard = {notice["agent_id"] for notice in case.notices}
        if message is not None and row["agent_id"] != message["agent_id"] and row["agent_id"] not in heard:
            case.notices.append(
                {
                    "agent_id": row["agent_id"],
                    "subject": _(TOLD_OF[message["kind"]], subject=case.row["subject"]),
                    "key": f"followed:{message['id']}",
                    "created_at": message["created_at"],
                }
            )


def newest(case: Case) -> dict[str, Any] | None:
    return next((message for message in reversed(case.messages) if message["kind"] in TOLD_OF), None)


FOLLOWERS = """
SELECT follower.ticket_id, follower.agent_id FROM store_follower AS follower
JOIN store_agent AS agent ON agent.id = follower.agent_id AND agent.is_active
WHERE follower.ticket_id = ANY(%(tickets)s)
"""
