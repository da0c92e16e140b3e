"""Texts as whole words. CONTAINS, signals, keywords and the rule index all count words here, so they agree.

A word is a run of letters, digits and underscores; case is ignored, by a folding that looks at one character at a time
and keeps the length, so that a database can do the same. The answers are kept for the last few texts only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

LONGEST: Final = 200_000
"""Characters of a text that are looked at; nobody complains longer than that."""
_WORD: Final = re.compile(r"\w+")
_ASCII: Final = {code: chr(code).lower() if _WORD.match(chr(code)) else " " for code in range(128)}
"""Lower case inside words, blanks between them: a text of ASCII is cut in a quarter of the time."""
_SURROGATES: Final = range(0xD800, 0xE000)


def fold(text: str) -> str:
    """Lower case, character by character: a final sigma is a sigma, and a capital I with a dot is an i."""
    if text.isascii():
        return text.lower()
    return text.replace("İ", "i").lower().replace("ς", "σ")


@cache
def foldings() -> dict[str, str]:
    """Every character that folding changes, and into what."""
    every = "".join(_characters())
    return {char: folded for char, folded in zip(every, fold(every), strict=True) if folded != char}


@cache
def word_class() -> str:
    """The characters of words, as ranges between the brackets of a regular expression."""
    runs = _WORD.findall("".join(_characters()))
    return "".join(part for run in runs for part in _ranges(run))


def _ranges(run: str) -> Iterable[str]:
    """A run of word characters may still jump over the surrogates."""
    start = 0
    for place in range(1, len(run) + 1):
        if place == len(run) or ord(run[place]) != ord(run[place - 1]) + 1:
            first, last = run[start], run[place - 1]
            yield first if first == last else f"{first}-{last}"
            start = place


def _characters() -> Iterable[str]:
    return (chr(code) for code in range(1, sys.maxunicode + 1) if code not in _SURROGATES)


def words(text: str) -> list[str]:
    """The words in order, folded."""
    text = text[:LONGEST]
    return text.translate(_ASCII).split() if text.isascii() else _WORD.findall(fold(text))


def spoken(text: str) -> str:
    """The words with one blank around each, so that a phrase is a substring."""
    return _looked_at(text)[0]


def word_set(text: str) -> frozenset[str]:
    return _looked_at(text)[1]


@lru_cache(maxsize=64)
def _looked_at(text: str) -> tuple[str, frozenset[str]]:
    found = words(text)
    return f" {' '.join(found)} ", frozenset(found)


@lru_cache(maxsize=256)
def folded(members: frozenset[str]) -> frozenset[str]:
    """The members of a set, folded."""
    return frozenset(fold(member) for member in members)


class Phrases:
    """Phrases found by their first word: which names each one stands for."""

    __slots__ = ("by_first", "firsts")

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self.by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase, name in phrases:
            spelled = tuple(words(phrase))
            if spelled:
                self.by_first.setdefault(spelled[0], []).append((spelled, name))
        self.firsts = frozenset(self.by_first)

    def near(self, text: str) -> list[tuple[tuple[str, ...], str]]:
        """Every phrase whose first word stands in the text, as words, with its name."""
        return [entry for first in self.firsts & word_set(text) for entry in self.by_first[first]]

    def in_text(self, text: str) -> list[tuple[str, str]]:
        """Every (phrase, name) whose words stand in the text, each once."""
        whole = spoken(text)
        found = ((" ".join(spelled), name) for spelled, name in self.near(text))
        return [(phrase, name) for phrase, name in found if f" {phrase} " in whole]
