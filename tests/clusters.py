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
            server = Embedded(draft, durable=False)
            migrate(server.start())
            server.stop()
            draft.rename(finished)
    return finished


def copy(made: Path, into: Path) -> None:
    """Puts the cluster into a directory for an `Embedded` of its own."""
    subprocess.run(["cp", "-a", f"{made}/.", str(into)], check=True)


@contextmanager
def serving(made: Path) -> Iterator[str]:
    """The URL of a throw-away copy, served until the block ends."""
    data = Path(tempfile.mkdtemp(prefix="deskwright-"))
    copy(made, data)
    server = Embedded(data, durable=False)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(data, ignore_errors=True)
