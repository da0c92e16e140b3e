"""What is done on a ticket beside talking: its checklist, the time spent."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.routing import Answer, Asked, Route
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    Flag,
    Shape,
    Text,
    Texts,
    Whole,
    a_list,
    an_object,
)
from deskwright.desk import access, clock
from deskwright.desk.work import checklists, timing
from deskwright.store.models import ChecklistItem, TimeEntry

READ, WRITE = "tickets:read", "tickets:write"
MOST_MINUTES: Final = 100_000
LINES: Final = Shape({"lines": Texts(300, 50, required=True)})
TICKED: Final = Shape({"done": Flag(required=True)})
WORDED: Final = Shape({"text": Text(300, required=True)})
MOVED: Final = Shape({"step": Whole(-checklists.MOST, checklists.MOST, required=True)})
TIMER: Final = "/tickets/{id}/timer"
SPENT: Final = Shape({"minutes": Whole(1, MOST_MINUTES, required=True), "billable": Flag(), "note": Text(300)})
ITEM: Final = an_object(id=WHOLE, text=TEXT, done_by=WHOLE_OR_NULL, done_at=INSTANT_OR_NULL)
ITEMS: Final = an_object(items=a_list(ITEM))
ENTRY: Final = an_object(
    id=WHOLE,
    agent=WHOLE,
    minutes=WHOLE,
    billable=TRUTH,
    note=TEXT,
    started_at=INSTANT,
    ended_at=INSTANT_OR_NULL,
)
ENTRIES: Final = an_object(entries=a_list(ENTRY))


# Checklist


def checklist(asked: Asked) -> Any:
    access.ticket_for(asked.actor, asked.numbers[0], "see")
    return items_of(asked.numbers[0])


def items_of(ticket: int) -> dict[str, Any]:
    rows = ChecklistItem.objects.filter(ticket=ticket)
    shown = [{"id": row.pk, "text": row.text, "done_by": row.done_by_id, "done_at": row.done_at} for row in rows]
    return {"items": shown}


def add(asked: Asked) -> Answer:
    checklists.add(asked.actor, asked.numbers[0], asked.sent["lines"], now=clock.now())
    return Answer(items_of(asked.numbers[0]), 201)


def tick(asked: Asked) -> Any:
    return items_of(checklists.tick(asked.actor, asked.numbers[0], asked.sent["done"], now=clock.now()))


def reword(asked: Asked) -> Any:
    return items_of(checklists.reword(asked.actor, asked.numbers[0], asked.sent["text"], now=clock.now()))


def move(asked: Asked) -> Any:
    """So many places up (less than 0) or down."""
    return items_of(checklists.move(asked.actor, asked.numbers[0], asked.sent["step"], now=clock.now()))


def drop(asked: Asked) -> Any:
    return items_of(checklists.drop(asked.actor, asked.numbers[0], now=clock.now()))


# Time


def spent(asked: Asked) -> Any:
    access.ticket_for(asked.actor, asked.numbers[0], "see")
    return entries_of(asked.numbers[0])


def entries_of(ticket: int) -> dict[str, Any]:
    rows = TimeEntry.objects.filter(ticket=ticket, removed_at=None).order_by("pk")
    names = ("minutes", "billable", "note", "started_at", "ended_at")
    return {"entries": [{"id": row.pk, "agent": row.agent_id} | {n: getattr(row, n) for n in names} for row in rows]}


def enter(asked: Asked) -> Answer:
    minutes, billable, note = spoken(asked)
    timing.enter(asked.actor, asked.numbers[0], minutes, now=clock.now(), billable=billable, note=note)
    return Answer(entries_of(asked.numbers[0]), 201)


def correct(asked: Asked) -> Any:
    minutes, billable, note = spoken(asked)
    return entries_of(
        timing.correct(asked.actor, asked.numbers[0], minutes, now=clock.now(), billable=billable, note=note)
    )


def remove(asked: Asked) -> Any:
    return entries_of(timing.remove(asked.actor, asked.numbers[0], now=clock.now()))


def start(asked: Asked) -> Any:
    """The timer of whose token it is runs for this ticket; one that ran elsewhere stops."""
    timing.start(asked.actor, asked.numbers[0], now=clock.now())
    return entries_of(asked.numbers[0])


def stop(asked: Asked) -> Any:
    timing.stop(asked.actor, asked.numbers[0], now=clock.now())
    return entries_of(asked.numbers[0])


def spoken(asked: Asked) -> tuple[int, bool, str]:
    return asked.sent["minutes"], asked.sent.get("billable", False), asked.sent.get("note", "")


ROUTES: Final = (
    Route("GET", "/tickets/{id}/checklist", READ, checklist, "Show its checklist", gives=ITEMS, asks="tickets:see"),
    Route("POST", "/tickets/{id}/checklist", WRITE, add, "Add items", LINES, ITEMS, status=201, asks="tickets:change"),
    Route("PUT", "/checklist/{id}", WRITE, tick, "Tick an item", TICKED, ITEMS, asks="tickets:change"),
    Route("DELETE", "/checklist/{id}", WRITE, drop, "Take an item off", gives=ITEMS, asks="tickets:change"),
    Route("PATCH", "/checklist/{id}", WRITE, reword, "Word an item otherwise", WORDED, ITEMS, asks="tickets:change"),
    Route("POST", "/checklist/{id}/move", WRITE, move, "Move an item", MOVED, ITEMS, asks="tickets:change"),
    Route("PUT", TIMER, WRITE, start, "Start one's timer", gives=ENTRIES, asks="tickets:note"),
    Route("DELETE", TIMER, WRITE, stop, "Stop one's timer", gives=ENTRIES, asks="tickets:note"),
    Route("GET", "/tickets/{id}/time", READ, spent, "Show the time spent", gives=ENTRIES, asks="tickets:see"),
    Route(
        "POST", "/tickets/{id}/time", WRITE, enter, "Enter time spent", SPENT, ENTRIES, status=201, asks="tickets:note"
    ),
    Route("PUT", "/time/{id}", WRITE, correct, "Correct an entry", SPENT, ENTRIES, asks="tickets:note"),
    Route("DELETE", "/time/{id}", WRITE, remove, "Remove an entry", gives=ENTRIES, asks="tickets:note"),
)
