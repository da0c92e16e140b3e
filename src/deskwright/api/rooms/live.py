"""Chats and calls: which there are now, and what agents do in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskwright.api import pages
from deskwright.api.routing import PAGED, Asked, Route
from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    Flag,
    Shape,
    Text,
    Whole,
    a_list,
    a_page,
    an_object,
)
from deskwright.api.things import ID
from deskwright.desk import access, clock
from deskwright.desk.access.fields import PHONE, VEIL
from deskwright.desk.calls import serving as calls
from deskwright.desk.chat import live, serving
from deskwright.store.queries import chats as chat_rows

READ, WRITE = "tickets:read", "tickets:write"
SEE, REPLY = "tickets:see", "tickets:reply"

# Chats

CHAT: Final = an_object(
    ticket=WHOLE,
    subject=TEXT,
    customer=TEXT,
    queue=TEXT_OR_NULL,
    assignee=WHOLE_OR_NULL,
    status=TEXT,
    there=TRUTH,
    started_at=INSTANT,
    accepted_at=INSTANT_OR_NULL,
    unanswered_since=INSTANT_OR_NULL,
    page=TEXT,
    text=TEXT_OR_NULL,
)
CHATS: Final = an_object(chats=a_list(CHAT))
ANSWER: Final = Shape({"text": Text(10_000, required=True), "solve": Flag()})
ENDING: Final = Shape({"solve": Flag()}, none_needed=True)
HABITS: Final = an_object(takes_chats=TRUTH, **dict.fromkeys(serving.HABITS, TRUTH))
KEPT: Final = Shape({name: Flag() for name in HABITS["properties"]})
TICKET: Final = an_object(ticket=WHOLE)


def chats(asked: Asked) -> Any:
    """Every open chat one may see, those whose visitor waits longest first. `there`: the visitor's window is open."""
    veil, now = access.veil(asked.actor), clock.now()
    rows = veil.rows(chat_rows.open_chats(access.visible_tickets(asked.actor)))
    return {"chats": [chat_told(row, now - row["here_at"] < live.GONE_AFTER) for row in rows]}


def chat_told(row: Mapping[str, Any], there: bool) -> dict[str, Any]:
    other = {"ticket": row["id"], "assignee": row["assignee_id"], "there": there}
    return {name: other.get(name, row.get(name)) for name in CHAT["properties"]}


def accept(asked: Asked) -> Any:
    serving.accept(asked.actor, asked.numbers[0], now=clock.now())
    return {"ticket": asked.numbers[0]}


def answer(asked: Asked) -> Any:
    """It is in the visitor's window at once."""
    status = "solved" if asked.sent.get("solve") else ""
    serving.answer(asked.actor, asked.numbers[0], asked.sent["text"], now=clock.now(), status=status)
    return {"ticket": asked.numbers[0]}


def end(asked: Asked) -> Any:
    """For both sides."""
    serving.end(asked.actor, asked.numbers[0], solve=asked.sent.get("solve", False), now=clock.now())
    return {"ticket": asked.numbers[0]}


def habits(asked: Asked) -> Any:
    return {"takes_chats": asked.actor.takes_chats, **serving.habits(asked.actor)}


def keep_habits(asked: Asked) -> Any:
    """What is not sent stays. Who takes chats again is offered what waits."""
    sent = dict(asked.sent)
    wanted = sent.pop("takes_chats", asked.actor.takes_chats)
    serving.keep_habits(asked.actor, {**serving.habits(asked.actor), **sent})
    if wanted != asked.actor.takes_chats:
        serving.take_chats(asked.actor, wanted, now=clock.now())
    asked.actor.refresh_from_db()
    return habits(asked)


# Calls

