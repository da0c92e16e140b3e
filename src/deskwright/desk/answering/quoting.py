"""What a reply quotes of the conversation below its words: nothing, the customer's latest message, or the whole thread.

Notes are never quoted, nor what somebody wrote whose address is not proved: a reply must not spread a stranger's words.
Nor is what came encrypted: replies are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import psycopg
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deskwright.channels.email.markdown import as_text, markdown_html
from deskwright.desk import workflows
from deskwright.desk.answering.letters import language_of
from deskwright.desk.cases import Case
from deskwright.desk.settings.house import house
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
NONE, LAST, WHOLE = "none", "last", "whole"
POLICIES: Final = (NONE, LAST, WHOLE)
MOST: Final = 20
"""Messages of a thread that are quoted, the latest ones."""
LONGEST: Final = 20_000
"""Characters of one quoted message."""
BLOCK: Final = "margin:0 0 0 0.8ex;border-left:1px solid #cccccc;padding-left:1ex"


class Quoted(NamedTuple):
    """The two halves of a mail's quotation; empty where nothing is quoted."""

    text: str = ""
    html: str = ""


def quoted(sql: Cursor, case: Case) -> Quoted:
    """What a reply to this ticket quotes, newest first, by the desk's policy."""
    policy = house().quoting
    if policy not in {LAST, WHOLE}:
        return Quoted()
    told = {"ticket": case.row["id"], "limit": 1 if policy == LAST else MOST, "whole": policy == WHOLE}
    rows = sql.execute(SAID, told).fetchall()
    zone = ZoneInfo(workflows.zone(workflows.version(case.row["workflow_version"])))
    with translation.override(language_of(case) or "en"):
        leads = [lead(row, zone) for row in rows]
    return Quoted(as_lines(rows, leads), as_html(rows, leads)) if rows else Quoted()


def lead(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    at: datetime = row["created_at"].astimezone(zone)
    return _("On %(date)s, %(who)s wrote:") % {"date": date_format(at, "DATETIME_FORMAT"), "who": row["who"]}


def as_lines(rows: Sequence[Mapping[str, Any]], leads: Sequence[str]) -> str:
    parts = []
    for row, first in zip(rows, leads, strict=True):
        lines = as_text(row["words"][:LONGEST]).strip().splitlines()
        parts.append("\n".join([first, *(f"> {line}".rstrip() for line in lines)]))
    return "\n\n".join(["", *parts])


def as_html(rows: Sequence[Mapping[str, Any]], leads: Sequence[str]) -> str:
    """Marked as mail programs mark quotations, so that they fold it."""
    parts = []
    for row, first in zip(rows, leads, strict=True):
        words = row["words"][:LONGEST].strip()
        body = markdown_html(words) if row["kind"] == "agent" else escape(words).replace("\n", "<br>\n")
        parts.append(f'<p>{escape(first)}</p>\n<blockquote class="gmail_quote" style="{BLOCK}">{body}</blockquote>')
    return '\n<div class="gmail_quote">' + "\n".join(parts) + "</div>"


SAID: Final = f"""
SELECT message.kind, message.created_at, coalesce(nullif(message.new_text, ''), message.text) AS words,
       coalesce(agent.name, nullif(customer.name, ''), customer.email, '') AS who
FROM store_message AS message
LEFT JOIN store_agent AS agent ON agent.id = message.agent_id
LEFT JOIN store_customer AS customer ON customer.id = message.customer_id
WHERE message.ticket_id IN ({load("queries/family.sql")}) AND message.verified
  AND NOT jsonb_exists(message.recipients, 'encrypted')
  AND (message.kind = 'customer' OR (%(whole)s AND message.kind = 'agent'))
ORDER BY message.created_at DESC, message.id DESC LIMIT %(limit)s
"""
