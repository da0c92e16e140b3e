"""What ends a process from outside, as a machine short of memory does. Knows no Django: it is unpacked in bare ones."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from deskwright.lab.staffed.fitting import Behaviour


class Trap:
    """Ends the process that unpacks it, as long as dots are left in its file; then it is a behaviour."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Path]]:
        return snap, (self.path,)


def killing(path: Path, times: int) -> Trap:
    path.write_text("." * times, encoding="utf-8")
    return Trap(path)


def snap(path: Path) -> Behaviour:
    left = path.read_text(encoding="utf-8")
    if left:
        path.write_text(left[1:], encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return Behaviour({(): (600.0,)}, {(): (0.0,)}, {(): (60.0,)}, workers=frozenset({1}))
