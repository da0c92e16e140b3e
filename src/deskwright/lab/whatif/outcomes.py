"""What became of each ticket in one run: where it went, what was promised and kept, who was told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from deskwright.engine import effects
from deskwright.engine.effects import Effect
from deskwright.engine.values import METRICS
from deskwright.lab.replay import Replayed

FIRST_ENTRIES = frozenset({"opened", "handed_back"})
"""Reasons of a tier that are no escalation."""


@dataclass(slots=True)
class Outcome:
    """One ticket. Queue, rule, agent and priority are those after its opening was decided."""

    ticket: int
    subject: str = ""
    opened_at: datetime | None = None
    customer_tier: str | None = None
    queue: str | None = None
    rule: str | None = None
    agent: int | None = None
    priority: str | None = None
    escalations: int = 0
    notices: int = 0
    """To agents, in the app or by mail."""
    letters: int = 0
    """To the customer."""
    follow_ups: int = 0
    given: dict[int, float] = field(default_factory=dict)
    """agent -> units given to them, over the ticket's life."""
    kept: dict[str, bool] = field(default_factory=dict)
    """metric -> whether every promise of it that has come to an end was kept."""
    waits: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    """From when to when it waited for an agent; None: still."""

    @property
    def breaches(self) -> int:
        return sum(not kept for kept in self.kept.values())

    def waited(self, at: datetime) -> bool:
        return any(begin <= at and (end is None or at < end) for begin, end in self.waits)


def note_effects(outcome: Outcome, asked: Iterable[Effect]) -> None:
    """Count what effects mean beyond the ticket's own state."""
    for effect in asked:
        note = NOTED.get(type(effect))
        if note is not None:
            note(outcome, effect)


def note_notice(outcome: Outcome, effect: effects.Notify) -> None:
    outcome.notices += len(effect.agents)


def note_letter(outcome: Outcome, effect: effects.Acknowledge) -> None:
    outcome.letters += 1


def note_follow_up(outcome: Outcome, effect: effects.OpenFollowUp) -> None:
    outcome.follow_ups += 1


def note_tier(outcome: Outcome, effect: effects.EnterTier) -> None:
    outcome.escalations += effect.reason not in FIRST_ENTRIES


def note_assignment(outcome: Outcome, effect: effects.Assign) -> None:
    if effect.agent is not None:
        outcome.given[effect.agent] = outcome.given.get(effect.agent, 0.0) + effect.units


NOTED: Final[Mapping[type[Effect], Callable[[Outcome, Any], None]]] = {
    effects.Notify: note_notice,
    effects.Acknowledge: note_letter,
    effects.OpenFollowUp: note_follow_up,
    effects.EnterTier: note_tier,
    effects.Assign: note_assignment,
}


def note_opening(outcome: Outcome, replayed: Replayed) -> None:
    """The ticket has been opened and decided on."""
    ticket = replayed.ticket
    outcome.subject, outcome.opened_at = ticket.subject, ticket.created_at
    outcome.customer_tier = replayed.customer.tier
    outcome.queue, outcome.rule, outcome.agent = ticket.queue, ticket.rule, ticket.assignee
    outcome.priority = ticket.priority


def note_wait(outcome: Outcome, waits: bool, at: datetime) -> None:
    """Whether it waits for an agent from now on."""
    open_wait = bool(outcome.waits) and outcome.waits[-1][1] is None
    if waits and not open_wait:
        outcome.waits.append((at, None))
    elif open_wait and not waits:
        outcome.waits[-1] = (outcome.waits[-1][0], at)


def note_promises(outcome: Outcome, replayed: Replayed) -> None:
    """At the end: a promise is broken once one of its clocks was late, and kept when all that ended were in time."""
    for clock in replayed.clocks.values():
        if clock.metric in METRICS:
            if clock.breached_at is not None:
                outcome.kept[clock.metric] = False
            elif clock.state == "met":
                outcome.kept.setdefault(clock.metric, True)
