"""The first words of a text, for a list row or a notice."""

from __future__ import annotations

import re

SPACE = re.compile(r"\s+")
SENTENCE_END = re.compile(r"[.!?…](?=\s)|[。！？]")
GREETING = re.compile(
    r"\A(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|sehr geehrte[rsn]?"
    r"|liebe[rs]?|bonjour|bonsoir|salut|chère?|hola|buen[oa]s (?:días|tardes|noches)|estimad[oa]s?|ciao|buongiorno"
    r"|gentile|olá|bom dia|boa tarde|prezad[oa]s?|beste|geachte|dag|hej|hei|moin|servus)\b[^\n,!:.]{0,60}[,!:.\n]\s*",
    re.IGNORECASE,
)


def excerpt(text: str, length: int = 140) -> str:
    """One line of at most `length` characters: the first sentence that says something, without the greeting.

    Cut at a word, then with an ellipsis.
    """
    begin = text.lstrip()[: 20 * length + 400]
    without = GREETING.sub("", begin, count=1)
    line = SPACE.sub(" ", without if without.strip() else begin).strip()
    return shorten(first_sentence(line, length), length)


def first_sentence(line: str, length: int) -> str:
    """Up to the end of the first sentence that is longer than a word or two."""
    for end in SENTENCE_END.finditer(line, min(20, length)):
        return line[: end.end()]
    return line


def shorten(line: str, length: int) -> str:
    if len(line) <= length:
        return line
    cut = line[: max(length - 1, 0)]
    at_word = cut[: cut.rfind(" ")] if " " in cut[length // 2 :] else cut
    return (at_word.rstrip(" ,;:-") + "…")[:length]
