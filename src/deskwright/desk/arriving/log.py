"""The mail log: everything that ever came in by mail, what became of it, and the way back for what was set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from deskwright.channels.contract import Incoming
from deskwright.desk import audit
from deskwright.desk.arriving import intake, mailroom
from deskwright.desk.errors import Conflict, NotFound
from deskwright.desk.said import in_english
from deskwright.desk.settings.rights import require
from deskwright.store.connection import deed
from deskwright.store.models import Agent, RawInput

RIGHT: Final = "mail:manage"
STATES: Final = ("done", "quarantined", "duplicate", "pending")
LISTED: Final = (
    "received_at",
    "sender",
    "subject",
    "mail_id",
    "state",
    "disposition",
    "reason",
    "ticket_id",
    "envelope",
)


def found(actor: Agent | None, text: str = "", state: str = "") -> QuerySet[RawInput]:
    """Inputs by mail, the latest first, without their bytes. `text` is (the beginning of) an address, or a Message-ID.

    Raises Forbidden.
    """
    require(actor, RIGHT)
    rows = RawInput.objects.filter(channel="email").order_by("-id").only(*LISTED)
    text = text.strip()
    if "@" in text:
        named = text if text.startswith("<") else f"<{text}>"
        rows = rows.filter(Q(sender=text.lower()) | Q(mail_id=named))
    elif text:
        rows = rows.filter(Q(sender__contains=text.lower()) | Q(subject__icontains=text))
    return rows.filter(state=state) if state in STATES else rows


def one(actor: Agent | None, number: int) -> RawInput:
    """With its bytes. Raises Forbidden, NotFound."""
    require(actor, RIGHT)
    row = RawInput.objects.filter(pk=number, channel="email").first()
    if row is None:
        raise NotFound(_("There is no such mail."))
    return row


def look_at(actor: Agent | None, number: int, *, now: datetime) -> RawInput:
    """As `one`; that somebody looked at it is noted."""
    row = one(actor, number)
    audit.looked(actor, "mail.seen", thing_of(row), f"mail {number}", now=now)
    return row


def thing_of(row: RawInput) -> str:
    """What the audit log keeps entries of the mail under: its ticket, where it became one."""
    return f"ticket:{row.ticket_id}" if row.ticket_id else ""


def read(row: RawInput) -> Incoming:
    """What is understood of it now."""
    return mailroom.read({"body": row.body, "envelope": row.envelope, "received_at": row.received_at})


def source(actor: Agent | None, number: int, *, now: datetime) -> bytes:
    """The mail as it came; that somebody took it is noted. Raises Forbidden, NotFound."""
    row = one(actor, number)
    with deed():
        audit.taken(actor, "mail.source", f"mail {number}", now=now, thing=thing_of(row))
    return bytes(row.body)


def take_in(actor: Agent | None, number: int, author: str = "", *, now: datetime) -> RawInput:
    """Take in after all what was set aside or is a duplicate, `author` being who wrote it where the mail does not say.

    Returns it as it stands then. Raises Forbidden, NotFound, Conflict for one that was taken in already.
    """
    row = one(actor, number)
    if row.state not in {"quarantined", "duplicate"}:
        raise Conflict(_("This mail was taken in already."))
    with deed():
        intake.recover(number, now, author or None)
        audit.note(actor, "mail.taken_in", f"mail {number}", now=now, before={"reason": in_english(row.reason)})
    intake.work_off(now)
    return RawInput.objects.get(pk=number)
