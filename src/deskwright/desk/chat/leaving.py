"""What the window has not shown goes by mail: due work that any number of workers may share.

While the visitor is connected it waits on; without an address it stays in the chat until they come back.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from django.utils import translation
from django.utils.translation import gettext as _

from deskwright.channels.email.markdown import as_text, markdown_html
from deskwright.desk.answering import letters, signatures
from deskwright.desk.answering.threading import thread_of
from deskwright.desk.cases import Case
from deskwright.desk.chat.live import GONE_AFTER, READ_WITHIN
from deskwright.desk.tickets.remarks import remark
from deskwright.desk.working import take_up_one
from deskwright.store import outage
from deskwright.store.connection import deed, to_json
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]
Row = Mapping[str, Any]
OVER_AFTER: Final = timedelta(hours=12)
"""A chat whose ticket is solved is over when its visitor has been away for this long."""

AGAIN_AFTER: Final = timedelta(minutes=5)
"""When a chat that failed is seen to again."""
log = logging.getLogger("deskwright.chat")


def carry_over(now: datetime, limit: int) -> int:
    """See to answers that the window has not shown in time. Returns how many chats were looked at."""
    with deed() as sql:
        tickets = [row["ticket_id"] for row in sql.execute(DUE, {"now": now, "limit": limit})]
    for ticket in tickets:
        try:
            with deed() as sql:
                see_to(sql, ticket, now)
        except outage.AWAY:
            raise
        except Exception:
            log.exception("The chat of ticket %s cannot go on by mail; it is tried again", ticket)
            with deed() as sql:
                sql.execute(WAIT_ON, {"ticket": ticket, "until": now + AGAIN_AFTER})
    return len(tickets)


def see_to(sql: Cursor, ticket: int, now: datetime) -> None:
    case = take_up_one(sql, ticket, now)
    waiting = sql.execute(WAITING, {"ticket": ticket}).fetchall()
    chat = sql.execute(CHAT, {"ticket": ticket}).fetchone()
    if not waiting:
        return
    if chat is not None and chat["ended_at"] is None and now - chat["here_at"] < GONE_AFTER:
        sql.execute(WAIT_ON, {"ticket": ticket, "until": now + READ_WITHIN / 4})
    elif not case.party.customer.email:
        sql.execute(WAIT_ON, {"ticket": ticket, "until": None})
    else:
        mail(sql, case, waiting, chat["language"] if chat else "", now)


def mail(sql: Cursor, case: Case, waiting: Sequence[Row], language: str, now: datetime) -> None:
    """One mail with everything that was not read; it stands in for each of the answers."""
    text = written(case, waiting, language)
    last = waiting[-1]
    message = {"id": last["message_id"], "mail_id": last["mail_id"], "recipients": {}, "created_at": now}
    ours = {row["mail_id"] for row in waiting}
    thread = thread_of(sql, case.row["id"])
    thread = replace(thread, ids=[name for name in thread.ids if name not in ours])
    files = sql.execute(FILES, {"messages": [row["message_id"] for row in waiting]}).fetchall()
    (row,) = letters.delivery_rows(case, message, as_text(text), markdown_html(text), thread, files=files)
    to = case.party.customer.email
    values = {"ticket": case.row["id"], "now": now, "to": to, "last": last["id"], "content": to_json(row["content"])}
    sql.execute(BY_MAIL, values)
    sql.execute(ADDRESSED, {"messages": [row["message_id"] for row in waiting], "to": to_json({"to": [to]})})
    told = {"to": to, "messages": [row["message_id"] for row in waiting]}
    remark(sql, case, "chat_by_mail", None, told, now)


def written(case: Case, waiting: Sequence[Row], language: str) -> str:
    """The answers as one letter, in the window's language."""
    agent = Agent.objects.filter(pk=waiting[-1]["agent_id"]).first()
    with translation.override(language or letters.language_of(case) or "en"):
        lead = _("You had left our chat before you could read this. Simply reply to this mail to go on.")
    return signatures.under("\n\n".join([lead, *(row["text"] for row in waiting)]), case, agent)


def end_forgotten(now: datetime, limit: int) -> int:
    """End chats whose ticket is solved and whose visitor went away long ago. Returns how many."""
    with deed() as sql:
        return sql.execute(FORGOTTEN, {"now": now, "before": now - OVER_AFTER, "limit": limit}).rowcount


DUE: Final = """
SELECT ticket_id FROM store_delivery
WHERE channel = 'chat' AND state = 'due' AND due_at <= %(now)s
GROUP BY ticket_id ORDER BY min(due_at) LIMIT %(limit)s
"""
WAITING: Final = """
SELECT d.id, d.message_id, d.mail_id, m.text, m.agent_id FROM store_delivery AS d
JOIN store_message AS m ON m.id = d.message_id
WHERE d.channel = 'chat' AND d.state = 'due' AND d.ticket_id = %(ticket)s
ORDER BY d.message_id FOR UPDATE OF d
"""
CHAT: Final = "SELECT here_at, ended_at, language FROM store_chat WHERE ticket_id = %(ticket)s"
WAIT_ON: Final = """
UPDATE store_delivery SET due_at = %(until)s WHERE channel = 'chat' AND state = 'due' AND ticket_id = %(ticket)s
"""
BY_MAIL: Final = """
WITH left_the_chat AS (
    UPDATE store_chat SET by_mail_since = %(now)s WHERE ticket_id = %(ticket)s
)
UPDATE store_delivery SET channel = 'email', recipient = %(to)s,
    content = CASE WHEN id = %(last)s THEN %(content)s::jsonb ELSE content END,
    state = CASE WHEN id = %(last)s THEN 'due' ELSE 'sent' END,
    due_at = CASE WHEN id = %(last)s THEN %(now)s::timestamptz END,
    sent_at = CASE WHEN id = %(last)s THEN NULL ELSE %(now)s::timestamptz END
WHERE channel = 'chat' AND state = 'due' AND ticket_id = %(ticket)s
"""
ADDRESSED: Final = "UPDATE store_message SET recipients = %(to)s::jsonb WHERE id = ANY(%(messages)s)"
FILES: Final = """
SELECT name, content_type, size, sha256, content_id, inline FROM store_attachment
WHERE message_id = ANY(%(messages)s) ORDER BY id
"""
FORGOTTEN: Final = """
UPDATE store_chat SET ended_at = %(now)s, ended_by = 'desk' WHERE id IN (
    SELECT chat.id FROM store_chat AS chat JOIN store_ticket AS ticket ON ticket.id = chat.ticket_id
    WHERE chat.ended_at IS NULL AND chat.here_at < %(before)s AND ticket.status IN ('solved', 'closed')
    ORDER BY chat.id LIMIT %(limit)s FOR UPDATE OF chat SKIP LOCKED)
"""
