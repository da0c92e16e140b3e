"""What the API shows of a ticket, and what agents write through it: database work, done beside the event loop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from deskwright.api.problems import Problem
from deskwright.api.reading import Written
from deskwright.api.tokens import Token
from deskwright.desk import access, clock, replies
from deskwright.desk.errors import NotFound
from deskwright.store.models import Agent, Clock, Message, Ticket

SHOWN = (
    "id",
    "url",
    "subject",
    "status",
    "priority",
    "category",
    "complexity",
    "queue",
    "assignee",
    "channel",
    "tags",
    "rule",
    "created_at",
    "first_response_due",
    "resolution_due",
)
"""The answer's fields, in this order."""


def url(ticket: int) -> str:
    """The ticket's page in the workspace."""
    return f"{settings.PUBLIC_URL}/tickets/{ticket}/"


def answer(known: Mapping[str, Any]) -> dict[str, Any]:
    """The ticket as an answer shows it: the same fields in the same order, also when a request is repeated."""
    known = {**known, "url": url(known["id"])}
    return {name: known.get(name) for name in SHOWN}


def found(token: Token, number: int, verb: str) -> Ticket:
    """The ticket, if the token's agent may do this to it; a token of nobody sees every ticket.

    Raises NotFound, Forbidden.
    """
    agent = writer(token)
    if agent is not None:
        return access.ticket_for(agent, number, verb)
    ticket = Ticket.objects.filter(pk=number).first()
    if ticket is None:
        raise NotFound(f"There is no ticket #{number}.")
    return ticket


def writer(token: Token) -> Agent | None:
    return Agent.objects.get(pk=token.agent) if token.agent is not None else None


def shown(token: Token, number: int) -> dict[str, Any]:
    """One ticket with its requester and conversation. Raises NotFound."""
    ticket = found(token, number, "see")
    due = dict(Clock.objects.filter(ticket=ticket).order_by("cycle").values_list("metric", "due_at"))
    known = {name: getattr(ticket, name, None) for name in SHOWN} | {
        "assignee": ticket.assignee_id,
        "first_response_due": due.get("first_response"),
        "resolution_due": due.get("resolution"),
    }
    requester = {"name": ticket.customer.name, "email": ticket.customer.email}
    return answer(known) | {"requester": requester, "fields": ticket.fields, "messages": conversation(ticket)}


def conversation(ticket: Ticket) -> list[dict[str, Any]]:
    """Every message, oldest first."""
    names = ("id", "kind", "channel", "agent_id", "text", "created_at")
    rows = Message.objects.filter(ticket=ticket).order_by("created_at", "id").values(*names)
    return [{"agent" if name == "agent_id" else name: value for name, value in row.items()} for row in rows]


def write(token: Token, number: int, written: Written) -> int:
    """A reply or a note by the token's agent. Returns the message's id. Raises Problem 403 for a token of nobody."""
    agent = writer(token)
    if agent is None:
        raise Problem(403, "no_agent", "Only the token of an agent may write replies and notes.")
    if written.kind == "reply":
        return replies.reply(agent, number, written.text, now=clock.now(), solve=written.solve)
    return replies.note(agent, number, written.text, now=clock.now())


def addressed(token: Token, number: int) -> tuple[str, str]:
    """(subject, requester's address) of a ticket that is to be written to. Raises NotFound, Forbidden."""
    ticket = found(token, number, "reply")
    return ticket.subject, ticket.customer.email
