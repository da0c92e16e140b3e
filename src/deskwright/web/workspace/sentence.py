"""A sentence of the timeline, and what it is made from. No words of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]
Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`weight` says how much it deserves the one line a folded group has."""

    icon: str
    text: str
    because: str = ""
    weight: int = 1
    part: int = 0
    """The ticket that was merged in, where it says so: it can be taken out there."""
