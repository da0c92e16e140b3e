"""The API's routes as plain ASGI, in front of Django: no middleware, no threads on the way of a new ticket.

Parses, calls one deed, renders. Every refusal is an RFC 9457 problem.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson

from deskwright.api import limits, looks, problems, reading, repeats, states, table, tickets
from deskwright.api.openapi import document
from deskwright.api.problems import Problem
from deskwright.api.routing import Answer, Asked, Route, find
from deskwright.api.tokens import DOOR, Token, caller
from deskwright.channels import bodies
from deskwright.channels.bodies import Gone, TooLarge
from deskwright.desk import audit
from deskwright.desk.access import STAFF
from deskwright.desk.arriving.arrivals import Arrival, Key, Outcome, Person
from deskwright.desk.arriving.batcher import Batcher as AnyBatcher
from deskwright.desk.errors import DeskError
from deskwright.store import outage
from deskwright.store.aside import aside
from deskwright.store.connection import deed

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Headers = Mapping[bytes, bytes]
Batcher = AnyBatcher[Arrival, Outcome]

LARGEST: Final = 30 * 1024 * 1024
NOT_MODIFIED: Final = 304
WRITE: Final = "tickets:write"
OPENING: Final = "tickets:reply"
"""What an agent needs to open a ticket for a customer; the page asks the same."""
WRITING: Final = STAFF
"""To write on one: a note and a reply ask for different rights, which their deeds do."""
JSON: Final = b"application/json"
BYTES: Final = b"application/octet-stream"
TICKETS: Final = "/api/v1/tickets"
OWN: Final = {TICKETS: "POST"}
"""Answered here, though the table knows the path."""
MESSAGES: Final = re.compile(r"/api/v1/tickets/([1-9][0-9]{0,17})/messages")

log = logging.getLogger("deskwright.api")


async def api(batcher: Batcher, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request below /api/."""
    await worded(route(batcher, scope, receive, send), scope, send)


async def worded(answer: Awaitable[None], scope: Scope, send: Send) -> None:
    """Await the answer; whatever is refused, or goes wrong, is told as a problem."""
    try:
        await answer
    except Gone:
        return
    except Problem as problem:
        await refuse(send, problem)
    except DeskError as error:
        await refuse(send, problems.of(error))
    except outage.AWAY as trouble:
        log.debug("%s %s: the database is away (%s)", scope["method"], scope["path"], outage.first_line(trouble))
        await refuse(send, problems.away(trouble))
    except Exception:
        log.exception("%s %s failed", scope["method"], scope["path"])
        await refuse(send, Problem(500, "defect", "Something went wrong here; the desk's log says what."))


async def route(batcher: Batcher, scope: Scope, receive: Receive, send: Send) -> None:
    """New tickets and messages go their own short way; everything else by the table."""
    path, method = scope["path"].rstrip("/"), scope["method"]
    headers = dict(scope["headers"])
    if path == TICKETS and method == OWN[TICKETS]:
        await open_ticket(batcher, headers, receive, send, client(scope))
    elif match := MESSAGES.fullmatch(path):
        allow(method, "POST")
        await add_message(batcher, int(match[1]), headers, receive, send, client(scope))
    elif path == "/api/v1/openapi.json":
        allow(method, "GET")
        await respond(send, 200, document())
    else:
        await by_table(find(table.ROUTES, method, path, OWN), path, scope, headers, receive, send)


