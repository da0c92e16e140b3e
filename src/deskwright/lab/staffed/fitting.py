"""How this desk's people work, learned from its log: how long a touch takes, how long until one gets round to it.

The time until a touch is done is counted in the agent's own hours. Waiting that their other work explains is left to
the simulation; what remains beyond the handling is a delay nobody's work explains (see `processes.discovery`). Samples
are kept whole: they are the spread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Final

from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.calendars.calendar import seconds
from deskwright.lab.processes.discovery import hours_of
from deskwright.lab.processes.eventlog import Step
from deskwright.lab.staffed.promised import HASTES, Due, haste
from deskwright.lab.staffed.stories import AGENT, CUSTOMER, Story, touches
from deskwright.lab.staffed.touching import Hours, Touch, delays, spans, typical

ENOUGH: Final = 15
"""Observations below which a kind has no pool of its own."""
LONGEST: Final = 3600.0
"""Seconds at most of a touch that count as handling."""
UNKNOWN: Final = (600.0,)
"""Seconds of handling where the log shows none."""
FEW: Final = 20
"""Touches below which nobody's hours can be told from them."""
CHAT: Final = "chat"
AWAY: Final = ((6, "hours"), (18, "a night"))
PRESENT, LONG = "not yet", "days"
"""Hours that somebody is off, and how that is called."""

Pool = tuple[float, ...]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Pools of seconds by what they hang on, the least particular under (). `delays` are open seconds of the agent's
    hours until a touch is done where no other work is in the way; the end of it is `handling`. `replies` and `patience`
    (the mean; None: nobody ever left) are wall-clock seconds.
    """

    handling: Mapping[Key, Pool]
    delays: Mapping[Key, Pool]
    replies: Mapping[Key, Pool]
    helps: Mapping[Key, Pool] = field(default_factory=dict)
    """Of touches due from somebody off shift, 1 for each that a colleague made and 0 for others; else all."""
    patience: float | None = None
    hours: Mapping[int, Calendar] = field(default_factory=dict)
    """Of agents without a shift."""
    workers: frozenset[int] = frozenset()
    """Who ever touched a ticket."""
    scale: Mapping[str, float] = field(default_factory=dict)
    """By kind of touch: what its delays are multiplied by, so that the recorded answers come out."""


def drawn(pools: Mapping[Key, Pool], key: Key, chance: float) -> float:
    """From the most particular pool that is large enough; the greater the chance (0 up to 1), the more."""
    while key not in pools and key:
        key = key[:-1]
    pool = pools.get(key, UNKNOWN)
    return pool[int(chance * len(pool))]


@dataclass(frozen=True, slots=True)
class Known:
    """What the fit is told beside the stories: whose hours are which, and what opening decided."""

    shift: Callable[[int], Calendar | None]
    """An agent's shift; None: they have none."""
    due: Callable[[int, datetime], Due | None]
    """What of a ticket was due next, as of a moment."""
    owner: Callable[[int], int | None]
    """A ticket's agent after its opening."""


def fit(told: Sequence[Story], known: Known, learned: Collection[int] | None = None) -> Behaviour:
    """Learn from these stories; of those outside `learned` (tickets) only who worked when is used."""
    done = [(story, place, since) for story, place, since in touches(told) if story.beats[place].agent is not None]
    found = hours_of_agents(done, known)

    def hours(agent: int) -> Calendar:
        return known.shift(agent) or found.get(agent, ALWAYS)

    made = list(spans(done, hours))
    taught = [touch for touch in made if is_learned(touch.story, learned)]
    handling = handling_of(taught)
    usual = {key: median(pool) for key, pool in handling.items()}
    waited = delays(made, hours, lambda touch: typical(usual, touch))
    stories = [story for story in told if is_learned(story, learned)]
    return Behaviour(
        handling,
        hurried(
            ((touch.kind, hurry(touch, known)), delay) for touch, delay in waited if is_learned(touch.story, learned)
        ),
        pooled(replies_of(stories)),
        pooled(helpfulness(taught, known, hours)),
        patience_of(stories),
        found,
        frozenset(touch.agent for touch in made),
    )


def is_learned(story: Story, learned: Collection[int] | None) -> bool:
    return learned is None or story.ticket in learned


def hurry(touch: Touch, known: Known) -> str:
    return haste(known.due(touch.story.ticket, touch.since), touch.since)


def pooled(values: Iterable[tuple[Key, float]]) -> dict[Key, Pool]:
    """Every value under its whole key and under each beginning of it, down to (); small pools are left to those."""
    found: dict[Key, list[float]] = {}
    for key, value in values:
        for length in range(len(key) + 1):
            found.setdefault(key[:length], []).append(value)
    return {key: tuple(sorted(pool)) for key, pool in found.items() if len(pool) >= ENOUGH or not key}


