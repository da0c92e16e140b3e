"""Who may see which tickets and do what with them: one rule, one SQL condition, for every list and every single look.

Admins and leads see every ticket. Agents and light agents see tickets in queues of their teams, tickets in no queue,
and those assigned to them. A queue the live workflow does not name belongs to nobody: leads and admins only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from deskwright.desk import workflows
from deskwright.desk.errors import Forbidden, NotFound
from deskwright.engine.workflow import Workflow
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, Ticket
from deskwright.store.sql import load

SEES_ALL: Final = frozenset({"admin", "lead"})
VERBS: Final[Mapping[str, frozenset[str]]] = {
    "see": frozenset({"admin", "lead", "agent", "light"}),
    "note": frozenset({"admin", "lead", "agent", "light"}),
    "reply": frozenset({"admin", "lead", "agent"}),
    "change": frozenset({"admin", "lead", "agent"}),
    "escalate": frozenset({"admin", "lead", "agent"}),
    "resend": frozenset({"admin", "lead", "agent"}),
}
"""verb -> the roles that may do it to a ticket they see."""


@dataclass(frozen=True, slots=True)
class Visible:
    """A condition over `store_ticket AS t` and its parameters (all named `sees_...`)."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


EVERYTHING: Final = Visible("true")
SOME: Final = "(t.queue IS NULL OR t.queue = ANY(%(sees_queues)s) OR t.assignee_id = %(sees_as)s)"


def visible_tickets(actor: Agent, queues: Sequence[str] | None = None) -> Visible:
    """The condition every list of this agent's carries. `queues` are its visible ones, if the caller has them."""
    if actor.role in SEES_ALL:
        return EVERYTHING
    seen = visible_queues(actor, workflows.live()) if queues is None else list(queues)
    return Visible(SOME, {"sees_queues": seen, "sees_as": actor.pk})


def visible_queues(actor: Agent, workflow: Workflow) -> list[str]:
    """Names of the workflow's queues whose tickets the agent sees, in the document's order."""
    if actor.role in SEES_ALL:
        return list(workflow.queues)
    teams = {row["key"]: row["mine"] for row in cursor().execute(load("queries/teams.sql"), {"agent": actor.pk})}
    return [queue.name for queue in workflow.queues.values() if serves(queue.name, queue.team, teams)]


def serves(queue: str, team: str | None, teams: Mapping[str, bool]) -> bool:
    """Whether an agent serves a queue: its team, else the team of the same name, else everybody does."""
    if team is not None:
        return teams.get(team, False)
    return teams.get(queue, True)


def may(actor: Agent, verb: str) -> bool:
    """Whether the agent's role allows the verb on tickets it sees."""
    return actor.role in VERBS[verb]


def allow(actor: Agent, verb: str) -> None:
    """Raises Forbidden when the role does not allow the verb."""
    if not may(actor, verb):
        raise Forbidden("Your role may look at tickets and write notes, but not do this.")


def ticket_for(actor: Agent, ticket_id: int, verb: str) -> Ticket:
    """The ticket, if the agent may do this to it. Raises NotFound when unseen, Forbidden when the role forbids it."""
    return tickets_for(actor, [ticket_id], verb)[0]


def tickets_for(actor: Agent, ticket_ids: Iterable[int], verb: str) -> Sequence[Ticket]:
    """The tickets in the order asked for, all or none. Raises as `ticket_for`."""
    wanted = list(dict.fromkeys(ticket_ids))
    visible = visible_tickets(actor)
    statement = f"SELECT t.* FROM store_ticket AS t WHERE t.id = ANY(%(ids)s) AND {visible.sql}"
    found = {ticket.pk: ticket for ticket in Ticket.objects.raw(statement, {"ids": wanted, **visible.params})}
    missing = [number for number in wanted if number not in found]
    if missing:
        raise NotFound(f"There is no ticket #{missing[0]} that you can see.")
    allow(actor, verb)
    return [found[number] for number in wanted]
