"""What an effect makes of a ticket in memory. The live desk does the same to rows; a replay of its log proves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from deskwright.engine import effects
from deskwright.engine.effects import Effect
from deskwright.engine.facts import Clock, Ticket
from deskwright.engine.values import LIVE_STATUSES


@dataclass(slots=True)
class Standing:
    """A ticket as it stands, with its clocks, its weight, and what a deed gave whom."""

    ticket: Ticket
    clocks: dict[tuple[str, int], Clock] = field(default_factory=dict)
    units: float = 0.0
    turn: int = 0
    given: float = 0.0

    @property
    def carried(self) -> tuple[int | None, float]:
        """The agent whose load the ticket counts in, and its units; a solved ticket weighs nothing."""
        if self.ticket.status in LIVE_STATUSES and self.ticket.assignee:
            return self.ticket.assignee, self.units
        return None, 0.0

    def set(self, **values: Any) -> None:
        self.ticket = replace(self.ticket, **values)


def fold(standing: Standing, effect: Effect, at: datetime) -> None:
    """Carry out one effect. Mails, notices and follow-up tickets leave the ticket as it is."""
    deed = DEEDS.get(type(effect))
    if deed is not None:
        deed(standing, effect, at)


def set_field(standing: Standing, effect: effects.SetField, at: datetime) -> None:
    if effect.name.startswith("fields."):
        own = {**standing.ticket.fields, effect.name.removeprefix("fields."): effect.value}
        standing.set(fields=own)
    else:
        standing.set(**{effect.name: effect.value})


def set_status(standing: Standing, effect: effects.SetStatus, at: datetime) -> None:
    ticket = standing.ticket
    was_live, is_live = ticket.status in LIVE_STATUSES, effect.status in LIVE_STATUSES
    standing.set(status=effect.status)
    if was_live and not is_live:
        standing.set(solved_at=at, unanswered_since=None)
    elif is_live and not was_live:
        standing.set(solved_at=None, reopen_count=ticket.reopen_count + 1)


def add_tags(standing: Standing, effect: effects.AddTags, at: datetime) -> None:
    standing.set(tags=standing.ticket.tags.union(effect.tags))


def set_signals(standing: Standing, effect: effects.SetSignals, at: datetime) -> None:
    standing.set(signals=effect.signals)


def route(standing: Standing, effect: effects.Route, at: datetime) -> None:
    standing.set(queue=effect.queue, rule=effect.rule)


def assign(standing: Standing, effect: effects.Assign, at: datetime) -> None:
    standing.set(assignee=effect.agent, ask_again_at=effect.ask_again_at)
    standing.units = effect.units
    if effect.turn:
        standing.turn, standing.given = effect.turn, effect.given


def decline(standing: Standing, effect: effects.Decline, at: datetime) -> None:
    standing.set(declined_by=standing.ticket.declined_by | {effect.agent})


def put_clock(standing: Standing, effect: effects.PutClock, at: datetime) -> None:
    standing.clocks[effect.clock.metric, effect.clock.cycle] = effect.clock


def enter_tier(standing: Standing, effect: effects.EnterTier, at: datetime) -> None:
    standing.set(
        tier=effect.tier,
        tier_number=effect.number,
        tier_since=effect.at,
        tier_signals=effect.signals,
        tier_acknowledged=False,
    )


def acknowledge_tier(standing: Standing, effect: effects.AcknowledgeTier, at: datetime) -> None:
    standing.set(tier_acknowledged=True)


def fire_triggers(standing: Standing, effect: effects.FireTriggers, at: datetime) -> None:
    standing.set(triggers_fired=standing.ticket.triggers_fired | effect.triggers)


def mark_boosted(standing: Standing, effect: effects.MarkBoosted, at: datetime) -> None:
    standing.set(boosted=True)


DEEDS: Final[Mapping[type[Effect], Callable[[Standing, Any, datetime], None]]] = {
    effects.SetField: set_field,
    effects.SetStatus: set_status,
    effects.AddTags: add_tags,
    effects.SetSignals: set_signals,
    effects.Route: route,
    effects.Assign: assign,
    effects.Decline: decline,
    effects.PutClock: put_clock,
    effects.EnterTier: enter_tier,
    effects.AcknowledgeTier: acknowledge_tier,
    effects.FireTriggers: fire_triggers,
    effects.MarkBoosted: mark_boosted,
}
