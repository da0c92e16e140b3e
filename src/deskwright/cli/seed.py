"""`deskwright seed`: fills an empty desk with the demo and says who can sign in. It changes no desk that is in use.

The demo's password is known here only.
"""

from __future__ import annotations

import argparse
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from deskwright.desk import clock
from deskwright.desk.demo import making, people
from deskwright.desk.demo.plan import WHOLE, Size
from deskwright.desk.settings.sealing import digest
from deskwright.store.connection import together
from deskwright.store.models import ApiToken

PASSWORD: Final = "lanternfish-demo"
SCOPES: Final = ("tickets:write", "tickets:read")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def main(args: argparse.Namespace) -> int:
    """Returns 0; also when there was nothing to do, which it says."""
    made = ensure_demo()
    if not made:
        print("This desk is in use already: nothing was changed.")
        return 0
    print("The demo desk is made. Sign in as:")
    for login in made["logins"]:
        print(f"  {login['who']:<10} {login['email']}  password {login['password']}")
    print(f"  {'API token':<10} {made['token']}")
    return 0


def ensure_demo(now: datetime | None = None, size: Size = WHOLE) -> dict[str, Any]:
    """Make the demo on an empty desk, its history ending `now` (UTC; default: this moment).

    Returns `logins` (who, email, password) and an API `token`, shown this once; nothing when the desk is in use.
    """
    if not making.is_empty():
        return {}
    moment = now or clock.now()
    with together(), quietly():
        agents = making.make(moment, PASSWORD, size)
        token = issue_token(agents["odile"].pk, moment)
    logins = [{"who": who, "email": email, "password": PASSWORD} for who, email in people.logins()]
    return {"logins": logins, "token": token}


@contextmanager
def quietly() -> Iterator[None]:
    """What the demo's people do is not told line by line: its sixty days pass in one moment."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def issue_token(agent: int, now: datetime) -> str:
    """A new API token of the demo's admin; only its hash is kept."""
    token = f"dw_{secrets.token_urlsafe(24)}"
    known = {"token_sha256": digest(token), "scopes": list(SCOPES), "agent_id": agent, "created_at": now}
    ApiToken.objects.create(name="Demo", **known)
    return token
