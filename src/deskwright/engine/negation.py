"""Finds phrases in a text and whether each stands negated: "not urgent", "nothing is broken", "isn't down".

A negation reaches a few words ahead and no farther than its clause. When in doubt a phrase counts: a false alarm costs
less than a missed outage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from deskwright.engine.words import LONGEST, Phrases

REACH: Final = 4
"""Words a negation reaches ahead."""
AROUND: Final = 40
"""Characters shown on each side."""
_TOKEN: Final = re.compile(r"\w+(?:['’]\w+)?|[^\w\s]|\n\s*\n")
_NEGATORS: Final = frozenset(
    """not no never neither nor without none nothing nobody nowhere cannot hardly
    isnt arent wasnt werent dont doesnt didnt wont cant couldnt hasnt havent hadnt shouldnt wouldnt aint
    nicht kein keine keinen nie niemals ohne pas jamais aucun sans sin ningún ninguna nunca""".split()
)
_ENDS: Final = frozenset(
    """. ! ? ; : , ( ) - – — but however although though because since why if when while and so still
    work works worked working aber weil und mais parce et pero porque y""".split()
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


@dataclass(frozen=True, slots=True)
class _Word:
    said: str
    """In lower case, with its apostrophe."""
    word: str
    """Without what follows the apostrophe."""
    start: int
    end: int


def hits(text: str, phrases: Phrases) -> list[Hit]:
    """Every phrase of the lexicon in the text, in order."""
    text = text[:LONGEST]
    tokens = [_word(match) for match in _TOKEN.finditer(text)]
    found = []
    for place, token in enumerate(tokens):
        for spelled, name in phrases.by_first.get(token.word, ()):
            last = place + len(spelled)
            if len(spelled) == 1 or tuple(other.word for other in tokens[place:last]) == spelled:
                found.append(
                    Hit(name, " ".join(spelled), _around(text, token, tokens[last - 1]), _negator(tokens, place, last))
                )
    return found


def _word(match: re.Match[str]) -> _Word:
    said = match[0].lower().replace("’", "'")
    return _Word(said, said.partition("'")[0] if "'" in said[1:] else said, match.start(), match.end())


def _negator(tokens: list[_Word], place: int, last: int) -> str | None:
    for before in range(place - 1, max(-1, place - 2 - REACH), -1):
        said = tokens[before].said
        if said in _ENDS or said.isspace():
            break
        if _negates(said):
            return None if tokens[before + 1].said in _CANCELS else said
    after = tuple(token.said for token in tokens[last : last + 2])
    return " ".join(after) if after in _AFTERWARDS else None


def _negates(said: str) -> bool:
    return said in _NEGATORS or said.endswith("n't")


def _around(text: str, first: _Word, last: _Word) -> str:
    start, end = max(0, first.start - AROUND), min(len(text), last.end + AROUND)
    return " ".join(text[start:end].split())
