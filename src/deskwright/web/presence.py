"""Who looks at which ticket and who is writing on it, as every process says again and again; it fades by itself.

Kept in memory only. Instants are seconds of the event loop's clock, which the caller reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from deskwright.web.words import initials

FADES: Final = 40.0
"""Seconds after which somebody who is not named again is gone: each process names its own every 15."""
PAUSES: Final = 8.0
"""Seconds without a kept draft after which nobody writes any more."""
MOST: Final = 8
"""People that one ticket shows."""


@dataclass(slots=True)
class Sight:
    name: str
    until: float
    writing_until: float = 0.0


class Presence:
    """People by ticket."""

    def __init__(self) -> None:
        self.tickets: dict[int, dict[int, Sight]] = {}

    def hear(self, payload: str, at: float) -> set[int]:
        """Take in what a process says. Returns the tickets whose people look different now."""
        try:
            said = [
                (how, *map(int, row[:2]), str(row[2])) for how, rows in orjson.loads(payload).items() for row in rows
            ]
        except (orjson.JSONDecodeError, AttributeError, IndexError, TypeError, ValueError):
            return set()
        return {ticket for how, ticket, agent, name in said if self.note(how, ticket, agent, name, at)}

    def note(self, how: str, ticket: int, agent: int, name: str, at: float) -> bool:
        people = self.tickets.setdefault(ticket, {})
        before = people.get(agent)
        if how == "gone":
            return people.pop(agent, None) is not None
        wrote = before is not None and before.writing_until > at
        sight = people[agent] = before or Sight(name, at)
        sight.until = at + FADES
        if how == "writes":
            sight.writing_until = at + PAUSES
        return before is None or wrote != (sight.writing_until > at)

    def fade(self, at: float, since: float) -> set[int]:
        """Let go of whom nobody named lately. Returns the tickets whose people look different from `since`."""
        changed = set()
        for ticket, people in list(self.tickets.items()):
            over = [agent for agent, sight in people.items() if sight.until <= at]
            stopped = any(since < sight.writing_until <= at for sight in people.values())
            for agent in over:
                del people[agent]
            if over or stopped:
                changed.add(ticket)
            if not people:
                del self.tickets[ticket]
        return changed

    def others(self, ticket: int, agent: int, at: float) -> bytes:
        """Everybody on the ticket but this agent, as a page shows them."""
        return orjson.dumps(list(self.shown(ticket, agent, at))[:MOST])

    def shown(self, ticket: int, agent: int, at: float) -> Iterator[Mapping[str, Any]]:
        people = self.tickets.get(ticket, {})
        for number, sight in sorted(people.items(), key=lambda pair: (pair[1].writing_until <= at, pair[1].name)):
            if number != agent:
                letters, hue = initials(sight.name)
                writes = sight.writing_until > at
                yield {"id": number, "name": sight.name, "initials": letters, "hue": hue, "writes": writes}
