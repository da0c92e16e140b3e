"""Where a cluster's server listens, whether it is there, and what a dead one left behind.

It reads PostgreSQL's own files; it starts and stops nothing.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from deskwright.store.embedded import programs
from deskwright.store.embedded.ownership import EmbeddedRefused

if TYPE_CHECKING:
    import psycopg

PORT = 5432
NAME = f".s.PGSQL.{PORT}"
LONGEST = 103  # bytes in a socket's path; Linux takes 107, macOS 103
PATIENCE = 60.0  # seconds for a server that is still recovering


def folder(cluster: Path) -> Path:
    """The folder of the cluster's socket: its own, or a short private one when that path is too long for a socket."""
    if _fits(cluster):
        return cluster
    identity = f"{cluster}:{cluster.stat().st_ino}"
    name = f"deskwright-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):
        if _fits(base / name):
            return _private(base / name)
    raise EmbeddedRefused(f"No folder for PostgreSQL's socket has a short enough path; tried {cluster} and /tmp.")


def postmaster(cluster: Path) -> int | None:
    """The pid of the server that runs on this cluster. A number left by a dead server and used again does not count."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    import psutil

    try:
        return pid if psutil.Process(pid).cwd() == str(cluster.resolve()) else None
    except psutil.Error:
        return None


def leaving(cluster: Path) -> bool:
    """Whether the server is on its way down (its owner was killed while stopping it)."""
    with suppress(OSError, IndexError):
        return (cluster / "postmaster.pid").read_text().split("\n")[7].strip() == "stopping"
    return False


def clear_stale(cluster: Path) -> None:
    """A dead server's lock files name a pid that may be somebody else's by now, and would stop the next start."""
    for left in (cluster / "postmaster.pid", folder(cluster) / f"{NAME}.lock", folder(cluster) / NAME):
        left.unlink(missing_ok=True)


def ensure_database(where: Path, name: str) -> None:
    """Makes the database on the first start; waits for a server that is still recovering. Raises EmbeddedRefused."""
    import psycopg
    from psycopg import sql

    with _connected(where) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            with suppress(psycopg.errors.DuplicateDatabase):
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def quoted(where: Path) -> str:
    """The folder as an entry of a list inside single quotes in postgresql.conf."""
    return '"{}"'.format(str(where).replace('"', '""').replace("'", "''"))


def _connected(where: Path) -> psycopg.Connection:
    import psycopg

    until = time.monotonic() + PATIENCE
    while True:
        try:
            return psycopg.connect(host=str(where), port=PORT, user="postgres", dbname="postgres", autocommit=True)
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise EmbeddedRefused(f"PostgreSQL on {where} does not answer: {error}") from error
            time.sleep(0.05)


def _fits(base: Path) -> bool:
    return len(os.fsencode(base / NAME)) <= LONGEST


def _private(base: Path) -> Path:
    """The folder, certainly ours: anybody may make folders under /tmp, and the socket there is trusted."""
    with suppress(FileExistsError):
        base.mkdir(mode=0o700)
        programs.hand_over(base)
    found = base.lstat()
    account = programs.account()
    ours = account.pw_uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != ours or found.st_mode & 0o077:
        raise EmbeddedRefused(
            f"{base} belongs to somebody else. Remove it, or choose a data directory with a shorter path."
        )
    return base
