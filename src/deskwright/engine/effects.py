"""What the engine may ask for. `desk.apply` carries each one out; there is one branch there for each class here.

Every effect names its cause in plain words (`because`): it becomes part of the ticket's history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskwright.engine.facts import Clock


@dataclass(frozen=True, slots=True)
class Effect:
    because: str


@dataclass(frozen=True, slots=True)
class SetField(Effect):
    """Set a field of the ticket (priority, category, complexity, sla_target, ...) or a custom one ("fields.amount")."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class SetCustomer(Effect):
    """Keep something of the customer, beyond this ticket. Later events know it, consequences of this one do not."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class SetStatus(Effect):
    status: str
    substatus: str | None = None
    """The custom status of that category."""


@dataclass(frozen=True, slots=True)
class AddTags(Effect):
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetSignals(Effect):
    """The signals that hold now; `risen` are those that did not before."""

    signals: frozenset[str]
    risen: frozenset[str]


@dataclass(frozen=True, slots=True)
class Route(Effect):
    """Put the ticket in a queue; `rule` is the rule that won."""

    queue: str | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class Assign(Effect):
    """Give the ticket to an agent, or to nobody (it waits in its queue). `units` is its weight in the agent's load."""

    agent: int | None
    units: float
    turn: int
    """The desk's running number of assignments; 0 when nobody was found."""
    given: float = 0.0
    """What the agent's running total of given work grows by, in full loads."""
    ask_again_at: datetime | None = None
    """When time alone may find somebody for a ticket that waits (UTC)."""


@dataclass(frozen=True, slots=True)
class Decline(Effect):
    """The agent passed the ticket on and is not asked for it again."""

    agent: int


@dataclass(frozen=True, slots=True)
class PutClock(Effect):
    """The clock's new state, whole: started, paused, resumed, retargeted, marked, met, breached or cancelled."""

    clock: Clock
    change: str
    """started | paused | resumed | retargeted | kept | marked | met | breached | cancelled"""


@dataclass(frozen=True, slots=True)
class EnterTier(Effect):
    """Escalate or hand back. `reason` is a code: opened, no_response, a signal's name, manual, automation, handed_back,
    not_acknowledged, or what an agent gave.
    """

    tier: str | None
    number: int
    at: datetime
    reason: str
    signals: frozenset[str]


@dataclass(frozen=True, slots=True)
class AcknowledgeTier(Effect):
    agent: int


@dataclass(frozen=True, slots=True)
class FireTriggers(Effect):
    """Management triggers that fire now, once each per ticket."""

    triggers: frozenset[str]


@dataclass(frozen=True, slots=True)
class MarkBoosted(Effect):
    """Repeat escalations boosted the priority; not again for this ticket."""


@dataclass(frozen=True, slots=True)
class Notify(Effect):
    """Tell an audience. `agents` are the ids it resolved to; empty is recorded as "nobody to tell"."""

    audience: str
    agents: tuple[int, ...]
    by: tuple[str, ...]
    """in_app | mail"""
    subject: str
    key: str
    """Unique per ticket and cause: the same notice is never given twice."""


@dataclass(frozen=True, slots=True)
class Acknowledge(Effect):
    """Send the automatic acknowledgement to the requester."""

    template: str
    values: Mapping[str, Any]
    """expected_first_response: aware UTC datetime or None; ..."""


@dataclass(frozen=True, slots=True)
class PlanSurvey(Effect):
    """Ask the customer how it went, at `send_at`; the links end at `expires_at` (both UTC)."""

    survey: str
    cycle: int
    """How often the ticket had been reopened: one survey for each time it is solved."""
    send_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CancelSurvey(Effect):
    """The ticket is open again: what was not sent is not sent, what was sent is no longer answered."""

    survey: str


@dataclass(frozen=True, slots=True)
class OpenFollowUp(Effect):
    """Open a linked ticket (a low survey answer, a proactive check)."""

    subject: str
    type: str
    priority: str
    assign: Mapping[str, Any]
    key: str
    caused_by: tuple[str, ...] = ()
    """Rules and automations in the chain of causes, the one that asks for it last."""


@dataclass(frozen=True, slots=True)
class SuggestDuplicate(Effect):
    """It looks like another ticket; somebody may merge them, or say that they are two."""

    ticket: int
    share: float


@dataclass(frozen=True, slots=True)
class MergeInto(Effect):
    """It is the same as another ticket of its customer, and becomes part of it."""

    ticket: int
    share: float


@dataclass(frozen=True, slots=True)
class RanAutomation(Effect):
    """For the run log: the automation has run; a sentence for each of its actions."""

    rule: str
    outcomes: tuple[str, ...]
