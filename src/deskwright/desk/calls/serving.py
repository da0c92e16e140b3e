"""What agents do with a call: take it, say which ticket it belongs to, write what was said; and which they see now."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.answering import replies
from deskwright.desk.calls import keeping, writing
from deskwright.desk.errors import Conflict, Forbidden, NotFound
from deskwright.desk.tickets.merging import whole_of
from deskwright.store.connection import cursor, deed
from deskwright.store.models import Agent, Call, Line

RINGS_FOR: Final = timedelta(minutes=2)
"""A call that rings longer has lost its end on the way."""
TALKS_FOR: Final = timedelta(hours=4)
ASKED_FOR: Final = timedelta(hours=12)
"""How long a wrap-up note is asked for."""
MOST: Final = 8
REMEMBERED: Final = 30.0

Row = dict[str, Any]
_lines: list[tuple[float, bool]] = []


def connected() -> bool:
    """Whether this desk takes calls at all; known for half a minute."""
    known = next(iter(_lines), None)
    if known is None or known[0] < time.monotonic():
        known = (time.monotonic() + REMEMBERED, Line.objects.filter(calls=True, active=True).exists())
        _lines[:] = [known]
    return known[1]


def forget() -> None:
    """Drop what this process remembers."""
    _lines.clear()


def at_hand(actor: Agent, now: datetime) -> list[Row]:
    """What concerns the agent now: calls that ring for anybody or for them, theirs, and those to be written up."""
    if not access.may(actor, "reply"):
        return []
    since = {"rings": now - RINGS_FOR, "talks": now - TALKS_FOR, "asked": now - ASKED_FOR}
    return list(cursor().execute(AT_HAND, {"agent": actor.pk, "limit": MOST, **since}))


def latest(actor: Agent, limit: int, before: int | None = None) -> list[Row]:
    """Calls the agent may know of (`KNOWN`), the latest first, those before the one of this number if one is named."""
    return calls_known(BEFORE, actor, access.visible_tickets(actor), limit=limit, before=before)


def log(actor: Agent, visible: access.Visible, limit: int, begin: int) -> list[Row]:
    """As `latest`, from the place `begin` on."""
    return calls_known(LOG, actor, visible, limit=limit, begin=begin)


def calls_known(query: str, actor: Agent, visible: access.Visible, **asked: Any) -> list[Row]:
    found = cursor().execute(query.format(visible=visible.sql), {"agent": actor.pk, **visible.params, **asked})
    return access.veil(actor).rows(found)


def tickets_of(actor: Agent, customers: list[int], visible: access.Visible) -> dict[int, list[Row]]:
    """The live tickets of these customers that the agent may see, the latest first, a few each."""
    if not customers:
        return {}
    rows = cursor().execute(TICKETS.format(visible=visible.sql), {"customers": customers, **visible.params})
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], []).append(row)
    return found


def take(actor: Agent, number: int, *, now: datetime) -> Call:
    """The agent speaks with them. Raises NotFound, Forbidden, and Conflict when a colleague does."""
    with deed():
        call = locked(actor, number)
        if call.agent_id not in {None, actor.pk}:
            raise Conflict(_("A colleague has taken this call."))
        call.agent = actor
        call.save(update_fields=["agent"])
        keeping.announce()
    return call


def belongs_to(actor: Agent, number: int, ticket: int, *, now: datetime) -> int:
    """The call is about this ticket: what was said is written down there. Returns the ticket. Raises as `take`."""
    access.ticket_for(actor, ticket, "reply")
    with deed() as sql:
        call = mine(actor, number)
        if call.ticket_id is not None and call.ticket_id != ticket and call.state == "ended":
            raise Conflict(_("This call is written down on #%(number)s already.") % {"number": call.ticket_id})
        fresh, call.ticket_id = call.ticket_id is None, ticket
        call.save(update_fields=["ticket", "agent"])
        if fresh and call.state == "ended" and call.line is not None:
            writing.spoke(sql, call.line, call, now)
        keeping.announce()
    return ticket


def opens(actor: Agent, number: int, *, now: datetime) -> int:
    """A ticket of its own for the call, which may go on meanwhile. Returns it. Raises as `take`."""
    with deed() as sql:
        call = mine(actor, number)
        if call.ticket_id is None and call.line is not None:
            writing.with_ticket(sql, call.line, call, now)
            call.save(update_fields=["ticket", "agent"])
            if call.state == "ended":
                writing.spoke(sql, call.line, call, now)
        keeping.announce()
    if call.ticket_id is None:
        raise Conflict(_("The line of this call is not connected any more."))
    return int(call.ticket_id)


def wrap_up(actor: Agent, number: int, text: str, *, now: datetime) -> int | None:
    """What was said, as a note on the call's ticket; an empty text puts the question aside. Returns the ticket.

    Raises NotFound, Forbidden, and Conflict for a colleague's call.
    """
    with deed() as sql:
        call = mine(actor, number)
        if text.strip():
            if call.ticket_id is None and call.line is not None:
                writing.with_ticket(sql, call.line, call, now)
                if call.state == "ended" and call.answered_at is not None:
                    writing.spoke(sql, call.line, call, now)
            if call.ticket_id is not None:
                replies.note(actor, whole_of(call.ticket_id), text, now=now)
        call.noted_at = now
        call.save(update_fields=["noted_at", "ticket", "agent"])
        keeping.announce()
    return call.ticket_id


def mine(actor: Agent, number: int) -> Call:
    """The call as the agent's own. Raises NotFound, Forbidden, and Conflict for a colleague's."""
    call = locked(actor, number)
    if call.agent_id not in {None, actor.pk}:
        raise Conflict(_("A colleague has taken this call."))
    call.agent = actor
    return call


def locked(actor: Agent, number: int) -> Call:
    if not access.may(actor, "reply"):
        raise Forbidden(_("You may not speak with customers."))
    call = Call.objects.select_for_update(of=("self",)).select_related("line", "customer").filter(pk=number).first()
    if call is None:
        raise NotFound(_("There is no such call."))
    return call


SHOWN: Final = """
SELECT call.id, call.number, call.name, call.outgoing, call.state, call.rang_at, call.answered_at, call.ended_at,
       call.seconds, call.ticket_id, call.agent_id, call.customer_id, call.noted_at,
       customer.name AS customer, line.name AS line, agent.name AS agent
