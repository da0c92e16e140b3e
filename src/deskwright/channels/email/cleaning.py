"""Characters that have no business in a mail's words: controls, bidirectional overrides, half surrogates.

Knows single strings only; which header or part they come from is the caller's.
"""

from __future__ import annotations

import re

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
INVISIBLE = re.compile("[\u200b\u2060\u00ad\u180e\u200e\u200f\u061c]")
SURROGATES = re.compile("[\ud800-\udfff]")
NEWLINES = re.compile("\r\n|\r|[\u2028\u2029\x85]")
SPACE = re.compile(r"\s+")
ASCII_CONTROLS = bytes(code for code in (*range(32), 127) if code not in b"\t\n")


def clean(text: str) -> str:
    """The text without controls and bidirectional overrides; line ends are newlines, half surrogates U+FFFD."""
    if text.isascii():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.encode("ascii").translate(None, ASCII_CONTROLS).decode("ascii")
    return SURROGATES.sub("\ufffd", CONTROLS.sub("", NEWLINES.sub("\n", text)))


def clean_line(text: str, longest: int = 1000) -> str:
    """One visible line: cleaned, invisible characters dropped, white space folded, cut to `longest` characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:longest].rstrip()
    return SPACE.sub(" ", INVISIBLE.sub("", clean(text))).strip()[:longest].rstrip()
