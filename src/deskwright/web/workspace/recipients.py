"""The chips that say who gets a reply and why each of them does. Reads only."""

from __future__ import annotations

from typing import Any

from deskwright.desk.access.fields import ADDRESS
from deskwright.desk.answering.recipients import MOST
from deskwright.desk.outbox import suppression
from deskwright.store.queries import ticket as queries
from deskwright.store.queries.inbox import Row
from deskwright.web.look import Look


def recipients_of(look: Look, head: Row, draft: Row | None) -> dict[str, Any]:
    """The chips: as the draft has them, else everybody who takes part; those left out are offered.

    Whose role hides addresses sees who takes part, and cannot choose: the reply goes to the conversation's own.
    """
    known = look.veil.rows(queries.participants(head["id"], MOST))
    if look.veil.hides(ADDRESS):
        return {"ticket": head, "cc": [row for row in known if not row["removed"]], "veiled": True}
    chosen = draft and draft["recipients"]
    shown = list(chosen["cc"]) if chosen else [row["email"] for row in known if not row["removed"]]
    hidden = list(chosen["bcc"]) if chosen else []
    by_address = {row["email"]: row for row in known}
    stopped = suppression.known([head["customer_email"] or "", *shown, *hidden])
    return {
        "stopped": list(stopped.values()),
        "ticket": head,
        "cc": [by_address.get(email, {"email": email, "because": "new"}) for email in shown],
        "bcc": [by_address.get(email, {"email": email, "because": "new"}) for email in hidden],
        "offered": [row for row in known if row["email"] not in {*shown, *hidden}],
    }
