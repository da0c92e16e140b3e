"""How fast mail may leave: a share of time for each mail (GCRA, the "leaky bucket as a meter" of ITU-T I.371).

A domain that receives mail is begun gently, grows with every mail it takes and backs off when it says "not now".
Pure: instants come in, nothing is read or written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

BY: Final = "by:"
TO: Final = "to:"
"""The key of the server of ours; how keys of domains that receive mail begin."""
BURST: Final = 20
"""Mails that may leave to a domain at once, before the pace counts."""
GROWTH: Final = 0.2
"""With every mail it takes, a domain's pace grows by so many a minute: while mail waits it doubles in 3.5 minutes."""
FASTEST: Final = 3000.0
SLOWEST: Final = 2.0
"""Mails a minute a pace never exceeds, or falls below."""
FIRST_HOLD: Final = timedelta(minutes=1)
LONGEST_HOLD: Final = timedelta(hours=1)
"""How long a domain that says "not now" is left alone: twice as long each time in a row."""
FIRST_AWAY: Final = timedelta(seconds=30)
LONGEST_AWAY: Final = timedelta(minutes=5)
"""How long our server, when it is away, is left alone."""


@dataclass(slots=True)
class Pace:
    """What `MailPace` keeps of one key. `per_minute` of 0: no limit."""

    key: str
    per_minute: float
    free_at: datetime
    held_until: datetime | None = None
    because: str = ""
    refusals: int = 0
    busy: dict[str, str] = field(default_factory=dict)

    @property
    def burst(self) -> float:
        """Mails that may leave at once: workers look every other second."""
        return max(BURST if self.key.startswith(TO) else 1, self.per_minute / 20)

    @property
    def share(self) -> timedelta:
        """The time between two mails."""
        return timedelta(minutes=1) / self.per_minute if self.per_minute else timedelta(0)

    @property
    def ready_at(self) -> datetime:
        """When the next mail may leave."""
        ready = self.free_at - self.share * (self.burst - 1)
        return max(ready, self.held_until) if self.held_until else ready

    def take(self, now: datetime) -> None:
        """One more mail leaves."""
        self.free_at = max(self.free_at, now) + self.share

    def wait(self, said: str, now: datetime) -> None:
        """The other side wants less. What is said while it is left alone already changes nothing."""
        if self.held_until is None or self.held_until <= now:
            self.held_until = now + hold(self.refusals, FIRST_HOLD, LONGEST_HOLD)
            self.refusals += 1
            self.turn_to(max(SLOWEST, self.per_minute / 2), now)
            self.because = said

    def away(self, said: str, now: datetime) -> None:
        """Our server does not answer."""
        if self.held_until is None or self.held_until <= now:
            self.held_until = now + hold(self.refusals, FIRST_AWAY, LONGEST_AWAY)
            self.refusals += 1
            self.because = said

    def taken(self, mails: int, now: datetime) -> None:
        """So many mails were taken: trouble is over, unless somebody else has met with some meanwhile."""
        if self.held_until is None or self.held_until <= now:
            if self.key.startswith(TO):
                self.turn_to(min(FASTEST, self.per_minute + GROWTH * mails), now)
            self.go_on()

    def turn_to(self, per_minute: float, now: datetime) -> None:
        """Another pace; what has left lately counts as as many mails as before."""
        self.free_at = now + (self.free_at - now) * (self.per_minute / per_minute)
        self.per_minute = per_minute

    def go_on(self) -> None:
        self.held_until, self.because, self.refusals = None, "", 0


def hold(refusals: int, first: timedelta, longest: timedelta) -> timedelta:
    return min(longest, first * (1 << min(refusals, 10)))
