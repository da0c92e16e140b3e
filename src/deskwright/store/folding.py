"""Teaches the database the folding of `engine.words`, so that CONTAINS means the same in a filter and in a decision.

The function is built for the database it stands in: servers differ in their collations and Unicode versions, so what
the server's own lower() gets wrong is measured, and only texts with such a character take the slow and explicit way.
"""

from __future__ import annotations

from typing import Any, Final

from deskwright.engine.sqlfilter import FOLD
from deskwright.engine.words import fold, foldings

COLLATIONS: Final = ("pg_c_utf8", "C.utf8", "und-x-icu", "C")
"""The first that the server has lowers; the last one is always there, and lowers ASCII only."""
CASED: Final = range(1, 0x20000)
"""No script beyond has capital letters."""
SURROGATES: Final = range(0xD800, 0xE000)


def teach(cursor: Any) -> None:
    """Create the function, or replace it: also after an upgrade of Python or PostgreSQL."""
    collation = _collation(cursor)
    cursor.execute(_definition(collation, _wrong(cursor, collation)))


def _collation(cursor: Any) -> str:
    cursor.execute(
        "SELECT collname FROM pg_collation "
        "WHERE collencoding IN (-1, pg_char_to_encoding('UTF8')) AND collname = ANY(%s)",
        [list(COLLATIONS)],
    )
    found = {name for (name,) in cursor.fetchall()}
    return next(name for name in COLLATIONS if name in found)


def _wrong(cursor: Any, collation: str) -> str:
    """The characters that this collation does not lower as we do."""
    every = "".join(chr(code) for code in CASED if code not in SURROGATES)
    cursor.execute(
        "SELECT char FROM unnest(string_to_array(%s, NULL), string_to_array(%s, NULL)) AS given(char, wanted) "
        f"WHERE translate(lower(char COLLATE \"{collation}\"), 'ς', 'σ') <> wanted ORDER BY char COLLATE \"C\"",
        [every, fold(every)],
    )
    return "".join(char for (char,) in cursor.fetchall())


def _definition(collation: str, wrong: str) -> str:
    """Letters only are written into it, so nothing needs quoting."""
    capitals, small = "".join(foldings()), "".join(foldings().values())
    slow = f"IF said ~ '[{wrong}]' THEN RETURN translate(said, '{capitals}', '{small}'); END IF;" if wrong else ""
    return (
        f"CREATE OR REPLACE FUNCTION {FOLD}(said text) RETURNS text "
        "LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $fold$ "
        f"BEGIN {slow} RETURN translate(lower(said COLLATE \"{collation}\"), 'ς', 'σ'); END $fold$"
    )
