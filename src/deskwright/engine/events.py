"""What can happen to a ticket. An event is a value; the store keeps it as a row with the time and the actor.

`kind` is the name stored and the name an automation's `on:` uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    kind: ClassVar[str] = "event"


@dataclass(frozen=True, slots=True)
class TicketOpened(Event):
    """The first message arrived; `by` is customer, agent or system."""

    kind: ClassVar[str] = "ticket_opened"
    by: str = "customer"
    caused_by: tuple[str, ...] = ()
    """Rules and automations whose follow-up it is, and those before them."""
    risks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The desk reaches out: the risk factors that held, each with the values it saw."""
    unknown: tuple[str, ...] = ()
    """Risk factors that nobody could answer then."""
    alike: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Tickets it looks like, by number: `share`, `words`, `customer` (the same one) and `live`."""


@dataclass(frozen=True, slots=True)
class CustomerWrote(Event):
    """A later message of a customer. An automatic one changes no clock and reopens nothing."""

    kind: ClassVar[str] = "customer_wrote"
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class AgentReplied(Event):
    """A public message by a human agent."""

    kind: ClassVar[str] = "agent_replied"
    agent: int = 0


@dataclass(frozen=True, slots=True)
class NoteAdded(Event):
    kind: ClassVar[str] = "note_added"
    agent: int = 0


@dataclass(frozen=True, slots=True)
class FieldsChanged(Event):
    """Somebody or something changed fields: name -> (old, new). Status and assignment included."""

    kind: ClassVar[str] = "fields_changed"
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    caused_by: tuple[str, ...] = ()
    """Automations in the chain of causes: none of them runs again because of it."""
    unsolves: datetime | None = None
    """A mistaken solve at this moment (UTC) is taken back: the clocks it stopped never stood still."""


@dataclass(frozen=True, slots=True)
class ClockMark(Event):
    """A clock passed a share of its target (0.5, 0.75, 0.9, 1.0). Late workers send only the highest mark."""

    kind: ClassVar[str] = "clock_mark"
    metric: str = "first_response"
    cycle: int = 1
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class TimePassed(Event):
    """The turn of a time-based automation came, for one ticket. `metric` and `share` are of the ticket's clock that has
    used most, where an automation that waits for warnings is tried out.
    """

    kind: ClassVar[str] = "every"
    automation: str = ""
    metric: str = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class EscalatedByHand(Event):
    """An agent sends the ticket one tier up, whatever the tier's conditions say."""

    kind: ClassVar[str] = "escalated_by_hand"
    agent: int = 0
    reason: str = "manual"


@dataclass(frozen=True, slots=True)
class EscalationAcknowledged(Event):
    kind: ClassVar[str] = "escalation_acknowledged"
    agent: int = 0


@dataclass(frozen=True, slots=True)
class HandedBack(Event):
    """An escalated ticket goes one tier down again, or down to the tier named; history is kept."""

    kind: ClassVar[str] = "handed_back"
    agent: int = 0
    reason: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class SurveyAnswered(Event):
    """The customer's rating, 1 to 5; a changed one is an event of its own."""

    kind: ClassVar[str] = "survey_answered"
    csat: int = 0
    comment: str = ""
    caused_by: tuple[str, ...] = ()
    """Automations that an earlier answer to the same survey has run: none of them runs again."""


@dataclass(frozen=True, slots=True)
class AgentReturned(Event):
    """An agent became available or has room again: waiting tickets of their queues are offered, oldest first."""

    kind: ClassVar[str] = "agent_returned"
    agent: int = 0


@dataclass(frozen=True, slots=True)
class PassedOn(Event):
    """Its agent gave the ticket away: somebody else of its queue is asked for, and the agent is not asked again."""

    kind: ClassVar[str] = "passed_on"
    agent: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reconsidered(Event):
    """Assignment is asked again (a shift opened, skills relaxed, an absent agent); routing too at a lead's click."""

    kind: ClassVar[str] = "reconsidered"
    because: str = ""
    reroute: bool = True
    """False asks for an agent only, where nobody has the ticket or who has it is away."""


@dataclass(frozen=True, slots=True)
class WorkflowReapplied(Event):
    """A lead let a newer version of the workflow decide about this ticket too."""

    kind: ClassVar[str] = "workflow_reapplied"
    version: int = 0
    before: int = 0
    """The version that decided about it until now."""


@dataclass(frozen=True, slots=True)
class Snoozed(Event):
    """An agent puts the ticket aside until a moment (RFC 3339, "" for none) or until the customer writes."""

    kind: ClassVar[str] = "snoozed"
    agent: int = 0
    until: str = ""


@dataclass(frozen=True, slots=True)
class Woken(Event):
    """A snoozed ticket is back: its time came, the customer wrote, or an agent (then `agent`) called it back."""

    kind: ClassVar[str] = "woken"
    because: str = "time"
    """time | customer_wrote | agent"""
    agent: int = 0


@dataclass(frozen=True, slots=True)
class Merged(Event):
    """The ticket is part of another now: nothing is owed here any more, and the conversation goes on there."""

    kind: ClassVar[str] = "merged"
    into: int = 0
    share: float = 0.0
    """How alike they are, where the workflow merged them; 0 when somebody did."""


@dataclass(frozen=True, slots=True)
class MergedIn(Event):
    """Another ticket became part of this one."""

    kind: ClassVar[str] = "merged_in"
    ticket: int = 0
    waits: bool = False
    """Its customer waits for an answer, so this ticket does."""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Unmerged(Event):
    """The ticket is one of its own again."""

    kind: ClassVar[str] = "unmerged"
    out_of: int = 0
    merged_at: datetime | None = None
    """Since when it was part of the other (UTC)."""
    mistaken: bool = False
    """It was taken back at once: its clocks never stood still. Else the time in between does not count."""


@dataclass(frozen=True, slots=True)
class Parted(Event):
    """Messages left this ticket for another: a merged ticket was taken out of it again, or some were split off."""

    kind: ClassVar[str] = "parted"
    ticket: int = 0
    how: str = "split"
    """split | unmerged"""


EVENTS: Mapping[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        TicketOpened,
        CustomerWrote,
        AgentReplied,
        NoteAdded,
        FieldsChanged,
        ClockMark,
        TimePassed,
        EscalatedByHand,
        EscalationAcknowledged,
        HandedBack,
        SurveyAnswered,
        AgentReturned,
        PassedOn,
        Reconsidered,
        WorkflowReapplied,
        Snoozed,
        Woken,
        Merged,
        MergedIn,
        Unmerged,
        Parted,
    )
}
