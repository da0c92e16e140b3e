"""Setting up an empty desk: its first admin, and which steps are done. Once it has ended there is no way back in."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.settings import furnishing, house
from deskwright.desk.settings.code import first_run_code
from deskwright.desk.settings.saving import saved
from deskwright.desk.staff import people
from deskwright.store.connection import deed
from deskwright.store.models import Agent, DeskSettings

STEPS: Final = ("desk", "mail", "people", "workflow")
"""After the account, in order."""
SHORTEST: Final = 10
DONE, SKIPPED = "done", "skipped"


def is_new() -> bool:
    """Whether nobody works here yet: then the first run is open to who knows the code."""
    return not Agent.objects.exists()


def right_code(code: str) -> bool:
    return hmac.compare_digest(code.strip(), first_run_code(settings.SECRET_KEY))


def first_admin(code: str, name: str, email: str, password: str, *, now: datetime) -> Agent:
    """The account that sets the desk up. Raises Forbidden for a wrong code, Conflict when somebody works here already,
    Invalid for a short password.
    """
    if not right_code(code):
        raise Forbidden(_("This is not the code that `deskwright run` printed."))
    if len(password) < SHORTEST:
        raise Invalid(
            _("The password is too short."),
            {"password": _("At least %(least)s characters, please.") % {"least": SHORTEST}},
        )
    with deed() as sql:
        sql.execute("SELECT pg_advisory_xact_lock(hashtext('deskwright.first_run'))")
        if not is_new():
            raise Conflict(_("This desk has been set up already. Sign in."))
        agent = people.add_agent(name, email, password=password, role="admin", level="senior")
        saved(sql, agent, "desk.begun", email, now=now)
        return agent


def progress(actor: Agent) -> dict[str, str]:
    """Step -> done | skipped, of those that were passed. Raises NotFound when it has ended, Forbidden for others."""
    if actor.role != "admin":
        raise Forbidden(_("An admin sets the desk up."))
    if house.read().set_up:
        raise NotFound(_("This desk is set up."))
    row = DeskSettings.objects.filter(pk=1).values_list("setup", flat=True).first()
    return dict(row or {})


def next_step(passed: dict[str, str]) -> str | None:
    return next((step for step in STEPS if step not in passed), None)


def passed(actor: Agent, step: str, how: str, *, now: datetime) -> str | None:
    """A step was done or skipped. Returns the next one; None, and the first run has ended, after the last."""
    steps = {**progress(actor), step: how}
    following = next_step(steps)
    ended = {} if following else {"set_up_at": now}
    furnishing.put(actor, "desk.set_up", {"setup": steps, **ended}, now, told={"step": step, "how": how})
    return following


def end(actor: Agent | None, *, now: datetime) -> None:
    """The desk is set up, by other ways than the pages."""
    furnishing.put(actor, "desk.set_up", {"set_up_at": now}, now, told={})
