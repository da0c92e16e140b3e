"""Mail by agents: a note on the ticket they answer, with what it orders, or a customer's mail they pass on.

Only where it is surely theirs: the desk's own mail server says that the sender's domain vouches for it (DMARC), and it
is an agent's address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Any

from django.utils import translation

from deskwright.channels.email.forwards import enclosed, forwarded
from deskwright.desk import access
from deskwright.desk.answering.letters import answer_subject, answers_to, outgoing_id
from deskwright.desk.answering.recipients import own
from deskwright.desk.arriving import commands
from deskwright.desk.arriving.arrivals import Arrival, Outcome, Person
from deskwright.desk.arriving.outcomes import TAKEN_BEFORE
from deskwright.desk.errors import NotFound
from deskwright.desk.outbox.due import due_delivery
from deskwright.desk.settings.house import house
from deskwright.desk.tickets.merging import whole_of
from deskwright.engine.saying import _
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Delivery


def by_agents(batch: Sequence[Arrival]) -> Mapping[int, Agent]:
    """Place in the batch -> the agent who surely wrote it. One statement, none when nobody is vouched for."""
    vouched = {place: one.requester.value.lower() for place, one in enumerate(batch) if one.vouched}
    if not vouched:
        return {}
    found = Agent.objects.filter(is_active=True, email__in=sorted(set(vouched.values())))
    known = {agent.email.lower(): agent for agent in found}
    return {place: known[email] for place, email in vouched.items() if email in known}


def passed_on(arrival: Arrival, agent: Agent) -> Arrival:
    """The customer's mail that an agent forwards, as the customer's; else, or if encrypted, the mail itself."""
    mails = [file.content for file in arrival.files if file.content_type == "message/rfc822"]
    inner = forwarded(arrival.subject, arrival.text) or enclosed(arrival.subject, arrival.said, mails)
    if inner is None or "encrypted" in arrival.recipients or own(inner.author.email) or not inner.text:
        return arrival
    note = _("%(agent)s passed this on.", agent=agent.name)
    if inner.above:
        note = _("%(agent)s passed this on. They wrote: %(words)s", agent=agent.name, words=inner.above)
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
    """The agent's words on the ticket that a signed reference proves: a note, or what commands above them say.

    None when there is no such ticket, or none they see.

    The raw input is finished with it, unless another worker has done that. Raises Forbidden where the agent may not
    write on the ticket.
    """
    if arrival.thread_ticket is None or arrival.automatic is not None:
        return None
    with deed() as sql:
        sql.execute(ONE_AFTER_THE_OTHER, {"mail": arrival.mail_id})
        raw = sql.execute(HOLD, {"raw": arrival.raw_id}).fetchone()
        if raw is not None and raw["state"] != "pending":
            return Outcome("duplicate", reason=TAKEN_BEFORE, ticket_id=raw["ticket_id"])
        known = sql.execute(KNOWN, {"mail": arrival.mail_id, "raw": arrival.raw_id}).fetchone()
        try:
            ticket = whole_of(arrival.thread_ticket)
            access.ticket_for(agent, ticket, "see")
            message = None if known else written(arrival, agent, ticket, now)
        except NotFound:
            return None
        disposition = "duplicate" if known else "note"
        done = {"id": arrival.raw_id, "ticket": ticket, "mail": arrival.mail_id, "message": message}
        sql.execute(FINISHED, done | {"disposition": disposition, "state": "duplicate" if known else "done"})
    return Outcome(disposition, ticket_id=ticket, message_id=message)


def written(arrival: Arrival, agent: Agent, ticket: int, now: datetime) -> int | None:
    """Keep the words and do what is ordered; the agent is told by mail what came of each command."""
    said = commands.written(arrival.said)
    message = commands.write(agent, ticket, said, arrival.files, now=now)
    with translation.override(agent.interface_language or "en"):
        told = commands.obeyed(agent, ticket, said.commands, now=now)
    if told:
        Delivery.objects.create(**echo(arrival, agent, ticket, "\n".join(told), now))
    return message


def echo(arrival: Arrival, agent: Agent, ticket: int, text: str, now: datetime) -> dict[str, Any]:
    """The row that mails it. It says that a machine wrote it, so no machine answers."""
    home = house()
    content = {
        "from": home.mail_from,
        "from_name": home.name,
        "reply_to": answers_to(home.mail_from, ticket),
        "to": agent.email,
        "to_name": agent.name,
        "subject": answer_subject(arrival.subject),
        "text": text,
        "html": "".join(f"<p>{escape(line)}</p>" for line in text.split("\n")),
        "in_reply_to": arrival.mail_id,
        "references": [arrival.mail_id],
        "auto_submitted": "auto-replied",
    }
    return due_delivery(ticket, None, agent.email, outgoing_id(ticket, f"c{arrival.raw_id}"), content, now)


ONE_AFTER_THE_OTHER = "SELECT pg_advisory_xact_lock(hashtextextended('deskwright.mail:' || %(mail)s, 0))"
HOLD = "SELECT state, ticket_id FROM store_rawinput WHERE id = %(raw)s FOR UPDATE"
KNOWN = """
SELECT 1 FROM store_message WHERE mail_id = %(mail)s
UNION ALL SELECT 1 FROM store_rawinput WHERE mail_id = %(mail)s AND state = 'done' AND id <> %(raw)s
"""
FINISHED = """
WITH told AS (UPDATE store_message SET mail_id = %(mail)s, raw_id = %(id)s WHERE id = %(message)s)
UPDATE store_rawinput SET state = %(state)s, disposition = %(disposition)s, ticket_id = %(ticket)s, due_at = NULL
WHERE id = %(id)s
"""
