"""How often somebody may ask: buckets that fill evenly, kept in this process's memory.

Each process keeps its own, so a desk with two of them lets twice as many through at the most.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

MOST: Final = 10_000
"""Askers remembered; beyond that everybody begins anew."""


@dataclass(slots=True)
class Bucket:
    left: float
    at: float


class Buckets:
    """One for each asker, filled with `a_minute`, holding `burst`."""

    def __init__(self, a_minute: int, burst: int) -> None:
        self.a_minute, self.burst = a_minute, burst
        self.held: dict[Hashable, Bucket] = {}

    def take(self, who: Hashable) -> tuple[int, int]:
        """(how much is left, 0) when there is some; (0, seconds to wait) when there is none."""
        at = time.monotonic()
        if len(self.held) > MOST:
            self.held.clear()
        bucket = self.held.setdefault(who, Bucket(self.burst, at))
        bucket.left = min(self.burst, bucket.left + (at - bucket.at) * self.a_minute / 60)
        bucket.at = at
        if bucket.left < 1:
            return 0, max(1, round((1 - bucket.left) * 60 / self.a_minute))
        bucket.left -= 1
        return int(bucket.left), 0

    def forget(self) -> None:
        self.held.clear()
