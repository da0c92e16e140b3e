"""Frozen values a decision may look at. The store translates rows into these; nothing else does.

All instants are aware UTC datetimes. Ids are the store's; the engine only compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Organisation:
    id: int
    name: str
    tier: str | None = None
    vip: bool = False
    csm: int | None = None
    """The dedicated customer success manager: an agent's id."""
    account_manager: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Customer:
    id: int
    name: str = ""
    email: str = ""
    tier: str | None = None
    """Already resolved: the customer's own tier, else the organisation's."""
    language: str | None = None
    preferred_channel: str | None = None
    reopened_30d: int = 0
    escalations_30d: int = 0
    escalated_days_ago: tuple[float, ...] = ()
    """For each ticket of the customer escalated in the last 90 days: how many days ago, at the time of reading."""
    tickets_30d: int = 0
    last_agent: int | None = None
    last_agent_at: datetime | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signals:
    """What `text` saw in the customer's new words (quotes and signatures removed)."""

    sentiment: float | None = None
    """-1 (furious) to 1 (delighted)."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    text: str = ""
    new_text: str = ""
    """Without quoted history and signature: what keyword signals read."""
    channel: str = "email"
    at: datetime | None = None
    automatic: bool = False
    signals: Signals = Signals()


@dataclass(frozen=True, slots=True)
class Clock:
    """One running or finished clock of a ticket: a function of its events; the row is its snapshot."""

    metric: str
    cycle: int
    state: str
    """running | paused | met | breached | cancelled. A breached one may run on towards its stop: see `stopped_at`."""
    started_at: datetime
    target: str
    """The target as the workflow writes durations ("15m", "1bd")."""
    calendar: str
    """Name of the calendar in the workflow version the clock began with; "" is round the clock."""
    due_at: datetime | None
    used_seconds: int = 0
    """Business seconds used up to `running_since`."""
    running_since: datetime | None = None
    """None while paused or stopped."""
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    fired: float = 0.0
    """The highest share whose mark has been acted on; 0 when none."""
    next_mark_at: datetime | None = None
    next_mark: float | None = None
    version: int = 0
    """The workflow version the clock keeps."""


@dataclass(frozen=True, slots=True)
class Ticket:
    id: int
    subject: str = ""
    description: str = ""
    """The customer's first message, new text only."""
    channel: str = "email"
    type: str = "question"
    status: str = "new"
    substatus: str | None = None
    """The custom status; None: the category's own."""
    priority: str | None = None
    impact: str | None = None
    urgency: str | None = None
    category: str | None = None
    complexity: str | None = None
    language: str | None = None
    sentiment: float | None = None
    tags: frozenset[str] = frozenset()
    signals: frozenset[str] = frozenset()
    """Signals that held after the last decision; a signal not in here is newly risen."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    queue: str | None = None
    assignee: int | None = None
    ask_again_at: datetime | None = None
    """When somebody may take a ticket that waits: a shift opens, or skills are relaxed."""
    declined_by: frozenset[int] = frozenset()
    """Agents who passed it on; they are not asked again."""
    rule: str | None = None
    """Name or number of the routing rule that won the assignment."""
    sla_target: str | None = None
    """First-response target set by a rule; overrides the matrix."""
    tier: str | None = None
    tier_number: int = 0
    """How many tiers the ticket has entered: the cycle of the tier's clock."""
    tier_since: datetime | None = None
    tier_signals: frozenset[str] = frozenset()
    """Signals that held when the tier began."""
    tier_acknowledged: bool = False
    triggers_fired: frozenset[str] = frozenset()
    """Management triggers that have fired; each fires once per ticket."""
    boosted: bool = False
    """Repeat escalations have already boosted this ticket."""
    reopen_count: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None
    first_response_at: datetime | None = None
    solved_at: datetime | None = None
    last_customer_at: datetime | None = None
    last_agent_at: datetime | None = None
    unanswered_since: datetime | None = None
    """When the oldest customer message without a public answer by an agent arrived."""
    csat: int | None = None
    survey: str | None = None
    """The survey planned or sent since it was solved last."""
    by_agent: bool = False
    """Opened by an agent towards the customer: first response does not apply."""
    imported: bool = False
    """Historical import: no clocks, no mail, no breach."""
    version: int = 0
    """The workflow version that opened it."""
    merged_into: int | None = None
    """The ticket of which it is a part."""
    arms: frozenset[str] = frozenset()
    """`experiment=variant` or `experiment=control`, for those that ran when it was opened."""


@dataclass(frozen=True, slots=True)
class Agent:
    id: int
    name: str
    role: str = "agent"
    """admin | lead | agent | light"""
    level: str = "regular"
    """junior | regular | senior"""
    teams: frozenset[str] = frozenset()
    skills: Mapping[str, int] = field(default_factory=dict)
    """skill -> level 1..3"""
    languages: frozenset[str] = frozenset()
    available: bool = True
    """Switched on by the agent and not absent."""
    takes_chats: bool = True
    shift: str | None = None
    """Calendar in which the agent works; None works at any time."""
    capacity: int | None = None
    """Units; None takes the workflow's per_agent."""


@dataclass(frozen=True, slots=True)
class Load:
    units: float = 0.0
    """Sum of the weights of open tickets."""
    tickets: int = 0
    turn: int = 0
    """Number of the desk's assignment that was last given to the agent; the lowest wins a tie."""
    given: float = 0.0
    """Everything given to the agent so far, in full loads: the units by the capacity. Equal agents grow alike."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a whole batch shares. `loads` is replaced as the batch's own assignments are made."""

    agents: Mapping[int, Agent] = field(default_factory=dict)
    loads: Mapping[int, Load] = field(default_factory=dict)
    turn: int = 0
    """Number of the last assignment made on this desk."""
    people: int = 0
    """Number of this state of the agents: events name it, so that a replay finds the same people."""
    resting: Mapping[str, str] = field(default_factory=dict)
    """Automations that do not run now, and why: "is switched off" ..."""
    fitting: dict[Any, tuple[Agent, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Agents by what was asked of them before: whoever makes another desk of the same agents may hand it on."""


@dataclass(frozen=True, slots=True)
class Facts:
    ticket: Ticket
    customer: Customer
    organisation: Organisation | None = None
    message: Message | None = None
    """The message the event brought, else None."""
    clocks: tuple[Clock, ...] = ()
    """Every clock of the ticket that is not stopped, and the last stopped one of each metric."""
    desk: Desk = Desk()
