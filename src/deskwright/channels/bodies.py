"""The body of a request, as an ASGI server hands it over piece by piece."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class Gone(Exception):
    """The client hung up before its request was whole."""


class TooLarge(Exception):
    """The body has more bytes than are taken, or says that it will."""


async def whole(
    receive: Callable[[], Awaitable[Mapping[str, Any]]], headers: Mapping[bytes, bytes], most: int
) -> bytes:
    """At most `most` bytes. Raises TooLarge as soon as it is known, and Gone."""
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > most:
        raise TooLarge
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise TooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
