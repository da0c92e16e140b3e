"""Style sheets, scripts and icons, answered in front of Django: WhiteNoise's files behind an ASGI route.

Conditional and range requests are WhiteNoise's. Texts are squeezed once per process and kept: there are few.
"""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise import WhiteNoise

Scope = Mapping[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

MAX_AGE = 60
"""Seconds a browser may use a file without asking; asking costs a 304."""


class StaticFiles:
    """The static files of every installed application."""

    def __init__(self) -> None:
        self.squeezed: dict[str, bytes] = {}
        self.noise = WhiteNoise(None, max_age=MAX_AGE, autorefresh=settings.DEBUG, allow_all_origins=False)
        for finder in get_finders():
            for storage in getattr(finder, "storages", {}).values():
                self.noise.add_files(storage.location, prefix=settings.STATIC_URL)

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer one request below STATIC_URL."""
        path: str = scope["path"]
        file = self.noise.find_file(path) if self.noise.autorefresh else self.noise.files.get(path)
        if file is None:
            await respond(send, 404, [("Content-Type", "text/plain")], b"No such file.")
            return
        response = file.get_response(scope["method"], asked(scope))
        body = b""
        if response.file is not None:
            with response.file:
                body = response.file.read()
        headers = [*response.headers]
        if int(response.status) == HTTPStatus.OK and squeezable(scope, headers):
            body = self.squeezed.get(path) or self.squeeze(path, body)
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"), ("Content-Length", str(len(body)))]
        await respond(send, int(response.status), headers, body)

    def squeeze(self, path: str, body: bytes) -> bytes:
        squeezed = gzip.compress(body, compresslevel=9, mtime=0)
        if not self.noise.autorefresh:
            self.squeezed[path] = squeezed
        return squeezed


def squeezable(scope: Scope, headers: list[tuple[str, str]]) -> bool:
    """A text for a browser that takes gzip; HEAD is answered with the plain length."""
    kind = {name.lower(): value for name, value in headers}.get("content-type", "")
    text = kind.startswith(("text/", "application/javascript", "image/svg"))
    return text and scope["method"] == "GET" and "gzip" in asked(scope).get("HTTP_ACCEPT_ENCODING", "")


def asked(scope: Scope) -> dict[str, str]:
    """The request's headers under the names WhiteNoise looks for."""
    return {f"HTTP_{name.decode().upper().replace('-', '_')}": value.decode() for name, value in scope["headers"]}


async def respond(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    safe = [*headers, ("X-Content-Type-Options", "nosniff")]
    encoded = [(name.lower().encode(), value.encode()) for name, value in safe]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
