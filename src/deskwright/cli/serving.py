"""uvicorn as the desk uses it. Apart from `web`, so that asking for help loads no server."""

from __future__ import annotations

import socket

import uvicorn
from uvicorn.importer import import_from_string

APPLICATION = "deskwright.config.asgi:application"
DRAIN = 5  # seconds for requests at hand


class Server(uvicorn.Server):
    """Told to stop, it ends the event streams first: they never end by themselves, and would use up the grace."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        station = getattr(import_from_string(APPLICATION), "station", None)
        if station is not None:
            await station.close()
        await super().shutdown(sockets)


def serve(own: socket.socket, *, debug: bool) -> bool:
    """Serves on the socket until told to stop. Returns whether it ever started."""
    config = uvicorn.Config(
        APPLICATION,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=debug,
        log_config=None,
        log_level="info" if debug else "warning",
        server_header=False,
        timeout_graceful_shutdown=DRAIN,
    )
    server = Server(config)
    server.run(sockets=[own])
    return server.started
