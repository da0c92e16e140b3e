"""Who calls: bearer tokens, looked up by their hash and remembered for a few seconds, so the hot path asks nobody."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from deskwright.api.problems import Problem
from deskwright.desk import access, audit, clock
from deskwright.desk.audit_actions import Action
from deskwright.store.aside import aside
from deskwright.store.models import Agent, ApiToken

REMEMBERED: Final = 5.0
"""Seconds; a revoked token works no longer than this, nor does one whose agent lost a right."""
MOST: Final = 10_000
DOOR: Final = "api"
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="deskwright"'}
STALE: Final = {"WWW-Authenticate": 'Bearer realm="deskwright", error="invalid_token"'}


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    scopes: frozenset[str]
    agent: int | None
    revoked: bool
    rights: frozenset[str] | None = None
    """Those of its agent; None for the operator's token, which may do whatever its scopes allow."""
    name: str = ""

    def require(self, scope: str, asks: str) -> None:
        """Raises Problem 403 when the token lacks the scope, Forbidden when its agent lacks the right."""
        if scope not in self.scopes:
            raise Problem(403, "missing_scope", f"This token lacks the scope {scope!r}.")
        if self.rights is not None and asks not in self.rights and asks not in access.WORDS:
            raise access.refusal(asks)


_remembered: dict[bytes, tuple[float, Token | None]] = {}
_noted: set[UUID] = set()
"""What this process has noted of addresses: the hot path asks nobody again."""


async def caller(headers: Mapping[bytes, bytes], scope: str, asks: str, address: str = "") -> Token:
    """The token of the request, allowed to do what `scope` names, its agent what `asks` does. Raises 401 and 403.

    The first use from a network address is noted, and so is, once a quarter of an hour, a token that is not taken.
    """
    kind, _, secret = headers.get(b"authorization", b"").partition(b" ")
    if kind.lower() != b"bearer" or not secret.strip():
        raise Problem(401, "no_token", "Send a token: `Authorization: Bearer TOKEN`.", headers=CHALLENGE)
    token = await known(secret.strip())
    if token is None:
        await met(None, "token.unknown", address)
        raise Problem(401, "unknown_token", "This token is not known here.", headers=STALE)
    if token.revoked:
        await met(token, "token.refused", address)
        raise Problem(401, "revoked_token", "This token has been revoked, or has expired.", headers=STALE)
    await met(token, "token.new_address", address)
    token.require(scope, asks)
    return token


async def met(token: Token | None, action: Action, address: str) -> None:
    """Note it as a sign-in, where this process has not yet."""
    number = token.id if token else 0
    when = [] if action == "token.new_address" else [audit.quarter(clock.now())]
    same = audit.once(action, number, address, *when)
    if same in _noted:
        return
    await aside(note_meeting, token, action, address, same)
    if len(_noted) >= MOST:
        _noted.clear()
    _noted.add(same)


def note_meeting(token: Token | None, action: Action, address: str, same: UUID) -> None:
    agent = Agent.objects.filter(pk=token.agent).first() if token and token.agent else None
    name = "" if token else audit.SOMEBODY
    with audit.coming_from(DOOR, address, token.name if token else ""):
        audit.note(
            agent,
            action,
            token.name if token else "",
            now=clock.now(),
            name=name,
            kind=audit.SIGN_IN,
            sitting=same,
        )


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
    row = ApiToken.objects.filter(token_sha256=digest).select_related("agent__custom_role").first()
    if row is None:
        return None
    now = clock.now()
    retired = row.agent is not None and not row.agent.is_active
    expired = row.expires_at is not None and row.expires_at <= now
    revoked = row.revoked_at is not None or retired or expired
    if not revoked:
        note_use(row, now)
    scopes, rights = frozenset(row.scopes), rights_of(row.agent)
    return Token(row.pk, scopes, row.agent_id, revoked=revoked, rights=rights, name=row.name)


def rights_of(agent: Agent | None) -> frozenset[str] | None:
    """What the agent holds, for some team at least."""
    return None if agent is None else frozenset(right for right in access.RIGHTS if access.may(agent, right))


def note_use(row: ApiToken, now: datetime) -> None:
    """Keep when it was last used, to the minute: the hot path writes nothing more."""
    if row.last_used_at is None or now - row.last_used_at >= timedelta(minutes=1):
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)


def forget() -> None:
    """Drop what this process remembers."""
    _remembered.clear()
    _noted.clear()
