"""Keys to the API, the desk's and one's own: listed, made, revoked. A token makes none that may more than itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from deskwright.api.problems import Problem
from deskwright.api.routing import Asked
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    Instant,
    Shape,
    Text,
    Texts,
    Whole,
    an_object,
)
from deskwright.api.things import Things, as_told
from deskwright.desk import clock
from deskwright.desk.access import STAFF
from deskwright.desk.errors import Invalid
from deskwright.desk.settings import tokens
from deskwright.desk.settings.sealing import digest
from deskwright.store.models import Agent, ApiToken

RIGHT: Final = "tokens:manage"
TOKEN: Final = an_object(
    id=WHOLE,
    name=TEXT,
    scopes=WORDS,
    agent=WHOLE_OR_NULL,
    created_at=INSTANT,
    expires_at=INSTANT_OR_NULL,
    last_used_at=INSTANT_OR_NULL,
    revoked_at=INSTANT_OR_NULL,
)
SCOPES: Final = Texts(40, 60, required=True)
NEW: Final = Shape(
    {
        "name": Text(120, required=True),
        "scopes": SCOPES,
        "agent": Whole(1, nullable=True),
        "expires_at": Instant(nullable=True),
    }
)
OWN: Final = Shape({"name": Text(120, required=True), "scopes": SCOPES, "expires_at": Instant(required=True)})


def issue(asked: Asked) -> Any:
    """For an agent, or for nobody: a programme. It ends with the token it was made by, if not sooner."""
    sent = dict(asked.sent)
    refuse_more(asked, sent["scopes"], sent.get("expires_at"))
    number = sent.pop("agent", None)
    agent = Agent.objects.filter(pk=number, is_active=True).first() if number else None
    if number and agent is None:
        raise Invalid("There is nobody like that at this desk.", {"agent": "unknown"})
    return made(tokens.issue(asked.agent, agent=agent, now=clock.now(), **sent))


def issue_own(asked: Asked) -> Any:
    """It ends with the token it was made by, if not sooner."""
    sent = dict(asked.sent)
    refuse_more(asked, sent["scopes"], sent["expires_at"])
    return made(tokens.issue_own(asked.actor, now=clock.now(), **sent))


def made(secret: str) -> tuple[ApiToken, str]:
    return ApiToken.objects.get(token_sha256=digest(secret)), secret


def refuse_more(asked: Asked, scopes: Sequence[str], ends: datetime | None) -> None:
    """Raises Problem 403 for scopes that the asking token lacks, Invalid for an end after its own; None is no end."""
    wider = sorted(tokens.SCOPES.keys() & set(scopes) - asked.token.scopes)
    if wider:
        raise Problem(403, "missing_scope", f"This token lacks the scope {wider[0]!r}, so it cannot give it.")
    last = ApiToken.objects.get(pk=asked.token.id).expires_at
    if last is not None and (ends is None or ends > last):
        raise Invalid("It cannot outlive the token it is made by.", {"expires_at": f"At the latest {last}."})


def revoke_own(actor: Agent | None, number: int, *, now: datetime) -> None:
    assert actor is not None
    tokens.revoke_own(actor, number, now=now)


SHOWN: Final = as_told(TOKEN, agent="agent_id")
ALL: Final = Things("/tokens", "a token", "tokens", RIGHT, lambda _: ApiToken.objects.all(), SHOWN, TOKEN)
MINE: Final = Things(
    "/agents/me/tokens",
    "a token of one's own",
    "one's own tokens",
    STAFF,
    lambda asked: ApiToken.objects.filter(agent=asked.actor),
    SHOWN,
    TOKEN,
    scope=RIGHT,
)
ROUTES: Final = (
    ALL.lists(),
    ALL.makes(issue, NEW, "Make a token; its secret is told this once", secret=True),
    ALL.shows(),
    ALL.removes(tokens.revoke, "Revoke a token"),
    MINE.lists(),
    MINE.makes(issue_own, OWN, "Make a token of one's own; its secret is told this once", secret=True),
    MINE.removes(revoke_own, "Revoke a token of one's own"),
)
