"""Which documents of a small library speak of what a text asks. Pure; says nothing rather than something far-fetched.

Words are compared by their beginnings, so that "exports" and "exporting" meet in any European language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final, Generic, TypeVar

from deskwright.text.small_words import LANGUAGES_OF_WORD
from deskwright.text.words import words

Key = TypeVar("Key", bound=Hashable)

STEM: Final = 6
"""Letters of a word that count."""
SHORTEST: Final = 3
LOOKED_AT: Final = 160
"""Words of the text: what matters is said first."""
TITLE: Final = 1.0
BODY: Final = 0.45
FITS: Final = 0.4
"""The least share of what a text is about that a document must speak of to be suggested."""
MEETINGS: Final = 2
"""Different words of the title that must meet; with one of them, as many and one more in all. Less is coincidence."""


@dataclass(frozen=True, slots=True)
class Fit(Generic[Key]):
    key: Key
    share: float
    """How much of the text's telling words the document has: 0 to 1."""
    words: tuple[str, ...]
    """Beginnings of the words that met, the most telling first."""


@dataclass(frozen=True, slots=True)
class Document:
    weights: Mapping[str, float]
    language: str


class Library(Generic[Key]):
    """Documents by key: (title, body, language)."""

    def __init__(self, documents: Mapping[Key, tuple[str, str, str]]) -> None:
        self.documents = {
            key: Document(weighed(title, body), language) for key, (title, body, language) in documents.items()
        }
        self.found_in = Counter(stem for document in self.documents.values() for stem in document.weights)

    def closest(self, subject: str, text: str, language: str | None, most: int, least: float = FITS) -> list[Fit[Key]]:
        """At most `most` documents in the text's language that fit, the best first; none when none does well."""
        asked = telling(subject, text)
        whole = sum(self.rarity(stem) * weight for stem, weight in asked.items())
        if not whole:
            return []
        fits = (
            self.fit(key, document, asked, whole)
            for key, document in self.documents.items()
            if language is None or document.language == language
        )
        good = [fit for fit in fits if fit is not None and fit.share >= least]
        return sorted(good, key=lambda fit: -fit.share)[:most]

    def rarity(self, stem: str) -> float:
        """How much a word tells: 0 for one that no document has, for nothing can be told by it."""
        number = self.found_in[stem]
        return log(1 + len(self.documents) / number) if number else 0.0

    def fit(self, key: Key, document: Document, asked: Mapping[str, float], whole: float) -> Fit[Key] | None:
        met = {stem: self.rarity(stem) * asked[stem] for stem in asked.keys() & document.weights.keys()}
        if not enough(document, met):
            return None
        share = sum(value * document.weights[stem] for stem, value in met.items()) / whole
        return Fit(key, share, tuple(sorted(met, key=lambda stem: (-met[stem], stem))))


def enough(document: Document, met: Iterable[str]) -> bool:
    """Whether what met can hardly be a coincidence."""
    places = [document.weights[stem] for stem in met]
    titled = places.count(TITLE)
    return titled >= MEETINGS or (titled > 0 and len(places) > MEETINGS)


def telling(subject: str, text: str) -> dict[str, float]:
    """The beginnings of the words that say what it is about; those of the subject count double."""
    stems: dict[str, float] = dict.fromkeys(stemmed(words(text)[:LOOKED_AT]), 1.0)
    stems.update(dict.fromkeys(stemmed(words(subject)), 2.0))
    return stems


def weighed(title: str, body: str) -> dict[str, float]:
    weights = dict.fromkeys(stemmed(words(body)), BODY)
    weights.update(dict.fromkeys(stemmed(words(title)), TITLE))
    return weights


def stemmed(found: Iterable[str]) -> Sequence[str]:
    return [stem(word) for word in found if len(word) >= SHORTEST and word not in LANGUAGES_OF_WORD]


def stem(word: str) -> str:
    """Its beginning; a short plural is its singular."""
    return word[:-1] if SHORTEST < len(word) <= STEM and word.endswith("s") else word[:STEM]
