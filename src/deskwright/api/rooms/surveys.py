"""Surveys: what customers were asked when their ticket was solved, and what they answered."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api import pages
from deskwright.api.routing import PAGED, Asked, Param, Route
from deskwright.api.shapes import INSTANT, INSTANT_OR_NULL, TEXT, WHOLE, WHOLE_OR_NULL, a_page, an_object
from deskwright.api.things import as_told
from deskwright.desk import access
from deskwright.desk.errors import NotFound
from deskwright.store.models import Survey

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
    found = seen(asked, after=after, state=asked.query.get("state", ""), limit=asked.limit + 1)
    return pages.page(found, asked.limit, lambda row: (row.pk,), told)


def one(asked: Asked) -> Any:
    number = asked.numbers[0]
    found = seen(asked, after=number - 1, state="", limit=1)
    if not found or found[0].pk != number:
        raise NotFound("There is no such survey.")
    return told(found[0])


def seen(asked: Asked, **chosen: Any) -> list[Survey]:
    """Those of tickets that the token sees."""
    visible = access.EVERYTHING if asked.agent is None else access.visible_tickets(asked.agent)
    return list(Survey.objects.raw(SEEN.format(visible=visible.sql), {**chosen, **visible.params}))


told: Final = as_told(SURVEY, ticket="ticket_id")
SEEN: Final = """
SELECT s.* FROM store_survey AS s JOIN store_ticket AS t ON t.id = s.ticket_id
WHERE s.id > %(after)s AND (%(state)s = '' OR s.state = %(state)s) AND {visible} ORDER BY s.id LIMIT %(limit)s
"""
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
