"""`GET /live`: server-sent events for a signed-in agent. Only ids leave, only of tickets the agent may see.

A raw ASGI route beside Django: an open stream is one small task, not a thread. Who listens to what is `watching`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from deskwright.desk.numbers import number_in
from deskwright.store import outage
from deskwright.store.aside import aside
from deskwright.web.watching import Authority, Station, Watch, authority, sees, session_key

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

STREAM = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
HELLO = b"retry: 2000\nid: 1\n: listening\n\n"
"""The id makes a browser that comes back say so: it may have missed something."""


async def live(station: Station, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one stream until the browser leaves or the session ends. 401 without a session, 503 during an outage."""
    headers = dict(scope["headers"])
    key = session_key(headers.get(b"cookie", b"").decode("latin-1"))
    try:
        seen = await aside(authority, key) if key else None
        ticket = await looked_at(scope, seen) if seen else None
    except outage.AWAY:
        await refuse(send, 503, [(b"retry-after", b"5")])
        return
    if key is None or seen is None:
        await refuse(send, 401)
        return
    watch = Watch(key, seen, ticket)
    if b"last-event-id" in headers:
        watch.stir()
    await send({"type": "http.response.start", "status": 200, "headers": STREAM})
    await send({"type": "http.response.body", "body": HELLO, "more_body": True})
    with station.joined(watch), suppress(asyncio.CancelledError):  # a server that stops cancels what is open
        await tell(watch, receive, send)
        await send({"type": "http.response.body", "body": b""})


async def looked_at(scope: Scope, seen: Authority) -> int | None:
    """The ticket whose page this is, if its agent may see it."""
    named = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket", [""])[0]
    ticket = number_in(named)
    return ticket if ticket is not None and await aside(sees, seen, ticket) else None


async def refuse(send: Send, status: int, headers: Headers = ()) -> None:
    told = [(b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": b""})


async def tell(watch: Watch, receive: Receive, send: Send) -> None:
    """Write what the watch has gathered, whenever there is something, until it is over."""
    departure = asyncio.ensure_future(leave(watch, receive))
    try:
        while not watch.over:
            await watch.wake.wait()
            if said := watch.take():
                await send({"type": "http.response.body", "body": said, "more_body": True})
    finally:
        departure.cancel()


async def leave(watch: Watch, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    watch.end()
