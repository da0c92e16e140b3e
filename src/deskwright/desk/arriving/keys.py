"""Idempotency keys: a request that comes again under its key gets the answer it got before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk.arriving.arrivals import Arrival, Outcome
from deskwright.desk.errors import Invalid
from deskwright.store.connection import from_json

Cursor = psycopg.Cursor[dict[str, Any]]


def place(arrival: Arrival) -> tuple[int, str]:
    assert arrival.key is not None
    return arrival.key.token_id, arrival.key.key


def replays(sql: Cursor, batch: Sequence[Arrival]) -> dict[tuple[int, str], Outcome]:
    """The answers already given to keys of this batch."""
    keyed = [arrival for arrival in batch if arrival.key is not None]
    if not keyed:
        return {}
    tokens, keys = zip(*{place(arrival) for arrival in keyed}, strict=True)
    rows_of = {
        (row["token_id"], row["key"]): row for row in sql.execute(REPLAYS, {"tokens": list(tokens), "keys": list(keys)})
    }
    for arrival in keyed:
        if place(arrival) in rows_of:
            same_answer(arrival, rows_of[place(arrival)]["body_sha256"])
    return {where: replay(from_json(row["answer"])) for where, row in rows_of.items()}


def replay(answer: Mapping[str, Any]) -> Outcome:
    return Outcome("ticket", ticket_id=answer["id"], message_id=answer["message"], answer=answer, replayed=True)


def same_answer(arrival: Arrival, body_sha256: str) -> None:
    """Raises Invalid when a key comes again with another body."""
    if arrival.key is not None and arrival.key.body_sha256 != body_sha256:
        raise Invalid(_("This Idempotency-Key was already used with another body."))


REPLAYS = """
SELECT k.token_id, k.key, k.body_sha256, k.answer FROM store_idempotencykey AS k
JOIN unnest(%(tokens)s::bigint[], %(keys)s::text[]) AS wanted (token_id, key) USING (token_id, key)
"""