def hurried(delays: Iterable[tuple[Key, float]]) -> dict[Key, Pool]:
    """Delays by kind and haste. Where few were seen, those a step more or less hurried stand in, the more hurried
    first: what is due soon must not wait like the many that are not.
    """
    seen: dict[Key, list[float]] = {}
    for key, delay in delays:
        seen.setdefault(key, []).append(delay)
    found = pooled((key, delay) for key, known in seen.items() for delay in known)
    for kind in {key[0] for key in seen}:
        for words in HASTES:
            for word in words:
                if (kind, word) not in found and (near := nearest(kind, word, words, seen)):
                    found[kind, word] = near
    return found


def nearest(kind: str, word: str, words: Sequence[str], seen: Mapping[Key, Sequence[float]]) -> Pool:
    """As many of these hastes together as make a pool, the nearest first; empty where all are too few."""
    pool: list[float] = []
    place = words.index(word)
    for other in sorted(range(len(words)), key=lambda other: (abs(other - place), other)):
        pool += seen.get((kind, words[other]), ())
        if len(pool) >= ENOUGH:
            return tuple(sorted(pool))
    return ()


# Handling


def handling_of(taught: Sequence[Touch]) -> dict[Key, Pool]:
    """Where an agent came straight from other work, by channel; where that never was, any short touch."""
    sure = [touch for touch in taught if touch.busy and 0 < touch.span <= LONGEST]
    if len(sure) < ENOUGH:
        sure = [touch for touch in taught if 0 < touch.span <= LONGEST]
    found = pooled(((touch.story.channel,), touch.span) for touch in sure)
    return found or {(): UNKNOWN}


def replies_of(told: Iterable[Story]) -> Iterable[tuple[Key, float]]:
    """How long customers took to answer, by channel."""
    for story in told:
        last = story.at
        for beat in story.beats:
            if beat.who == CUSTOMER:
                yield (story.channel,), (beat.at - last).total_seconds()
            if beat.who in {AGENT, CUSTOMER}:
                last = beat.events[-1].at


def helpfulness(taught: Iterable[Touch], known: Known, hours: Hours) -> Iterable[tuple[Key, float]]:
    """Of touches due from somebody who was off for some of the time, whether a colleague made it (1 or 0), by kind and
    by how long they were off: what comes shortly before somebody is back often waits for them.
    """
    owners: dict[int, int] = {}
    for touch in taught:
        number = touch.story.ticket
        owner = owners.get(number, known.owner(number))
        owners[number] = touch.agent
        if owner is not None:
            calendar, made = hours(owner), touch.beat.at
            wall = (made - touch.since).total_seconds()
            if calendar.elapsed_seconds(touch.since, made) < wall - 1:
                yield (touch.kind, absence(calendar, touch.since)), float(touch.agent != owner)


def absence(calendar: Calendar, at: datetime) -> str:
    """For how long somebody with these hours is off at that moment, in a word."""
    if calendar.is_open(at):
        return PRESENT
    try:
        hours = (calendar.next_open(at) - at).total_seconds() / 3600
    except ValueError:  # for good
        return LONG
    return next((name for most, name in AWAY if hours <= most), LONG)


def patience_of(told: Iterable[Story]) -> float | None:
    """Mean seconds that customers of the chat wait before they leave: all waiting by those who left, as it must be
    where most are answered first and their patience is never seen to end.
    """
    waited, left = 0.0, 0
    for story in told:
        if story.channel == CHAT and not story.by_agent:
            answered = story.answered_after
            gone = answered is None and any(beat.who != AGENT for beat in story.beats)
            if answered is not None:
                waited += answered
            elif gone:
                waited, left = waited + (story.beats[-1].at - story.at).total_seconds(), left + 1
    return waited / left if left else None


# Hours


def hours_of_agents(done: Iterable[tuple[Story, int, datetime]], known: Known) -> dict[int, Calendar]:
    """Of everybody without a shift who touched tickets: the hours of the week in which they usually do."""
    moments: dict[int, list[int]] = {}
    for story, place, _ in done:
        agent = story.beats[place].agent
        if agent is not None and known.shift(agent) is None:
            moments.setdefault(agent, []).append(seconds(story.beats[place].at))
    return {agent: usual_hours(made) for agent, made in moments.items()}


def usual_hours(moments: Sequence[int]) -> Calendar:
    if len(moments) < FEW:
        return ALWAYS
    return hours_of([tuple(Step("", "", moment, moment + 1) for moment in moments)])
