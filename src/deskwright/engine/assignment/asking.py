"""What a ticket asks of an agent, and what an agent answers: why not, or with which score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from deskwright.engine.calendars import ALWAYS
from deskwright.engine.durations import Duration
from deskwright.engine.facts import Agent, Customer, Facts, Load
from deskwright.engine.saying import _
from deskwright.engine.sla.targets import calendar
from deskwright.engine.values import SENIORITIES
from deskwright.engine.workflow import AssignmentPolicy, Queue, Workflow

LANGUAGE: Final = 0.5
LAST_AGENT: Final = 0.4
ASKED_LEVEL: Final = 0.3
OPTIONAL_SKILL: Final = 0.1
"""What each counts beside the load, which is the share of the capacity that would be used. The lowest score wins."""

IDLE: Final = Load()
_RANK: Final = {level: rank for rank, level in enumerate(SENIORITIES)}


@dataclass(slots=True)
class Asking:
    """One ticket looking for an agent at one moment."""

    workflow: Workflow
    facts: Facts
    now: datetime
    units: float
    language: str | None = None
    level: str | None = None
    role: str | None = None
    skills: tuple[tuple[str, int], ...] = ()
    anywhere: bool = False
    """Of any team: a role was asked for and no queue."""
    relaxed: bool = False
    """Skills and seniority are wishes now: the ticket has waited long enough."""
    excluded: frozenset[int] = frozenset()
    last_agent: int | None = None
    told: bool = True
    """Whether anybody will read why each agent was chosen or not."""
    shifts: dict[str, bool] = field(default_factory=dict)
    """Which shifts are open now, as far as somebody asked."""

    def refused(self, agent: Agent, queue: Queue) -> str | None:
        """Why the agent cannot take it; None when they can."""
        if agent.role == "light":
            return _("light role")
        return self.barred(agent) or self.absent(agent) or self.unfit(agent, queue) or self.full(agent)

    def barred(self, agent: Agent) -> str | None:
        if agent.id in self.facts.ticket.declined_by:
            return _("passed it on")
        return _("excluded") if agent.id in self.excluded else None

    def absent(self, agent: Agent) -> str | None:
        if not agent.available:
            return _("away")
        if self.facts.ticket.channel == "chat" and not agent.takes_chats:
            return _("takes no chats")
        return None if agent.shift is None or self.on_shift(agent.shift) else _("off shift")

    def on_shift(self, shift: str) -> bool:
        if shift not in self.shifts:
            self.shifts[shift] = self.workflow.calendars.get(shift, ALWAYS).is_open(self.now)
        return self.shifts[shift]

    def unfit(self, agent: Agent, queue: Queue) -> str | None:
        if self.role and agent.role != self.role and agent.role != "admin":
            return _("no %(role)s", role=self.role)
        if self.relaxed:
            return None
        if self.level and not self.senior_enough(agent):
            return _("below %(level)s", level=self.level)
        for skill, level in (*queue.skills, *self.skills):
            if agent.skills.get(skill, 0) < level:
                return _lacks(skill, level)
        return None

    def senior_enough(self, agent: Agent) -> bool:
        return _RANK.get(agent.level, 1) >= _RANK.get(self.level or "", 0)

    def full(self, agent: Agent) -> str | None:
        carried, capacity = self.carried(agent), self.capacity(agent)
        if carried + self.units <= capacity:
            return None
        return _("full (%(carried)s of %(capacity)s)", carried=f"{carried:g}", capacity=capacity)

    def load(self, agent: Agent) -> Load:
        return self.facts.desk.loads.get(agent.id, IDLE)

    def carried(self, agent: Agent) -> float:
        """Units in the agent's hands, this ticket not counted."""
        units = self.load(agent).units
        return max(0.0, units - self.units) if self.facts.ticket.assignee == agent.id else units

    def capacity(self, agent: Agent) -> int:
        return self.workflow.assignment.per_agent if agent.capacity is None else agent.capacity

    def filled(self, agent: Agent) -> float:
        """Share of the capacity used with this ticket."""
        return (self.carried(agent) + self.units) / max(1, self.capacity(agent))

    def distinguishes(self, queue: Queue) -> bool:
        """Whether anything but the load may speak for one agent rather than another."""
        return bool(self.language or self.last_agent is not None or self.relaxed or queue.optional_skills)

    def merit(self, agent: Agent, queue: Queue) -> float:
        """What speaks for the agent beside their load."""
        merit = 0.0
        if self.language and self.language in agent.languages:
            merit += LANGUAGE
        if agent.id == self.last_agent:
            merit += LAST_AGENT
        if self.relaxed and self.level and self.senior_enough(agent):
            merit += ASKED_LEVEL
        for skill, level in queue.optional_skills:
            if agent.skills.get(skill, 0) >= level:
                merit += OPTIONAL_SKILL
        return merit


