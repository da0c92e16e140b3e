"""What the ticket's timeline and its agents are told about a mail that did not get through, or was sent anew.

Rows for the caller's deed; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deskwright.channels.email.reasons import reason
from deskwright.desk.cases import Case
from deskwright.desk.said import cut
from deskwright.desk.tickets.remarks import noted
from deskwright.engine.saying import _


def lost(case: Case, row: Mapping[str, Any], kind: str, said: str, now: datetime) -> None:
    """The event, and a notice to whom it concerns."""
    noted(case, kind, None, about(row) | {"reason": reason(said), "said": cut(said, 500)}, now)
    notice(case, row, now)


def notice(case: Case, row: Mapping[str, Any], now: datetime) -> None:
    """To the reply's writer and to whom the ticket is assigned. Of acknowledgements and surveys nobody is told."""
    if row["author"] is None:
        return
    subject = _(
        "A mail to %(address)s did not arrive: %(subject)s", address=row["recipient"], subject=case.row["subject"]
    )
    for agent in sorted({row["author"], case.row["assignee_id"]} - {None}):
        case.notices.append({"agent_id": agent, "subject": subject, "key": f"mail:{row['id']}", "created_at": now})


def about(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"delivery": row["id"], "recipient": row["recipient"], "message_id": row["message_id"]}
