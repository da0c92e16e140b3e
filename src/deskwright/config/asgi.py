"""The web process's application: the lean routes in front, Django behind them. Composition only.

The batcher, the live station and Django are made when the server starts and put away when it stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import django

from deskwright.config.env import override

override({"DJANGO_SETTINGS_MODULE": "deskwright.config.settings"})
django.setup()

from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402

from deskwright.api.batcher import Batcher  # noqa: E402
from deskwright.api.front import api, respond  # noqa: E402
from deskwright.config.health import readiness  # noqa: E402
from deskwright.desk.garbage import calm  # noqa: E402
from deskwright.web.live import live  # noqa: E402
from deskwright.web.static_files import StaticFiles  # noqa: E402
from deskwright.web.watching import Station  # noqa: E402

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Front:
    """The ASGI application of one process."""

    def __init__(self) -> None:
        self.pages = ASGIHandler()
        self.static_files = StaticFiles()
        self.batcher: Batcher | None = None
        self.station: Station | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live_through(receive, send)
            return
        path: str = scope["path"]
        if path.startswith("/api/"):
            assert self.batcher is not None, "the server must support lifespan"
            await api(self.batcher, scope, receive, send)
        elif path.startswith(settings.STATIC_URL):
            await self.static_files(scope, send)
        elif path == "/live":
            assert self.station is not None, "the server must support lifespan"
            await live(self.station, scope, receive, send)
        elif path == "/healthz":
            await respond(send, 200, {"up": True})
        elif path == "/readyz":
            reasons = await readiness()
            await respond(send, 503 if reasons else 200, {"ready": not reasons, "reasons": reasons})
        else:
            await self.pages(dict(scope), receive, send)

    async def live_through(self, receive: Receive, send: Send) -> None:
        """From the server's start to its stop."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def start(self) -> None:
        calm()
        self.batcher, self.station = Batcher(), Station()
        self.batcher.open()
        self.station.open()

    async def stop(self) -> None:
        """Answer what waits, end the streams."""
        if self.station is not None:
            await self.station.close()
        if self.batcher is not None:
            await asyncio.to_thread(self.batcher.close)


application = Front()
