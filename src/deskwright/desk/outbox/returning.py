"""What comes back: reports of other servers that a mail of ours did not arrive, or that its reader called it spam.

Each is put beside the delivery it speaks of; an address that leads nowhere gets nothing more. One statement each for
looking up, marking and listing, for any number of reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from deskwright.channels.contract import Bounce
from deskwright.channels.email import reasons
from deskwright.desk.cases import Case
from deskwright.desk.outbox import suppression, telling
from deskwright.desk.said import cut, kept
from deskwright.engine.saying import _
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Returned:
    """A report, and the delivery it speaks of (`id`, `recipient`, `message_id`, `author`)."""

    bounce: Bounce
    row: Mapping[str, Any]

    @property
    def final(self) -> bool:
        """The mail was given up: what is merely late, or has arrived, is not."""
        return self.bounce.kind == "failed" and self.bounce.permanent

    @property
    def said(self) -> str:
        bounce = self.bounce
        return cut(bounce.reason or bounce.status or _("the other server will not deliver it"), 500)

    def as_json(self) -> dict[str, Any]:
        """As the ticket's event keeps it."""
        reason = reasons.reason(self.bounce.reason, self.bounce.status)
        return telling.about(self.row) | {"kind": self.bounce.kind, "reason": reason, "said": self.said}


def find(sql: Cursor, reports: Sequence[tuple[Bounce, int | None]]) -> list[Returned | None]:
    """The delivery each report speaks of: by the Message-ID it names, else by its recipient on the ticket it was put
    on.
    """
    if not reports:
        return []
    told = {
        "names": [bounce.original_message_id for bounce, _ in reports],
        "tickets": [ticket for _, ticket in reports],
        "recipients": [(bounce.failed_recipient or "").lower() for bounce, _ in reports],
    }
    rows = {row["place"]: row for row in sql.execute(FIND, told)}
    return [
        Returned(bounce, rows[place]) if place in rows else None for place, (bounce, _) in enumerate(reports, start=1)
    ]


def tell(case: Case, returned: Returned, now: datetime) -> None:
    """Notices to whom it concerns, on the case the report was put on."""
    if returned.final:
        telling.notice(case, returned.row, now)


def came_back(sql: Cursor, found: Sequence[tuple[Returned, int | None]], now: datetime) -> None:
    """Mark the deliveries, and put dead addresses and those of complaints on the list.

    Each comes with the message its report has become, None where it was put aside. Part of the caller's deed, after
    the messages are written.
    """
    final = [(one, message) for one, message in found if one.final]
    if final:
        told = {
            "ids": [one.row["id"] for one, _ in final],
            "said": [kept(one.said) for one, _message in final],
            "messages": [message for _, message in final],
            "now": now,
        }
        sql.execute(BOUNCED, told)
    for one, _message in found:
        because = reason_to_stop(one)
        if because:
            detail = one.bounce.reason or one.bounce.status
            suppression.put(sql, one.row["recipient"], because, now, detail=detail, delivery=one.row["id"])


def reason_to_stop(returned: Returned) -> str:
    """Why nothing more is sent to the address; "" when mail may still reach it."""
    if returned.bounce.kind == "complaint":
        return "complaint"
    return "bounce" if returned.final and reasons.dead(returned.bounce.reason, returned.bounce.status) else ""


FIND: Final = load("queries/returned.sql")
BOUNCED: Final = """
UPDATE store_delivery AS delivery
SET state = 'bounced', due_at = NULL, last_error = found.said, bounced_at = %(now)s, bounce_id = found.message
FROM unnest(%(ids)s::bigint[], %(said)s::text[], %(messages)s::bigint[]) AS found (id, said, message)
WHERE delivery.id = found.id
"""