CALL: Final = an_object(
    id=WHOLE,
    line=TEXT_OR_NULL,
    number=TEXT,
    name=TEXT,
    customer=WHOLE_OR_NULL,
    agent=WHOLE_OR_NULL,
    ticket=WHOLE_OR_NULL,
    outgoing=TRUTH,
    state=TEXT,
    rang_at=INSTANT,
    answered_at=INSTANT_OR_NULL,
    ended_at=INSTANT_OR_NULL,
    seconds=WHOLE_OR_NULL,
    noted_at=INSTANT_OR_NULL,
)
AT_HAND: Final = an_object(calls=a_list(CALL))
ABOUT: Final = Shape({"ticket": Whole(1, nullable=True)}, none_needed=True)
NOTE: Final = Shape({"text": Text(20_000)}, none_needed=True)
NOTED: Final = an_object(ticket=WHOLE_OR_NULL)


def call_told(asked: Asked, row: Mapping[str, Any]) -> dict[str, Any]:
    hidden = {"number": VEIL} if row["number"] and access.veil(asked.actor).hides(PHONE) else {}
    other = {name: row[f"{name}_id"] for name in ("customer", "agent", "ticket")}
    return {name: other.get(name, row.get(name)) for name in CALL["properties"]} | hidden


def calls_now(asked: Asked) -> Any:
    """Those that ring for anybody or for whose token it is, theirs, and those they have yet to write up."""
    return {"calls": [call_told(asked, row) for row in calls.at_hand(asked.actor, clock.now())]}


def calls_listed(asked: Asked) -> Any:
    """Whose token it is, their own, those of no ticket yet and those of a ticket they see; the latest first."""
    before = (pages.cursor(asked, (int,)) or (None,))[0]
    rows = calls.latest(asked.actor, asked.limit + 1, before)
    return pages.page(rows, asked.limit, lambda row: (row["id"],), lambda row: call_told(asked, row))


def take(asked: Asked) -> Any:
    return {"id": calls.take(asked.actor, asked.numbers[0], now=clock.now()).pk}


def belongs(asked: Asked) -> Any:
    """To the ticket named, or to a new one."""
    ticket, number, now = asked.sent.get("ticket"), asked.numbers[0], clock.now()
    if ticket is None:
        return {"ticket": calls.opens(asked.actor, number, now=now)}
    return {"ticket": calls.belongs_to(asked.actor, number, ticket, now=now)}


def wrap_up(asked: Asked) -> Any:
    """What was said, as a note on the call's ticket; without a text the question is put aside."""
    return {"ticket": calls.wrap_up(asked.actor, asked.numbers[0], asked.sent.get("text", ""), now=clock.now())}


ONE_CHAT: Final = "/tickets/{id}/chat"
MINE: Final = "/agents/me/chats"
ROUTES: Final = (
    Route("GET", "/chats", READ, chats, "List open chats", gives=CHATS, asks=SEE),
    Route("POST", ONE_CHAT + "/accept", WRITE, accept, "Take a chat", gives=TICKET, asks=REPLY),
    Route("POST", ONE_CHAT + "/answer", WRITE, answer, "Answer in a chat", ANSWER, TICKET, status=201, asks=REPLY),
    Route("POST", ONE_CHAT + "/end", WRITE, end, "End a chat", ENDING, TICKET, asks=REPLY),
    Route("GET", MINE, "people:read", habits, "Show how one likes to chat", gives=HABITS, asks=REPLY),
    Route("PATCH", MINE, "people:write", keep_habits, "Say how one likes to chat", KEPT, HABITS, asks=REPLY),
    Route("GET", "/calls", READ, calls_listed, "List calls", gives=a_page(CALL), query=PAGED, asks=REPLY),
    Route("GET", "/calls/now", READ, calls_now, "List the calls at hand", gives=AT_HAND, asks=REPLY),
    Route("POST", "/calls/{id}/take", WRITE, take, "Take a call", gives=ID, asks=REPLY),
    Route("PUT", "/calls/{id}/ticket", WRITE, belongs, "Say what a call is about", ABOUT, TICKET, asks=REPLY),
    Route("POST", "/calls/{id}/note", WRITE, wrap_up, "Write a call up", NOTE, NOTED, asks=REPLY),
)
