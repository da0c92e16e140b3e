"""What agents write: public replies, which leave through the outbox, and internal notes, which never do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from deskwright.channels.email.markdown import markdown_html
from deskwright.desk import access, drafts
from deskwright.desk.cases import Case, Happening
from deskwright.desk.errors import Invalid, StaleReply
from deskwright.desk.letters import delivery_row, message_row, outgoing_id
from deskwright.desk.step import step
from deskwright.desk.tickets import alter
from deskwright.desk.working import take_up_one
from deskwright.engine import events
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]


def reply(
    actor: Agent, ticket_id: int, text: str, *, now: datetime, solve: bool = False, seen: int | None = None
) -> int:
    """Answer the requester (Markdown). Returns the message's id.

    `seen` is the newest message the agent had on screen. Raises NotFound, Forbidden, Invalid for an empty text, and
    StaleReply when the customer wrote after `seen`.
    """
    words = checked(text)
    access.ticket_for(actor, ticket_id, "reply")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        refuse_stale(sql, ticket_id, seen)
        message = write_reply(sql, case, actor, words, now)
        case.happen(
            Happening(events.AgentReplied(agent=actor.pk), now, "agent", actor.pk, data={"message_id": message["id"]})
        )
        if solve:
            alter(case, {"status": "solved"}, actor, now)
        step(sql, [case], rows.present(sql).desk)
        return int(message["id"])


def note(actor: Agent, ticket_id: int, text: str, *, now: datetime, drafted: bool = False) -> int:
    """Write an internal note; `drafted` ends the agent's draft of one. Returns the message's id.

    Raises NotFound, Forbidden, Invalid.
    """
    words = checked(text)
    access.ticket_for(actor, ticket_id, "note")
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        message = message_row(case, next_message_id(sql), "note", words, now, None, agent=actor.pk)
        case.messages.append(message)
        case.happen(
            Happening(events.NoteAdded(agent=actor.pk), now, "agent", actor.pk, data={"message_id": message["id"]})
        )
        if drafted:
            drafts.end(sql, actor, ticket_id, "note")
        step(sql, [case], rows.present(sql).desk)
        return int(message["id"])


def checked(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid("Write something first.", {"text": "empty"})
    if len(words) > drafts.LONGEST:
        raise Invalid(f"This is too long: at most {drafts.LONGEST:,} characters.", {"text": "too long"})
    return words


def refuse_stale(sql: Cursor, ticket_id: int, seen: int | None) -> None:
    if seen is None:
        return
    newer = sql.execute(NEWER, {"ticket": ticket_id, "seen": seen}).fetchall()
    if newer:
        raise StaleReply("The customer wrote while you were writing. Read it, then send again.", newer)


def write_reply(sql: Cursor, case: Case, actor: Agent, text: str, now: datetime) -> dict[str, Any]:
    """The reply's message, its delivery where the requester has an address, and what it means for the ticket."""
    row_id = next_message_id(sql)
    email = case.party.customer.email
    mail_id = outgoing_id(case.row["id"], f"m{row_id}") if email else None
    message = message_row(case, row_id, "agent", text, now, mail_id, agent=actor.pk)
    case.messages.append(message)
    if email:
        signed = f"{text}\n\n{actor.signature}".strip() if actor.signature else text
        references = thread_so_far(sql, case.row["id"])
        case.deliveries.append(delivery_row(case, message, signed, markdown_html(signed), references))
    case.set(
        last_agent_at=now,
        last_agent_id=actor.pk,
        unanswered_since=None,
        first_response_at=case.row["first_response_at"] or now,
    )
    return message


def thread_so_far(sql: Cursor, ticket_id: int) -> list[str]:
    """Message-IDs of the conversation, oldest first, notes left out."""
    return [row["mail_id"] for row in sql.execute(THREAD, {"ticket": ticket_id})]


def next_message_id(sql: Cursor) -> int:
    row = sql.execute("SELECT nextval('store_message_id_seq') AS id").fetchone()
    assert row is not None
    return int(row["id"])


NEWER = """
SELECT id, new_text, created_at FROM store_message
WHERE ticket_id = %(ticket)s AND kind = 'customer' AND id > %(seen)s ORDER BY id
"""
THREAD = """
SELECT mail_id FROM store_message
WHERE ticket_id = %(ticket)s AND mail_id IS NOT NULL AND kind <> 'note' ORDER BY created_at, id
"""
