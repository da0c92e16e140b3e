"""How the installation is: what the doctor finds, and what is asked of who signs in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import OBJECT, TEXT, WHOLE, WORDS, Shape, Texts, Whole, a_list, an_object
from deskwright.api.things import held
from deskwright.desk import clock
from deskwright.desk.accounts import policy
from deskwright.desk.doctor.finding import ORDER
from deskwright.desk.doctor.rounds import examine
from deskwright.store.connection import deed

RIGHT: Final = "doctor:see"
FINDING: Final = an_object(check=TEXT, severity={"enum": list(ORDER)}, says=TEXT, mend=TEXT, place=TEXT)
FINDINGS: Final = an_object(findings=a_list(FINDING))


def findings(_asked: Asked) -> Any:
    """The worst first, each with how it is mended. Asks the database, DNS and the mail server: it takes seconds."""
    return {"findings": [asdict(each) for each in examine(clock.now())]}


SIGNING: Final = "settings:manage"
SIGN_IN: Final = an_object(
    two_factor=WORDS,
    confirm_minutes=WHOLE,
    provider={"type": ["object", "null"]},
    newcomers=TEXT,
    claim=TEXT,
    groups=OBJECT,
)
ASKS: Final = Shape({"two_factor": Texts(16, 10), "confirm_minutes": Whole(1, policy.MINUTES.stop - 1)})


def sign_in(_asked: Asked) -> Any:
    """The provider without its secret. Whom the desk trusts is changed in the console only, by somebody who proves anew
    who they are.
    """
    known, trusted = policy.known(), policy.provider()
    provider = {"name": trusted.name, "server": trusted.server, "client_id": trusted.client_id} if trusted else None
    names = ("two_factor", "confirm_minutes", "newcomers", "claim", "groups")
    return {name: getattr(known, name) for name in names} | {"provider": provider}


def ask_of_sign_in(asked: Asked) -> Any:
    """Built-in roles that need a second step; for how many minutes a confirmation counts."""
    with deed():
        wanted = held(policy.locked(), ("two_factor", "confirm_minutes"), asked.sent)
        policy.ask(asked.agent, **wanted, now=clock.now())
    return sign_in(asked)


ROUTES: Final = (
    Route("GET", "/sign-in", SIGNING, sign_in, "Show how people sign in", gives=SIGN_IN, asks=SIGNING),
    Route("PATCH", "/sign-in", SIGNING, ask_of_sign_in, "Ask for a second step", ASKS, SIGN_IN, asks=SIGNING),
    Route("GET", "/doctor", RIGHT, findings, "Say what is wrong with the installation", gives=FINDINGS, asks=RIGHT),
)
