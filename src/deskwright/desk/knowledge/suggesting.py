"""Articles that fit what somebody asks: for acknowledgements, the composer, and while a customer types.

The published articles are kept in this process, as a library of words, until one of them changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.conf import settings
from django.utils.text import slugify

from deskwright.store.connection import cursor
from deskwright.text.excerpt import excerpt
from deskwright.text.language import language as language_of
from deskwright.text.likeness import FITS, Library

Cursor = psycopg.Cursor[dict[str, Any]]
SIGNS: Final = re.compile(r"!?\[([^\]\n]{1,200})\]\([^)\s]{1,500}\)|[*`]+")
"""Links and emphasis in Markdown; a link leaves its words."""
BRACKET: Final = re.compile(r"[\[\]\\]")
MOST: Final = 3
TYPING: Final = 0.26
"""While a customer types, a weaker likeness will do: they look before they click."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    id: int
    title: str
    url: str
    excerpt: str
    public: bool
    share: float
    """How much of what was asked it speaks of."""
    words: tuple[str, ...]
    """Beginnings of the words that met."""

    @property
    def link(self) -> str:
        return link(self.title, self.url)


@dataclass(frozen=True, slots=True)
class Shelf:
    rows: dict[int, dict[str, Any]]
    everybody: Library[int]
    staff: Library[int]


_kept: list[tuple[tuple[int, Any], Shelf]] = []


def suggest(
    subject: str,
    text: str,
    language: str | None = None,
    *,
    public: bool = True,
    most: int = MOST,
    least: float = FITS,
    shelf: Shelf | None = None,
    site: str = "",
) -> Sequence[Suggestion]:
    """The articles that fit well, the best first; none when none does. `public` keeps to what customers may read;
    their links lead to `site`, or to PUBLIC_URL.

    The language is the text's where it can be told, else `language`, else any.
    """
    shelf = shelf or shelves(cursor())
    if not shelf.rows:
        return []
    library = shelf.everybody if public else shelf.staff
    spoken = language_of(f"{subject}\n{text}") or (language or "").partition("-")[0] or None
    return [
        suggestion(shelf.rows[fit.key], fit.share, fit.words, site)
        for fit in library.closest(subject, text, spoken, most, least)
    ]


def suggestion(row: dict[str, Any], share: float, words: tuple[str, ...], site: str) -> Suggestion:
    public = row["audience"] == "public"
    url = public_url(row["id"], row["title"], site) if public else f"{settings.PUBLIC_URL}/knowledge/{row['id']}/"
    return Suggestion(row["id"], row["title"], url, gist(row["body"]), public, share, words)


def public_url(number: int, title: str, site: str = "") -> str:
    """The whole address of an article in the portal."""
    return f"{site or settings.PUBLIC_URL}{path(number, title)}"


def path(number: int, title: str) -> str:
    slug = slugify(title)
    return f"/help/articles/{number}-{slug}" if slug else f"/help/articles/{number}"


def link(title: str, url: str) -> str:
    """The article as a link in Markdown."""
    safe = BRACKET.sub(r"\\\g<0>", title)
    return f"[{safe}]({url})"


def gist(body: str) -> str:
    """The first words, without Markdown's signs."""
    lines = (line.strip().lstrip("#>*-0123456789. |") for line in body.splitlines() if not line.startswith("#"))
    return excerpt(SIGNS.sub(r"\1", " ".join(line for line in lines if line)), 160)


def shelves(sql: Cursor) -> Shelf:
    """The published articles as libraries, made anew when one has changed."""
    row = sql.execute(STATE).fetchone()
    assert row is not None
    state = (row["number"], row["changed"])
    kept = next(iter(_kept), None)
    if kept is None or kept[0] != state:
        rows = {one["id"]: one for one in sql.execute(PUBLISHED)}
        kept = (state, Shelf(rows, library(rows, public=True), library(rows, public=False)))
        _kept[:] = [kept]
    return kept[1]


def library(rows: dict[int, dict[str, Any]], *, public: bool) -> Library[int]:
    return Library(
        {
            number: (row["title"], row["body"], row["language"].partition("-")[0])
            for number, row in rows.items()
            if not public or row["audience"] == "public"
        }
    )


def forget() -> None:
    """Drop what this process keeps."""
    _kept.clear()


STATE: Final = "SELECT count(*) AS number, max(updated_at) AS changed FROM store_article WHERE state = 'published'"
PUBLISHED: Final = """
SELECT id, title, body, language, audience FROM store_article WHERE state = 'published' ORDER BY id
"""
