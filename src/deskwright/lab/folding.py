"""What an effect makes of a ticket in memory. The live desk does the same to rows; a replay of its log proves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from deskwright.engine import effects
from deskwright.engine.altering import replace
from deskwright.engine.effects import Effect
from deskwright.engine.facts import Clock, Ticket
from deskwright.engine.values import LIVE_STATUSES

NO_CLOCKS: Final[Mapping[tuple[str, int], Clock]] = MappingProxyType({})
State = tuple[Ticket, Mapping[tuple[str, int], Clock], float]
"""A ticket, its clocks, and the units it weighs in its agent's load."""


class Standing:
    """A ticket as it stands, with its clocks, its weight, and what a deed gave whom.

    Changes are gathered and made when somebody looks: a decision changes a ticket five times and is read once.
    """

    __slots__ = ("_ahead", "_known", "clocks", "given", "number", "turn", "units")

    def __init__(self, ticket: Ticket) -> None:
        self._known, self._ahead = ticket, dict[str, Any]()
        self.number = ticket.id
        self.clocks: Mapping[tuple[str, int], Clock] = NO_CLOCKS
        self.units = 0.0
        self.turn = 0
        self.given = 0.0

    @property
    def ticket(self) -> Ticket:
        if self._ahead:
            self._known = replace(self._known, **self._ahead)
            self._ahead = {}
        return self._known

    @property
    def state(self) -> State:
        return self.ticket, self.clocks, self.units

    def stand(self, state: State) -> None:
        """As it stands elsewhere."""
        self._known, self.clocks, self.units = state
        self._ahead = {}

    @property
    def carried(self) -> tuple[int | None, float]:
        """The agent whose load the ticket counts in, and its units; a solved ticket weighs nothing."""
        ticket = self.ticket
        if ticket.assignee and ticket.status in LIVE_STATUSES:
            return ticket.assignee, self.units
        return None, 0.0

    def set(self, **values: Any) -> None:
        self._ahead |= values

    def change(self, values: Mapping[str, Any]) -> None:
        self._ahead |= values


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
    standing.set(status=effect.status, substatus=effect.substatus)
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
    standing.clocks = {**standing.clocks, (effect.clock.metric, effect.clock.cycle): effect.clock}


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


def plan_survey(standing: Standing, effect: effects.PlanSurvey, at: datetime) -> None:
    standing.set(survey=effect.survey)


def cancel_survey(standing: Standing, effect: effects.CancelSurvey, at: datetime) -> None:
    standing.set(survey=None)


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
    effects.PlanSurvey: plan_survey,
    effects.CancelSurvey: cancel_survey,
}
