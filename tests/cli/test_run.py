"""`deskwright run`: one command brings the whole desk up, keeps it up, and takes it down."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from deskwright.store.embedded import Embedded, address

READY = "Deskwright is ready"
STARTING = 60  # seconds; a first start migrates


class Desk:
    """A running `deskwright run`, and what it has printed so far."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.port = _free_port()
        variables = {"PATH": os.environ["PATH"], "SMTP_LISTEN": f"127.0.0.1:{_free_port()}"}  # noqa: TID251
        chosen = ["--data", str(data), "--port", str(self.port), "--empty"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deskwright", "run", *chosen, *arguments],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ready(self) -> Desk:
        assert self._ready.wait(STARTING), self.said()
        assert any(READY in line for line in self.printed), self.said()
        return self

    def said(self) -> str:
        return "".join(self.printed)

    def children(self) -> dict[str, psutil.Process]:
        found = psutil.Process(self.process.pid).children()
        return {command: process for process in found if (command := _command(process))}

    def webs(self) -> int:
        """How many web processes serve."""
        found = psutil.Process(self.process.pid).children()
        return sum(_command(process) == "web" for process in found)

    def get(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(30)
        self._reader.join()
        return code

    def end(self) -> None:
        """Whatever a failed test has left."""
        if self.process.poll() is None:
            self.stop()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.printed.append(line)
                if READY in line:
                    self._ready.set()
        self._ready.set()


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="dw-run-"))
    yield folder
    server = Embedded(folder)
    if server.alive():
        server.start()
        server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def begin(data: Path) -> Iterator[Callable[[], Desk]]:
    """Starts a desk on `data`; what still runs when the test ends is stopped."""
    made: list[Desk] = []

    def one() -> Desk:
        made.append(Desk(data))
        return made[-1]

    yield one
    for desk in made:
        desk.end()


@pytest.fixture
def desk(begin: Callable[[], Desk]) -> Desk:
    return begin().ready()


def test_one_command_serves_an_empty_directory_and_stops_without_a_trace(desk: Desk, data: Path) -> None:
    assert desk.get("/healthz") == 200
    _until(lambda: sorted(desk.children()) == ["mail", "web", "work"])
    children = desk.children()
    assert desk.stop() == 0
    assert not any(process.is_running() for process in children.values())
    assert address(data) is None
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_a_killed_web_process_is_replaced_and_no_visitor_is_turned_away(desk: Desk) -> None:
    before = desk.children()["web"]
    before.kill()
    assert desk.get("/healthz") == 200  # waits in the parent's socket until the next one serves
    before.wait(30)
    _until(lambda: desk.webs() == 2)


def test_a_killed_worker_and_mail_listener_are_replaced(desk: Desk) -> None:
    _until(lambda: sorted(desk.children()) == ["mail", "web", "work"])
    before = desk.children()
    before["work"].kill()
    before["mail"].kill()
    _until(lambda: _replaced(before, desk.children()) == {"work", "mail"})


def test_a_killed_postgresql_is_started_again(desk: Desk, data: Path) -> None:
    pid = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    psutil.Process(pid).kill()
    _until(lambda: desk.get("/readyz") == 200 or "PostgreSQL has gone; it is started again" in desk.said())
    _until(lambda: Embedded(data).alive())


def test_a_second_desk_on_one_directory_is_refused_with_the_first_ones_pid(
    begin: Callable[[], Desk], desk: Desk, data: Path
) -> None:
    server = (data / "postgres" / "postmaster.pid").read_text()
    second = begin()
    assert second.process.wait(30) == 1
    second._reader.join()
    assert f"in use by process {desk.process.pid}" in second.said()
    assert desk.get("/healthz") == 200
    assert (data / "postgres" / "postmaster.pid").read_text() == server


def test_other_commands_find_the_running_desk_by_its_directory(desk: Desk, data: Path) -> None:
    command = [sys.executable, "-m", "deskwright", "migrate", "--check", "--data", str(data)]
    done = subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)  # noqa: TID251
    assert (done.returncode, done.stdout) == (0, "The database is up to date.\n"), done.stderr


def test_a_killed_parent_takes_its_children_along_and_the_next_start_adopts_the_database(
    begin: Callable[[], Desk], desk: Desk, data: Path
) -> None:
    children = desk.children()
    desk.process.kill()
    desk.process.wait()
    _until(lambda: not any(process.is_running() for process in children.values()))
    server = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    again = begin().ready()
    assert int((data / "postgres" / "postmaster.pid").read_text().split()[0]) == server
    assert again.get("/healthz") == 200
    assert again.stop(signal.SIGINT) == 0
    assert not Embedded(data).alive()


def _command(process: psutil.Process) -> str | None:
    """`web`, `work` or `mail`; None for a process that has just ended."""
    with suppress(psutil.Error):
        line = process.cmdline()
        return line[line.index("deskwright") + 1] if "deskwright" in line else None
    return None


def _replaced(before: dict[str, psutil.Process], after: dict[str, psutil.Process]) -> set[str]:
    return {name for name in before if name in after and before[name].pid != after[name].pid}


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Waits for something another process does; fails when it has not happened in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if holds():
            return
        pause.wait(0.05)
    pytest.fail("it did not happen in time")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
