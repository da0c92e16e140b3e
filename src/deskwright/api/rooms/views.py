"""Saved views: conditions with a name, kept for oneself, a team or everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from deskwright.api.routing import CURSOR, PAGED, Asked
from deskwright.api.shapes import (
    INSTANT,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    Choice,
    Fields,
    Shape,
    Text,
    Texts,
    a_page,
    an_object,
)
from deskwright.api.things import Things, as_told
from deskwright.desk import access, clock, workflows
from deskwright.desk.errors import Conflict
from deskwright.desk.views import conditions, keeping
from deskwright.desk.views.keeping import Wanted
from deskwright.store.models import Agent, SavedView
from deskwright.store.queries import listing

READ, WRITE = "tickets:read", "tickets:write"
FIELDS: Final[Fields] = {
    "name": Text(80),
    "condition": Text(4000),
    "icon": Text(40),
    "sort": Text(16),
    "columns": Texts(16, 20),
    "audience": Text(20),
}
NEW: Final = Shape({**FIELDS, "name": Text(80, required=True), "condition": Text(4000, required=True)})
CHANGED: Final = Shape(FIELDS)
VIEW: Final = an_object(
    id=WHOLE,
    name=TEXT,
    condition=TEXT,
    icon=TEXT,
    sort=TEXT,
    columns=WORDS,
    owner=WHOLE,
    team=WHOLE_OR_NULL,
    everybody=TRUTH,
)


def seen(asked: Asked) -> QuerySet[SavedView]:
    """Those whose condition asks for what the agent's role hides are left out: it may name the value."""
    views = keeping.seen_by(asked.actor)
    if not access.veil(asked.actor).without:
        return views
    hidden = [view.pk for view in views if keeping.asks_hidden(asked.actor, view)]
    return SavedView.objects.filter(pk__in=views.values("pk")).exclude(pk__in=hidden)


def tickets(asked: Asked) -> Any:
    """The tickets the view means, in its order."""
    view, flow = keeping.legible(asked.actor, asked.numbers[0]), workflows.live()
    condition = conditions.read(view.condition, flow, access.veil(asked.actor)).condition
    if condition is None:
        raise Conflict("The live workflow does not know what this view asks for. Change its condition.")
    scope = conditions.scope(condition, flow, clock.now(), asked.actor.pk)
    after = asked.query.get(CURSOR, "")
    page = listing.page(scope, access.visible_tickets(asked.actor), view.sort, after=after, size=asked.limit)
    rows = access.veil(asked.actor).rows(page.rows)
    return {"items": [{name: row[name] for name in TICKET["properties"]} for row in rows], "next": page.older or None}


def move(asked: Asked) -> Any:
    """One place up or down in the rail, for everybody who sees it."""
    keeping.move(asked.actor, asked.numbers[0], -1 if asked.sent["to"] == "up" else 1, now=clock.now())
    return THINGS.told(asked)


def create(asked: Asked) -> SavedView:
    """`audience`: me, everybody, or the number of a team."""
    return keeping.create(asked.actor, Wanted(**asked.sent), now=clock.now())


def change(asked: Asked, view: SavedView) -> None:
    names = ("name", "condition", "icon", "sort", "columns")
    known = {name: getattr(view, name) for name in names} | {"audience": keeping.audience_of(view)}
    keeping.change(asked.actor, view.pk, Wanted(**{**known, **asked.sent}), now=clock.now())


def delete(actor: Agent | None, number: int, *, now: datetime) -> None:
    assert actor is not None
    keeping.delete(actor, number, now=now)


def restore(asked: Asked) -> Any:
    return THINGS.shown(keeping.restore(asked.actor, asked.numbers[0], now=clock.now()))


TICKET: Final = an_object(
    id=WHOLE,
    subject=TEXT,
    status=TEXT,
    priority=TEXT,
    queue=TEXT_OR_NULL,
    assignee_id=WHOLE_OR_NULL,
    created_at=INSTANT,
    updated_at=INSTANT,
)
STEP: Final = Shape({"to": Choice(("up", "down"), required=True)})
THINGS: Final = Things(
    "/views",
    "a view",
    "saved views",
    "tickets:see",
    seen,
    as_told(VIEW, owner="owner_id", team="team_id"),
    VIEW,
    scope=WRITE,
    reads=(READ, ""),
)
ROUTES: Final = (
    THINGS.lists(),
    THINGS.makes(create, NEW, "Save a view"),
    THINGS.shows(),
    THINGS.changes(change, CHANGED),
    THINGS.removes(delete, "Delete a view"),
    THINGS.reading("/{id}/tickets", tickets, "List the tickets of a view", gives=a_page(TICKET), query=PAGED),
    THINGS.route("POST", "/{id}/move", move, "Move a view in the rail", takes=STEP, gives=VIEW),
    THINGS.route("POST", "/{id}/restore", restore, "Bring a deleted view back", gives=VIEW),
)
