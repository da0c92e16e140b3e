"""How messages of ours did, as their provider tells: in any order, any number of times."""

from __future__ import annotations

from datetime import datetime

from deskwright.channels.telephony.values import TEXTS, TextStatus
from deskwright.desk.outbox import delivery
from deskwright.desk.said import kept
from deskwright.desk.working import take_up
from deskwright.store.connection import deed
from deskwright.store.live import announce


def told(line: int, status: TextStatus, now: datetime) -> None:
    """Write it down; what is known better already stays. A message that did not leave by this line is passed over.

    One that failed stands on its ticket, and whom it concerns is told.
    """
    values = {"line": line, "reference": status.reference, "error": kept(status.error), "state": status.state}
    values["channels"] = list(TEXTS)
    with deed() as sql:
        row = sql.execute(SENT, values).fetchone()
        if row is None:
            return
        failed, ticket = status.state == "failed", row["ticket_id"]
        cases = take_up(sql, [ticket], now) if failed and ticket else {}
        if sql.execute(TOLD, values).fetchone() is None:
            return
        if failed:
            delivery.lost(sql, cases.get(ticket), row, values, now)
        elif ticket:
            announce(sql, [ticket])


SENT = """
SELECT d.id, d.ticket_id, d.recipient, d.message_id,
       (SELECT agent_id FROM store_message AS m WHERE m.id = d.message_id AND m.kind = 'agent') AS author
FROM store_delivery AS d
WHERE d.mail_id = %(reference)s AND d.channel = ANY(%(channels)s) AND (d.content->>'line')::bigint = %(line)s
"""
TOLD = """
UPDATE store_delivery AS d
SET receipt = CASE WHEN %(state)s = 'failed' THEN d.receipt ELSE %(state)s END,
    state = CASE WHEN %(state)s = 'failed' THEN 'failed' ELSE 'sent' END,
    due_at = NULL, claimed_at = NULL,
    last_error = %(error)s
WHERE d.mail_id = %(reference)s AND d.channel = ANY(%(channels)s) AND d.state <> 'cancelled'
  AND (d.content->>'line')::bigint = %(line)s
  AND array_position(ARRAY['', 'sent', 'delivered', 'read'], d.receipt)
      < CASE %(state)s WHEN 'sent' THEN 2 WHEN 'delivered' THEN 3 WHEN 'read' THEN 4 ELSE 3 END
  AND (d.state <> 'failed' OR %(state)s IN ('delivered', 'read'))
RETURNING d.id
"""
