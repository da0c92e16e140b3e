"""Tickets of a customer that an agent opens, or gives to somebody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.answering import leaving, recipients
from deskwright.desk.answering.replies import Words, checked, write_reply
from deskwright.desk.arriving import requesters
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.cases import Case, Happening, arms_for, blank_row
from deskwright.desk.customers import reading
from deskwright.desk.customers.consequences import differing
from deskwright.desk.customers.finding import customer_for
from deskwright.desk.errors import Invalid
from deskwright.desk.macros.variables import refuse_gaps
from deskwright.desk.step import step
from deskwright.desk.tickets.remarks import remark
from deskwright.desk.working import take_up_one
from deskwright.engine import events
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]


def write_to(actor: Agent, to: str | int, subject: str, text: str, *, now: datetime, mine: bool = True) -> int:
    """Open a ticket to a customer, named by id or by address (a new one is made); the text leaves as mail.

    Nobody waits for a first answer: the customer's own begins the clock. `mine` keeps the ticket. Returns its id.
    Raises Forbidden, NotFound, Invalid.
    """
    access.allow(actor, "tickets:reply")
    title, words = subject.replace("\x00", "").strip()[:1000], checked(text)
    if not title:
        raise Invalid(_("Say what it is about."), {"subject": _("This is needed.")})
    refuse_gaps(words, workflows.live())
    with deed() as sql:
        party = party_of(sql, actor, to, now)
        present = rows.present(sql)
        opening = opened(actor, party, (title, words), present.live_version, now, mine=mine)
        opening.set(arms=arms_for(workflows.version(present.live_version), party, present.stopped))
        step(sql, [opening], present.desk)
        case = take_up_one(sql, opening.row["id"], now)
        chosen = recipients.proposed(sql, case.row["id"])
        message = write_reply(sql, case, actor, Words(words, chosen, by=leaving.EMAIL), now)
        said = {"message_id": message["id"]}
        case.happen(Happening(events.AgentReplied(agent=actor.pk), now, "agent", actor.pk, data=said))
        step(sql, [case], rows.present(sql).desk)
        return int(case.row["id"])


def party_of(sql: Cursor, actor: Agent, to: str | int, now: datetime) -> rows.Party:
    """Whom the mail goes to. Raises Invalid for somebody without an address."""
    if isinstance(to, int):
        number = customer_for(actor, to).pk
    else:
        _kind, value = reading.contact(reading.EMAIL, to)
        (number,) = requesters.resolve(sql, [Person(value)], now).values()
    party = rows.parties(sql, [number], now)[number]
    if not party.customer.email:
        raise Invalid(_("No mail can reach them: add an email address first."), {"to": _("No email address is known.")})
    return party


def opened(actor: Agent, party: rows.Party, said: tuple[str, str], version: int, now: datetime, *, mine: bool) -> Case:
    """The new ticket as a case, its opening pending."""
    row = blank_row(
        subject=said[0],
        description=said[1],
        channel="email",
        language=party.customer.language,
        customer_id=party.customer.id,
        organisation_id=party.organisation.id if party.organisation else None,
        assignee_id=actor.pk if mine else None,
        by_agent=True,
        created_at=now,
        updated_at=now,
        workflow_version=version,
    )
    case = Case(row, party, opened=True)
    case.happen(Happening(events.TicketOpened(by="agent"), now, "agent", actor.pk))
    return case


def change_requester(actor: Agent, ticket_id: int, customer: int, *, now: datetime) -> None:
    """The ticket is this customer's, and of their organisation; a live one hears it. Its messages keep their senders.

    Raises NotFound, Forbidden, Invalid when it is theirs already.
    """
    access.ticket_for(actor, ticket_id, "change")
    found = customer_for(actor, customer)
    with deed() as sql:
        before = take_up_one(sql, ticket_id, now)
        if before.row["customer_id"] == found.pk:
            raise Invalid(_("It is their ticket already."))
        sql.execute(MOVE, {"ticket": ticket_id, "customer": found.pk, "organisation": found.organisation_id})
        case = take_up_one(sql, ticket_id, now)
        changes = differing(before.party, case.party)
        case.set()
        case.reworded = True
        if case.row["status"] in LIVE_STATUSES:
            case.happen(Happening(events.FieldsChanged(changes=changes), now, "agent", actor.pk))
            step(sql, [case], rows.present(sql).desk)
        else:
            remark(sql, case, "requester_changed", actor, {"changes": changes}, now)


MOVE = "UPDATE store_ticket SET customer_id = %(customer)s, organisation_id = %(organisation)s WHERE id = %(ticket)s"