FROM store_call AS call
LEFT JOIN store_customer AS customer ON customer.id = call.customer_id
LEFT JOIN store_line AS line ON line.id = call.line_id
LEFT JOIN store_agent AS agent ON agent.id = call.agent_id
"""
AT_HAND: Final = f"""
{SHOWN}
WHERE (call.state = 'ringing' AND NOT call.outgoing AND call.rang_at > %(rings)s
       AND coalesce(call.agent_id = %(agent)s, cardinality(call.phones) = 0 OR %(agent)s = ANY(call.phones)))
   OR (call.state = 'answered' AND call.rang_at > %(talks)s AND call.agent_id = %(agent)s)
   OR (call.state = 'ended' AND call.noted_at IS NULL AND call.ended_at > %(asked)s AND call.agent_id = %(agent)s)
ORDER BY call.rang_at DESC, call.id DESC LIMIT %(limit)s
"""
KNOWN: Final = """(call.agent_id = %(agent)s OR call.ticket_id IS NULL
       OR EXISTS (SELECT 1 FROM store_ticket AS t WHERE t.id = call.ticket_id AND ({visible})))"""
"""One's own calls, those of no ticket yet, and those of a ticket one sees."""
LOG: Final = f"{SHOWN} WHERE {KNOWN} ORDER BY call.rang_at DESC, call.id DESC LIMIT %(limit)s OFFSET %(begin)s"
BEFORE: Final = f"""
{SHOWN} WHERE (%(before)s::bigint IS NULL OR call.id < %(before)s) AND {KNOWN} ORDER BY call.id DESC LIMIT %(limit)s
"""
TICKETS: Final = """
SELECT id, subject, customer_id FROM (
    SELECT t.id, t.subject, t.customer_id,
           row_number() OVER (PARTITION BY t.customer_id ORDER BY t.updated_at DESC, t.id DESC) AS place
    FROM store_ticket AS t
    WHERE t.customer_id = ANY(%(customers)s) AND t.merged_into_id IS NULL
      AND t.status IN ('new', 'open', 'waiting_on_customer', 'on_hold') AND ({visible})
) AS ranked WHERE place <= 3 ORDER BY customer_id, place
"""
