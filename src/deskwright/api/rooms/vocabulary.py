"""What tickets can be: statuses, types, fields, queues and categories of the live workflow, and the tags in use."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from deskwright.api.rooms.tickets import READ
from deskwright.api.routing import Asked, Param, Route
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    WHOLE,
    WORDS,
    Shape,
    Text,
    a_list,
    an_object,
)
from deskwright.api.things import Things, as_told
from deskwright.desk import clock, workflows
from deskwright.desk.tickets import tags
from deskwright.engine.values import PRIORITIES
from deskwright.engine.workflow import FieldSpec
from deskwright.store.models import TagChange

STATUS: Final = an_object(name=TEXT, category=TEXT, label=OBJECT, archived=TRUTH)
TYPE: Final = an_object(name=TEXT, label=OBJECT, portal=TRUTH)
FIELD: Final = an_object(
    name=TEXT,
    type=TEXT,
    of=TEXT,
    label=OBJECT,
    choices=WORDS,
    required=TEXT_OR_NULL,
    types=WORDS,
    when=TEXT_OR_NULL,
    portal=TRUTH,
)
QUEUE: Final = an_object(name=TEXT, team=TEXT_OR_NULL, overflow=TEXT_OR_NULL)
CATEGORY: Final = an_object(name=TEXT, parent=TEXT_OR_NULL)
KNOWN: Final = an_object(
    version=WHOLE,
    priorities=WORDS,
    statuses=a_list(STATUS),
    types=a_list(TYPE),
    fields=a_list(FIELD),
    queues=a_list(QUEUE),
    categories=a_list(CATEGORY),
)
TAG: Final = an_object(name=TEXT, tickets=WHOLE, open=WHOLE)
TAGS: Final = an_object(tags=a_list(TAG))
HELD: Final = Param("q", "Only tags that hold this text.")


def vocabulary(_asked: Asked) -> Any:
    """`version` is the workflow's: while it stays, so does the rest."""
    flow = workflows.live()
    return {
        "version": flow.version,
        "priorities": list(PRIORITIES),
        "statuses": [named(each, "category", "archived") for each in flow.statuses.values()],
        "types": [named(each, "portal") for each in flow.types.values()],
        "fields": [field_shown(each) for each in flow.fields.values()],
        "queues": [{"name": each.name, "team": each.team, "overflow": each.overflow} for each in flow.queues.values()],
        "categories": [{"name": each.name, "parent": each.parent} for each in flow.categories.values()],
    }


def named(known: Any, *more: str) -> dict[str, Any]:
    return {"name": known.name, "label": dict(known.label)} | {name: getattr(known, name) for name in more}


def field_shown(spec: FieldSpec) -> dict[str, Any]:
    return named(spec, "type", "of", "portal") | {
        "choices": list(spec.choices),
        "types": list(spec.types),
        "required": spec.required or None,
        "when": spec.when.text if spec.when is not None else None,
    }


def tags_in_use(asked: Asked) -> Any:
    """The most used first."""
    return {"tags": [asdict(tag) for tag in tags.listing(asked.query.get("q", ""))]}


def retag(asked: Asked) -> Any:
    """On every ticket that bears it, behind this answer; the name of another tag merges the two."""
    return CHANGES.shown(tags.begin(asked.actor, asked.words[0], asked.sent["becomes"], now=clock.now()))


def take_away(asked: Asked) -> Any:
    """From every ticket that bears it, behind this answer."""
    return CHANGES.shown(tags.begin(asked.actor, asked.words[0], "", now=clock.now()))


CHANGE: Final = an_object(
    id=WHOLE, tag=TEXT, becomes=TEXT, total=WHOLE, done=WHOLE, begun_at=INSTANT, finished_at=INSTANT_OR_NULL
)
CHANGES: Final = Things(
    "/tag-changes",
    "a change of a tag",
    "changes of tags",
    "tags:manage",
    lambda _: TagChange.objects.all(),
    as_told(CHANGE),
    CHANGE,
)
BECOMES: Final = Shape({"becomes": Text(60, required=True)})
ONE_TAG: Final = "/tags/{name:word}"
ROUTES: Final = (
    Route("GET", "/vocabulary", READ, vocabulary, "Say what tickets can be", gives=KNOWN, asks="staff"),
    Route("GET", "/tags", READ, tags_in_use, "List tags", gives=TAGS, query=(HELD,), asks="staff"),
    CHANGES.elsewhere("PATCH", ONE_TAG, retag, "Rename or merge a tag", takes=BECOMES, gives=CHANGE, status=202),
    CHANGES.elsewhere("DELETE", ONE_TAG, take_away, "Take a tag from every ticket", gives=CHANGE, status=202),
    CHANGES.lists(),
    CHANGES.shows(),
)
