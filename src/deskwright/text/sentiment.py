"""How a customer feels, by words that carry a mood, what negates them and what makes them stronger.

A lexicon, not a model: every answer can be explained by the words found. Silent when there are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from deskwright.text.moods import LEXICONS, Lexicon
from deskwright.text.words import words

REACH = 3
"""How many words before a mood word a negation or intensifier still counts."""
DAMPED = 2.5
"""Evidence at which the answer passes half way to the extreme."""
ADMIRING = re.compile(
    "[\U0001f600-\U0001f60d\U0001f929\U0001f970\U0001f973\U0001f44d\U0001f389\u2764]|:-?\\)|;-?\\)|:-?D\\b"
)
CROSS = re.compile("[\U0001f620-\U0001f62d\U0001f92c\U0001f44e\U0001f641\U0001f614]|\u2639|:-?\\(|:-?/(?!/)")
LOUD = re.compile(r"!{2,}|\?!|!\?")
SHOUTED = re.compile(r"\b[A-ZÄÖÜ]{2,30}(?:\s+[A-ZÄÖÜ]{2,30}){2,}")


def sentiment(text: str, language: str | None = None) -> float | None:
    """-1 to 1, or None when nothing tells. Without a language all known lexicons are asked."""
    return sentiment_of(text, words(text), language)


def sentiment_of(text: str, found: Sequence[str], language: str | None) -> float | None:
    """As `sentiment`, for a text whose words are known. A language without a lexicon is judged by its faces only."""
    lexicon = LEXICONS.get(language or "*")
    moods = weigh(found, lexicon) if lexicon else []
    moods += faces(text)
    if not moods:
        return None
    total = sum(moods)
    if total < 0 and shouting(text):
        total *= 1.4
    return round(total / (abs(total) + DAMPED), 3)


def shouting(text: str) -> bool:
    return ("!" in text and LOUD.search(text) is not None) or SHOUTED.search(text) is not None


def weigh(found: Sequence[str], lexicon: Lexicon) -> list[float]:
    """The mood of each word that carries one, in its surroundings."""
    moods, modifiers = lexicon.moods, lexicon.modifiers
    places = sorted(place for word in moods.keys() & found for place in standing(found, word))
    return [
        shifted(moods[found[place]], [modifiers.get(other) for other in found[max(0, place - REACH) : place]])
        for place in places
    ]


def standing(found: Sequence[str], word: str) -> Iterator[int]:
    """Every place of a word that is there."""
    place = -1
    with suppress(ValueError):
        while True:
            place = found.index(word, place + 1)
            yield place


def shifted(mood: float, before: Sequence[float | None]) -> float:
    """The mood after the words before it: a negation (0) turns it round and weakens it, others multiply."""
    for modifier in before:
        if modifier is None:
            continue
        mood *= modifier if modifier > 0 else -0.6
    return max(-4.0, min(4.0, mood))


def faces(text: str) -> list[float]:
    if text.isascii() and ":" not in text and ";" not in text:
        return []
    return [1.5] * min(3, len(ADMIRING.findall(text))) + [-1.5] * min(3, len(CROSS.findall(text)))
