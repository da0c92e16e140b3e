"""Macros: prepared answers with what they do. Written, changed, put away; tried out on tickets, used, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from deskwright.api.routing import Asked, Param
from deskwright.api.shapes import (
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    WHOLE,
    WHOLE_OR_NULL,
    Choice,
    Fields,
    Flag,
    Numbers,
    Shape,
    Text,
    Texts,
    Values,
    Whole,
    Wordings,
    a_list,
    an_object,
)
from deskwright.api.things import Things, as_told
from deskwright.desk import clock
from deskwright.desk.errors import Invalid
from deskwright.desk.macros import shelf, using
from deskwright.desk.macros.actions import MOST_ITEMS
from deskwright.desk.numbers import number_in
from deskwright.engine.values import PRIORITIES
from deskwright.store.models import Agent, Macro, Team

READ, WRITE = "tickets:read", "tickets:write"
MACRO: Final = an_object(
    id=WHOLE,
    name=TEXT,
    folder=TEXT,
    texts=OBJECT,
    note=TEXT,
    actions=OBJECT,
    team=WHOLE_OR_NULL,
    owner=WHOLE_OR_NULL,
    used=WHOLE,
    archived_at=INSTANT_OR_NULL,
)
ACTIONS: Final = Shape(
    {
        "status": Text(80),
        "priority": Choice(PRIORITIES),
        "type": Text(40),
        "queue": Text(80),
        "assignee": Text(20),
        "tag": Texts(60, 50),
        "untag": Texts(60, 50),
        "fields": Values(100, 10_000),
        "checklist": Texts(300, MOST_ITEMS),
    }
)
KNOWN: Final[Fields] = {
    "name": Text(120),
    "folder": Text(80),
    "texts": Wordings(shelf.LONGEST),
    "note": Text(shelf.LONGEST),
    "actions": ACTIONS,
    "team": Whole(1, nullable=True),
    "personal": Flag(),
}
NEW: Final = Shape({**KNOWN, "name": Text(120, required=True)})
TICKETS: Final = Numbers(using.MOST, required=True)
USE: Final = an_object(ticket=WHOLE, text=OBJECT, note=OBJECT, changes=OBJECT, checklist=a_list(TEXT))
PREVIEW: Final = an_object(name=TEXT, tickets=a_list(USE))
USED: Final = an_object(name=TEXT, events=a_list(WHOLE), held=a_list(WHOLE), text=TEXT)
UNDONE: Final = Shape({"events": Numbers(1000, fewest=0), "held": Numbers(1000, fewest=0)})
AWAY: Final = Param("put_away", "Those that were put away, instead of those that can be used.", ("true",))


def seen(asked: Asked) -> QuerySet[Macro]:
    """Those that the agent may use, and those that they may change."""
    return shelf.found(asked.actor) | shelf.listed(asked.actor)


def chosen(asked: Asked, rows: QuerySet[Macro]) -> QuerySet[Macro]:
    return rows.filter(archived_at__isnull="put_away" not in asked.query)


def write(asked: Asked) -> Macro:
    return shelf.write(asked.actor, written(asked.sent), now=clock.now())


def change(asked: Asked, macro: Macro) -> None:
    known = {name: getattr(macro, name) for name in ("name", "folder", "texts", "note", "actions")}
    known |= {"team": macro.team_id, "personal": macro.owner_id is not None}
    shelf.change(asked.actor, macro.pk, written({**known, **asked.sent}), now=clock.now())


def written(sent: Mapping[str, Any]) -> shelf.Written:
    """`personal`: only one's own; else the team's, or everybody's without one. An assignee is `me`, `nobody`, or a
    number.
    """
    team = Team.objects.filter(pk=sent["team"]).first() if sent.get("team") else None
    if sent.get("team") and team is None:
        raise Invalid("There is no such team.", {"team": "unknown"})
    actions = dict(sent.get("actions", {}))
    assignee = number_in(str(actions.get("assignee", "")))
    if assignee is not None:
        actions["assignee"] = assignee
    return shelf.Written(**{**sent, "team": team, "actions": actions})


def put_away(actor: Agent | None, number: int, *, now: datetime) -> None:
    assert actor is not None
    shelf.put_away(actor, number, now=now)


def take_out(actor: Agent | None, number: int, *, now: datetime) -> None:
    assert actor is not None
    shelf.put_away(actor, number, now=now, away=False)


def preview(asked: Asked) -> Any:
    """What the macro would write and change on each ticket. Changes nothing."""
    macro, uses = using.preview(asked.actor, asked.numbers[0], asked.sent["tickets"], now=clock.now())
    return {"name": macro.name, "tickets": [asdict(use) for use in uses]}


def apply(asked: Asked) -> Any:
    """All tickets or none; its text leaves only with `send`. `undo` takes `events` and `held`."""
    send = asked.sent.get("send", False)
    return asdict(using.apply(asked.actor, asked.numbers[0], asked.sent["tickets"], now=clock.now(), send=send))


def undo(asked: Asked) -> Any:
    """Fields and tags, and replies that have not left. Notes stay."""
    sent = asked.sent
    return {"tickets": using.undo(asked.actor, sent.get("events", ()), sent.get("held", ()), now=clock.now())}


THINGS: Final = Things(
    "/macros",
    "a macro",
    "macros",
    "macros:write",
    seen,
    as_told(MACRO, team="team_id", owner="owner_id"),
    MACRO,
    reads=(READ, "tickets:change"),
)
ON_TICKETS: Final = Things(
    "/macros", "a macro", "macros", "tickets:change", seen, THINGS.shown, MACRO, scope=WRITE, reads=(READ, "")
)
ROUTES: Final = (
    THINGS.lists(AWAY, chosen=chosen),
    THINGS.makes(write, NEW, "Write a macro"),
    THINGS.shows(),
    THINGS.changes(change, Shape(KNOWN)),
    THINGS.removes(put_away, "Put a macro away"),
    THINGS.does("restore", take_out, "Put a macro back onto the shelf"),
    ON_TICKETS.tries("/{id}/preview", preview, "Say what a macro would do", Shape({"tickets": TICKETS}), PREVIEW),
    ON_TICKETS.route(
        "POST",
        "/{id}/apply",
        apply,
        "Apply a macro",
        takes=Shape({"tickets": TICKETS, "send": Flag()}),
        gives=USED,
    ),
    ON_TICKETS.route(
        "POST",
        "/undo",
        undo,
        "Take back what a macro did",
        takes=UNDONE,
        gives=an_object(tickets=a_list(WHOLE)),
    ),
)
