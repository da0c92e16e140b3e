"""Mail by agents: a note on the ticket they answer, or a customer's mail they pass on. Only where it is surely theirs.

Surely: the desk's own mail server says that the sender's domain vouches for it (DMARC), and it is an agent's address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from deskwright.channels.email.forwards import forwarded
from deskwright.desk.answering import replies
from deskwright.desk.answering.recipients import own
from deskwright.desk.arriving.arrivals import Arrival, Outcome, Person
from deskwright.desk.errors import NotFound
from deskwright.desk.tickets.merging import whole_of
from deskwright.store.connection import deed
from deskwright.store.models import Agent


def by_agents(batch: Sequence[Arrival]) -> Mapping[int, Agent]:
    """Place in the batch -> the agent who surely wrote it. One statement, none when nobody is vouched for."""
    vouched = {place: one.requester.value.lower() for place, one in enumerate(batch) if one.vouched}
    if not vouched:
        return {}
    found = Agent.objects.filter(is_active=True, email__in=sorted(set(vouched.values())))
    known = {agent.email.lower(): agent for agent in found}
    return {place: known[email] for place, email in vouched.items() if email in known}


def passed_on(arrival: Arrival, agent: Agent) -> Arrival:
    """The customer's mail that an agent forwards, as the customer's; the mail itself where it is none."""
    inner = forwarded(arrival.subject, arrival.text)
    if inner is None or own(inner.author.email) or not inner.text:
        return arrival
    note = f"{agent.name} passed this on." + (f" They wrote: {inner.above}" if inner.above else "")
    return replace(
        arrival,
        requester=Person(inner.author.email, inner.author.name),
        subject=inner.subject,
        text=inner.text,
        new_text=inner.text,
        bare_text=inner.text,
        html="",
        by_agent=agent.pk,
        no_acknowledgement=True,
        recipients={"to": [], "cc": [], "envelope": arrival.recipients.get("envelope", [])},
        notes=(*arrival.notes, note),
    )


def answered(arrival: Arrival, agent: Agent, now: datetime) -> Outcome | None:
    """The agent's words as a note on the ticket that a signed reference proves; None when there is no such ticket.

    The raw input is finished with it. Raises Forbidden where the agent may not write on the ticket.
    """
    if arrival.thread_ticket is None or arrival.automatic is not None:
        return None
    with deed() as sql:
        known = sql.execute(KNOWN, {"mail": arrival.mail_id}).fetchone()
        ticket = arrival.thread_ticket
        try:
            message = None if known else replies.note(agent, ticket := whole_of(ticket), arrival.said, now=now)
        except NotFound:
            return None
        disposition = "duplicate" if known else "note"
        done = {"id": arrival.raw_id, "ticket": ticket, "mail": arrival.mail_id, "message": message}
        sql.execute(FINISHED, done | {"disposition": disposition, "state": "duplicate" if known else "done"})
    return Outcome(disposition, ticket_id=ticket, message_id=message)


KNOWN = "SELECT 1 FROM store_message WHERE mail_id = %(mail)s"
FINISHED = """
WITH told AS (UPDATE store_message SET mail_id = %(mail)s, raw_id = %(id)s WHERE id = %(message)s)
UPDATE store_rawinput SET state = %(state)s, disposition = %(disposition)s, ticket_id = %(ticket)s, due_at = NULL
WHERE id = %(id)s
"""
