"""What agents did to tickets, one after another: how long a touch can have taken, and when somebody got round to it.

Nobody writes down when an agent began. Work that follows work at once is one spell: whatever was done in it was ready
when it began at the latest, or they would have done something else, and waited for the agent from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskwright.engine.calendars import Calendar
from deskwright.lab.staffed.stories import AGENT, CUSTOMER, Beat, Story

FIRST, ANSWER, AGAIN = "first", "answer", "again"
"""A ticket's first touch, one after the customer wrote, one after the agent's own."""
AT_ONCE: Final = 1.5
"""How often the usual handling may lie between the ends of two touches of one spell."""

Hours = Callable[[int], Calendar]
"""The hours of an agent."""


@dataclass(frozen=True, slots=True)
class Touch:
    story: Story
    place: int
    agent: int
    kind: str
    since: datetime
    span: float
    """Open seconds from `since`, or from the end of the agent's last touch where that is later."""
    busy: bool
    """It is later: all of the span may be work."""

    @property
    def beat(self) -> Beat:
        return self.story.beats[self.place]


def spans(done: Iterable[tuple[Story, int, datetime]], hours: Hours) -> Iterator[Touch]:
    """In the order in which they were made."""
    free: dict[int, datetime] = {}
    for story, place, since in sorted(done, key=lambda one: one[0].beats[one[1]].at):
        beat = story.beats[place]
        assert beat.agent is not None
        last = free.get(beat.agent, since)
        span = opened(hours(beat.agent), max(last, since), beat.at)
        free[beat.agent] = max(last, beat.events[-1].at)
        yield Touch(story, place, beat.agent, kind_of(story, place), since, span, last > since)


def kind_of(story: Story, place: int) -> str:
    earlier = next((beat.who for beat in reversed(story.beats[:place]) if beat.who in {AGENT, CUSTOMER}), None)
    return FIRST if earlier is None else ANSWER if earlier == CUSTOMER else AGAIN


def delays(made: Iterable[Touch], hours: Hours, usual: Callable[[Touch], float]) -> Iterator[tuple[Touch, float]]:
    """Open seconds until each touch was done, but for those its agent worked on something else after they had begun to
    work: until the spell began in which it was made, and then its own handling. `usual` are the seconds of handling
    that a touch takes; `made` are in their order.
    """
    spells: dict[int, Touch] = {}
    ended: dict[int, datetime] = {}
    for touch in made:
        open_hours, last = hours(touch.agent), ended.get(touch.agent)
        if last is None or opened(open_hours, last, touch.beat.at) > AT_ONCE * usual(touch):
            spells[touch.agent] = touch
        ended[touch.agent] = max(last or touch.beat.at, touch.beat.events[-1].at)
        begun = spells[touch.agent]
        until = opened(open_hours, touch.since, begun.beat.at)
        yield touch, until if begun is touch else max(0.0, until - usual(begun)) + touch.span


def opened(hours: Calendar, begin: datetime, end: datetime) -> float:
    """Open seconds between; 0 where it ends before it begins."""
    return float(hours.elapsed_seconds(begin, end)) if end > begin else 0.0


def typical(usual: Mapping[tuple[str, ...], float], touch: Touch) -> float:
    """Seconds of handling by the touch's channel."""
    return usual.get((touch.story.channel,)) or usual[()]
