"""What customers do themselves, signed in by a mailed link: close and open their questions, say how to reach them.

What they may see is decided here and nowhere else: their own tickets, and with the right for it their organisation's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from deskwright.desk import audit, workflows
from deskwright.desk.apply import change_status
from deskwright.desk.cases import Case, Happening
from deskwright.desk.customers import reading
from deskwright.desk.customers.consequences import find_anew
from deskwright.desk.errors import Conflict, NotFound
from deskwright.desk.step import step
from deskwright.desk.tickets import merging
from deskwright.desk.working import refuse_merged, take_up_one
from deskwright.engine import events, facts, reopening
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Customer, Message, Participant, Ticket

READERS: Final[Mapping[str, reading.Reader]] = {
    "name": reading.text(200),
    "language": reading.language,
    "preferred_channel": reading.channel,
}
"""What they say of themselves; tier, notes and organisation are the desk's."""


TOLD: Final = ("customer", "agent", "automatic")
"""Kinds of messages a customer sees; notes are never among them."""


def said() -> QuerySet[Ticket]:
    """Tickets on which something was said to the customer or by them; what the desk asks itself is its own affair."""
    return Ticket.objects.filter(Exists(Message.objects.filter(ticket=OuterRef("pk"), kind__in=TOLD)))


def mine(customer: Customer) -> QuerySet[Ticket]:
    """The tickets they asked."""
    return said().filter(customer=customer)


def ours(customer: Customer) -> QuerySet[Ticket]:
    """Those of their organisation that others asked; none without the right for it."""
    if not customer.sees_organisation or customer.organisation_id is None:
        return Ticket.objects.none()
    theirs = said().filter(organisation=customer.organisation_id)
    return theirs.exclude(customer=customer)


def seen(customer: Customer) -> QuerySet[Ticket]:
    """Everything they may see and write to."""
    return Ticket.objects.filter(Q(pk__in=mine(customer)) | Q(pk__in=ours(customer)))


def ticket_of(customer: Customer, number: int) -> Ticket:
    """One ticket that they may see and write to. Raises NotFound; anybody else's is not there."""
    found = seen(customer).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such question of yours."))
    return found


def believed(ticket: int) -> Q:
    """Messages that customers may be shown: what a stranger wrote into the conversation is not, until an agent takes
    them in.
    """
    parties = Participant.objects.filter(ticket=ticket, removed=False).values("email")
    return Q(verified=True) | Q(customer=F("ticket__customer")) | Q(customer__email__in=parties)


def close(customer: Customer, number: int, *, now: datetime) -> None:
    """It is answered, or asks no more. Raises NotFound; Conflict for one that is closed, or part of another."""
    move(customer, number, "solved", now)


def reopen(customer: Customer, number: int, *, now: datetime) -> None:
    """Not yet. Raises NotFound; Conflict for a live one, and for one that was solved too long ago."""
    move(customer, number, "open", now)


def move(customer: Customer, number: int, status: str, now: datetime) -> None:
    """Rules, clocks and surveys hear of it as of a change by anybody else; its event says that the customer did it."""
    ticket_of(customer, number)
    with deed() as sql:
        case = take_up_one(sql, number, now)
        refuse_merged([case])
        refuse(customer, case, status, now)
        was = {name: case.row[name] for name in ("status", "substatus")}
        change_status(case, status, now)
        changes = {name: (old, case.row[name]) for name, old in was.items() if old != case.row[name]}
        case.happen(Happening(events.FieldsChanged(changes=changes), now, "customer", data={"customer": customer.pk}))
        step(sql, [case], rows.present(sql).desk)


def opens(customer: Customer, ticket: Ticket | facts.Ticket, now: datetime) -> bool:
    """Whether this customer opens the ticket again, by writing or by a click; else what they write follows it."""
    parts = Ticket.objects.filter(pk__in=merging.parts_of(ticket.id), customer=customer)
    known = facts.Ticket(ticket.id, status=ticket.status, queue=ticket.queue, solved_at=ticket.solved_at)
    return reopening.goes_on(workflows.live(), known, now, requester=parts.exists())


def refuse(customer: Customer, case: Case, status: str, now: datetime) -> None:
    live = case.row["status"] in LIVE_STATUSES
    if live == (status == "open"):
        raise Conflict(_("It is open already.") if live else _("It is closed already."))
    if status == "open" and not opens(customer, case.ticket, now):
        raise Conflict(_("This cannot be opened again. Please write, and a new question follows it."))


def change(customer: Customer, given: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what they say of themselves. Raises Invalid."""
    values = reading.read(READERS, given)
    before = {name: getattr(customer, name) for name in values}
    if values == before:
        return
    with deed() as sql:
        Customer.objects.filter(pk=customer.pk).update(**values)
        if values.get("name", customer.name) != customer.name:
            find_anew(sql, now, customers=[customer.pk])
        subject = f"customer {customer.pk}"
        audit.note(None, "customer.told", subject, now=now, name=customer.email, before=before, after=values)
