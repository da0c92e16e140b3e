"""The database as the spine uses it: one transaction at the edge, psycopg cursors with prepared statements.

The connection is Django's own (its pool, its transaction), so ORM and SQL share one commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import orjson
import psycopg
from django.db import connection, transaction
from psycopg.rows import dict_row

from deskwright.engine.saying import Said


def cursor() -> psycopg.Cursor[dict[str, Any]]:
    """A cursor giving dictionaries, binding on the server; jsonb columns arrive as text (see `from_json`)."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection, row_factory=dict_row)


_together: ContextVar[bool] = ContextVar("together", default=False)


@contextmanager
def deed() -> Iterator[psycopg.Cursor[dict[str, Any]]]:
    """One deed: leaving the block commits, raising rolls back. Nested deeds join the outer one."""
    with transaction.atomic(savepoint=not _together.get()):
        yield cursor()


@contextmanager
def snapshot() -> Iterator[psycopg.Cursor[dict[str, Any]]]:
    """One look at the desk: however long it takes, everything is read as of one moment, and nothing can be written. In
    a transaction that is under way it sees what that one sees.
    """
    inside = connection.in_atomic_block
    with transaction.atomic():
        sql = cursor()
        if not inside:
            sql.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield sql


@contextmanager
def together() -> Iterator[None]:
    """Many deeds that stand or fall as one: none of them has a savepoint to go back to."""
    with transaction.atomic():
        token = _together.set(True)
        try:
            yield
        finally:
            _together.reset(token)


def to_json(value: Any) -> str:
    """JSON text for a `json` parameter; aware datetimes as RFC 3339, sets as sorted lists, sentences taken apart."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_SUBCLASS).decode()


def from_json(text: Any) -> Any:
    return orjson.loads(text) if isinstance(text, str | bytes) else text


def _plain(value: Any) -> Any:
    if isinstance(value, Said):
        return value.as_json()
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int | float):
        return float(value) if isinstance(value, float) else int(value)
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"{type(value).__name__} has no place in a row")