async def by_table(route: Route, path: str, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
    token = await caller(headers, route.scope, route.asks, client(scope))
    rates = limits.count(token.id)
    body = await whole(headers, receive)
    question = scope.get("query_string", b"").decode("latin-1")
    answer = await aside(answered, route, token, path, question, body, headers, client(scope))
    await respond(send, answer.status, answer.content, {**rates, **answer.headers})


def answered(
    route: Route, token: Token, path: str, question: str, body: bytes, headers: Headers, address: str = ""
) -> Answer:
    """One request of the table, done beside the event loop. Raises Problem and DeskError."""
    with audit.coming_from(DOOR, address, token.name):
        asked = route.asked(token, tickets.writer(token), path, question, body, headers)
        answer = carried_out(route, asked, path, body)
        answer = states.tagged(answer, headers) if states.of_one(route, table.ROUTES) else answer
        if answer.status != NOT_MODIFIED:
            looks.note(route, asked)
    return answer


def carried_out(route: Route, asked: Asked, path: str, body: bytes) -> Answer:
    """Done once under its key, and only while it is as the client knows it, where the request says so."""
    headers, post = asked.headers, route.method == "POST"
    key = repeats.key_of(headers, asked.token.id, b"POST", path.encode(), body) if post else None
    twin = states.twin_of(route, table.ROUTES) if states.IF_MATCH in headers else None
    if twin is None:
        if route.method != "GET":
            states.refuse_blind(headers)
        return repeats.once(key, lambda: done(route, asked))
    with deed():
        states.unchanged(twin, asked, headers[states.IF_MATCH])
        return done(route, asked)


def done(route: Route, asked: Asked) -> Answer:
    given = route.answer(asked)
    return given if isinstance(given, Answer) else Answer(given, route.status)


def client(scope: Scope) -> str:
    """The network address of who asks."""
    return str((scope.get("client") or ("",))[0])


def allow(method: str, only: str) -> None:
    if method != only:
        raise Problem(405, "wrong_method", f"Only {only} is answered here.", headers={"Allow": only})


async def open_ticket(batcher: Batcher, headers: Headers, receive: Receive, send: Send, address: str) -> None:
    token = await caller(headers, WRITE, OPENING, address)
    states.refuse_blind(headers)
    body = await whole(headers, receive)
    outcome = await batcher.take(reading.ticket(body, repeats.key_of(headers, token.id, body)))
    known = tickets.answer(accepted(outcome))
    more = {"Location": f"/api/v1/tickets/{known['id']}"}
    if outcome.replayed:
        more |= repeats.REPLAYED
    await respond(send, 201, known, more)


def accepted(outcome: Outcome) -> Mapping[str, Any]:
    """The ticket an arrival became. Raises the refusal when it became none."""
    if outcome.error is not None:
        raise outcome.error
    if outcome.answer is None:
        raise Problem(422, "not_taken", f"This became no ticket: {outcome.reason}.")
    return outcome.answer


async def add_message(
    batcher: Batcher, number: int, headers: Headers, receive: Receive, send: Send, address: str
) -> None:
    token = await caller(headers, WRITE, WRITING, address)
    states.refuse_blind(headers)
    body = await whole(headers, receive)
    written = reading.message(body)
    key = repeats.key_of(headers, token.id, b"message", b"%d" % number, body)
    if written.kind == "customer":
        answer = await say_for_customer(batcher, token, number, written, key)
    else:
        answer = await aside(repeats.once, key, lambda: said(tickets.write(token, number, written), number))
    await respond(send, answer.status, answer.content, answer.headers)


async def say_for_customer(
    batcher: Batcher, token: Token, number: int, written: reading.Written, key: Key | None
) -> Answer:
    """What a customer said elsewhere, put on the ticket."""
    subject, requester = await aside(tickets.addressed, token, number)
    who = written.requester or Person(requester)
    arrival = Arrival(
        "api", who, subject, written.text, written.text, thread_ticket=number, files=written.files, key=key
    )
    outcome = await batcher.take(arrival)
    accepted(outcome)
    return said(outcome.message_id, number, outcome.replayed)


def said(message: int | None, ticket: int, replayed: bool = False) -> Answer:
    more = repeats.REPLAYED if replayed else {}
    return Answer({"id": message, "ticket": ticket}, 201, {"Location": f"{TICKETS}/{ticket}", **more})


async def whole(headers: Headers, receive: Receive) -> bytes:
    """The request's body. Raises Problem 413 as soon as it is known to be too large, Gone when the client hangs up."""
    try:
        return await bodies.whole(receive, headers, LARGEST)
    except TooLarge:
        raise too_large() from None


def too_large() -> Problem:
    detail = f"The body is larger than {LARGEST // 1024 // 1024} MB."
    return Problem(413, "too_large", detail, headers={"Connection": "close"})


async def refuse(send: Send, problem: Problem) -> None:
    await deliver(send, problem.status, problem.body(), problems.MEDIA_TYPE, problem.headers)


async def respond(send: Send, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
    if isinstance(content, bytes):
        await deliver(send, status, content, BYTES, headers or {})
        return
    body = b"" if status == NOT_MODIFIED else orjson.dumps(content)
    await deliver(send, status, body, JSON, headers or {})


async def deliver(send: Send, status: int, body: bytes, media_type: bytes, headers: Mapping[str, str]) -> None:
    told = [(b"content-type", media_type), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    told += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
