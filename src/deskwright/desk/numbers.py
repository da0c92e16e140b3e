"""Numbers as links, forms and programs write them: of tickets, people, versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

DIGITS: Final = 18
"""As many as the database keeps of any number; what is longer names nothing there is."""


def number_in(written: str) -> int | None:
    """The number written; None for what is none, or too long to be one of ours."""
    return int(written) if written.isdecimal() and len(written) <= DIGITS else None


def numbers_in(written: Iterable[str]) -> list[int]:
    """Those of the words that are numbers."""
    return [number for one in written if (number := number_in(one)) is not None]
