"""Who calls: bearer tokens, looked up by their hash and remembered for a few seconds, so the hot path asks nobody."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deskwright.api.problems import Problem
from deskwright.store.aside import aside
from deskwright.store.models import ApiToken

REMEMBERED: Final = 5.0
"""Seconds; a revoked token works no longer than this."""
MOST: Final = 10_000
EVERYTHING: Final = "*"
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="deskwright"'}
STALE: Final = {"WWW-Authenticate": 'Bearer realm="deskwright", error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    scopes: frozenset[str]
    agent: int | None
    revoked: bool

    def require(self, scope: str) -> None:
        """Raises Problem 403 when the token may not do this."""
        if scope not in self.scopes and EVERYTHING not in self.scopes:
            raise Problem(403, "missing_scope", f"This token lacks the scope {scope!r}.")


_remembered: dict[bytes, tuple[float, Token | None]] = {}


async def caller(headers: Mapping[bytes, bytes], scope: str) -> Token:
    """The token of the request, allowed to do what `scope` names. Raises Problem 401 or 403."""
    kind, _, secret = headers.get(b"authorization", b"").partition(b" ")
    if kind.lower() != b"bearer" or not secret.strip():
        raise Problem(401, "no_token", "Send a token: `Authorization: Bearer TOKEN`.", headers=CHALLENGE)
    token = await known(secret.strip())
    if token is None:
        raise Problem(401, "unknown_token", "This token is not known here.", headers=STALE)
    if token.revoked:
        raise Problem(401, "revoked_token", "This token has been revoked.", headers=STALE)
    token.require(scope)
    return token


async def known(secret: bytes) -> Token | None:
    """The token of this secret, at most `REMEMBERED` seconds old. Raises what a database that is away raises."""
    digest = hashlib.sha256(secret).digest()
    found = _remembered.get(digest)
    if found is None or found[0] < time.monotonic():
        token = await aside(look_up, digest.hex())
        if len(_remembered) >= MOST:
            _remembered.clear()
        found = _remembered[digest] = (time.monotonic() + REMEMBERED, token)
    return found[1]


def look_up(digest: str) -> Token | None:
    row = ApiToken.objects.filter(token_sha256=digest).select_related("agent").first()
    if row is None:
        return None
    retired = row.agent is not None and not row.agent.is_active
    return Token(row.pk, frozenset(row.scopes), row.agent_id, revoked=row.revoked_at is not None or retired)


def forget() -> None:
    """Drop what this process remembers."""
    _remembered.clear()
