"""Sockets that are taken before anything else starts, so that a port in use is the first thing to be said."""

from __future__ import annotations

import errno
import socket

from deskwright.cli.failures import Refused

BACKLOG = 2048
TRIES = 20


def listening(host: str, port: int) -> socket.socket:
    """A listening TCP socket. Raises Refused with what to do when the address cannot be had."""
    try:
        return socket.create_server((host, port), family=_family(host), backlog=BACKLOG)
    except OSError as error:
        raise Refused(_unavailable(host, port, error)) from error


def free(host: str, port: int) -> bool:
    """Whether somebody could listen there at this moment."""
    try:
        socket.create_server((host, port), family=_family(host)).close()
    except OSError:
        return False
    return True


def next_free(host: str, port: int) -> int | None:
    """The first port after `port` that nobody listens on; None when the next few are all taken."""
    return next((one for one in range(port + 1, port + TRIES) if free(host, one)), None)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _unavailable(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use. Choose another: `deskwright run --port {port + 1}`, or PORT={port + 1}."
        )
    if error.errno == errno.EACCES:
        return f"This account may not listen on port {port}. Choose one above 1023 with --port or PORT."
    return f"Nothing can listen on {host}:{port} ({error.strerror}). Choose another address with --host and --port."
