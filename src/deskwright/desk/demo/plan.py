"""When who writes what to the demo desk: sixty days of openings, drawn once, ending in an incident this very hour.

A plan only; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from deskwright.desk.demo.conversations import Scenario, Script, fill, scenarios
from deskwright.desk.demo.people import Requester, requesters


@dataclass(frozen=True, slots=True)
class Size:
    """How much is played: days, openings before the last two of them, and in these; incidents come on top."""

    days: int = 60
    older: int = 285
    recent: int = 82


WHOLE: Final = Size()
RECENTLY: Final = timedelta(hours=48)
INCIDENTS: Final = ((timedelta(days=41), 9), (timedelta(days=19), 8), (timedelta(hours=3, minutes=30), 18))
"""(how long ago it began, how many wrote about it within three hours)"""
SAID_IN_INCIDENTS: Final = frozenset({"eu-ingest-down", "dashboard-unreachable", "de-stoerung", "es-caida"})

WEEKDAYS: Final = (1.0, 1.0, 0.95, 0.9, 0.85, 0.3, 0.25)
HOURS: Final = (2, 1, 1, 1, 2, 3, 6, 9, 10, 10, 10, 9, 8, 9, 10, 9, 8, 7, 6, 5, 4, 3, 3, 2)
"""How much is written in each hour (UTC), in tenths: Europe's day, and America's after it."""
WRITES: Final = {"enterprise": 5, "professional": 4, "standard": 3, "free": 2, None: 2}
"""How much one person of a tier writes."""


@dataclass(frozen=True, slots=True)
class Opening:
    at: datetime
    requester: Requester
    script: Script


def plan(now: datetime, dice: Random, size: Size = WHOLE) -> list[Opening]:
    """Every opening of the days before `now`, in order."""
    everybody = requesters()
    decks = Decks(dice)
    moments = [*older(now, dice, size), *recent(now, dice, size)]
    calm = [open_with(at, decks, everybody, dice) for at in moments]
    stormy = [open_in_incident(at, everybody, dice) for at in incident_moments(now, dice, size)]
    return sorted(calm + stormy, key=lambda opening: opening.at)


def older(now: datetime, dice: Random, size: Size) -> Iterator[datetime]:
    begin, span = now - timedelta(days=size.days), timedelta(days=size.days) - RECENTLY
    drawn = 0
    while drawn < size.older:
        at = begin + span * dice.random()
        if dice.random() < WEEKDAYS[at.weekday()] * HOURS[at.hour] / 10:
            drawn += 1
            yield at


def recent(now: datetime, dice: Random, size: Size) -> Iterator[datetime]:
    """The last two days, the more the nearer: whatever hour it is, somebody has just written."""
    for _ in range(size.recent):
        yield now - RECENTLY * dice.random() ** 1.6


def incident_moments(now: datetime, dice: Random, size: Size) -> Iterator[datetime]:
    lived = [(ago, writers) for ago, writers in INCIDENTS if ago.days < size.days]
    for ago, writers in lived:
        for _ in range(writers):
            yield min(now - ago + timedelta(hours=3) * dice.random(), now)


class Decks:
    """Scenarios by language, drawn like cards, so that none comes twice before the others have come."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.decks: dict[str, list[Scenario]] = {}

    def draw(self, requester: Requester) -> Scenario:
        deck = self.decks.setdefault(requester.language, [])
        found = next((card for card in deck if card.suits(requester)), None)
        if found is None:
            deck.extend(self.shuffled(requester.language))
            found = next(card for card in deck if card.suits(requester))
        deck.remove(found)
        return found

    def shuffled(self, language: str) -> list[Scenario]:
        cards = [one for one in scenarios() if one.language == language and one.key not in SAID_IN_INCIDENTS]
        self.dice.shuffle(cards)
        return cards


def open_with(at: datetime, decks: Decks, everybody: Sequence[Requester], dice: Random) -> Opening:
    requester = somebody(everybody, dice)
    speaking = replace(requester, language=requester.language if dice.random() < 0.7 else "en")
    return Opening(at, requester, fill(decks.draw(speaking), requester, dice))


def open_in_incident(at: datetime, everybody: Sequence[Requester], dice: Random) -> Opening:
    said = [one for one in scenarios() if one.key in SAID_IN_INCIDENTS]
    requester = somebody(everybody, dice)
    suiting = [one for one in said if one.suits(requester)] or [one for one in said if one.language == "en"]
    return Opening(at, requester, fill(dice.choice(suiting), requester, dice))


def somebody(everybody: Sequence[Requester], dice: Random) -> Requester:
    return dice.choices(everybody, [WRITES[one.tier] for one in everybody])[0]
