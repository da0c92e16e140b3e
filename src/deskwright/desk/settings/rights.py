"""What deeds on settings ask first: the rights of `desk.access`; the operator holds them all."""

from __future__ import annotations

from deskwright.desk import access
from deskwright.store.models import Agent


def holds(actor: Agent, right: str) -> bool:
    """Whether the agent has this right. Raises KeyError for a right nobody defined."""
    return access.may(actor, right)


def require(actor: Agent | None, right: str) -> None:
    """Raises Forbidden when the agent does not have this right. Nobody is the operator, who may do everything."""
    if actor is not None:
        access.allow(actor, right)
