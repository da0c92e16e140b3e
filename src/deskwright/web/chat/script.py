"""`GET /chat.js`: the window as one script, put together from its parts and squeezed once per process."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson

Scope = Mapping[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

PARTS: Final = Path(__file__).resolve().parent / "widget"
ORDER: Final = ("words.js", "parts.js", "wire.js", "view.js", "start.js")
MAX_AGE: Final = 300
"""Seconds a browser may use it without asking; asking costs a 304."""


@cache
def source() -> bytes:
    """The whole script; it leaves nothing behind on the page but `window.Deskwright`."""
    look = " ".join(line.strip() for line in (PARTS / "look.css").read_text(encoding="utf-8").splitlines())
    parts = [lean((PARTS / name).read_text(encoding="utf-8")) for name in ORDER]
    styled = f"const LOOK = {orjson.dumps(look).decode()};"
    return "\n".join(['(() => {\n"use strict";', styled, *parts, "})();\n"]).encode()


def lean(text: str) -> str:
    """Without indentation, empty lines and lines that only comment."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


class Script:
    """Answers for the script; it may be loaded by any site, and does nothing where no widget admits it."""

    def __init__(self) -> None:
        self.body = source()
        self.squeezed = gzip.compress(self.body, compresslevel=9, mtime=0)
        self.tag = f'"{sha256(self.body).hexdigest()[:20]}"'.encode()

    async def __call__(self, scope: Scope, send: Send) -> None:
        headers = dict(scope["headers"])
        told = [(b"etag", self.tag), (b"cache-control", b"public, max-age=%d" % MAX_AGE), (b"vary", b"accept-encoding")]
        told += [(b"x-content-type-options", b"nosniff"), (b"cross-origin-resource-policy", b"cross-origin")]
        if headers.get(b"if-none-match") == self.tag:
            await respond(send, 304, told, b"")
            return
        squeeze = b"gzip" in headers.get(b"accept-encoding", b"")
        body = self.squeezed if squeeze else self.body
        told += [(b"content-encoding", b"gzip")] if squeeze else []
        told += [(b"content-type", b"text/javascript; charset=utf-8"), (b"content-length", b"%d" % len(body))]
        await respond(send, 200, told, b"" if scope["method"] == "HEAD" else body)


async def respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
