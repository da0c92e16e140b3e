"""A progress bar on a terminal's standard error; elsewhere nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

WIDTH: Final = 30


def bar() -> Callable[[float], None]:
    """What to tell the share done, 0 to 1."""
    if not sys.stderr.isatty():
        return lambda share: None
    shown = -1

    def tell(share: float) -> None:
        nonlocal shown
        percent = int(share * 100)
        if percent != shown:
            shown = percent
            full = percent * WIDTH // 100
            end = "\n" if percent >= 100 else ""
            print(f"\r  [{'#' * full}{'.' * (WIDTH - full)}] {percent:>3} %", end=end, file=sys.stderr, flush=True)

    return tell
