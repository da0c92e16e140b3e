"""Splitting messages off to a ticket of their own; their files go along, and the two are linked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.cases import Case, Happening, Link, blank_row
from deskwright.desk.errors import Invalid
from deskwright.desk.step import step
from deskwright.desk.tickets.joining import give_up
from deskwright.desk.tickets.merging import waiting_without
from deskwright.desk.working import refuse_merged, take_up_one
from deskwright.engine import events, facts
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Agent
from deskwright.store.writes import Batch, take_ids
from deskwright.text import read

Cursor = psycopg.Cursor[dict[str, Any]]
CLOCKS_FROM: Final = ("message", "now")
"""When the new ticket's clocks begin: as its first message was written, or as it is split off."""


def split(
    actor: Agent,
    ticket_id: int,
    messages: Sequence[int],
    *,
    now: datetime,
    subject: str = "",
    clocks_from: str = "message",
) -> int:
    """Make a ticket of these messages. Returns its number; merging it back undoes it.

    Raises NotFound, Forbidden, Conflict for a merged ticket, and Invalid: none chosen, or the one it was opened with.
    """
    if clocks_from not in CLOCKS_FROM:
        raise Invalid(
            _("Clocks begin at one of %(words)s.") % {"words": ", ".join(CLOCKS_FROM)}, {"clocks_from": "unknown"}
        )
    access.ticket_for(actor, ticket_id, "merge")
    with deed() as sql:
        origin = take_up_one(sql, ticket_id, now)
        refuse_merged([origin])
        chosen = movable(sql, ticket_id, messages)
        first = next((row for row in chosen if row["kind"] == "customer"), chosen[0])
        present = rows.present(sql)
        at = first["created_at"] if clocks_from == "message" else now
        made = new_case(sql, origin, chosen, first, present.live_version, at, now)
        made.set(subject=subject.strip()[:998] or origin.row["subject"])
        made.links.append(Link("split", ticket_id, agent=actor.pk))
        made.happen(opening(actor, origin, chosen, first, now))
        move(sql, made.row["id"], chosen)
        give_up(origin, made, waiting_without(sql, origin, 0), actor, now, "split")
        step(sql, [made, origin], present.desk, also=lambda batch: index_both(batch, [ticket_id, made.row["id"]], now))
        return int(made.row["id"])


def movable(sql: Cursor, ticket_id: int, messages: Sequence[int]) -> list[dict[str, Any]]:
    """The messages, oldest first. Raises Invalid for one that cannot leave."""
    found = sql.execute(MESSAGES, {"ticket": ticket_id, "ids": list(messages)}).fetchall()
    if not found or len(found) != len(set(messages)):
        raise Invalid(_("Choose messages of this ticket."), {"messages": "none, or of another ticket"})
    if any(row["opening"] for row in found):
        raise Invalid(_("The message that opened the ticket stays with it."), {"messages": "the first one"})
    return found


def new_case(
    sql: Cursor,
    origin: Case,
    chosen: Sequence[dict[str, Any]],
    first: dict[str, Any],
    version: int,
    at: datetime,
    now: datetime,
) -> Case:
    """The ticket to be, of whoever wrote its first message, with what the origin says of its kind."""
    customer = first["customer_id"] or origin.row["customer_id"]
    party = rows.parties(sql, [customer], now)[customer]
    asked = [row["created_at"] for row in chosen if row["kind"] == "customer"]
    answered = [row["created_at"] for row in chosen if row["kind"] == "agent"]
    waiting = [one for one in asked if not answered or one > max(answered)]
    understood = read(first["new_text"])
    return Case(
        blank_row(
            id=take_ids(sql, 1, 0, 0)[0][0],
            description=first["new_text"],
            channel=first["channel"],
            type=origin.row["type"],
            language=understood.language or origin.row["language"],
            sentiment=understood.sentiment,
            customer_id=customer,
            organisation_id=party.organisation.id if party.organisation else None,
            created_at=at,
            updated_at=now,
            last_customer_at=max(asked, default=None),
            last_agent_at=max(answered, default=None),
            first_response_at=min(answered, default=None),
            unanswered_since=min(waiting, default=None),
            brand_id=origin.row["brand_id"],
            arms=origin.row["arms"],
            workflow_version=version,
        ),
        party,
        opened=True,
    )


def opening(
    actor: Agent, origin: Case, chosen: Sequence[dict[str, Any]], first: dict[str, Any], now: datetime
) -> Happening:
    """Its opening: an agent's doing, so that nobody gets an acknowledgement."""
    understood = read(first["new_text"])
    message = facts.Message(
        text=first["text"],
        new_text=first["new_text"],
        channel=first["channel"],
        at=first["created_at"],
        signals=facts.Signals(understood.sentiment, understood.language),
    )
    told = {"split_from": origin.row["id"], "subject": origin.row["subject"], "messages": [row["id"] for row in chosen]}
    return Happening(events.TicketOpened(by="agent"), now, "agent", actor.pk, message, told)


def move(sql: Cursor, ticket: int, chosen: Sequence[dict[str, Any]]) -> None:
    """Messages and what has been sent of them; the ticket is written in the same deed."""
    ids = [row["id"] for row in chosen]
    sql.execute("UPDATE store_message SET ticket_id = %(to)s WHERE id = ANY(%(ids)s)", {"to": ticket, "ids": ids})
    sql.execute(
        "UPDATE store_delivery SET ticket_id = %(to)s WHERE message_id = ANY(%(ids)s)", {"to": ticket, "ids": ids}
    )


def index_both(batch: Batch, tickets: Sequence[int], now: datetime) -> None:
    """Both say other words from now on."""
    batch.work.extend({"kind": "index_ticket", "subject": ticket, "due_at": now} for ticket in tickets)


MESSAGES = """
SELECT m.id, m.kind, m.channel, m.customer_id, m.text, m.new_text, m.created_at,
       m.id = (SELECT min(id) FROM store_message WHERE ticket_id = m.ticket_id) AS opening
FROM store_message AS m
WHERE m.ticket_id = %(ticket)s AND m.id = ANY(%(ids)s) AND m.kind <> 'automatic'
ORDER BY m.created_at, m.id
"""
