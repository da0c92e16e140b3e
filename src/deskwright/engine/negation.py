"""Finds phrases in a text and whether each stands negated: "not urgent", "nothing is broken", "isn't down".

A negation reaches a few words ahead and no farther than its clause. When in doubt a phrase counts: a false alarm costs
less than a missed outage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from deskwright.engine.words import LONGEST, Phrases, fold

REACH: Final = 4
"""Words a negation reaches ahead."""
MOST: Final = 200
"""Places of one phrase that are looked at."""
NEIGHBOURHOOD: Final = 60
"""Characters before and after a phrase that are read for a negation."""
LONGEST_PHRASE: Final = 400
AROUND: Final = 40
"""Characters shown on each side."""
_TOKEN: Final = re.compile(r"\w+(?:'\w+)?|[^\w\s]|\n\s*\n")
_NEGATORS: Final = frozenset(
    (
        *(
            "not",
            "no",
            "never",
            "neither",
            "nor",
            "without",
            "none",
            "nothing",
            "nobody",
            "nowhere",
            "cannot",
            "hardly",
        ),
        *("isnt", "arent", "wasnt", "werent", "dont", "doesnt", "didnt", "wont", "cant", "couldnt", "hasnt", "havent"),
        *("hadnt", "shouldnt", "wouldnt", "aint", "nicht", "kein", "keine", "keinen", "nie", "niemals", "ohne"),
        *("pas", "jamais", "aucun", "sans", "sin", "ningún", "ninguna", "nunca"),
    )
)
_ENDS: Final = frozenset(
    (
        *(".", "!", "?", ";", ":", ",", "(", ")", "-", "–", "—"),
        *(
            "but",
            "however",
            "although",
            "though",
            "because",
            "since",
            "why",
            "if",
            "when",
            "while",
            "and",
            "so",
            "still",
        ),
        *("work", "works", "worked", "working", "aber", "weil", "und", "mais", "parce", "et", "pero", "porque", "y"),
    )
)
_CANCELS: Final = frozenset({"only", "just", "merely", "nur"})
"""After a negator: "not only slow but down" denies nothing."""
_AFTERWARDS: Final = frozenset({("no", "longer"), ("no", "more"), ("any", "more"), ("not", "anymore")})


@dataclass(frozen=True, slots=True)
class Hit:
    name: str
    phrase: str
    around: str
    negated_by: str | None


Harmless = Mapping[str, tuple[tuple[str, ...], ...]]
"""name -> longer phrases, as words, in which its words mean something else: "scroll down"."""


def hits(text: str, phrases: Phrases, harmless: Harmless | None = None) -> list[Hit]:
    """The phrases of the lexicon in the text, each once: where it first stands without a negation, else where it first
    stands. Only the neighbourhood of a phrase is read closely, and a phrase inside a harmless one does not stand there.
    """
    lowered = fold(text[:LONGEST]).replace("’", "'")
    found = []
    for spelled, name in phrases.near(text):
        around = [longer for longer in (harmless or {}).get(name, ()) if _holds(longer, spelled)]
        if (hit := _hit(lowered, text, spelled, name, around)) is not None:
            found.append(hit)
    return [hit for _, hit in sorted(found, key=lambda item: item[0])]


def _holds(longer: tuple[str, ...], spelled: tuple[str, ...]) -> bool:
    size = len(spelled)
    return any(longer[at : at + size] == spelled for at in range(len(longer) - size + 1))


def _hit(
    lowered: str, shown: str, spelled: tuple[str, ...], name: str, harmless: list[tuple[str, ...]]
) -> tuple[int, Hit] | None:
    first: tuple[int, Hit] | None = None
    disarmed = [place for longer in harmless for place in _places(lowered, longer)]
    for start, end in _places(lowered, spelled):
        if any(opening <= start and end <= close for opening, close in disarmed):
            continue
        negator = _negator(lowered, start, end)
        if first is None or negator is None:
            around = " ".join(shown[max(0, start - AROUND) : end + AROUND].split())
            first = first or (start, Hit(name, " ".join(spelled), around, negator))
            if negator is None:
                return start, Hit(name, " ".join(spelled), around, None)
    return first


def _places(lowered: str, spelled: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the phrase stands as whole words, the first `MOST` times."""
    start = -1
    for _ in range(MOST):
        start = lowered.find(spelled[0], start + 1)
        if start < 0:
            return
        if start and _in_word(lowered[start - 1]):
            continue
        end = _end(lowered, start, spelled)
        if end is not None:
            yield start, end


def _end(lowered: str, start: int, spelled: tuple[str, ...]) -> int | None:
    """Where the phrase that starts here ends; None when other words follow."""
    at = start
    for place, word in enumerate(spelled):
        while place and at < len(lowered) and not _in_word(lowered[at]) and at < start + LONGEST_PHRASE:
            at += 1
        if not lowered.startswith(word, at):
            return None
        at += len(word)
        if at < len(lowered) and _in_word(lowered[at]):
            return None
    return at


def _negator(lowered: str, start: int, end: int) -> str | None:
    before = _TOKEN.findall(lowered, max(0, start - NEIGHBOURHOOD), start)
    cancelled = False
    for said in reversed(before[-REACH - 1 :]):
        if said in _ENDS or said.isspace():
            break
        if said in _NEGATORS or said.endswith("n't"):
            return None if cancelled else str(said)
        cancelled = said in _CANCELS
    after = tuple(_TOKEN.findall(lowered, end, end + 24)[:2])
    return " ".join(after) if after in _AFTERWARDS else None


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"
