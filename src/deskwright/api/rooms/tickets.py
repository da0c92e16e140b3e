"""Tickets: list, show, change one or many, take back a change, escalate, acknowledge, hand back, pass on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from deskwright.api import pages
from deskwright.api.problems import Problem
from deskwright.api.rooms.ticket_told import EVENT, TICKET, WHOLE_TICKET, message, seen, shown
from deskwright.api.routing import PAGED, Answer, Asked, Param, Route
from deskwright.api.shapes import (
    WHOLE,
    Choice,
    Numbers,
    Shape,
    Text,
    Texts,
    Values,
    Whole,
    a_list,
    a_page,
    an_object,
)
from deskwright.desk import access, clock, workflows
from deskwright.desk.errors import NotFound
from deskwright.desk.staff import returns
from deskwright.desk.tickets import changing, escalating, merging, undoing
from deskwright.engine.conditions import Condition, ConditionError, compile_condition
from deskwright.engine.saying import again
from deskwright.engine.sqlfilter import Unanswerable
from deskwright.engine.values import COMPLEXITIES, LEVELS, PRIORITIES
from deskwright.engine.vocabulary import vocabulary
from deskwright.engine.workflow import Workflow
from deskwright.store.connection import deed
from deskwright.store.facts import lock_tickets
from deskwright.store.queries import feed
from deskwright.store.queries import ticket as queries

READ, WRITE = "tickets:read", "tickets:write"
WORD: Final = 80
AT_ONCE: Final = 100
"""Tickets that one request may change."""

CHANGES: Final = Shape(
    {
        "status": Text(WORD),
        "priority": Choice(PRIORITIES),
        "impact": Choice(LEVELS, nullable=True),
        "urgency": Choice(LEVELS, nullable=True),
        "complexity": Choice(COMPLEXITIES),
        "category": Text(WORD, nullable=True),
        "queue": Text(WORD),
        "assignee": Whole(1, nullable=True),
        "type": Text(40),
        "subject": Text(1000),
        "fields": Values(100, 10_000),
        "tag": Texts(60, 50),
        "untag": Texts(60, 50),
    }
)
BULK: Final = Shape({"tickets": Numbers(AT_ONCE, required=True), "changes": Shape(CHANGES.fields, required=True)})
UNDONE: Final = Shape({"events": Numbers(AT_ONCE, required=True)})
REASON: Final = Shape({"reason": Text(500)}, none_needed=True)
HANDED: Final = Shape({"reason": Text(500), "to": Text(WORD)}, none_needed=True)

ORDER: Final = Param("order", "By id (if not said), or by last change, the oldest first.", tuple(feed.ORDERS))
WHERE: Final = Param(
    "where", "A condition of the workflow language, such as: priority == 'high' AND tags CONTAINS 'vip'"
)


# Reading


def listed(asked: Asked) -> Any:
    order = asked.query.get("order", "id")
    kinds = (int,) if order == "id" else (str, int)
    after = pages.cursor(asked, kinds) or ((0,) if order == "id" else ("0001-01-01T00:00:00+00:00", 0))
    workflow = workflows.live()
    wanted = feed.Wanted(condition(asked, workflow), workflow, clock.now(), access.visible_to(asked.agent), order)
    try:
        found = feed.listed(wanted, placed(after), asked.limit + 1)
    except Unanswerable as error:
        raise wrong_condition(str(error)) from None
    return pages.page(found, asked.limit, lambda row: feed.place(order, row), lambda row: shown(seen(asked.agent, row)))


def placed(after: tuple[Any, ...]) -> tuple[Any, ...]:
    """Raises Problem 422 for a cursor whose instant is none."""
    if len(after) == 1:
        return after
    try:
        at = datetime.fromisoformat(after[0])
    except ValueError:
        raise Problem(422, "wrong_cursor", "This cursor is not of this list: take `next` of a page of it.") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC), after[1])


def condition(asked: Asked, workflow: Workflow) -> Condition | None:
    """Raises Problem 422 for a condition that does not stand, with the place and what was meant."""
    text = asked.query.get("where", "").strip()
    if not text:
        return None
    try:
        found = compile_condition(text, vocabulary(workflow.fields, workflow.categories, tuple(workflow.signals)))
    except ConditionError as error:
        raise wrong_condition("; ".join(fault(*each) for each in error.faults)) from None
    if hidden := access.veil(asked.agent).hidden_among(found.names):
        raise wrong_condition(f"your role does not get to see {hidden[0]}")
    return found


def fault(at: int, said: str, meant: str | None) -> str:
    return f"{said} (character {at + 1})" + (f"; did you mean {meant}?" if meant else "")


def wrong_condition(said: str) -> Problem:
    return Problem(422, "wrong_condition", said, errors=[{"pointer": "", "detail": f"where: {said}"}])


def show(asked: Asked) -> Answer:
    """The ticket with its conversation, of a merged one that of the whole; 304 when it is as the client knows it."""
    row = found(asked)
    if row["merged_into_id"] is not None:
        row = found(asked, merging.whole_of(row["id"]))
    tag = etag(row)
    if asked.headers.get(b"if-none-match", b"").decode("latin-1") == tag:
        return Answer(None, 304, {"ETag": tag})
    messages = [message(each) for each in queries.messages(row["id"])]
    merged = asked.numbers[0] if asked.numbers[0] != row["id"] else None
    return Answer({**shown(row), "messages": messages, "merged_from": merged}, headers={"ETag": tag})


def hold(asked: Asked) -> None:
    with deed() as sql:
        lock_tickets(sql, asked.numbers)


def found(asked: Asked, number: int = 0) -> Mapping[str, Any]:
    """The row of the ticket in the path, or of another. Raises NotFound."""
    number = number or asked.numbers[0]
    wanted = feed.Wanted(None, workflows.live(), clock.now(), access.visible_to(asked.agent))
    row = next(iter(feed.rows(wanted, (number - 1,), 1)), None)
    if row is None or row["id"] != number:
        raise NotFound(f"There is no ticket #{number} that you can see.")
    return seen(asked.agent, row)


def etag(row: Mapping[str, Any]) -> str:
    return f'"{row["id"]}-{row["revision"]}"'


def events(asked: Asked) -> Any:
    """What happened, oldest first, with what each decision did and looked at."""
    number = found(asked)["id"]
    names = EVENT["properties"]
    told = access.veil(asked.agent).rows(queries.events(number))
    return {"events": [{name: again(row[name]) for name in names} for row in told]}


# Changing


def change(asked: Asked) -> Answer:
    """Change fields of one ticket. With `If-Match` only if it is still as the client knows it."""
    changed(asked, [found(asked)["id"]], asked.sent)
    row = found(asked)
    return Answer(shown(row), headers={"ETag": etag(row)})


def change_many(asked: Asked) -> Any:
    """Change several tickets, all or none. `events` are what `undo` takes."""
    return {"events": changed(asked, asked.sent["tickets"], asked.sent["changes"])}


def changed(asked: Asked, tickets: list[int], sent: Mapping[str, Any]) -> list[int]:
    changes = {name: value for name, value in sent.items() if name not in {"tag", "untag"}}
    given, taken = sent.get("tag", ()), sent.get("untag", ())
    return changing.change(asked.actor, tickets, changes, now=clock.now(), tag=given, untag=taken)


def undo(asked: Asked) -> Any:
    return {"tickets": undoing.undo(asked.actor, asked.sent["events"], now=clock.now())}


def escalate(asked: Asked) -> Any:
    reason = asked.sent.get("reason", "").strip() or "manual"
    escalating.escalate(asked.actor, asked.numbers[0], now=clock.now(), reason=reason)
    return shown(found(asked))


def acknowledge(asked: Asked) -> Any:
    escalating.acknowledge(asked.actor, asked.numbers[0], now=clock.now())
    return shown(found(asked))


def hand_back(asked: Asked) -> Any:
    reason, to = asked.sent.get("reason", ""), asked.sent.get("to", "")
    escalating.hand_back(asked.actor, asked.numbers[0], now=clock.now(), reason=reason, to=to)
    return shown(found(asked))


def pass_on(asked: Asked) -> Any:
    returns.pass_on(asked.actor, asked.numbers[0], now=clock.now(), reason=asked.sent.get("reason", ""))
    return {"id": asked.numbers[0]}


ROUTES: Final = (
    Route(
        "GET",
        "/tickets",
        READ,
        listed,
        "List tickets",
        gives=a_page(TICKET),
        query=(*PAGED, WHERE, ORDER),
        asks="tickets:see",
    ),
    Route(
        "GET",
        "/tickets/{id}",
        READ,
        show,
        "Show a ticket with its conversation",
        gives=WHOLE_TICKET,
        asks="tickets:see",
        holds=hold,
    ),
    Route(
        "PATCH",
        "/tickets/{id}",
        WRITE,
        change,
        "Change a ticket",
        CHANGES,
        TICKET,
        asks="tickets:change",
    ),
    Route(
        "GET",
        "/tickets/{id}/events",
        READ,
        events,
        "Say what happened to it",
        gives=an_object(events=a_list(EVENT)),
        asks="tickets:see",
    ),
    Route(
        "POST",
        "/tickets/{id}/escalate",
        WRITE,
        escalate,
        "Escalate it one tier",
        REASON,
        TICKET,
        asks="tickets:escalate",
    ),
    Route(
        "POST",
        "/tickets/{id}/acknowledge",
        WRITE,
        acknowledge,
        "Take its escalation",
        gives=TICKET,
        asks="tickets:escalate",
    ),
    Route(
        "POST",
        "/tickets/{id}/hand-back",
        WRITE,
        hand_back,
        "Hand it back a tier",
        HANDED,
        TICKET,
        asks="tickets:escalate",
    ),
    Route(
        "POST",
        "/tickets/{id}/pass-on",
        WRITE,
        pass_on,
        "Pass it on",
        REASON,
        an_object(id=WHOLE),
        asks="tickets:change",
    ),
    Route(
        "POST",
        "/changes",
        WRITE,
        change_many,
        "Change several",
        BULK,
        an_object(events=a_list(WHOLE)),
        asks="tickets:change",
    ),
    Route(
        "POST",
        "/changes/undo",
        WRITE,
        undo,
        "Take changes back",
        UNDONE,
        an_object(tickets=a_list(WHOLE)),
        asks="tickets:change",
    ),
)
