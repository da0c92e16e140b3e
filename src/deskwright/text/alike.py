"""How much two short texts say the same: the words of the subject and the text, and pairs of words that stand together.

Pure and deterministic. 1.0 is the same words in the same places, 0.0 nothing in common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from deskwright.text.likeness import SHORTEST, stem
from deskwright.text.small_words import LANGUAGES_OF_WORD
from deskwright.text.words import words

SUBJECT: Final = 0.35
"""How much the subject counts; the rest is the text's."""
LOOKED_AT: Final = 80
"""Words of a text."""
TOLD: Final = 3
ANSWER: Final = re.compile(r"^\s*(?:(?:re|fw|fwd|aw|wg|sv|tr|rv)\s*:\s*)+", re.IGNORECASE)
"""What mail programs put before a subject."""


@dataclass(frozen=True, slots=True)
class Shingled:
    """A text cut up for comparing: the pieces of its subject and of its words, and the words that tell most."""

    subject: frozenset[str]
    text: frozenset[str]
    telling: Mapping[str, str]
    """Beginning of a word -> the word, in the order of the text."""


def bare_subject(subject: str) -> str:
    """Without what mail programs put before it."""
    return ANSWER.sub("", subject).strip()


def shingled(subject: str, text: str) -> Shingled:
    title, body = words(bare_subject(subject)), words(text)[:LOOKED_AT]
    telling: dict[str, str] = {}
    for word in (*title, *body):
        if len(word) > SHORTEST and word not in LANGUAGES_OF_WORD:
            telling.setdefault(stem(word), word)
    return Shingled(pieces(title), pieces(body), telling)


def pieces(found: Sequence[str]) -> frozenset[str]:
    """The beginnings of the words, each alone and with the next one."""
    stems = [stem(word) for word in found]
    return frozenset(stems).union(f"{one} {two}" for one, two in pairwise(stems))


def likeness(one: Shingled, other: Shingled) -> float:
    """0 to 1, to two places. Where one of the two has no subject, or no text, the rest decides."""
    parts = [(SUBJECT, one.subject, other.subject), (1 - SUBJECT, one.text, other.text)]
    said = [(weight, overlap(own, theirs)) for weight, own, theirs in parts if own and theirs]
    whole = sum(weight for weight, _ in said)
    return round(sum(weight * part for weight, part in said) / whole, 2) if whole else 0.0


def common(one: Shingled, other: Shingled) -> tuple[str, ...]:
    """A few words that both say, as the first one puts them."""
    both = (word for beginning, word in one.telling.items() if beginning in other.telling)
    return tuple(islice(both, TOLD))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient: twice what is common, by all there is."""
    return 2 * len(one & other) / (len(one) + len(other))
