"""What happened to each ticket, told as a story: who had their say in which order, without the moments.

What time brought, and what followed from a decision, is left out: it follows anew. Nothing is simulated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Final

from deskwright.engine.events import (
    AgentReplied,
    AgentReturned,
    ClockMark,
    CustomerWrote,
    Event,
    Reconsidered,
    SurveyAnswered,
    TicketOpened,
    TimePassed,
    Woken,
    WorkflowReapplied,
)
from deskwright.engine.history import Recorded

OF_TIME: Final[tuple[type[Event], ...]] = (
    ClockMark, TimePassed, WorkflowReapplied, Reconsidered, AgentReturned, Woken
)  # fmt: skip
AGENT, CUSTOMER, NUDGE, ASIDE = "agent", "customer", "nudge", "aside"
"""Who has their say: an agent; the customer, answering, or again before anybody answered; a survey's answer."""
AT_ONE_SITTING: Final = timedelta(minutes=5)
"""What an agent does to a ticket within so long is one touch."""


@dataclass(slots=True)
class Beat:
    """One say. `events` happened in this order, `at` is when the first did."""

    who: str
    at: datetime
    agent: int | None
    events: list[Recorded]

    @property
    def answers(self) -> bool:
        return any(isinstance(recorded.event, AgentReplied) for recorded in self.events)


@dataclass(slots=True)
class Story:
    """One ticket. `opening` is what happened as it opened."""

    ticket: int
    opening: list[Recorded]
    beats: list[Beat]

    @property
    def at(self) -> datetime:
        return self.opening[0].at

    @property
    def channel(self) -> str:
        return str(self.opening[0].changes.get("channel", "email"))

    @property
    def answered_after(self) -> float | None:
        """Seconds until an agent answered in public for the first time; None: nobody did."""
        found = next((beat.at for beat in self.beats if beat.answers), None)
        return None if found is None else (found - self.at).total_seconds()

    @property
    def answered_later(self) -> Iterator[float]:
        """Seconds until an agent answered, for each time the customer waited again; inf: nobody has."""
        asked: datetime | None = None
        for beat in self.beats:
            if beat.who == CUSTOMER:
                asked = asked or beat.at
            elif asked is not None and beat.answers:
                yield (beat.at - asked).total_seconds()
                asked = None
        if asked is not None:
            yield inf

    @property
    def by_agent(self) -> bool:
        return bool(self.opening[0].changes.get("by_agent"))


def stories(log: Iterable[Recorded]) -> list[Story]:
    """A story for each ticket whose opening the log has, in the order of their openings."""
    found: dict[int, Story] = {}
    for recorded in log:
        if recorded.consequence or recorded.failed or isinstance(recorded.event, OF_TIME):
            continue
        if isinstance(recorded.event, TicketOpened):
            found.setdefault(recorded.ticket, Story(recorded.ticket, [recorded], []))
        elif recorded.ticket in found:
            tell(found[recorded.ticket], recorded)
    return sorted(found.values(), key=lambda story: (story.at, story.ticket))


def tell(story: Story, recorded: Recorded) -> None:
    """Go on with the story."""
    last = story.beats[-1] if story.beats else None
    who = whose(story, recorded)
    if last is None and recorded.at == story.at:
        story.opening.append(recorded)
    elif last is not None and (who is None or same_sitting(last, who, recorded)):
        last.events.append(recorded)
    elif who is not None:
        story.beats.append(Beat(who, recorded.at, recorded.agent, [recorded]))


def whose(story: Story, recorded: Recorded) -> str | None:
    """None for what belongs to whatever came before it."""
    if isinstance(recorded.event, SurveyAnswered):
        return ASIDE
    if recorded.actor == "agent":
        return AGENT
    if recorded.actor != "customer":
        return None
    gated = next((beat for beat in reversed(story.beats) if beat.who in {AGENT, CUSTOMER}), None)
    automatic = isinstance(recorded.event, CustomerWrote) and recorded.event.automatic
    return CUSTOMER if gated is not None and gated.who == AGENT and not automatic else NUDGE


def same_sitting(last: Beat, who: str, recorded: Recorded) -> bool:
    if (last.who, last.agent) != (who, recorded.agent):
        return False
    return recorded.at == last.at or (who == AGENT and recorded.at - last.events[-1].at <= AT_ONE_SITTING)


def touches(told: Iterable[Story]) -> Iterator[tuple[Story, int, datetime]]:
    """Each say of an agent: the story, its place in it, and since when the ticket wanted one."""
    for story in told:
        since = story.at
        for place, beat in enumerate(story.beats):
            if beat.who == AGENT:
                yield story, place, since
            if beat.who in {AGENT, CUSTOMER}:
                since = beat.events[-1].at
