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
def together() -> Iterator[None]:
    """Many deeds that stand or fall as one: none of them has a savepoint to go back to."""
    with transaction.atomic():
        token = _together.set(True)
        try:
            yield
        finally:
            _together.reset(token)


def to_json(value: Any) -> str:
    """JSON text for a `json` parameter; aware datetimes as RFC 3339, sets as sorted lists."""
    return orjson.dumps(value, default=_plain).decode()


def from_json(text: Any) -> Any:
    return orjson.loads(text) if isinstance(text, str | bytes) else text


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"{type(value).__name__} has no place in a row")
