"""Texts as whole words. CONTAINS, signals, keywords and the rule index all count words here, so they agree.

A word is a run of letters, digits and underscores; case is ignored. The answers are kept for the last few texts only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

LONGEST: Final = 200_000
"""Characters of a text that are looked at; nobody complains longer than that."""
_WORD: Final = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words in order, in lower case."""
    return _WORD.findall(text[:LONGEST].lower())


@lru_cache(maxsize=64)
def spoken(text: str) -> str:
    """The words with one blank around each, so that a phrase is a substring."""
    return f" {' '.join(words(text))} "


@lru_cache(maxsize=64)
def word_set(text: str) -> frozenset[str]:
    return frozenset(spoken(text).split())


@lru_cache(maxsize=256)
def folded(members: frozenset[str]) -> frozenset[str]:
    """The members of a set in lower case."""
    return frozenset(member.lower() for member in members)


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
