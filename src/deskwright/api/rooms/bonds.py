"""How tickets belong together: links, duplicates that are none, splitting, one answer to all incidents of a problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskwright.api.rooms.tickets import READ, WRITE
from deskwright.api.routing import Asked, Route
from deskwright.api.shapes import (
    TEXT,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    Choice,
    Flag,
    Numbers,
    Shape,
    Text,
    Whole,
    a,
    a_list,
    an_object,
)
from deskwright.api.things import ID
from deskwright.desk import access, clock
from deskwright.desk.answering.drafts import LONGEST
from deskwright.desk.tickets import broadcasting, linking, splitting

TO: Final = Shape({"other": Whole(1, required=True), "kind": Choice(linking.BY_HAND, required=True)})
APART: Final = Shape(
    {
        "messages": Numbers(200, required=True),
        "subject": Text(998),
        "clocks_from": Choice(splitting.CLOCKS_FROM),
    }
)
WORDS_FOR_ALL: Final = Shape({"text": Text(LONGEST, required=True)})
SENT: Final = Shape(
    {
        "text": Text(LONGEST, required=True),
        "tickets": Numbers(broadcasting.MOST, required=True),
        "solve": Flag(),
    }
)
LINK: Final = an_object(
    id=WHOLE,
    kind=TEXT,
    other=WHOLE,
    below=TRUTH,
    subject=TEXT,
    status=TEXT,
    merged_into=WHOLE_OR_NULL,
    share=a("number", nullable=True),
    dismissed=TRUTH,
)
LINKS: Final = an_object(links=a_list(LINK))
LETTER: Final = an_object(ticket=WHOLE, subject=TEXT, email=TEXT, text=TEXT, gaps=WORDS)


def links(asked: Asked) -> Any:
    """`below` says that this ticket is the child, the incident or the copy of the other."""
    actor, ticket = asked.actor, asked.numbers[0]
    access.ticket_for(actor, ticket, "see")
    return {"links": [shown(row) for row in linking.links_of(ticket, access.visible_tickets(actor))]}


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    same = {name: row[name] for name in ("kind", "below", "subject", "status", "share", "dismissed")}
    return {"id": row["link"], "other": row["id"], "merged_into": row["merged_into_id"], **same}


def link(asked: Asked) -> Any:
    sent = asked.sent
    return {"id": linking.link(asked.actor, asked.numbers[0], sent["other"], sent["kind"], now=clock.now())}


def unlink(asked: Asked) -> Any:
    return {"id": linking.unlink(asked.actor, asked.numbers[0], now=clock.now()).pk}


def dismiss(asked: Asked) -> Any:
    """The two are no duplicates; it is not suggested again."""
    return {"id": linking.dismiss(asked.actor, asked.numbers[0], now=clock.now()).pk}


def split(asked: Asked) -> Any:
    """Make a ticket of these messages. `id` is the new one's; merging it back undoes it."""
    sent = asked.sent
    more = {name: sent[name] for name in ("subject", "clocks_from") if name in sent}
    return {"id": splitting.split(asked.actor, asked.numbers[0], sent["messages"], now=clock.now(), **more)}


def foretell(asked: Asked) -> Any:
    """Who would get which words. Sends nothing."""
    letters = broadcasting.preview(asked.actor, asked.numbers[0], asked.sent["text"], now=clock.now())
    return {"letters": [letter_shown(letter) for letter in letters]}


def letter_shown(letter: broadcasting.Letter) -> dict[str, Any]:
    same = {name: getattr(letter, name) for name in ("ticket", "subject", "email")}
    return {**same, "text": letter.text.text, "gaps": list(letter.text.gaps)}


def broadcast(asked: Asked) -> Any:
    """Answer all these incidents of the problem, each in its own conversation. They can be taken back for a while."""
    sent = asked.sent
    solve = sent.get("solve", False)
    held = broadcasting.broadcast(
        asked.actor, asked.numbers[0], sent["text"], sent["tickets"], now=clock.now(), solve=solve
    )
    return {"held": held}


MERGE, CHANGE, REPLY = "tickets:merge", "tickets:change", "tickets:reply"
HERE: Final = "/tickets/{id}/links"
TO_ALL: Final = "/tickets/{id}/broadcast"
ROUTES: Final = (
    Route("GET", HERE, READ, links, "List what it is linked with", gives=LINKS, asks="tickets:see"),
    Route("POST", HERE, WRITE, link, "Link it with another", TO, ID, status=201, asks=CHANGE),
    Route("DELETE", "/links/{id}", WRITE, unlink, "Take a link away", gives=ID, asks=CHANGE),
    Route("POST", "/links/{id}/dismiss", WRITE, dismiss, "Say that two are no duplicates", gives=ID, asks=CHANGE),
    Route("POST", "/tickets/{id}/split", WRITE, split, "Split messages off", APART, ID, status=201, asks=MERGE),
    Route(
        "POST",
        TO_ALL + "/preview",
        READ,
        foretell,
        "Say who would get one answer to all incidents",
        WORDS_FOR_ALL,
        an_object(letters=a_list(LETTER)),
        asks=REPLY,
    ),
    Route("POST", TO_ALL, WRITE, broadcast, "Answer all incidents", SENT, an_object(held=a_list(WHOLE)), asks=REPLY),
)
