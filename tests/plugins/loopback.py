"""No test reaches beyond this machine: connecting anywhere but loopback and unix sockets fails at once.

An audit hook sees every connection Python opens, whichever library opens it.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

NAMES = {"", "localhost"}


class OutsideLoopback(RuntimeError):
    """A test tried to reach the network."""


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        _check(arguments[0])
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        _check(arguments[1][0])


def _check(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name not in NAMES and not _is_loopback(name):
        raise OutsideLoopback(f"tests may not reach {name}")


def _is_loopback(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_watch)
