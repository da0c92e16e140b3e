"""What the answer to a new ticket shows, and what agents write through the API: done beside the event loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from deskwright.api.problems import Problem
from deskwright.api.reading import Written
from deskwright.api.tokens import Token
from deskwright.desk import access, clock
from deskwright.desk.access.fields import ADDRESS
from deskwright.desk.answering import replies
from deskwright.desk.errors import NotFound
from deskwright.store.models import Agent, Ticket

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
    return Agent.objects.select_related("custom_role").get(pk=token.agent) if token.agent is not None else None


def write(token: Token, number: int, written: Written) -> int:
    """A reply or a note by the token's agent. Returns the message's id. Raises Problem 403 for a token of nobody."""
    agent = writer(token)
    if agent is None:
        raise Problem(403, "no_agent", "Only the token of an agent may write replies and notes.")
    if written.kind == "reply":
        refuse_veiled(agent, written.to)
        return replies.reply(
            agent,
            number,
            written.text,
            now=clock.now(),
            solve=written.solve,
            to=written.to,
            seen=written.seen,
            files=written.files,
            by=written.by,
        )
    return replies.note(agent, number, written.text, now=clock.now(), files=written.files)


def refuse_veiled(agent: Agent, to: Mapping[str, Sequence[str]] | None) -> None:
    """Whose role hides addresses cannot choose any. Raises Problem 403."""
    if to is not None and access.veil(agent).hides(ADDRESS):
        raise Problem(403, "forbidden", "Your role does not get to see addresses: leave cc and bcc out.")


def addressed(token: Token, number: int) -> tuple[str, str]:
    """(subject, requester's address) of a ticket that is to be written to. Raises NotFound, Forbidden."""
    ticket = found(token, number, "reply")
    return ticket.subject, ticket.customer.email
