"""Finding tickets by words, number or address, for the search page and the palette. Reads only."""

from __future__ import annotations

import re
from typing import Any, Final

from deskwright.store.connection import cursor
from deskwright.store.queries.inbox import Row, Visible
from deskwright.store.sql import load

MOST: Final = 50
ENOUGH: Final = 100
"""Matches that are ranked among themselves: the newest ones."""
NUMBER: Final = re.compile(r"#?(\d{1,18})")
LAST_WORD: Final = re.compile(r"(?:^|(?<=\s))(\w+)$")
WHOLE: Final = "websearch_to_tsquery('simple', %(words)s)"
BEGUN_ONLY: Final = "to_tsquery('simple', %(begun)s)"
BEGUN: Final = f"({WHOLE} && {BEGUN_ONLY})"


def tickets(text: str, visible: Visible, limit: int = MOST) -> list[Row]:
    """Matching tickets, the best first. The last word may be unfinished; `#12` is a ticket, an address a requester."""
    text = text.replace("\0", "").strip()[:200]
    if not text:
        return []
    words, begun = split(text)
    statement = load("queries/search.sql").format(
        tsquery=BEGUN if begun and words else BEGUN_ONLY if begun else WHOLE,
        visible=visible.sql,
        rows=load("queries/row.sql"),
    )
    number = NUMBER.fullmatch(text)
    params: dict[str, Any] = {
        "words": words,
        "begun": f"{begun}:*",
        "number": int(number[1]) if number else None,
        "address": text.lower(),
        "limit": limit,
        "enough": ENOUGH,
        **visible.params,
    }
    return list(cursor().execute(statement, params))


def split(text: str) -> tuple[str, str]:
    """(the finished words, the word still being typed); "" for the latter when the text ends in a quote or a sign."""
    last = LAST_WORD.search(text)
    if last is None or text.count('"') % 2:
        return text, ""
    return text[: last.start()].strip(), last[1]
