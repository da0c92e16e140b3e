"""The mail log: everything that ever came in by mail, what became of it, and the way back for what was set aside."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api import pages
from deskwright.api.routing import PAGED, Answer, Asked, Param, Route, a_file
from deskwright.api.shapes import ADDRESS, FILE, INSTANT, TEXT, WHOLE, WHOLE_OR_NULL, Shape, Text, a_page, an_object
from deskwright.api.things import also, as_told
from deskwright.desk import clock
from deskwright.desk.arriving import log, storms

RIGHT: Final = log.RIGHT
MAIL: Final = an_object(
    id=WHOLE,
    received_at=INSTANT,
    sender=TEXT,
    subject=TEXT,
    message_id=TEXT,
    state=TEXT,
    disposition=TEXT,
    reason=TEXT,
    ticket=WHOLE_OR_NULL,
)
READ: Final = also(MAIL, text=TEXT)
AUTHOR: Final = Shape({"author": Text(254, like=ADDRESS)}, none_needed=True)
STATE: Final = Param("state", "Only mails in this state.", log.STATES)
TEXT_OF: Final = Param("q", "An address or the beginning of one, a Message-ID, or words of the subject.")
told: Final = as_told(MAIL, message_id="mail_id", ticket="ticket_id", disposition=lambda row: row.disposition or "")


def listed(asked: Asked) -> Any:
    """The latest first."""
    before = pages.cursor(asked, (int,))
    found = log.found(asked.agent, asked.query.get("q", "")[:320], asked.query.get("state", ""))
    found = found.filter(pk__lt=before[0]) if before is not None else found
    return pages.page(list(found[: asked.limit + 1]), asked.limit, lambda row: (row.pk,), told)


def one(asked: Asked) -> Any:
    """With its words as they are understood now."""
    row = log.look_at(asked.agent, asked.numbers[0], now=clock.now())
    return {**told(row), "text": log.read(row).text}


def source(asked: Asked) -> Answer:
    """The mail as it came. That it was taken stands in the audit log."""
    return a_file(log.source(asked.agent, asked.numbers[0], now=clock.now()))


def take_in(asked: Asked) -> Any:
    """What was set aside, or is a duplicate; `author` is who wrote it, where the mail does not say."""
    return told(log.take_in(asked.agent, asked.numbers[0], asked.sent.get("author", ""), now=clock.now()))


def take_in_storm(asked: Asked) -> Any:
    """All that is set aside of the storm this mail is part of: a first hundred at once, the rest in the background."""
    return {"mails": storms.take_in(asked.agent, asked.numbers[0], now=clock.now())}


ONE: Final = "/mail-log/{id}"
ROUTES: Final = (
    Route(
        "GET",
        "/mail-log",
        RIGHT,
        listed,
        "List what came by mail",
        gives=a_page(MAIL),
        query=(STATE, TEXT_OF, *PAGED),
        asks=RIGHT,
    ),
    Route("GET", ONE, RIGHT, one, "Show what came", gives=READ, asks=RIGHT),
    Route("GET", ONE + "/source", RIGHT, source, "Download a mail as it came", gives=FILE, asks=RIGHT),
    Route("POST", ONE + "/take-in", RIGHT, take_in, "Take a mail in after all", AUTHOR, MAIL, asks=RIGHT),
    Route(
        "POST",
        ONE + "/take-in-storm",
        RIGHT,
        take_in_storm,
        "Take a storm in after all",
        gives=an_object(mails=WHOLE),
        asks=RIGHT,
    ),
)
