"""A migrated PostgreSQL cluster to copy: making one costs seconds, copying it a fraction of one."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deskwright.store.embedded import Embedded


def made(shared: Path, migrate: Callable[[str], None]) -> Path:
    """The directory of a stopped cluster with every table and no row of a desk, under `shared`. Whoever asks first
    makes it, with `migrate` given its URL; others who ask meanwhile wait.
    """
    finished, draft = shared / "migrated", shared / "migrating"
    with (shared / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            shutil.rmtree(draft, ignore_errors=True)
            with started(draft) as server:
                migrate(server.url)
            draft.rename(finished)
    return finished


def copy(made: Path, into: Path) -> None:
    """Puts the cluster into a directory for an `Embedded` of its own."""
    subprocess.run(["cp", "-a", f"{made}/.", str(into)], check=True)


@contextmanager
def serving(made: Path) -> Iterator[str]:
    """The URL of a throw-away copy, served until the block ends."""
    with temporary(made) as server:
        yield server.url


@contextmanager
def temporary(made: Path | None = None, *, durable: bool = False) -> Iterator[Embedded]:
    """A started server on a copy of that cluster, or on one made anew; stopped and removed at the end."""
    with tempfile.TemporaryDirectory(prefix="deskwright-", ignore_cleanup_errors=True) as name:
        if made is not None:
            copy(made, Path(name))
        with started(Path(name), durable=durable) as server:
            yield server


@contextmanager
def started(data: Path, *, durable: bool = False) -> Iterator[Embedded]:
    """A server on this directory, stopped at the end however that comes."""
    server = Embedded(data, durable=durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()
