"""How messages of ours did, as their provider tells: in any order, any number of times."""

from __future__ import annotations

from deskwright.channels.telephony.values import TEXTS, TextStatus
from deskwright.desk.said import kept
from deskwright.store.connection import deed
from deskwright.store.live import announcement


def told(line: int, status: TextStatus) -> None:
    """Write it down; what is known better already stays. A message that did not leave by this line is passed over."""
    values = {"line": line, "reference": status.reference, "error": kept(status.error), "state": status.state}
    values["channels"] = list(TEXTS)
    with deed() as sql:
        row = sql.execute(TOLD, values).fetchone()
        if row is not None and row["ticket_id"] is not None:
            sql.execute("SELECT pg_notify('desk', %(said)s)", {"said": announcement([row["ticket_id"]])})


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
RETURNING d.ticket_id
"""