def _lacks(skill: str, level: int) -> str:
    return _("lacks %(skill)s %(level)s", skill=skill, level=level) if level > 1 else _("lacks %(skill)s", skill=skill)


def ask(
    workflow: Workflow, facts: Facts, view: Mapping[str, Any], now: datetime, excluded: frozenset[int] = frozenset()
) -> Asking:
    """What this ticket asks, before a rule or a tier adds its own wishes."""
    policy, customer = workflow.assignment, facts.customer
    weight = policy.weights.get(view.get("complexity") or "", 1.0)
    recent = _within(policy.prefer_last_agent, customer.last_agent_at, now)
    return Asking(
        workflow,
        facts,
        now,
        units=weight * policy.channel_weights.get(facts.ticket.channel, 1.0),
        language=view.get("language"),
        level=policy.repeat_level if escalates_often(workflow, facts) else None,
        relaxed=_waited(workflow, facts, now),
        excluded=excluded,
        last_agent=customer.last_agent if recent else None,
    )


def escalates_often(workflow: Workflow, facts: Facts) -> bool:
    """Whether the customer's escalations of late are more than the policy bears."""
    over = workflow.assignment.repeat_over
    return over is not None and _escalations(workflow.assignment, facts.customer) > over


def _escalations(policy: AssignmentPolicy, customer: Customer) -> int:
    """Within the days the policy names; thirty are the desk's own count."""
    within = policy.repeat_within
    days = (within.business_days + within.minutes / 1440) if within else 30
    if days == 30:
        return customer.escalations_30d
    return sum(ago <= days for ago in customer.escalated_days_ago)


def _within(duration: Duration | None, since: datetime | None, now: datetime) -> bool:
    if duration is None or since is None:
        return False
    return now - since <= timedelta(days=duration.business_days, minutes=duration.minutes)


def _waited(workflow: Workflow, facts: Facts, now: datetime) -> bool:
    """Whether the ticket is old enough, in business time, that skills no longer hold it up."""
    patience, since = workflow.assignment.relax_skills_after, facts.ticket.created_at
    if patience is None or since is None or (now - since).total_seconds() < patience.minutes * 60:
        return False  # not even on the wall clock
    ends = patience_ends(workflow, facts)
    return ends is not None and ends <= now


def patience_ends(workflow: Workflow, facts: Facts) -> datetime | None:
    """The instant (UTC) from which skills and seniority are wishes for this ticket; None when they never are."""
    patience, since = workflow.assignment.relax_skills_after, facts.ticket.created_at
    return None if patience is None or since is None else reached(workflow, patience, since)


def hand_on_from(workflow: Workflow, away_since: datetime) -> datetime | None:
    """The instant (UTC) from which the work of an agent away since then is handed on; None leaves it."""
    patience = workflow.assignment.hand_on_after
    return None if patience is None else reached(workflow, patience, away_since)


def reached(workflow: Workflow, patience: Duration, since: datetime) -> datetime | None:
    """When the duration has passed, in the desk's business time; None when its calendar never opens again."""
    hours = ALWAYS if patience.wall else calendar(workflow, workflow.sla.calendar or "")
    try:
        return hours.add(since, patience.minutes + patience.business_days * hours.day_seconds / 60)
    except ValueError:
        return None
