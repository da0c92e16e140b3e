"""Drafts: what the token's agent has written so far on tickets. Nobody else reads them."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.problems import Problem
from deskwright.api.routing import Asked
from deskwright.api.shapes import INSTANT, TEXT, WHOLE, Shape, Text, an_object
from deskwright.api.things import Things, as_told
from deskwright.desk import access, clock
from deskwright.desk.answering import drafts
from deskwright.desk.errors import NotFound
from deskwright.store.models import Draft

DRAFT: Final = an_object(id=WHOLE, ticket=WHOLE, kind=TEXT, text=TEXT, returned=TEXT, updated_at=INSTANT)
WRITTEN: Final = Shape({"text": Text(drafts.LONGEST, required=True)})
ENDED: Final = an_object(ticket=WHOLE, kind=TEXT)


def kind_of(asked: Asked) -> str:
    """Raises Problem 404 for what is neither a reply nor a note."""
    if asked.words[0] not in drafts.KINDS:
        raise Problem(404, "not_found", f"A draft is one of {', '.join(drafts.KINDS)}.")
    return asked.words[0]


def show(asked: Asked) -> Any:
    access.ticket_for(asked.actor, asked.numbers[0], "see")
    row = Draft.objects.filter(agent=asked.actor, ticket=asked.numbers[0], kind=kind_of(asked)).first()
    if row is None:
        raise NotFound("There is no such draft.")
    return THINGS.shown(row)


def keep(asked: Asked) -> Any:
    drafts.keep(asked.actor, asked.numbers[0], kind_of(asked), asked.sent["text"], now=clock.now())
    return show(asked)


def end(asked: Asked) -> Any:
    drafts.keep(asked.actor, asked.numbers[0], kind_of(asked), "", now=clock.now())
    return {"ticket": asked.numbers[0], "kind": asked.words[0]}


THINGS: Final = Things(
    "/drafts",
    "a draft",
    "one's own drafts",
    "tickets:see",
    lambda asked: Draft.objects.filter(agent=asked.actor),
    as_told(DRAFT, ticket="ticket_id"),
    DRAFT,
    scope="tickets:write",
    reads=("tickets:read", ""),
)
ONE: Final = "/tickets/{id}/drafts/{kind:word}"
ROUTES: Final = (
    THINGS.lists(),
    THINGS.elsewhere("GET", ONE, show, "Show one's draft on a ticket", gives=DRAFT),
    THINGS.elsewhere("PUT", ONE, keep, "Keep what is written so far", takes=WRITTEN, gives=DRAFT),
    THINGS.elsewhere("DELETE", ONE, end, "Throw a draft away", gives=ENDED),
)
