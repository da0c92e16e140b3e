"""Full text of the knowledge base: its search column, and the articles that hold words, misspelt ones included.

Reads and fills the search column; which articles somebody may see is the caller's condition over `store_article AS a`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Final

import psycopg

from deskwright.store.connection import cursor
from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]
Row = dict[str, Any]

CONFIGS: Final = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
    "da": "danish",
    "fi": "finnish",
}
"""language -> PostgreSQL's rules for its word endings; others are taken letter by letter."""
WORD: Final = re.compile(r"\w+")
ALIKE: Final = 0.75
"""How alike a word of the library must be to stand for one it does not have."""
MOST_WORDS: Final = 12
LIMIT: Final = 50

_vocabulary: list[tuple[tuple[int, Any], frozenset[str]]] = []


def index(sql: Cursor, article: int) -> None:
    """Write the article's search column and vocabulary from its words."""
    row = sql.execute("SELECT title, body, category, language FROM store_article WHERE id = %s", [article]).fetchone()
    assert row is not None
    known = sorted(set(spoken(f"{row['title']} {row['category']} {row['body']}")))
    config = CONFIGS.get(row["language"].partition("-")[0], "simple")
    sql.execute(INDEX, {"id": article, "config": config, "vocabulary": known})


def spoken(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]


def find(text: str, visible: str, limit: int = LIMIT, **params: Any) -> list[Row]:
    """Articles with all the words, else with some of them; the best first. The last word may be unfinished."""
    asked = spoken(text)[:MOST_WORDS]
    if not asked:
        return []
    sql = cursor()
    groups = alternatives(sql, asked)
    statement = load("queries/articles.sql").format(tsquery=TSQUERY, visible=visible)
    for joint in (" & ", " | ") if len(groups) > 1 else (" & ",):
        found = sql.execute(statement, {"asked": joint.join(groups), "limit": limit, **params}).fetchall()
        if found:
            return found
    return []


def shelf(visible: str, limit: int = 500, **params: Any) -> list[Row]:
    """Articles by category and title."""
    statement = load("queries/shelf.sql").format(visible=visible)
    return cursor().execute(statement, {"limit": limit, **params}).fetchall()


def alternatives(sql: Cursor, asked: Sequence[str]) -> list[str]:
    """Each word as a part of a tsquery: itself, its beginning where it is the last, and what was probably meant."""
    known = vocabulary(sql)
    parts = []
    for place, word in enumerate(asked):
        meant = [f"{word}:*" if place == len(asked) - 1 else word]
        if word not in known and not any(one.startswith(word) for one in known):
            meant += get_close_matches(word, known, n=3, cutoff=ALIKE)
        parts.append(f"({' | '.join(meant)})")
    return parts


def vocabulary(sql: Cursor) -> frozenset[str]:
    """The different words of all articles, kept until one changes."""
    row = sql.execute(STATE).fetchone()
    assert row is not None
    state = (row["number"], row["changed"])
    kept = next(iter(_vocabulary), None)
    if kept is None or kept[0] != state:
        words: Iterable[Row] = sql.execute("SELECT DISTINCT unnest(vocabulary) AS word FROM store_article")
        kept = (state, frozenset(one["word"] for one in words))
        _vocabulary[:] = [kept]
    return kept[1]


def forget() -> None:
    """Drop the words this process keeps."""
    _vocabulary.clear()


STATE: Final = "SELECT count(*) AS number, max(updated_at) AS changed FROM store_article"
TSQUERY: Final = " || ".join(f"to_tsquery('{config}', %(asked)s)" for config in (*CONFIGS.values(), "simple")).join(
    "()"
)
INDEX: Final = """
UPDATE store_article
SET vocabulary = %(vocabulary)s,
    words = setweight(to_tsvector(%(config)s::text::regconfig, title), 'A')
         || setweight(to_tsvector(%(config)s::text::regconfig, category), 'B')
         || setweight(to_tsvector(%(config)s::text::regconfig, left(body, 200000)), 'C')
WHERE id = %(id)s
"""
