"""Whether an email and a password belong together, and how often one may guess.

Tries are counted in this process's cache, by email and by address; a restart forgets them. Nothing tells a stranger
whether an email is known: the answer and the time it takes are the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.http import HttpRequest

from deskwright.store.models import Agent

WINDOW: Final = timedelta(minutes=10)
TRIES: Final = {"email": 6, "address": 30}
"""Wrong tries within the window before one must wait."""


def agent_with(request: HttpRequest, email: str, password: str, now: datetime) -> Agent | None:
    """The active agent they belong to, else None; a wrong try is counted, a right one clears the count."""
    agent = Agent.objects.filter(email__iexact=email, is_active=True).first()
    if agent is None:
        make_password(password)
    elif check_password(password, agent.password):
        cache.delete(keys(request, email)["email"])
        return agent
    for key in keys(request, email).values():
        cache.set(key, [*tries(key, now), now], WINDOW.total_seconds())
    return None


def wait_minutes(request: HttpRequest, email: str, now: datetime) -> int:
    """Minutes until the next try is allowed, 0 when it is now."""
    waits = [0.0]
    for kind, key in keys(request, email).items():
        made = tries(key, now)
        if len(made) >= TRIES[kind]:
            waits.append((made[-TRIES[kind]] + WINDOW - now).total_seconds())
    return -int(-max(waits) // 60)


def tries(key: str, now: datetime) -> list[datetime]:
    return [at for at in cache.get(key, []) if now - at < WINDOW]


def keys(request: HttpRequest, email: str) -> dict[str, str]:
    address = request.META.get("REMOTE_ADDR", "")
    return {"email": f"tries:email:{email.casefold()}".replace(" ", "_"), "address": f"tries:address:{address}"}
