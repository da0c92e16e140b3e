"""`GET /chat/v1/<widget>/stream`: server-sent events for one visitor, from the message they were told last."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qs

from deskwright.desk.chat import reading
from deskwright.desk.numbers import number_in
from deskwright.store.aside import aside
from deskwright.web.chat.asking import Asked, Receive, Refusal, Send
from deskwright.web.chat.lobby import Guest
from deskwright.web.watching import Station

STREAM: Final = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
HELLO: Final = b": here\n\n"


async def stream(station: Station, asked: Asked, receive: Receive, send: Send, cors: dict[str, str]) -> None:
    """Serve one stream until the browser leaves or the desk stops. 404 without a chat, 429 for too many windows."""
    visitor = asked.visitor
    chat = await aside(reading.chat_of, visitor)
    if chat is None:
        raise Refusal(404, "no_chat")
    if station.lobby.crowded(chat["ticket"]):
        raise Refusal(429, "too_many_windows", {"Retry-After": "10"})
    guest = Guest(chat["ticket"], chat["name"], after(asked))
    headers = STREAM + [(name.lower().encode(), value.encode("latin-1")) for name, value in cors.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": HELLO, "more_body": True})
    with station.lobby.joined(guest), suppress(asyncio.CancelledError):
        await tell(guest, receive, send)
        await send({"type": "http.response.body", "body": b""})


def after(asked: Asked) -> int:
    """The newest message the window has, by `Last-Event-ID` or by the address."""
    given = asked.headers.get(b"last-event-id", b"").decode("latin-1")
    given = given or parse_qs(asked.question).get("after", ["0"])[0]
    return number_in(given) or 0


async def tell(guest: Guest, receive: Receive, send: Send) -> None:
    departure = asyncio.ensure_future(leave(guest, receive))
    try:
        while not guest.over:
            await guest.wake.wait()
            if said := guest.take():
                await send({"type": "http.response.body", "body": said, "more_body": True})
    finally:
        departure.cancel()


async def leave(guest: Guest, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    guest.end()
