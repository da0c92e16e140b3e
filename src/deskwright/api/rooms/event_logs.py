"""Event logs of other systems: what is kept to be simulated, how each was read, which simulations used it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from deskwright.api.shapes import INSTANT, OBJECT, TEXT, WHOLE, a, a_list, an_object
from deskwright.api.things import Things, as_told
from deskwright.desk import eventlogs
from deskwright.store.models import Agent, EventLog

USE: Final = an_object(at=INSTANT, demand=a("number"), without=a_list(TEXT), like=a_list(TEXT))
LOG: Final = an_object(
    id=WHOLE,
    name=TEXT,
    cases=WHOLE,
    steps=WHOLE,
    people=WHOLE,
    begins_at=INSTANT,
    ends_at=INSTANT,
    imported_at=INSTANT,
    read_as=OBJECT,
    uses=a_list(USE),
)


def forget(actor: Agent | None, number: int, /, *, now: datetime) -> None:
    name = EventLog.objects.filter(pk=number).values_list("name", flat=True).first()
    eventlogs.remove(actor, name or "", now=now)


THINGS: Final = Things(
    "/event-logs",
    "an event log",
    "event logs",
    eventlogs.PUBLISH,
    lambda _: EventLog.objects.defer("body"),
    as_told(LOG),
    LOG,
    scope="workflow:write",
    reads=("workflow:read", "workflow:see"),
)
ROUTES: Final = (THINGS.lists(), THINGS.shows(), THINGS.removes(forget, "Delete an event log"))
