"""A child's tie to `deskwright run`: a pipe whose other end only the parent holds.

It closes when the parent dies, even by kill -9. It ends this process and knows nothing of what the process does.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading

GRACE = 20.0  # seconds to finish the work at hand once the parent is gone


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--leash", type=int, help=argparse.SUPPRESS)


def hold(leash: int | None) -> None:
    """Asks this process to stop when the parent is gone, and ends it when it does not within the grace."""
    if leash is not None:
        threading.Thread(target=_watch, args=[leash], name="leash", daemon=True).start()


def until_told() -> threading.Event:
    """An event set by SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _watch(leash: int) -> None:
    while os.read(leash, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE)
    os._exit(1)
