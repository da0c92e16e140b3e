"""Asks a virus scanner about bytes, by the protocol of ClamAV's daemon (INSTREAM). It decides nothing about them."""

from __future__ import annotations

import socket
import struct
from typing import Final

PIECE: Final = 64 * 1024
PATIENCE: Final = 30.0


class Unscanned(Exception):
    """The scanner did not answer, or could not scan this."""


def scan(host: str, port: int, content: bytes) -> str | None:
    """The name of what was found; None when it is clean. Raises Unscanned."""
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as scanner:
            scanner.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                scanner.sendall(struct.pack(">I", len(piece)) + piece)
            scanner.sendall(struct.pack(">I", 0))
            answer = b"".join(iter(lambda: scanner.recv(4096), b""))
    except OSError as trouble:
        raise Unscanned(f"The virus scanner does not answer: {trouble}") from trouble
    said = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if said == "OK":
        return None
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    raise Unscanned(f"The virus scanner says: {said[:200] or 'nothing'}")
