"""Surveys: what customers were asked when their ticket was solved, and what they answered."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api import pages
from deskwright.api.routing import PAGED, Asked, Param, Route
from deskwright.api.shapes import INSTANT, INSTANT_OR_NULL, TEXT, WHOLE, WHOLE_OR_NULL, a_page, an_object
from deskwright.api.things import as_told
from deskwright.desk.surveys import reading

SURVEY: Final = an_object(
    id=WHOLE,
    ticket=WHOLE,
    name=TEXT,
    state=TEXT,
    reason=TEXT,
    csat=WHOLE_OR_NULL,
    comment=TEXT,
    due_at=INSTANT,
    sent_at=INSTANT_OR_NULL,
    answered_at=INSTANT_OR_NULL,
    expires_at=INSTANT,
)
STATES: Final = ("planned", "sent", "answered", "cancelled", "skipped")
STATE: Final = Param("state", "Only those in this state.", STATES)


def listed(asked: Asked) -> Any:
    """The oldest first."""
    after = (pages.cursor(asked, (int,)) or (0,))[0]
    found = reading.listed(asked.agent, after, asked.limit + 1, asked.query.get("state", ""))
    return pages.page(found, asked.limit, lambda row: (row.pk,), told)


def one(asked: Asked) -> Any:
    return told(reading.one(asked.agent, asked.numbers[0]))


told: Final = as_told(SURVEY, ticket="ticket_id")
READ, SEE = "tickets:read", "tickets:see"
ROUTES: Final = (
    Route(
        "GET",
        "/surveys",
        READ,
        listed,
        "List surveys and their answers",
        gives=a_page(SURVEY),
        query=(STATE, *PAGED),
        asks=SEE,
    ),
    Route("GET", "/surveys/{id}", READ, one, "Show a survey and its answer", gives=SURVEY, asks=SEE),
)
