"""The demo's mails were never meant to leave: they are marked as sent at the simulated moment they were written.

The one place of the demo that touches rows itself, inside the demo's transaction: no worker ever sees them due. Two
are lost on the way, through the desk's own deeds: one is refused, one comes back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from deskwright.channels.contract import Bounce, Refused
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.outbox import delivery
from deskwright.store.connection import deed
from deskwright.store.models import Delivery

FULL: Final = "552 5.2.2 The mailbox is over its quota"
GONE: Final = "550 5.1.1 User unknown in virtual mailbox table"
REPORT: Final = "This is the mail system at host mx.example.\n\nYour message could not be delivered: {}"


def send(until: datetime) -> None:
    """All of it as sent, but for two replies of the latest days."""
    latest = Delivery.objects.filter(message__kind="agent", state="due", created_at__lte=until).order_by("-id")
    lost = {one.ticket_id: one for one in latest[:40]}
    chosen = list(lost.values())[:2]
    mark_sent(until, [one.pk for one in chosen[1:]])
    delivery.deliver(until, len(chosen), lambda _mail: Refused(FULL))
    for one in chosen[:1]:
        come_back(one, until)


def come_back(one: Delivery, at: datetime) -> None:
    bounce = Bounce(one.recipient, "5.1.1", True, one.mail_id, reason=GONE)
    sender = Person("mailer-daemon@mx.example", "Mail Delivery System")
    report = Arrival(
        "email",
        sender,
        "Undelivered Mail Returned to Sender",
        REPORT.format(GONE),
        mail_id=f"<report-{one.pk}@mx.example>",
        references=(one.mail_id,),
        automatic="auto-replied: delivery failed",
        no_acknowledgement=True,
        bounce_of=one.mail_id,
        bounce=bounce,
        at=at,
    )
    intake.receive([report], at)


def mark_sent(until: datetime, but: list[int]) -> int:
    """Mark the mails written up to `until` as sent two seconds after; returns how many."""
    with deed() as sql:
        return sql.execute(SENT, [until, but]).rowcount


SENT = """
UPDATE store_delivery
SET state = 'sent', sent_at = created_at + interval '2 seconds', attempts = 1, due_at = NULL,
    answer = '250 2.0.0 Ok: queued as ' || upper(substr(md5(mail_id), 1, 11))
WHERE state = 'due' AND created_at <= %s AND NOT id = ANY(%s)
"""
