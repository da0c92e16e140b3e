"""The way back for a whole storm: what one sender's brake has set aside, taken in after all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from deskwright.desk import audit
from deskwright.desk.arriving import brakes, intake, log
from deskwright.desk.errors import NotFound
from deskwright.desk.said import in_english, kept
from deskwright.store.connection import deed
from deskwright.store.live import work_is_due
from deskwright.store.models import Agent, RawInput

BATCH: Final = 100
"""Mails of a storm that fall due together."""
APART: Final = timedelta(seconds=1)
"""Between two batches: mail that arrives meanwhile goes between them."""


def of(row: RawInput) -> QuerySet[RawInput]:
    """What is set aside of the storm this mail is part of, itself included; nothing where it is part of none."""
    if row.reason not in {kept(brakes.STORMS), kept(brakes.ALIKES)}:
        return RawInput.objects.none()
    return RawInput.objects.filter(
        sender=row.sender, state="quarantined", reason=row.reason, ticket_id=row.ticket_id, channel=row.channel
    )


def take_in(actor: Agent | None, number: int, *, now: datetime) -> int:
    """Take in all of the storm that this mail is part of; nothing of it is acknowledged. The first batch is taken in
    when this returns, the workers do the rest. Returns how many mails. Raises Forbidden, NotFound.
    """
    row = log.one(actor, number)
    with deed():
        count = recover(row, now)
        before = {"reason": in_english(row.reason), "mails": count}
        audit.note(actor, "mail.taken_in", f"mail {number}", now=now, before=before)
    intake.work_off(now)
    return count


def recover(row: RawInput, now: datetime) -> int:
    """Put all of the storm back to work, a batch after the other. Raises NotFound where nothing of it is set aside."""
    with deed() as sql:
        ids = list(of(row).order_by("id").values_list("pk", flat=True))
        if not ids:
            raise NotFound(_("This mail is part of no storm that is still set aside."))
        count = sql.execute(RECOVER, {"ids": ids, "now": now, "batch": BATCH, "apart": APART}).rowcount
        work_is_due(sql, row.channel)
    return count


RECOVER: Final = """
UPDATE store_rawinput AS r
SET state = 'pending', reason = '', attempts = 0, envelope = r.envelope || '{"recovered": true}',
    due_at = %(now)s::timestamptz + ((given.place - 1) / %(batch)s) * %(apart)s::interval
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS given (id, place)
WHERE r.id = given.id AND r.state = 'quarantined'
"""
