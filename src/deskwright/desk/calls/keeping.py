"""The row of a call: found or made under its provider's name, locked. Its customer is who has exactly this number."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from deskwright.channels.telephony import numbers
from deskwright.channels.telephony.values import ANSWERED, ENDED, RINGING, CallEvent
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.texting.receiving import person
from deskwright.store.connection import cursor
from deskwright.store.live import CALLING, DESK, say
from deskwright.store.models import Agent, Call, Identity, Line, Ticket

WITHHELD: Final = frozenset({"anonymous", "restricted", "unavailable", "unknown", "private", "withheld"})


def hold(line: Line, said: CallEvent, at: datetime) -> Call:
    """The call of this event, locked until the deed ends, with what the event knows better."""
    number = normal(said.number, line)
    begun = {"number": number, "name": said.name, "outgoing": said.outgoing, "rang_at": at}
    Call.objects.bulk_create([Call(line=line, call_id=said.call, **begun)], ignore_conflicts=True)
    call = Call.objects.select_for_update().get(line=line, call_id=said.call)
    call.rang_at = min(call.rang_at, at)
    call.number, call.name = call.number or number, call.name or said.name
    if call.customer_id is None and call.number:
        known = Identity.objects.filter(kind="phone", value=call.number).first()
        call.customer_id = known.customer_id if known else None
    note_agent(said, call)
    if said.ticket and call.ticket_id is None and said.outgoing:
        call.ticket_id = existing(said.ticket)
    return call


def note_agent(said: CallEvent, call: Call) -> None:
    """Several phones may ring at once: the call is whose agent answers, or the only one it rang for."""
    named = Agent.objects.filter(email__iexact=said.agent, is_active=True).first() if said.agent else None
    if said.what == RINGING and not said.outgoing:
        if named is not None and named.pk not in call.phones:
            call.phones = [*call.phones, named.pk]
    elif named is not None and (call.agent_id is None or (said.what == ANSWERED and call.answered_at is None)):
        call.agent = named
    spoken = call.answered_at is not None or said.what == ANSWERED or (said.what == ENDED and said.spoken)
    if call.agent_id is None and spoken and len(call.phones) == 1:
        call.agent = Agent.objects.filter(pk=call.phones[0], is_active=True).first()


def normal(number: str, line: Line) -> str:
    """E.164 where it is a number; "" for a withheld one."""
    try:
        return numbers.e164(number, numbers.region_of(line.number)) if number else ""
    except ValueError:
        return "" if number.casefold() in WITHHELD else number[:40]


def existing(ticket: int) -> int | None:
    return Ticket.objects.filter(pk=ticket).values_list("pk", flat=True).first()


def who(call: Call) -> str:
    """Their name, else their number."""
    if call.customer is not None and call.customer.name:
        return call.customer.name
    return call.name or (numbers.shown(call.number) if call.number else "")


def caller(call: Call, line: Line, nobody: str) -> Person:
    """Whom a ticket of this call is from. A withheld number is a customer of its own: nobody else's."""
    if not call.number:
        return Person(f"{line.pk}:{call.call_id}", call.name or nobody, kind="call")
    return person(call.number, line, call.name)


def announce() -> None:
    """Tell every agent's page that calls have moved."""
    say(cursor(), DESK, CALLING)
