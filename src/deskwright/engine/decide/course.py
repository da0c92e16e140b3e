"""The course of one decision: the view as decided so far, the effects asked for, the trace.

Owns how a change is recorded, so that every later step sees it and it is asked for once. Must not decide anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from deskwright.engine import escalation, sla
from deskwright.engine.automation import ONCE
from deskwright.engine.effects import AddTags, Effect, SetCustomer, SetField, SetStatus
from deskwright.engine.escalation import Ladder
from deskwright.engine.events import Event
from deskwright.engine.facts import Clock, Facts, Ticket
from deskwright.engine.saying import _
from deskwright.engine.sla import Timekeeping
from deskwright.engine.trace import Trace
from deskwright.engine.values import LIVE_STATUSES, PRIORITIES, raised
from deskwright.engine.workflow import Assignee, Workflow

CUSTOMER: Final = "customer."
"""What is set of the customer rather than of the ticket."""


@dataclass(slots=True, eq=False)
class Begun:
    """What a course has come to, to go on from as often as one likes: nobody changes it."""

    view: Mapping[str, Any]
    effects: tuple[Effect, ...]
    clocks: Mapping[str, Clock]
    sla_target: str | None
    told: frozenset[str]
    happened: tuple[str, ...]
    signals: frozenset[str]
    risen: frozenset[str]
    rule: str | None
    routed: tuple[str | None, str | None]
    wanted: Assignee | None


@dataclass(slots=True)
class Course:
    """Mutable while one event is decided, and gone afterwards; the facts are never touched."""

    workflow: Workflow
    facts: Facts
    event: Event
    now: datetime
    view: dict[str, Any]
    effects: list[Effect] = field(default_factory=list)
    trace: Trace = field(default_factory=Trace)
    time: Timekeeping = field(init=False)
    ladder: Ladder = field(init=False)
    signals: frozenset[str] = frozenset()
    risen: frozenset[str] = frozenset()
    assignee: int | None = None
    """Whose the ticket is, as decided so far."""
    rule: str | None = None
    routed: tuple[str | None, str | None] = (None, None)
    """The queue and the rule, as asked for so far."""
    resting: dict[str, str] = field(init=False)
    """Automations that do not run, and why."""
    chain: tuple[str, ...] = ()
    """Automations in the chain of causes that led here, and those of this decision."""
    automating: bool = False
    """Automations act now: what they change is told by the event it comes back as."""
    happened: list[str] = field(default_factory=list)
    """What automations may answer, in order."""
    changed: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Fields changed by automations: name -> (before, after). They come back as an event."""
    told: set[str] = field(default_factory=set)
    """Keys of the notices asked for."""
    wanted: Assignee | None = None
    """Whom the rules want for a ticket that opens."""

    def __post_init__(self) -> None:
        ticket, clocks = self.facts.ticket, self.facts.clocks
        self.signals, self.assignee, self.rule = ticket.signals, ticket.assignee, ticket.rule
        self.view["sla_target"] = ticket.sla_target
        self.routed = ticket.queue, ticket.rule
        self.time = sla.keep_time(self.workflow, ticket, self.view, self.now, clocks)
        self.ladder = escalation.climb(self.workflow, ticket, ticket.signals, self.now, clocks)
        self.chain = tuple(getattr(self.event, "caused_by", ()))
        self.resting = {**self.facts.desk.resting}
        if self.chain:
            self.resting |= dict.fromkeys(self.chain, ONCE)
        self.time.effects = self.ladder.effects = self.effects
        self.time.steps = self.ladder.steps = self.trace.steps

    def come_to(self) -> Begun:
        return Begun(
            {**self.view},
            (*self.effects,),
            {**self.time.latest},
            self.time.sla_target,
            frozenset(self.told),
            (*self.happened,),
            self.signals,
            self.risen,
            self.rule,
            self.routed,
            self.wanted,
        )

    def take_over(self, begun: Begun) -> None:
        """Stand where another course of the same stood."""
        self.view |= begun.view
        self.effects += begun.effects
        self.time.latest |= begun.clocks
        self.time.sla_target = begun.sla_target
        self.told |= begun.told
        self.happened += begun.happened
        self.signals = self.ladder.signals = begun.signals
        self.risen, self.rule, self.routed, self.wanted = begun.risen, begun.rule, begun.routed, begun.wanted

    @property
    def ticket(self) -> Ticket:
        return self.facts.ticket

    @property
    def live(self) -> bool:
        return self.view.get("status") in LIVE_STATUSES

    def ask(self, effect: Effect) -> None:
        self.effects.append(effect)

    def say(self, topic: str, text: str, held: bool | None = None, **seen: Any) -> None:
        self.trace.say(topic, text, held, **seen)

    def happen(self, kind: str) -> None:
        if kind not in self.happened:
            self.happened.append(kind)

    def set_field(self, name: str, value: Any, because: str) -> bool:
        """Ask for a new value. Returns whether it is new."""
        known = self.view.get(name)
        if known == value:
            return False
        self.view[name] = value
        if name.startswith(CUSTOMER):
            self.ask(SetCustomer(because, name.removeprefix(CUSTOMER), value))
            return True
        own = self.workflow.fields.get(name)
        self.ask(SetField(because, f"fields.{name}" if own is not None and own.of == "ticket" else name, value))
        if name == "priority" and known is not None and not self.automating:
            self.happen("priority_changed")
        return True

    def boost(self, steps: int, because: str) -> bool:
        """Raise the priority; it stops at critical. Returns whether it rose."""
        priority = self.view.get("priority")
        if priority not in PRIORITIES:
            return False
        higher = raised(priority, steps)
        if not self.set_field("priority", higher, because):
            return False
        self.say(
            "priority",
            _("%(priority)s becomes %(higher)s: %(because)s", priority=priority, higher=higher, because=because),
            True,
        )
        return True

    def add_tags(self, tags: Iterable[str], because: str) -> None:
        known = frozenset(self.view.get("tags") or ())
        new = tuple(tag for tag in tags if tag not in known)
        if new:
            self.view["tags"] = known.union(new)
            self.ask(AddTags(because, new))

    def set_status(self, status: str, because: str, substatus: str | None = None) -> bool:
        """Ask for a status. Returns whether it is another one; a category alone leaves the custom status within it."""
        was = self.view.get("status")
        if was == status and substatus in {None, self.view.get("substatus")}:
            return False
        self.view["status"], self.view["substatus"] = status, substatus
        self.ask(SetStatus(because, status, substatus))
        return True
