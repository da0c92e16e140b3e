"""A request that comes again under its Idempotency-Key: done once, answered twice. Answers rest sealed, for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from deskwright.api.problems import Problem
from deskwright.api.routing import Answer
from deskwright.desk import clock
from deskwright.desk.arriving.arrivals import Key
from deskwright.desk.settings import sealing
from deskwright.store.connection import deed, to_json

LONGEST: Final = 200
HEADER: Final = b"idempotency-key"
REPLAYED: Final = {"Idempotent-Replayed": "true"}


def key_of(headers: Mapping[bytes, bytes], token: int, *said: bytes) -> Key | None:
    """The key of the request, bound to what was `said` under it. Raises Problem 400 for what is none."""
    given = headers.get(HEADER)
    if given is None:
        return None
    if not 0 < len(given) <= LONGEST or not given.isascii():
        raise Problem(400, "bad_key", f"Idempotency-Key must have 1 to {LONGEST} ASCII characters.")
    return Key(token, given.decode("ascii"), hashlib.sha256(b"\n".join(said)).hexdigest())


def once(key: Key | None, answer: Callable[[], Answer]) -> Answer:
    """The answer to the key: the one it got before, else what `answer` gives, kept in one transaction with its deed.

    A second request waits for the first. A refusal is kept by nobody. Raises Problem 422 for a key that was used
    with something else.
    """
    if key is None:
        return answer()
    where = {"token": key.token_id, "key": key.key}
    with deed() as sql:
        if sql.execute(CLAIM, {**where, "sha256": key.body_sha256, "now": clock.now()}).fetchone() is None:
            return replayed(key)
        given = answer()
        sealed = sealing.seal(orjson.dumps({"content": given.content, "headers": dict(given.headers)}).decode())
        sql.execute(KEEP, {**where, "answer": to_json({"status": given.status, "sealed": sealed})})
        return given


def replayed(key: Key) -> Answer:
    with deed() as sql:
        row = sql.execute(KNOWN, {"token": key.token_id, "key": key.key}).fetchone()
    known: dict[str, Any] = orjson.loads(row["answer"]) if row else {}
    if row is None or row["body_sha256"] != key.body_sha256 or "sealed" not in known:
        raise Problem(422, "invalid", "This Idempotency-Key was already used with another request.")
    told = orjson.loads(sealing.unseal(known["sealed"]))
    return Answer(told["content"], known["status"], {**told["headers"], **REPLAYED})


CLAIM: Final = """
INSERT INTO store_idempotencykey (token_id, key, body_sha256, answer, created_at)
VALUES (%(token)s, %(key)s, %(sha256)s, '{}', %(now)s)
ON CONFLICT (token_id, key) DO NOTHING RETURNING id
"""
KEEP: Final = """
UPDATE store_idempotencykey SET answer = %(answer)s::jsonb WHERE token_id = %(token)s AND key = %(key)s
"""
KNOWN: Final = """
SELECT body_sha256, answer::text AS answer FROM store_idempotencykey WHERE token_id = %(token)s AND key = %(key)s
"""
