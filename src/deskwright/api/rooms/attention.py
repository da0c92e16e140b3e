"""Who looks at a ticket and when: putting it aside, calling it back, following it."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.rooms.tickets import WRITE
from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import Instant, Shape
from deskwright.api.things import ID
from deskwright.desk import clock
from deskwright.desk.answering import following
from deskwright.desk.tickets import snoozing

UNTIL: Final = Shape({"until": Instant(nullable=True)}, none_needed=True)


def snooze(asked: Asked) -> Any:
    """Until a moment in the coming year or, in any case, until the customer writes."""
    snoozing.snooze(asked.actor, asked.numbers, asked.sent.get("until"), now=clock.now())
    return {"id": asked.numbers[0]}


def wake(asked: Asked) -> Any:
    snoozing.wake(asked.actor, asked.numbers, now=clock.now())
    return {"id": asked.numbers[0]}


def follow(asked: Asked) -> Any:
    """Whose token it is hears of what is written there."""
    following.follow(asked.actor, asked.numbers[0], now=clock.now())
    return {"id": asked.numbers[0]}


def unfollow(asked: Asked) -> Any:
    following.unfollow(asked.actor, asked.numbers[0])
    return {"id": asked.numbers[0]}


ASIDE: Final = "/tickets/{id}/snooze"
FOLLOWED: Final = "/tickets/{id}/follow"
ROUTES: Final = (
    Route("PUT", ASIDE, WRITE, snooze, "Put it aside", UNTIL, ID, asks="tickets:change"),
    Route("DELETE", ASIDE, WRITE, wake, "Call it back", gives=ID, asks="tickets:change"),
    Route("PUT", FOLLOWED, WRITE, follow, "Follow it", gives=ID, asks="tickets:see"),
    Route("DELETE", FOLLOWED, WRITE, unfollow, "Follow it no more", gives=ID, asks="tickets:see"),
)
