"""Which rights somebody holds, and how far each reaches: those of their custom role, else of the built-in one."""

from __future__ import annotations

from typing import Final

from deskwright.desk.access.rights import ALL, BUILT_IN, RIGHTS, Grants
from deskwright.desk.errors import Forbidden
from deskwright.store.models import Agent

REFUSALS: Final = {
    "tickets": "Your role may look at tickets and write notes, but not do this.",
}
REFUSAL: Final = "Your role does not allow this. An admin can do it, or give you the right."


def grants(actor: Agent) -> Grants:
    """The actor's rights with their reach. One statement at most for a custom role, none for the built-in ones."""
    return actor.custom_role.grants if actor.custom_role is not None else BUILT_IN[actor.role]


def reach(actor: Agent, right: str) -> str:
    """`all`, `teams`, or "" when the actor does not hold the right. A bare verb is one on tickets.

    Raises KeyError for a right nobody defined.
    """
    known = RIGHTS[right if ":" in right else f"tickets:{right}"]
    return grants(actor).get(known.name, "") if actor.is_active else ""


def may(actor: Agent, right: str) -> bool:
    """Whether the actor holds the right, for some team at least. A bare verb is one on tickets: `reply`."""
    return bool(reach(actor, right))


def may_for_team(actor: Agent, right: str, team: str | None) -> bool:
    """Whether the right reaches a team's things; `team` None is everybody's, which only `all` reaches."""
    held = reach(actor, right)
    return held == ALL or (bool(held) and team is not None and actor.teams.filter(key=team).exists())


def allow(actor: Agent, right: str) -> None:
    """Raises Forbidden when the actor does not hold the right."""
    if not may(actor, right):
        raise refusal(right)


def refusal(right: str) -> Forbidden:
    """What somebody is told who may not do this."""
    return Forbidden(REFUSALS.get(right.split(":")[0] if ":" in right else "tickets", REFUSAL))


def sees_all(actor: Agent) -> bool:
    """Whether the actor oversees the whole desk: every ticket, whosever it is."""
    return reach(actor, "see") == ALL
