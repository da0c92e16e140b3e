"""The API's routes as plain ASGI, in front of Django: no middleware, no threads on the way of a new ticket.

Parses, calls one deed, renders. Every refusal is an RFC 9457 problem.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson

from deskwright.api import problems, reading, tickets, workflows
from deskwright.api.batcher import Batcher
from deskwright.api.openapi import document
from deskwright.api.problems import Problem
from deskwright.api.tokens import Token, caller
from deskwright.desk.arrivals import Arrival, Key, Outcome, Person
from deskwright.desk.errors import DeskError
from deskwright.store import outage
from deskwright.store.aside import aside

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Headers = Mapping[bytes, bytes]

LARGEST: Final = 30 * 1024 * 1024
LONGEST_KEY: Final = 200
READ, WRITE = "tickets:read", "tickets:write"
JSON: Final = b"application/json"
ONE: Final = re.compile(r"/api/v1/tickets/([1-9][0-9]{0,17})")
MESSAGES: Final = re.compile(r"/api/v1/tickets/([1-9][0-9]{0,17})/messages")

log = logging.getLogger("deskwright.api")


class Gone(Exception):
    """The client hung up before its request was whole."""


async def api(batcher: Batcher, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request below /api/."""
    try:
        await route(batcher, scope, receive, send)
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
    path, method = scope["path"].rstrip("/"), scope["method"]
    headers = dict(scope["headers"])
    if path == "/api/v1/tickets":
        allow(method, "POST")
        await open_ticket(batcher, headers, receive, send)
    elif match := ONE.fullmatch(path):
        allow(method, "GET")
        await show_ticket(int(match[1]), headers, send)
    elif match := MESSAGES.fullmatch(path):
        allow(method, "POST")
        await add_message(batcher, int(match[1]), headers, receive, send)
    elif path.startswith(f"{workflows.ROOT}/"):
        await manage_workflow(path, method, headers, receive, send)
    elif path == "/api/v1/openapi.json":
        allow(method, "GET")
        await respond(send, 200, document())
    else:
        raise Problem(404, "not_found", f"There is nothing at {scope['path'][:200]}. See /api/v1/openapi.json.")


def allow(method: str, only: str) -> None:
    if method != only:
        raise Problem(405, "wrong_method", f"Only {only} is answered here.", headers={"Allow": only})


async def open_ticket(batcher: Batcher, headers: Headers, receive: Receive, send: Send) -> None:
    token = await caller(headers, WRITE)
    body = await whole(headers, receive)
    outcome = await batcher.take(reading.ticket(body, idempotency(headers, token, body)))
    known = tickets.answer(accepted(outcome))
    more = {"Location": f"/api/v1/tickets/{known['id']}"}
    if outcome.replayed:
        more["Idempotent-Replayed"] = "true"
    await respond(send, 201, known, more)


def accepted(outcome: Outcome) -> Mapping[str, Any]:
    """The ticket an arrival became. Raises the refusal when it became none."""
    if outcome.error is not None:
        raise outcome.error
    if outcome.answer is None:
        raise Problem(422, "not_taken", f"This became no ticket: {outcome.reason}.")
    return outcome.answer


def idempotency(headers: Headers, token: Token, body: bytes) -> Key | None:
    given = headers.get(b"idempotency-key")
    if given is None:
        return None
    if not 0 < len(given) <= LONGEST_KEY or not given.isascii():
        raise Problem(400, "bad_key", f"Idempotency-Key must have 1 to {LONGEST_KEY} ASCII characters.")
    return Key(token.id, given.decode("ascii"), hashlib.sha256(body).hexdigest())


async def show_ticket(number: int, headers: Headers, send: Send) -> None:
    token = await caller(headers, READ)
    await respond(send, 200, await aside(tickets.shown, token, number))


async def add_message(batcher: Batcher, number: int, headers: Headers, receive: Receive, send: Send) -> None:
    token = await caller(headers, WRITE)
    if b"idempotency-key" in headers:
        raise Problem(422, "key_not_taken", "Idempotency-Key is understood for new tickets only.")
    written = reading.message(await whole(headers, receive))
    if written.kind == "customer":
        message = await say_for_customer(batcher, token, number, written)
    else:
        message = await aside(tickets.write, token, number, written)
    await respond(send, 201, {"id": message, "ticket": number}, {"Location": f"/api/v1/tickets/{number}"})


async def say_for_customer(batcher: Batcher, token: Token, number: int, written: reading.Written) -> int | None:
    """What a customer said elsewhere, put on the ticket. Returns the message's id."""
    subject, requester = await aside(tickets.addressed, token, number)
    said = written.requester or Person(requester)
    arrival = Arrival("api", said, subject, written.text, written.text, thread_ticket=number)
    outcome = await batcher.take(arrival)
    accepted(outcome)
    return outcome.message_id


async def manage_workflow(path: str, method: str, headers: Headers, receive: Receive, send: Send) -> None:
    wanted = workflows.route_for(method, path)
    token = await caller(headers, wanted.scope)
    body = await whole(headers, receive)
    await respond(send, *await aside(workflows.answer, wanted, path, token, body))


async def whole(headers: Headers, receive: Receive) -> bytes:
    """The request's body. Raises Problem 413 as soon as it is known to be too large, Gone when the client hangs up."""
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > LARGEST:
        raise too_large()
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST:
            raise too_large()
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def too_large() -> Problem:
    detail = f"The body is larger than {LARGEST // 1024 // 1024} MB."
    return Problem(413, "too_large", detail, headers={"Connection": "close"})


async def refuse(send: Send, problem: Problem) -> None:
    await deliver(send, problem.status, problem.body(), problems.MEDIA_TYPE, problem.headers)


async def respond(send: Send, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
    await deliver(send, status, orjson.dumps(content), JSON, headers or {})


async def deliver(send: Send, status: int, body: bytes, media_type: bytes, headers: Mapping[str, str]) -> None:
    told = [(b"content-type", media_type), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    told += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
