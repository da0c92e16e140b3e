"""Drafts: what an agent has written so far on a ticket, kept until it is sent. Others learn that, never what.

A draft's words are its agent's own; nothing decides on them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from deskwright.desk import access
from deskwright.desk.errors import Invalid
from deskwright.store.connection import deed
from deskwright.store.live import announcement
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
KINDS: Final = ("reply", "note")
"""Each is also the verb one needs on the ticket."""
LONGEST: Final = 200_000
QUIET: Final = timedelta(minutes=1)
"""While somebody writes on, the others are told no more often than this."""


def keep(actor: Agent, ticket_id: int, kind: str, text: str, *, now: datetime, upon: str | None = None) -> None:
    """Keep what is written so far; a text without words ends the draft. Raises NotFound, Forbidden, Invalid.

    `upon` is the draft the writer had before. One that came back meanwhile, and that they have not seen, stays in
    front of what they wrote.
    """
    if kind not in KINDS or len(text) > LONGEST:
        raise Invalid(f"A draft is a reply or a note of at most {LONGEST:,} characters.")
    access.ticket_for(actor, ticket_id, kind)
    with deed() as sql:
        unseen = returned(sql, actor, ticket_id, kind)
        if unseen is not None and upon is not None and unseen["text"] != upon:
            put(sql, actor, ticket_id, kind, f"{unseen['text']}\n\n{text}".strip(), now, unseen["returned"])
        elif text.strip():
            put(sql, actor, ticket_id, kind, text, now)
        else:
            end(sql, actor, ticket_id, kind)


def returned(sql: Cursor, actor: Agent, ticket_id: int, kind: str) -> dict[str, Any] | None:
    """A reply that came back as this draft and has not been touched since."""
    return sql.execute(RETURNED, naming(actor, ticket_id, kind)).fetchone()


def put(sql: Cursor, actor: Agent, ticket_id: int, kind: str, text: str, now: datetime, returned: str = "") -> None:
    """Write the draft, in the caller's deed. `returned` says why a reply came back."""
    values = naming(actor, ticket_id, kind) | {"text": text.replace("\x00", ""), "returned": returned}
    sql.execute(PUT, values | {"now": now, "lately": now - QUIET})


def end(sql: Cursor, actor: Agent, ticket_id: int, kind: str) -> None:
    """There is no such draft any more: it was sent or emptied. Part of the caller's deed."""
    sql.execute(END, naming(actor, ticket_id, kind))


def naming(actor: Agent, ticket_id: int, kind: str) -> dict[str, Any]:
    return {"agent": actor.pk, "ticket": ticket_id, "kind": kind, "announce": announcement([ticket_id])}


RETURNED = """
SELECT text, returned FROM store_draft
WHERE agent_id = %(agent)s AND ticket_id = %(ticket)s AND kind = %(kind)s AND returned <> '' FOR UPDATE
"""
PUT = """
WITH before AS (
    SELECT updated_at FROM store_draft
    WHERE agent_id = %(agent)s AND ticket_id = %(ticket)s AND kind = %(kind)s
),
kept AS (
    INSERT INTO store_draft (agent_id, ticket_id, kind, text, returned, updated_at)
    VALUES (%(agent)s, %(ticket)s, %(kind)s, %(text)s, %(returned)s, %(now)s)
    ON CONFLICT (agent_id, ticket_id, kind)
    DO UPDATE SET text = EXCLUDED.text, returned = EXCLUDED.returned, updated_at = EXCLUDED.updated_at
    RETURNING returned
)
SELECT pg_notify('desk', %(announce)s) FROM kept
WHERE returned <> '' OR NOT EXISTS (SELECT FROM before WHERE updated_at > %(lately)s)
"""
END = """
WITH ended AS (
    DELETE FROM store_draft WHERE agent_id = %(agent)s AND ticket_id = %(ticket)s AND kind = %(kind)s RETURNING id
)
SELECT pg_notify('desk', %(announce)s) FROM ended
"""
