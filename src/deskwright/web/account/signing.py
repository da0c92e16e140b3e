"""Whether an email and a password belong together, and how often one may guess.

Tries are counted in the database, by email and by network address, so all processes agree. Nothing tells a stranger
whether an email is known: the answer and the time it takes are the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from deskwright.desk import audit
from deskwright.desk.accounts import attempts
from deskwright.store.models import Agent

WINDOW: Final = timedelta(minutes=10)
TRIES: Final = {"email": 6, "address": 30}
"""Wrong tries within the window before one must wait."""


def admitted(request: HttpRequest, email: str, now: datetime) -> bool:
    """Whether one may try now. The try counts as a wrong one until `agent_with` finds it right, so many at once do not
    slip past.
    """
    return attempts.admit(limits(request, email), now)


def agent_with(request: HttpRequest, email: str, password: str, now: datetime) -> Agent | None:
    """The active agent they belong to, else None. A right try counts no more for its network address, and clears the
    count of its email; its password is hashed anew where an older release hashed it more quickly.
    """
    agent = Agent.objects.filter(email__iexact=email, is_active=True).first()
    if agent is None:
        make_password(password)
    elif agent.check_password(password):
        attempts.clear("sign_in:email", keys(request, email)["email"])
        attempts.take_back("sign_in:address", keys(request, email)["address"], now)
        return agent
    audit.note(agent, "agent.refused", email, now=now, name=email or audit.SOMEBODY, kind=audit.SIGN_IN)
    return None


def wait_minutes(request: HttpRequest, email: str, now: datetime) -> int:
    """Minutes until the next try is allowed, at least one."""
    return max(1, -(-max(attempts.wait_seconds(*limit, now) for limit in limits(request, email)) // 60))


def limits(request: HttpRequest, email: str) -> list[tuple[str, str, int, timedelta]]:
    return [(f"sign_in:{kind}", who, TRIES[kind], WINDOW) for kind, who in keys(request, email).items()]


def note_lock(request: HttpRequest, email: str, now: datetime) -> None:
    """That somebody has to wait, once for each window they run into."""
    same = audit.once("agent.locked_out", *keys(request, email).values(), now.timestamp() // WINDOW.total_seconds())
    audit.note(None, "agent.locked_out", email, now=now, name=email or audit.SOMEBODY, kind=audit.SIGN_IN, sitting=same)


def keys(request: HttpRequest, email: str) -> dict[str, str]:
    """An email counts as the account is found by it: PostgreSQL compares what is written large."""
    return {"email": email.upper(), "address": request.META.get("REMOTE_ADDR", "")}
