"""Cuts text into lower-case words. Apostrophes and accents stay inside words; digits and addresses are no words."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
ASCII = {code: chr(code).lower() if chr(code).isalpha() or chr(code) == "'" else " " for code in range(128)}
"""Lower case inside words, blanks between them: a text of ASCII is cut in a quarter of the time."""
OUTSIDE = re.compile(r"'(?:(?![a-z])|(?<![a-z]'))")
"""An apostrophe that is not between two letters."""
ADDRESS = re.compile(r"\S{0,80}(?:://|@|www\.)\S*")


def words(text: str) -> list[str]:
    """The words in order, lower case, with a straight apostrophe."""
    if "@" in text or "://" in text or "www." in text:
        text = ADDRESS.sub(" ", text)
    if text.isascii():
        text = text.translate(ASCII)
        return (OUTSIDE.sub(" ", text) if "'" in text else text).split()
    return WORD.findall(text.replace("’", "'").lower())
