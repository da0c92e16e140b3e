"""Which tickets somebody may see and do what with: one rule, one SQL condition, for every list and every single look.

A right that reaches `all` is held for every ticket. One that reaches `teams` is held for tickets in queues of the
agent's teams, in no queue, and assigned to them. A queue the live workflow does not name belongs to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk import workflows
from deskwright.desk.access.holding import reach, refusal, sees_all
from deskwright.desk.access.rights import ALL
from deskwright.desk.errors import NotFound
from deskwright.engine.workflow import Workflow
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, Ticket
from deskwright.store.sql import load


@dataclass(frozen=True, slots=True)
class Visible:
    """A condition over `store_ticket AS t` and its parameters (all named `sees_...`)."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


EVERYTHING: Final = Visible("true")
NOTHING: Final = Visible("false")
SOME: Final = "(t.queue IS NULL OR t.queue = ANY(%(sees_queues)s) OR t.assignee_id = %(sees_as)s)"


def visible_tickets(actor: Agent, queues: Sequence[str] | None = None) -> Visible:
    """The condition every list of this agent's carries. `queues` are its visible ones, if the caller has them."""
    return reached(actor, "see", queues)


def visible_to(actor: Agent | None) -> Visible:
    """What the actor sees. Nobody is the operator, who sees every ticket."""
    return EVERYTHING if actor is None else visible_tickets(actor)


def reached(actor: Agent, verb: str, queues: Sequence[str] | None = None) -> Visible:
    """The tickets the right reaches, seen or not; a list of them also carries `visible_tickets`."""
    held = reach(actor, verb)
    if held == ALL:
        return EVERYTHING
    if not held:
        return NOTHING
    served = served_queues(actor, workflows.live()) if queues is None else list(queues)
    return Visible(SOME, {"sees_queues": served, "sees_as": actor.pk})


def visible_queues(actor: Agent, workflow: Workflow) -> list[str]:
    """Names of the workflow's queues whose tickets the agent sees, in the document's order."""
    if sees_all(actor):
        return list(workflow.queues)
    return served_queues(actor, workflow) if reach(actor, "see") else []


def served_queues(actor: Agent, workflow: Workflow) -> list[str]:
    """Names of the queues the agent's teams serve, in the document's order."""
    teams = {row["key"]: row["mine"] for row in cursor().execute(load("queries/teams.sql"), {"agent": actor.pk})}
    return [queue.name for queue in workflow.queues.values() if serves(queue.name, queue.team, teams)]


def seen_by(agents: Iterable[int], queue: str | None, assignee: int | None) -> set[int]:
    """Which of these agents see a ticket in this queue with this assignee: the same rule, asked from the other end.

    A fixed number of statements for any number of agents.
    """
    known = workflows.live().queues.get(queue or "")
    keys = [row["key"] for row in cursor().execute("SELECT key FROM store_team")]
    found = Agent.objects.filter(pk__in=list(agents), is_active=True)

    def sees(agent: Agent) -> bool:
        held = reach(agent, "see")
        if held == ALL or (held and (queue is None or assignee == agent.pk)):
            return True
        mine = {team.key for team in agent.teams.all()}
        return bool(held) and known is not None and serves(known.name, known.team, {key: key in mine for key in keys})

    return {agent.pk for agent in found.select_related("custom_role").prefetch_related("teams") if sees(agent)}


def serves(queue: str, team: str | None, teams: Mapping[str, bool]) -> bool:
    """Whether an agent serves a queue: its team, else the team of the same name, else everybody does."""
    if team is not None:
        return teams.get(team, False)
    return teams.get(queue, True)


def ticket_for(actor: Agent, ticket_id: int, verb: str) -> Ticket:
    """The ticket, if the agent may do this to it. Raises NotFound when unseen, Forbidden when no right reaches it."""
    return tickets_for(actor, [ticket_id], verb)[0]


def tickets_for(actor: Agent, ticket_ids: Iterable[int], verb: str) -> Sequence[Ticket]:
    """The tickets in the order asked for, all or none. Raises as `ticket_for`."""
    wanted = list(dict.fromkeys(ticket_ids))
    visible = visible_tickets(actor)
    can = visible if verb == "see" else reached(actor, verb, visible.params.get("sees_queues"))
    statement = f"SELECT t.*, {can.sql} AS reached FROM store_ticket AS t WHERE t.id = ANY(%(ids)s) AND {visible.sql}"
    params = {"ids": wanted, **visible.params, **can.params}
    found: dict[int, Any] = {ticket.pk: ticket for ticket in Ticket.objects.raw(statement, params)}
    missing = [number for number in wanted if number not in found]
    if missing:
        raise NotFound(_("There is no ticket #%(missing)s that you can see.") % {"missing": missing[0]})
    if (not wanted and not reach(actor, verb)) or not all(found[number].reached for number in wanted):
        raise refusal(verb)
    return [found[number] for number in wanted]


def subjects(visible: Visible, numbers: Sequence[int]) -> dict[int, str]:
    """Subjects of those of the tickets that are visible, by number. One statement."""
    statement = f"SELECT t.id, t.subject FROM store_ticket AS t WHERE t.id = ANY(%(ids)s) AND {visible.sql}"
    rows = cursor().execute(statement, {"ids": list(numbers), **visible.params})
    return {row["id"]: row["subject"] for row in rows}
