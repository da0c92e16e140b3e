"""Fills the search index from tickets, their requesters and messages. Finding is `finding`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from deskwright.store.sql import load

Cursor = psycopg.Cursor[dict[str, Any]]


def index(sql: Cursor, tickets: Sequence[int]) -> None:
    """Write the search documents of these tickets anew, three statements for any number.

    Locked ticket by ticket first, so that of two workers the one that reads later also writes later.
    """
    sql.execute(LOCK, {"ids": sorted(set(tickets))})
    sql.execute(INDEX, {"ids": sorted(set(tickets))})
    sql.execute(WORDS, {"ids": sorted(set(tickets))})


LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('search', id)) FROM unnest(%(ids)s::bigint[]) AS id
"""
INDEX = load("queries/index_tickets.sql")
WORDS = load("queries/index_words.sql")
