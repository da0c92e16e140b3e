"""A tree of child processes: each is started again when it dies, all are stopped in order.

It knows commands and signals, not what the processes do.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

log = logging.getLogger("deskwright.processes")

STEADY = 5.0  # seconds after which a start counts as good
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
BEAT = 1.0  # seconds between two looks at things that send no signal
SHORT_BEAT = 0.05  # the same while a child waits for its start
REFUSED = 2  # the exit code of a process that would refuse again


def deskwright(*arguments: str) -> list[str]:
    """The command line of one of our own commands, whatever the working directory holds."""
    return [sys.executable, "-P", "-m", "deskwright", *arguments]


class Child:
    """One process of the tree; `--leash FD` is added to its command.

    `patience`: seconds it has to end when asked. `may_start` is asked until it allows the start.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        handed: Sequence[int] = (),
        patience: float = 15.0,
        may_start: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name = name
        self.command = command
        self.handed = tuple(handed)
        self.patience = patience
        self.may_start = may_start
        self.due = 0.0  # when to start it again, on the monotonic clock
        self._failures = 0
        self._born = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, leash: int) -> None:
        command = [*self.command, "--leash", str(leash)]
        self._born = time.monotonic()
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=(leash, *self.handed), start_new_session=True
        )

    def ended(self) -> int | None:
        """The exit code, once after each end."""
        code = self._process.poll() if self._process else None
        if code is not None:
            self._process = None
            self._failures = 0 if time.monotonic() - self._born > STEADY else self._failures + 1
            self.due = time.monotonic() + self.pause()
        return code

    def pause(self) -> float:
        """Seconds before the next start: none after a steady life, doubling while it keeps dying."""
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self._failures - 1)) if self._failures else 0.0

    def running(self) -> bool:
        return self._process is not None

    def stop(self) -> None:
        """Asks, waits, and kills it when it does not end in time."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(self.patience)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop within %.0f s and was killed", self.name, self.patience)
            self._process.kill()
            self._process.wait()
        self._process = None


class ProcessTree:
    """`children` are started and stopped in their order. `watch` is called once a second."""

    def __init__(self, children: Sequence[Child], watch: Callable[[], None]) -> None:
        self.children = children
        self.watch = watch
        self._leash, self._end = os.pipe()

    def keep(self) -> int:
        """Keeps every child running until SIGTERM, SIGINT or SIGHUP; returns the exit code."""
        with _signals() as told:
            while REFUSED not in [self._mend(child) for child in self.children]:
                if told(self._next_look()):
                    return 0
                self.watch()
        return REFUSED

    def stop(self) -> None:
        for child in self.children:
            child.stop()
        os.close(self._end)
        os.close(self._leash)

    def _next_look(self) -> float:
        waiting = [child.due - time.monotonic() for child in self.children if not child.running()]
        return max(SHORT_BEAT, min([BEAT, *waiting]))

    def _mend(self, child: Child) -> int | None:
        code = child.ended()
        if code is not None and code != REFUSED:
            log.warning("%s %s; it is started again%s", child.name, _death(code), _after(child.pause()))
        if not child.running() and code != REFUSED and time.monotonic() >= child.due and child.may_start():
            child.start(self._leash)
        return code


@contextmanager
def _signals() -> Iterator[Callable[[float], bool]]:
    """A function that waits some seconds, less when a child ends, and tells whether to stop."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        far.setblocking(False)
        kept = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        kept[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        waking = signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
        try:
            yield lambda seconds: _woken(near, seconds, asked)
        finally:
            signal.set_wakeup_fd(waking)
            for number, handler in kept.items():
                signal.signal(number, handler)


def _woken(near: socket.socket, seconds: float, asked: list[int]) -> bool:
    if not asked and select.select([near], [], [], seconds)[0]:
        near.recv(4096)
    return bool(asked)


def _death(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _after(pause: float) -> str:
    return f" in {pause:.1f} s" if pause else " at once"
