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

from deskwright.api.front import api, respond  # noqa: E402
from deskwright.api.hooks import PREFIX, Alerts, hooks, of_alerts  # noqa: E402
from deskwright.config.health import readiness  # noqa: E402
from deskwright.desk.arriving.arrivals import Arrival, Outcome  # noqa: E402
from deskwright.desk.arriving.batcher import Batcher, of_intake  # noqa: E402
from deskwright.desk.chat.saying import Said, of_chat  # noqa: E402
from deskwright.desk.garbage import calm  # noqa: E402
from deskwright.store import outage  # noqa: E402
from deskwright.web.chat.door import chat  # noqa: E402
from deskwright.web.chat.script import Script  # noqa: E402
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
        self.script = Script()
        self.batcher: Batcher[Arrival, Outcome] | None = None
        self.alerts: Alerts | None = None
        self.chats: Batcher[Said, Outcome] | None = None
        self.station: Station | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live_through(receive, send)
            return
        path: str = scope["path"]
        if path.startswith(PREFIX):
            assert self.alerts is not None, "the server must support lifespan"
            await hooks(self.alerts, scope, receive, send)
        elif path.startswith("/api/"):
            assert self.batcher is not None, "the server must support lifespan"
            await api(self.batcher, scope, receive, send)
        elif path.startswith(settings.STATIC_URL):
            await self.static_files(scope, send)
        elif path.startswith("/chat/v1/"):
            assert self.station is not None and self.chats is not None, "the server must support lifespan"
            await chat(self.station, self.chats, scope, receive, send)
        elif path == "/chat.js":
            await self.script(scope, send)
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
        self.off_duty = outage.keep_patrol()
        self.batcher, self.alerts, self.chats, self.station = of_intake(), of_alerts(), of_chat(), Station()
        for part in (self.batcher, self.alerts, self.chats, self.station):
            part.open()

    async def stop(self) -> None:
        """Answer what waits, end the streams."""
        if self.station is not None:
            await self.station.close()
        for batcher in (self.batcher, self.alerts, self.chats):
            if batcher is not None:
                await asyncio.to_thread(batcher.close)
        self.off_duty.set()


application = Front()
