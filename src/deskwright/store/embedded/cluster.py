"""One PostgreSQL cluster under DATA/postgres: made once, started or adopted, stopped cleanly.

Durability stays on: a commit that was acknowledged is on disk. It must not know any table.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from deskwright.store.embedded import programs, sockets
from deskwright.store.embedded.ownership import EmbeddedRefused, Lock

DATABASE = "deskwright"
LOG_LIMIT = 10 * 1024 * 1024
PROBE = 1024 * 1024
SETTINGS = {
    "listen_addresses": "",
    "port": str(sockets.PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}
THROWAWAY = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


class Embedded:
    """`durable=False` is for throw-away test databases: they survive a killed server, not a killed machine."""

    def __init__(self, data: Path | str, *, durable: bool = True) -> None:
        self.data = Path(data).absolute()
        self.cluster = self.data / "postgres"
        self.log = self.data / "postgres.log"
        self.settings = SETTINGS if durable else SETTINGS | THROWAWAY
        self.url = ""
        self._lock = Lock(self.data)

    def start(self) -> str:
        """Owns the directory and returns the database's URL. A server left by a killed owner is adopted.

        Raises EmbeddedRefused: owned by somebody else, read-only, full, of another PostgreSQL, or it does not start.
        """
        try:
            self._open()
            self._lock.take()
            self._serve()
        except (OSError, programs.ProgramFailed, EmbeddedRefused) as error:
            with suppress(programs.ProgramFailed):
                self.stop()
            raise EmbeddedRefused(self._plain(error)) from error
        return self.url

    def alive(self) -> bool:
        """Whether the server's process is there."""
        return sockets.postmaster(self.cluster) is not None

    def revive(self) -> None:
        """Starts the server again after it died under its owner. Raises EmbeddedRefused."""
        try:
            self._launch()
        except (OSError, programs.ProgramFailed) as error:
            raise EmbeddedRefused(self._plain(error)) from error

    def stop(self) -> None:
        """Ends open connections, writes everything out, gives the directory up. Leaves another owner's server alone."""
        if not self._lock.held:
            return
        if self.alive():
            self._halt()
        with suppress(OSError, EmbeddedRefused):
            if (folder := sockets.folder(self.cluster)) != self.cluster:
                shutil.rmtree(folder)
        self.url = ""
        self._lock.release()

    def _open(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        programs.let_through(self.data)
        with tempfile.TemporaryFile(
            dir=self.data
        ) as probe:  # a full disk is found here, not in the middle of a checkpoint
            probe.write(bytes(PROBE))
            probe.flush()

    def _serve(self) -> None:
        self._create()
        folder = sockets.folder(self.cluster)
        self._configure(folder)
        if sockets.leaving(self.cluster):
            self._halt()
        if not self.alive():
            self._launch()
        self.url = f"postgresql://postgres@/{DATABASE}?host={quote(str(folder))}&port={sockets.PORT}"
        sockets.ensure_database(folder, DATABASE)
        self._lock.announce(self.url)

    def _create(self) -> None:
        """Made beside and moved into place, so that an interrupted first start leaves nothing that looks finished."""
        if self.cluster.exists():
            self._check_version()
            return
        draft = self.data / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        programs.hand_over(draft)
        choices = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
        programs.run("initdb", *choices, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-D", str(draft))
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude = 'deskwright.conf'\ninclude_if_exists = 'local.conf'\n")
        draft.rename(self.cluster)

    def _check_version(self) -> None:
        found = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != programs.MAJOR:
            raise EmbeddedRefused(
                f"{self.cluster} was made by PostgreSQL {found}, this desk brings {programs.MAJOR}. "
                f"Start the older desk, back up there, and restore here into an empty directory."
            )

    def _configure(self, folder: Path) -> None:
        lines = [f"{name} = '{value}'" for name, value in self.settings.items()]
        lines.append(f"unix_socket_directories = '{sockets.quoted(folder)}'")
        conf = self.cluster / "deskwright.conf"
        conf.write_text("\n".join(["# Written at every start; put your own settings into local.conf.", *lines, ""]))
        programs.hand_over(conf)

    def _launch(self) -> None:
        self._turn_log()
        sockets.clear_stale(self.cluster)
        programs.run("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.cluster), "-l", str(self.log))

    def _turn_log(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.log.touch(mode=0o640)
        programs.hand_over(self.log)

    def _halt(self) -> None:
        try:
            programs.run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "60", "-D", str(self.cluster))
        except programs.ProgramFailed:
            if self.alive():
                programs.run("pg_ctl", "stop", "-m", "immediate", "-w", "-t", "10", "-D", str(self.cluster))

    def _plain(self, error: Exception) -> str:
        """What went wrong, in a sentence that says what to do."""
        if isinstance(error, programs.ProgramFailed):
            return self._failed(error)
        return self._unusable(error) if isinstance(error, OSError) else str(error)

    def _unusable(self, error: OSError) -> str:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return self._full()
        return (
            f"The data directory {self.data} cannot be used ({error.strerror or error}). "
            f"Make it writable for this account, or choose another with DATA= or --data."
        )

    def _failed(self, failure: programs.ProgramFailed) -> str:
        said = failure.output + self._last_words()
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return self._full()
        return f"PostgreSQL did not start on {self.cluster}. It said:\n{said.strip()}\nThe whole log is {self.log}."

    def _full(self) -> str:
        return (
            f"The disk that holds {self.data} is full. Free some space, or move the directory and name it with --data."
        )

    def _last_words(self, lines: int = 8) -> str:
        with suppress(OSError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
        return ""
