"""Who and what takes part in the demo's story: workers with their shifts, and the threads they work on."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deskwright.desk.demo.board import Seen
from deskwright.desk.demo.conversations import Line, Script
from deskwright.desk.demo.people import Requester
from deskwright.engine.workflow import Workflow
from deskwright.store.models import Agent


class Shift(Protocol):
    """The part of a calendar that the story needs."""

    def next_open(self, at: datetime) -> datetime: ...


@dataclass(slots=True)
class Worker:
    """An agent at work. `alarm` is when they will look for work next, None when nothing is arranged."""

    agent: Agent
    queues: frozenset[str]
    shift: Shift | None
    busy: bool = False
    alarm: datetime | None = None

    def at_work(self, at: datetime) -> datetime:
        """The first moment from `at` on when the agent is at work."""
        return max(at, self.shift.next_open(at)) if self.shift else at


@dataclass(slots=True)
class Thread:
    """One conversation on its way. `left` are the lines nobody has said yet."""

    ticket: int
    script: Script
    requester: Requester
    left: deque[Line]
    mail_id: str
    """The Message-ID of the first mail; "" in other channels."""
    ready_at: datetime
    """Before this nobody gets round to it."""
    seen: Seen | None = None
    taken: bool = False
    unanswered_since: datetime | None = None
    quoted: str = ""
    """The desk's last words, which a mail quotes."""

    def wants_agent(self) -> bool:
        """Whether the next word is an agent's: a line of theirs, or a ticket to close after the last one."""
        if self.seen is None or self.taken or self.seen.status not in {"new", "open", "on_hold"}:
            return False
        return not self.left or not self.left[0].by_customer or self.unanswered_since is not None


def workers(agents: Mapping[str, Agent], workflow: Workflow) -> dict[int, Worker]:
    """The agents who take tickets, by id: those in a team."""
    found = {}
    for agent in agents.values():
        teams = {team.key for team in agent.teams.all()}
        if teams:
            queues = frozenset(name for name, queue in workflow.queues.items() if queue.team in teams)
            found[agent.pk] = Worker(agent, queues, workflow.calendars.get(agent.shift))
    return found
