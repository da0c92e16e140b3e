"""What one thing's answer says of its state: an ETag to ask again with, and to change nothing that has changed since.

A thing that tells an ETag of its own, as a ticket does, is left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from deskwright.api.problems import Problem
from deskwright.api.routing import Answer, Asked, Route
from deskwright.desk.settings import house
from deskwright.store.connection import deed, to_json

ETAG: Final = "ETag"
IF_MATCH: Final = b"if-match"
CHANGING: Final = frozenset({"PATCH", "PUT", "DELETE"})
Headers = Mapping[bytes, bytes]


def of_one(route: Route, routes: Sequence[Route]) -> bool:
    """Whether the answer tells of one thing: by its number or name, or one that another route changes."""
    if route.method != "GET":
        return False
    return route.path.endswith("}") or any(one.path == route.path and one.method in CHANGING for one in routes)


def tag(content: object) -> str:
    return f'"{hashlib.sha256(to_json(content).encode()).hexdigest()[:24]}"'


def tagged(answer: Answer, headers: Headers) -> Answer:
    """The answer with its ETag; 304 without content when the client has it already."""
    if ETAG in answer.headers or answer.status != 200 or isinstance(answer.content, bytes):
        return answer
    known = {**answer.headers, ETAG: tag(answer.content)}
    if headers.get(b"if-none-match", b"").decode("latin-1") == known[ETAG]:
        return Answer(None, 304, known)
    return replace(answer, headers=known)


def twin_of(route: Route, routes: Sequence[Route]) -> Route | None:
    """The route that shows what this one changes; None where nothing shows it."""
    if route.method not in CHANGING:
        return None
    return next((one for one in routes if one.method == "GET" and one.path == route.path), None)


def refuse_blind(headers: Headers) -> None:
    """Raises Problem 412 for a condition on a deed for which nothing tells what it changes: it is not left unheard."""
    if IF_MATCH in headers:
        raise Problem(412, "no_state", "Nothing tells an ETag of what this changes: send it without If-Match.")


def unchanged(twin: Route, asked: Asked, wanted: bytes) -> None:
    """Raises Problem 412 when the thing is no longer as the client knows it. One such change after the other."""
    with deed() as sql:
        place = f"{twin.path} {asked.numbers} {asked.words}"
        sql.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(place)s, 412))", {"place": place})
    if twin.holds is not None:
        twin.holds(asked)
    house.forget()
    given = twin.answer(replace(asked, query={}, sent={}))
    now = given.headers.get(ETAG, "") if isinstance(given, Answer) else tag(given)
    if wanted.decode("latin-1") not in {now, "*"}:
        raise Problem(412, "changed_since", "It has changed since: read it again.", headers={ETAG: now})
