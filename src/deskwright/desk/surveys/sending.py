"""Surveys whose moment has come: asked for by mail, or skipped with the reason on the ticket.

Due work names the ticket; which of its surveys is due is read under the ticket's lock, so several workers may look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.channels.email.automatic import NO_REPLY
from deskwright.desk.answering.replies import next_message_id
from deskwright.desk.answering.threading import thread_of
from deskwright.desk.cases import Case
from deskwright.desk.record import record
from deskwright.desk.said import kept
from deskwright.desk.surveys import letter
from deskwright.desk.working import take_up
from deskwright.engine.saying import _
from deskwright.store import queue
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
Row = Mapping[str, Any]
KIND: Final = "send_survey"


def send_due(now: datetime, limit: int) -> int:
    """Send the surveys that are due. Returns how many rows of work were looked at."""
    return queue.work_off(KIND, now, limit, lambda sql, tickets: send(sql, tickets, now))


def send(sql: Cursor, tickets: Sequence[int], now: datetime) -> None:
    cases = take_up(sql, tickets, now)
    due = sql.execute(DUE, {"tickets": list(cases), "now": now}).fetchall()
    for row in due:
        settle(sql, cases[row["ticket_id"]], row, now)
    record(sql, [cases[row["ticket_id"]] for row in due])


def settle(sql: Cursor, case: Case, row: Row, now: datetime) -> None:
    """Write the mail, or say why there is none."""
    reason = refusal(case, row, now)
    if not reason:
        letter.write(case, row["id"], next_message_id(sql), thread_of(sql, case.row["id"]), now)
    state = "skipped" if reason else "sent"
    sql.execute(SETTLED, {"id": row["id"], "state": state, "reason": kept(reason), "sent_at": None if reason else now})
    case.events.append(told(case, f"survey_{state}", {"survey": row["name"], "because": reason}, now))


def refusal(case: Case, row: Row, now: datetime) -> str:
    """Why the customer is not asked after all; "" when they are."""
    email = case.party.customer.email
    if not email:
        return _("the customer has no mail address")
    if row["expires_at"] <= now:
        return _("it would have expired already")
    if row["machine"] or NO_REPLY.match(email):
        return _("a machine wrote the ticket")
    if row["bounced"]:
        return _("the last mail to this address came back")
    return ""


def told(case: Case, kind: str, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """An event that changes nothing on the ticket and is there to be read."""
    return {
        "at": now,
        "kind": kind,
        "actor": "system",
        "agent_id": None,
        "data": data,
        "follows": None,
        "trace": None,
        "workflow_version": case.row["workflow_version"],
    }


DUE = load("queries/due_surveys.sql")
SETTLED = """
UPDATE store_survey SET state = %(state)s, reason = %(reason)s, sent_at = %(sent_at)s WHERE id = %(id)s
"""
