"""One look at a text: its language, then its mood in that language."""

from __future__ import annotations

from dataclasses import dataclass

from deskwright.text.language import language_of
from deskwright.text.sentiment import sentiment_of
from deskwright.text.words import words

LONGEST = 10_000
"""Characters looked at: language and mood show at the beginning, and a pasted log must not cost more."""


@dataclass(frozen=True, slots=True)
class TextReading:
    language: str | None
    """ISO 639-1, or None when unsure."""
    sentiment: float | None
    """-1 (furious) to 1 (delighted); None when nothing in the text says."""


def read(text: str) -> TextReading:
    """What the text says about its language and mood. Never raises."""
    head = text[:LONGEST]
    found = words(head)
    language = language_of(head, found)
    return TextReading(language, sentiment_of(head, found, language))
