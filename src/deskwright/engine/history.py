"""One event of the log with everything that decided on it: what the store remembers and the lab replays.

Owns the shape only. It must not know how the store spells it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deskwright.engine.events import Event
from deskwright.engine.facts import Customer, Message, Organisation


@dataclass(frozen=True, slots=True)
class Recorded:
    """`at` is when it happened (UTC), which is the `now` it was decided with."""

    id: int
    ticket: int
    at: datetime
    event: Event
    version: int
    """The workflow version that decided."""
    place: int
    """Its place among the ticket's events of one deed; 0 begins a new deed."""
    consequence: bool
    """Caused by a decision, not by somebody."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """What the deed had changed on the ticket before this was decided: fields of facts.Ticket -> values. Of the event
    that opened the ticket: everything known of it."""
    customer: Customer | None = None
    """None: as at the event before."""
    organisation: Organisation | None = None
    message: Message | None = None
    people: int = 0
    """Number of the state of the agents that were looked at."""
    resting: Mapping[str, str] = field(default_factory=dict)
    """Automations that did not run then, and why."""
    actor: str = "system"
    """customer | agent | system | rule"""
    agent: int | None = None
    """Who it was, of the agents."""
    failed: bool = False
    """The decision failed on the live desk: nothing came of it."""
