"""What a page or an operation of the API asks of who opens it: the gate holds it, the table of routes tells it.

A demand names rights of the catalogue, or one of the words below. What is asked of one ticket, person or article
beyond that, the deed asks itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from deskwright.desk.access.holding import may, refusal
from deskwright.desk.access.rights import RIGHTS
from deskwright.store.models import Agent

OPEN: Final = "open"
CUSTOMER: Final = "customer"
FIRST_RUN: Final = "first run"
STAFF: Final = "staff"
WORDS: Final = {
    OPEN: "anybody, without signing in",
    CUSTOMER: "a customer who came in by a link",
    FIRST_RUN: "an admin, until the desk has been set up",
    STAFF: "any agent who is signed in",
}


@dataclass(frozen=True, slots=True)
class Demand:
    """One of these is needed; `to_write` leaves out requests that only read."""

    any_of: tuple[str, ...]
    to_write: bool = False

    def __post_init__(self) -> None:
        unknown = [name for name in self.any_of if name not in RIGHTS and name not in WORDS]
        if unknown or not self.any_of:
            raise ValueError(f"{self.any_of} names what is neither a right nor a word for everybody: {unknown}")

    def admits(self, actor: Agent) -> bool:
        """Whether the agent holds one of the rights, for some team at least; a word asks for no right."""
        return any(name in WORDS or may(actor, name) for name in self.any_of)


def admit(actor: Agent, demands: Iterable[Demand], *, writing: bool) -> None:
    """Raises Forbidden when a demand that counts for this request is not met."""
    for demand in demands:
        if (writing or not demand.to_write) and not demand.admits(actor):
            raise refusal(demand.any_of[0])
