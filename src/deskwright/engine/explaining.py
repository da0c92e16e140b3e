"""What a workflow decides about a described ticket, and why, in plain sentences: for an author at a command line.

Opens the ticket in thought. No agents are known here, so it says who is asked for, not who gets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from deskwright.engine import testing
from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.decide import Decision, decide, telling
from deskwright.engine.effects import (
    Acknowledge,
    AddTags,
    EnterTier,
    FireTriggers,
    Notify,
    PutClock,
    Route,
    SetCustomer,
    SetField,
    SetSignals,
    SetStatus,
)
from deskwright.engine.events import TicketOpened
from deskwright.engine.facts import Clock
from deskwright.engine.sla import moment
from deskwright.engine.trace import Step
from deskwright.engine.values import TIER_METRIC
from deskwright.engine.workflow import Workflow

INDENT: Final = "  "
SHOWN: Final = 60
"""Characters of a value seen."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One clock with its due instant and the instant of each warning (UTC)."""

    metric: str
    target: str
    calendar: str
    """"" is round the clock."""
    due_at: datetime | None
    warnings: tuple[tuple[float, datetime], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    at: datetime
    decided: tuple[str, ...]
    """What happens, a sentence each."""
    clocks: tuple[Timed, ...]
    timed: tuple[str, ...]
    """The clocks in sentences, in their calendars' zones."""
    trace: tuple[Mapping[str, Any], ...]
    why: tuple[str, ...]
    """The trace, indented by what belongs to what."""

    @property
    def text(self) -> str:
        parts = (("Decided", self.decided), ("Clocks", self.timed), ("Why", self.why))
        return "\n\n".join("\n".join([title, *(INDENT + line for line in lines)]) for title, lines in parts if lines)

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "decided": list(self.decided),
            "clocks": [clock_json(clock) for clock in self.clocks],
            "trace": list(self.trace),
        }


def explain(workflow: Workflow, given: Mapping[str, Any], now: datetime) -> Explanation:
    """What is decided when a ticket with these facts opens at `now` (aware, UTC)."""
    decision = decide(workflow, testing.facts_of(workflow, given, now), TicketOpened(), now)
    clocks = [effect.clock for effect in decision.effects if isinstance(effect, PutClock)]
    timed = tuple(timing(workflow, clock) for clock in clocks)
    return Explanation(
        now,
        tuple(decided(workflow, decision)),
        timed,
        tuple(sentence(workflow, one) for one in timed),
        tuple(decision.trace.as_json()),
        tuple(line for step in decision.trace.steps if knowable(step) for line in told(step)),
    )


# What is decided


def decided(workflow: Workflow, decision: Decision) -> Iterator[str]:
    for effect in decision.effects:
        match effect:
            case SetField():
                yield f"{spoken(effect.name).capitalize()} is {shown(effect.value)} ({effect.because})."
            case SetCustomer():
                yield f"The customer's {spoken(effect.name)} is {shown(effect.value)} from now on ({effect.because})."
            case SetSignals():
                yield f"Signals: {shown(effect.signals)}."
            case Route():
                yield f"It goes to the queue {effect.queue}{by_rule(workflow, effect.rule)}."
                yield from asked(workflow, effect.rule)
            case AddTags():
                yield f"Tagged {', '.join(effect.tags)} ({effect.because})."
            case SetStatus():
                yield f"Status is {spoken(effect.substatus or effect.status)} ({effect.because})."
            case EnterTier():
                yield f"It enters {effect.tier}." if effect.tier else "It leaves the ladder at its top."
            case FireTriggers():
                yield f"Management is told of {shown(effect.triggers)}."
            case Notify():
                yield f"Told: {spoken(effect.audience)} ({effect.because}), by {spoken(' and '.join(effect.by))}."
            case Acknowledge():
                yield "The requester gets an acknowledgement."


def by_rule(workflow: Workflow, name: str | None) -> str:
    rule = next((rule for rule in workflow.rules if rule.name == name), None)
    if rule is None:
        return ", because no rule sends it anywhere"
    line = f", line {rule.line}" if rule.line else ", of the starter"
    return f" by {rule.name}{line}" if rule.name.startswith("rule ") else f" by the rule {rule.name}{line}"


def asked(workflow: Workflow, name: str | None) -> Iterator[str]:
    """Whom the rule wants, beyond anybody of the queue."""
    rule = next((rule for rule in workflow.rules if rule.name == name), None)
    wanted = rule.action.assign if rule else None
    if wanted is not None and wanted.name and wanted.name not in workflow.queues:
        yield f"It asks for {spoken(wanted.name)}."


# The clocks


def timing(workflow: Workflow, clock: Clock) -> Timed:
    marks = () if clock.metric == TIER_METRIC or clock.running_since is None else workflow.sla.warn_at
    hours = calendar_of(workflow, clock)
    warnings = tuple((share, moment(clock, hours, share)) for share in marks if clock.due_at is not None)
    return Timed(clock.metric, clock.target, clock.calendar, clock.due_at, warnings)


def calendar_of(workflow: Workflow, clock: Clock) -> Calendar:
    return workflow.calendars.get(clock.calendar, ALWAYS) if clock.calendar else ALWAYS


def sentence(workflow: Workflow, timed: Timed) -> str:
    zone = zone_of(workflow, timed.calendar)
    hours = f"of {timed.calendar} time" if timed.calendar else "round the clock"
    name = "Escalation tier" if timed.metric == TIER_METRIC else spoken(timed.metric).capitalize()
    if timed.due_at is None:
        return f"{name}: {timed.target} {hours}; it stands still, or its calendar never gets there."
    said = f"{name}: {timed.target} {hours}, due {local(timed.due_at, zone)}."
    if timed.warnings:
        told = ", ".join(f"{share:.0%} at {local(at, zone)}" for share, at in timed.warnings)
        said += f" Warnings: {told}."
    return said


def zone_of(workflow: Workflow, calendar: str) -> ZoneInfo:
    """The zone people of this calendar read times in, else that of the desk's default calendar."""
    found = workflow.calendars.get(calendar) or workflow.calendars.get(workflow.sla.calendar or "")
    return ZoneInfo((found and found.timezone) or "UTC")


def local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M:%S %Z").replace(":00 ", " ", 1)


def clock_json(clock: Timed) -> dict[str, Any]:
    return {
        "metric": clock.metric,
        "target": clock.target,
        "calendar": clock.calendar or None,
        "due_at": clock.due_at and clock.due_at.isoformat(),
        "warnings": [{"share": share, "at": at.isoformat()} for share, at in clock.warnings],
    }


# The trace


def knowable(step: Step) -> bool:
    """Whether it can be told without the desk's people."""
    return step.topic != "assignment" and getattr(step.text, "template", "") != telling.NOBODY


def told(step: Step, depth: int = 0) -> Iterator[str]:
    truth = "" if step.held is None else "yes: " if step.held else "no: "
    topic = f"{step.topic}: " if depth == 0 else ""
    yield f"{INDENT * depth}{topic}{truth}{step.text}{seen(step.seen)}"
    for part in step.parts:
        yield from told(part, depth + 1)


def seen(values: Mapping[str, Any]) -> str:
    return f" ({', '.join(f'{name} is {shown(value)}' for name, value in values.items())})" if values else ""


def shown(value: Any) -> str:
    if isinstance(value, frozenset | set | list | tuple):
        items: Sequence[str] = sorted(str(item) for item in value)
        return ", ".join(items) or "none"
    text = "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def spoken(name: str) -> str:
    return name.removeprefix("fields.").replace("_", " ")
