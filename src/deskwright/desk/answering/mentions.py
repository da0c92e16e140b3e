"""Agents named in notes with `@Name`: those who see the ticket are told and find it again; the others are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from deskwright.desk import access
from deskwright.desk.cases import Case
from deskwright.engine.facts import Agent as AgentFacts
from deskwright.engine.saying import _
from deskwright.store import facts as rows
from deskwright.store.connection import cursor
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Named:
    """Agents a text names: `told` see the ticket, `unable` do not."""

    told: tuple[AgentFacts, ...] = ()
    unable: tuple[AgentFacts, ...] = ()


def names_in(text: str, agents: Iterable[AgentFacts]) -> list[AgentFacts]:
    """The agents whose whole names stand after an `@`, in any case; of two names the longer one is meant."""
    by_name = {agent.name.casefold(): agent for agent in agents if agent.name}
    if "@" not in text or not by_name:
        return []
    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    found = re.findall(rf"(?<![\w.])@({names})(?!\w)", text.casefold())
    return list({by_name[name].id: by_name[name] for name in found}.values())


def named(text: str, agents: Mapping[int, AgentFacts], queue: str | None, assignee: int | None) -> Named:
    """Whom the text names, parted by who sees a ticket in this queue with this assignee."""
    found = names_in(text, agents.values())
    if not found:
        return Named()
    able = access.seen_by([agent.id for agent in found], queue, assignee)
    told = tuple(agent for agent in found if agent.id in able)
    return Named(told, tuple(agent for agent in found if agent.id not in able))


def tell(sql: Cursor, case: Case, actor: Agent, message: int, people: Named, now: datetime) -> None:
    """Note the mentions and tell those named, inside the caller's deed; some of them follow the ticket from now on."""
    others = [agent for agent in people.told if agent.id != actor.pk]
    for agent in others:
        subject = _("%(who)s mentioned you: %(subject)s", who=actor.name, subject=case.row["subject"])
        case.notices.append({"agent_id": agent.id, "subject": subject, "key": f"mention:{message}", "created_at": now})
    if people.told:
        ids = [agent.id for agent in people.told]
        sql.execute(REMEMBER, {"ticket": case.row["id"], "message": message, "agents": ids, "now": now})
        sql.execute(FOLLOW, {"ticket": case.row["id"], "agents": [agent.id for agent in others], "now": now})


def unable(actor: Agent, ticket_id: int, text: str) -> list[str]:
    """Names in the text of agents who may not see the ticket, to be said to its writer. Raises NotFound, Forbidden."""
    if "@" not in text:
        return []
    ticket = access.ticket_for(actor, ticket_id, "note")
    agents = rows.present(cursor()).desk.agents
    return [agent.name for agent in named(text, agents, ticket.queue, ticket.assignee_id).unable]


REMEMBER = """
INSERT INTO store_mention (ticket_id, message_id, agent_id, at)
SELECT %(ticket)s, %(message)s, agent, %(now)s FROM unnest(%(agents)s::bigint[]) AS agent
ON CONFLICT DO NOTHING
"""
FOLLOW = """
INSERT INTO store_follower (ticket_id, agent_id, since)
SELECT %(ticket)s, id, %(now)s FROM store_agent WHERE id = ANY(%(agents)s) AND follows_mentions
ON CONFLICT DO NOTHING
"""
