"""Who owns a data directory: an flock on DATA/owner.lock, with the owner's pid and the database's address inside.

The kernel drops the lock with its process, so a killed owner never has to be cleaned up after.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

NAME = "owner.lock"


class EmbeddedRefused(Exception):
    """The bundled PostgreSQL cannot serve this data directory; the text says why and what to do."""


class Owner(NamedTuple):
    pid: int
    url: str


class Lock:
    """Held from `take` to `release`, or until the process ends."""

    def __init__(self, data: Path) -> None:
        self.path = data / NAME
        self._file: int | None = None

    def take(self) -> None:
        """Raises EmbeddedRefused when another process holds the directory."""
        while self._file is None:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            if not _locked(file):
                os.close(file)
                raise EmbeddedRefused(_taken(self.path.parent))
            if _is_at(file, self.path):
                self._file = file
            else:  # its last owner has just removed it
                os.close(file)

    @property
    def held(self) -> bool:
        return self._file is not None

    def announce(self, url: str) -> None:
        assert self._file is not None, "announce() before take()"
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps({"pid": os.getpid(), "url": url}).encode() + b"\n", 0)

    def release(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self.path.unlink()
            os.close(self._file)
            self._file = None


def address(data: Path) -> str | None:
    """The URL of the database that a living process owns under `data`; None when nobody does."""
    found = owner(data)
    return found.url if found else None


def owner(data: Path) -> Owner | None:
    """Who owns `data` at this moment; None when nobody does or it is still starting."""
    try:
        noted = json.loads((data / NAME).read_text(encoding="utf-8"))
        os.kill(noted["pid"], 0)
    except PermissionError:
        return Owner(noted["pid"], noted["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Owner(noted["pid"], noted["url"])


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(file: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file), path.stat())
    return False


def _taken(data: Path) -> str:
    holder = owner(data)
    who = f"process {holder.pid}" if holder else "another process that is just starting or stopping"
    stop = f"stop it (kill {holder.pid})" if holder else "wait a moment"
    return (
        f"The data directory {data} is in use by {who}. Either {stop} and start again, "
        f"or give this desk its own directory: DATA=elsewhere, or --data elsewhere."
    )
