"""Style sheets, scripts and icons, answered in front of Django: WhiteNoise's files behind an ASGI route.

Pages name them under a stamp of all their contents (`/static/STAMP/css/...`), so that a browser keeps them for good and
an upgrade is seen at once; a script's own imports are relative and stay below the same stamp. Conditional and range
requests are WhiteNoise's. Texts are squeezed once per process and kept: there are few.
"""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage
from whitenoise import WhiteNoise

Scope = Mapping[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

MAX_AGE: Final = 60
"""Seconds a browser may use a file without asking; asking costs a 304."""
FOR_GOOD: Final = "max-age=31536000, public, immutable"
"""For a file named by the stamp of its contents."""


class StampedFiles(StaticFilesStorage):
    """The addresses pages write; without a stamp while files are edited (DEBUG)."""

    def url(self, name: str | None) -> str:
        plain: str = super().url(name)
        start = str(settings.STATIC_URL)
        return plain if settings.DEBUG else f"{start}{stamp()}/{plain.removeprefix(start)}"


def storages() -> list[FileSystemStorage]:
    """Where the static files of every installed application lie."""
    return [storage for finder in get_finders() for storage in getattr(finder, "storages", {}).values()]


@cache
def stamp() -> str:
    """Twelve hexadecimal digits that change with the name or content of any static file."""
    digest = sha256()
    for storage in storages():
        for path in sorted(every_file(storage)):
            with storage.open(path) as file:
                digest.update(path.encode() + b"\0" + sha256(file.read()).digest())
    return digest.hexdigest()[:12]


def every_file(storage: FileSystemStorage, below: str = "") -> list[str]:
    folders, files = storage.listdir(below)
    deeper = [path for folder in folders for path in every_file(storage, f"{below}{folder}/")]
    return [f"{below}{name}" for name in files] + deeper


class StaticFiles:
    """The static files of every installed application."""

    def __init__(self) -> None:
        self.squeezed: dict[str, bytes] = {}
        self.noise = WhiteNoise(None, max_age=MAX_AGE, autorefresh=settings.DEBUG, allow_all_origins=False)
        for storage in storages():
            self.noise.add_files(storage.location, prefix=settings.STATIC_URL)

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer one request below STATIC_URL."""
        path, kept = unstamped(scope["path"])
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
        if kept:
            headers = [(name, FOR_GOOD if name == "Cache-Control" else value) for name, value in headers]
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


def unstamped(path: str) -> tuple[str, bool]:
    """The file's own path, and whether this process's stamp named it; a page of another version gets today's file."""
    start = str(settings.STATIC_URL)
    named, _, rest = path.removeprefix(start).partition("/")
    if len(named) != len(stamp()) or not set(named) <= set("0123456789abcdef"):
        return path, False
    return start + rest, named == stamp()


def squeezable(scope: Scope, headers: list[tuple[str, str]]) -> bool:
    """A text for a browser that takes gzip; HEAD is answered with the plain length."""
    kind = {name.lower(): value for name, value in headers}.get("content-type", "")
    text = kind.startswith(("text/", "application/javascript", "image/svg"))
    return text and scope["method"] == "GET" and "gzip" in asked(scope).get("HTTP_ACCEPT_ENCODING", "")


def asked(scope: Scope) -> dict[str, str]:
    """The request's headers under the names WhiteNoise looks for."""
    return {
        f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
        for name, value in scope["headers"]
    }


async def respond(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    safe = [*headers, ("X-Content-Type-Options", "nosniff")]
    encoded = [(name.lower().encode(), value.encode()) for name, value in safe]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
