"""Which language a text is in: by its letters where they tell, else by the small words every sentence needs.

Says None rather than guess: a wrong language routes a ticket to somebody who cannot read it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from deskwright.text.small_words import LANGUAGES_OF_WORD
from deskwright.text.words import words

LOOKED_AT = 250
"""Words: more do not change the answer."""
ENOUGH = 2.0
"""Evidence needed: two small words that only one language has."""
LEAD = 1.3
"""How much more evidence the winner needs than the next."""
SHARE_OF_SCRIPT = 0.3

OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2e80-\uffdc]")
SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff\uff66-\uff9d]")),
    ("ko", re.compile("[\u1100-\u11ff\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
CYRILLIC = re.compile("[\u0400-\u04ff]")
ARABIC = re.compile("[\u0600-\u06ff]")
KANA_SHARE = 0.08
"""Japanese is written in Chinese characters too; some kana among them tell."""
LETTERS = (
    (re.compile("[ßẞ]"), "de"),
    (re.compile("[ñ¿¡]"), "es"),
    (re.compile("[ãõ]"), "pt"),
    (re.compile("[œùêëû]"), "fr"),
    (re.compile("[łąęśźż]"), "pl"),
    (re.compile("[ěřů]"), "cs"),
    (re.compile("[ğış]"), "tr"),
    (re.compile("[őű]"), "hu"),
    (re.compile("[ăâîșț]"), "ro"),
)
NOT_ASCII = re.compile("[^\x00-\x7f]")


def language(text: str) -> str | None:
    """ISO 639-1 code of the text's language, None when unsure."""
    return language_of(text, words(text))


def language_of(text: str, found: Sequence[str]) -> str | None:
    """As `language`, for a text whose words are known."""
    if not text.isascii() and OTHER_SCRIPT.search(text):
        by_script = language_by_script(text)
        if by_script is not None:
            return by_script
    return best(evidence(text, found[:LOOKED_AT]))


def language_by_script(text: str) -> str | None:
    letters = sum(map(str.isalpha, text[:2000])) or 1
    head = text[:2000]
    shares = {name: len(pattern.findall(head)) / letters for name, pattern in SCRIPTS}
    if shares["ja"] >= KANA_SHARE and shares["ja"] + shares["zh"] >= SHARE_OF_SCRIPT:
        return "ja"
    name = max(shares, key=lambda one: shares[one])
    if shares[name] >= SHARE_OF_SCRIPT:
        return name
    if len(CYRILLIC.findall(head)) / letters >= SHARE_OF_SCRIPT:
        return cyrillic(head.lower())
    if len(ARABIC.findall(head)) / letters >= SHARE_OF_SCRIPT:
        return "fa" if re.search("[پچژگ]", head) else "ar"
    return None


def cyrillic(text: str) -> str | None:
    """Letters that only one of the languages has; Russian and Bulgarian share theirs, so the hard sign tells."""
    if re.search("[іїєґ]", text):
        return "uk"
    if re.search("[ђћџјљњ]", text):
        return "sr"
    if re.search("[ыэё]", text):
        return "ru"
    return "bg" if len(re.findall("ъ", text)) > len(text) / 100 else "ru"


def evidence(text: str, found: Sequence[str]) -> dict[str, float]:
    """Language -> weight of the different small words seen; a word of several languages counts little for each."""
    scores: dict[str, float] = {}
    for word in LANGUAGES_OF_WORD.keys() & found:
        for name, weight in LANGUAGES_OF_WORD[word]:
            scores[name] = scores.get(name, 0.0) + weight
    if not text.isascii():
        letters = "".join(set(NOT_ASCII.findall(text[:2000].lower())))
        for pattern, name in LETTERS:
            if pattern.search(letters):
                scores[name] = scores.get(name, 0.0) + 1.0
    return scores


def best(scores: dict[str, float]) -> str | None:
    if not scores:
        return None
    name = max(scores, key=lambda one: scores[one])
    rest = max((score for other, score in scores.items() if other != name), default=0.0)
    return name if scores[name] >= ENOUGH and scores[name] >= LEAD * rest else None
