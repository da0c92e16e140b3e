"""Drafts: what an agent has written so far on a ticket, kept until it is sent. Others learn that, never what.

A draft's words are its agent's own; nothing decides on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.answering import recipients
from deskwright.desk.errors import Invalid
from deskwright.store.connection import deed
from deskwright.store.live import PRESENCE, announcement, presence, say
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
KINDS: Final = ("reply", "note")
"""Each is also the verb one needs on the ticket."""
LONGEST: Final = 200_000
QUIET: Final = timedelta(minutes=1)
"""While somebody writes on, the others are told no more often than this."""


def keep(
    actor: Agent,
    ticket_id: int,
    kind: str,
    text: str,
    *,
    now: datetime,
    upon: str | None = None,
    to: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Keep what is written so far; a text without words ends the draft. Raises NotFound, Forbidden, Invalid.

    `upon` is the draft the writer had before. One that came back meanwhile, and that they have not seen, stays in
    front of what they wrote. `to` are the recipients as they stand, not checked before it is sent.
    """
    if kind not in KINDS or len(text) > LONGEST:
        raise Invalid(
            _("A draft is a reply or a note of at most %(longest)s characters.") % {"longest": f"{LONGEST:,}"}
        )
    access.ticket_for(actor, ticket_id, kind)
    with deed() as sql:
        unseen = returned(sql, actor, ticket_id, kind)
        if unseen is not None and upon is not None and unseen["text"] != upon:
            whole = f"{unseen['text']}\n\n{text}".strip()
            put(sql, actor, ticket_id, kind, whole, now, returned=unseen["returned"], to=to)
        elif text.strip():
            put(sql, actor, ticket_id, kind, text, now, to=to)
            say_writing(sql, actor, ticket_id, kind)
        else:
            end(sql, actor, ticket_id, kind)


def say_writing(sql: Cursor, actor: Agent, ticket_id: int, kind: str) -> None:
    """Who has the ticket open sees that somebody writes, a visitor only when it is for them; nothing of it is kept."""
    told = [(ticket_id, actor.pk, actor.name)]
    say(sql, PRESENCE, *presence(writes=told, **({"answers": told} if kind == "reply" else {})))


def returned(sql: Cursor, actor: Agent, ticket_id: int, kind: str) -> dict[str, Any] | None:
    """A reply that came back as this draft and has not been touched since."""
    return sql.execute(RETURNED, naming(actor, ticket_id, kind)).fetchone()


def put(
    sql: Cursor,
    actor: Agent,
    ticket_id: int,
    kind: str,
    text: str,
    now: datetime,
    *,
    returned: str = "",
    to: Mapping[str, Sequence[str]] | None = None,
    by: str = "",
) -> None:
    """Write the draft, in the caller's deed. `returned` says why a reply came back; without `to` they stay as known,
    without `by` (the channel it was to leave by) that does.
    """
    values = naming(actor, ticket_id, kind) | {"text": text.replace("\x00", ""), "returned": returned, "by": by}
    values["recipients"] = recipients.written(to)
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
    INSERT INTO store_draft (agent_id, ticket_id, kind, text, returned, recipients, by, updated_at)
    VALUES (%(agent)s, %(ticket)s, %(kind)s, %(text)s, %(returned)s, %(recipients)s::jsonb, %(by)s, %(now)s)
    ON CONFLICT (agent_id, ticket_id, kind)
    DO UPDATE SET text = EXCLUDED.text, returned = EXCLUDED.returned, updated_at = EXCLUDED.updated_at,
                  recipients = coalesce(EXCLUDED.recipients, store_draft.recipients),
                  by = coalesce(nullif(EXCLUDED.by, ''), store_draft.by)
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
