"""Running a query: tickets, the best first, page by page; the passage that holds the words; words that were meant.

Words are ranked among the newest matches, a block at a time, and a bounded number of matches is looked at, so that the
price does not grow with the desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final

from deskwright.store.connection import cursor
from deskwright.store.finding.asking import NUMBER, Query, Term, read
from deskwright.store.finding.meaning import Meaning, meaning
from deskwright.store.finding.walking import walked
from deskwright.store.queries.listing import Row, Visible
from deskwright.store.sql import load

MOST: Final = 50
BLOCK: Final = 200
"""Matches that are ranked among themselves."""
NEWEST: Final = 1000
"""Documents that are looked through before the index is asked."""
LOOKED: Final = 2000
"""Older matches that are looked at for one block."""
STRETCH: Final = 8192
"""Documents in a stretch of the index, which has the very same number."""
HIGHEST: Final = 10**18 - 1
CORRECTABLE: Final = re.compile(r"[^\W\d_]{4,24}")
CLOSE: Final = 0.72
CURSOR: Final = re.compile(r"(\d{1,18})_([\d.eE+-]{1,24})_(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results. `instead`: word as typed -> the word that was searched for in its place.

    Without rows but with `older`: looking ended there, and older tickets may match.
    """

    rows: Sequence[Row]
    query: Query
    older: str = ""
    instead: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and how much of it they may find."""

    visible: Visible
    me: int
    now: datetime
    limit: int
    addresses: bool


def find(
    text: str,
    visible: Visible,
    *,
    me: int,
    now: datetime,
    values: Mapping[str, Sequence[str]] = {},  # it is only read
    after: str = "",
    limit: int = MOST,
    addresses: bool = True,
) -> Found:
    """The tickets a text asks for. A number is a ticket, an address a requester; a misspelt word is tried as meant.

    `values` are the known values of operators; `after` is the cursor of an earlier page. Without `addresses`
    nothing is found by who wrote from where: for those who do not get to see it.
    """
    query = read(text, values, addresses=addresses)
    if query.empty:
        return Found([], query)
    asked = Asking(visible, me, now, limit, addresses)
    found = matches(query, asked, text, after)
    if found.rows or found.older or after:
        return found
    instead = corrections(query)
    if not instead:
        return found
    changed = replace(query, terms=tuple(corrected(term, instead) for term in query.terms))
    again = matches(changed, asked, "", "")
    return replace(again, instead=instead) if again.rows else found


def matches(query: Query, who: Asking, text: str, after: str) -> Found:
    asked = meaning(query, me=who.me, now=who.now, begun=query.open_end, addresses=who.addresses)
    if asked.words and (not after or CURSOR.fullmatch(after)):
        exact = text.strip() if who.addresses else number_in(text)
        places, older, whole = ranked(asked, who.visible, exact, after, who.limit)
    else:
        (places, older), whole = walked(asked, who.visible, after, who.limit), True
    if not whole and (asked.live or asked.dated or asked.handle):
        places, older = walked(asked, who.visible, "", who.limit)
    return Found(with_passages(rows_of(places), query), query, older)


def number_in(text: str) -> str:
    """The text where it is a ticket's number, else ""."""
    return text.strip() if NUMBER.fullmatch(text.strip()) else ""


def ranked(asked: Meaning, visible: Visible, text: str, after: str, limit: int) -> tuple[list[int], str, bool]:
    """The tickets of a page in their order, the cursor of the next, and whether enough matches were looked at.

    Not enough: more than `LOOKED` hold the words, and few of the newest pass the rest.
    """
    upper, rank, last = cursor_of(after)
    number = NUMBER.fullmatch(text)
    params = {
        **visible.params,
        **asked.params,
        "number": int(number[1]) if number and not after else None,
        "address": text.lower() if "@" in text and not after else None,
        "upper": upper,
        "after_rank": rank,
        "after_id": last,
        "limit": limit + 1,
        "block": BLOCK,
        "newest": NEWEST,
    }
    frame = load("queries/search.sql")
    bounds = {"stretch": STRETCH, "looked": LOOKED}
    statement = frame.format(visible=visible.sql, asked=asked.sql, words=asked.words, indexed=asked.indexed, **bounds)
    rows = list(cursor().execute(statement, params))
    floor, met = rows[0]["floor"], rows[0]["met"]
    found = [row for row in rows if row["id"] is not None]
    page, whole = found[:limit], floor is None or met >= BLOCK or bool(after)
    if len(found) > limit:
        return [row["id"] for row in page], f"{upper}_{page[-1]['rank']!r}_{page[-1]['id']}", whole
    return [row["id"] for row in page], f"{floor}_9_{HIGHEST}" if floor else "", whole


def cursor_of(text: str) -> tuple[int, float, int]:
    """(below which ids the block begins, the last rank, its id)."""
    found = CURSOR.fullmatch(text)
    try:
        return (int(found[1]), float(found[2]), int(found[3])) if found else (HIGHEST, 9e9, HIGHEST)
    except ValueError:
        return HIGHEST, 9e9, HIGHEST


def rows_of(numbers: Sequence[int]) -> list[Row]:
    """What a list shows of these tickets, in this order."""
    frame = (
        "WITH page_rows AS (SELECT id, place FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS wanted (id, place)) "
        f"{load('queries/row.sql')} ORDER BY page_rows.place"
    )
    return list(cursor().execute(frame, {"ids": list(numbers)}, binary=True)) if numbers else []


def with_passages(rows: Sequence[Row], query: Query) -> list[Row]:
    """The rows with `excerpt` where the words stand, and `marks`: the words to be marked."""
    words = [word.lower() for term in query.words if not term.negated for word in pieces(term)]
    if not rows or not words:
        return list(rows)
    params = {"ids": [row["id"] for row in rows], "words": words}
    passages = {row["id"]: row["text"] for row in cursor().execute(load("queries/passages.sql"), params)}
    return [row | {"excerpt": passages.get(row["id"], row["excerpt"]), "marks": words} for row in rows]


def pieces(term: Term) -> list[str]:
    return [term.value] if term.quoted else re.findall(r"\w+", term.value)


# Words that were meant


def corrections(query: Query) -> dict[str, str]:
    """Free words nobody has written at this desk -> the nearest that somebody has."""
    typed = [term.value.lower() for term in query.words if not term.quoted and CORRECTABLE.fullmatch(term.value)]
    if not typed:
        return {}
    rows = cursor().execute(load("queries/words.sql"), {"words": typed})
    near: dict[str, list[str]] = {}
    for row in rows:
        near.setdefault(row["typed"], []).append(row["word"])
    return {word: best for word, others in near.items() if (best := nearest(word, others))}


def nearest(word: str, others: Iterable[str]) -> str | None:
    likeness = [(SequenceMatcher(None, word, other).ratio(), other) for other in others]
    best = max(likeness, default=(0.0, ""))
    return best[1] if best[0] >= CLOSE else None


def corrected(term: Term, instead: Mapping[str, str]) -> Term:
    return replace(term, value=instead.get(term.value.lower(), term.value)) if not term.name else term
