"""Merging tickets and taking them apart again."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.rooms.tickets import WRITE
from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import WHOLE, Flag, Numbers, Shape, an_object
from deskwright.desk import clock
from deskwright.desk.tickets import merging

ASKED: Final = Shape({"sources": Numbers(merging.MOST, required=True), "across": Flag()})
WHERE: Final = an_object(id=WHOLE)


def merge(asked: Asked) -> Any:
    """Make `sources` part of the ticket. `id` is the whole; `across` says that other customers' tickets are meant."""
    sent = asked.sent
    across = sent.get("across", False)
    return {"id": merging.merge(asked.actor, sent["sources"], asked.numbers[0], now=clock.now(), across=across)}


def unmerge(asked: Asked) -> Any:
    """Make the ticket one of its own again. `id` is the ticket it was part of."""
    return {"id": merging.unmerge(asked.actor, asked.numbers[0], now=clock.now())}


ROUTES: Final = (
    Route(
        "POST", "/tickets/{id}/merge", WRITE, merge, "Merge other tickets into it", ASKED, WHERE, asks="tickets:merge"
    ),
    Route(
        "POST",
        "/tickets/{id}/unmerge",
        WRITE,
        unmerge,
        "Make it a ticket of its own again",
        gives=WHERE,
        asks="tickets:merge",
    ),
)
