"""What the doctor says: one finding is one thing, how bad it is, and how it is mended. Worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

BROKEN, WARNING, FINE = "broken", "warning", "fine"
ORDER: Final = (BROKEN, WARNING, FINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """`says` is what is so, `mend` what to do (empty where nothing is to be done), `place` the page that mends it."""

    check: str
    severity: str
    says: str
    mend: str = ""
    place: str = ""
    """The url name of a page of the console."""

    def as_json(self) -> dict[str, Any]:
        return {"check": self.check, "severity": self.severity, "says": self.says, "mend": self.mend}


Check = Callable[[datetime], Iterable[Finding]]


def fine(check: str, says: str) -> Finding:
    return Finding(check, FINE, says)


def warning(check: str, says: str, mend: str, place: str = "") -> Finding:
    return Finding(check, WARNING, says, mend, place)


def broken(check: str, says: str, mend: str, place: str = "") -> Finding:
    return Finding(check, BROKEN, says, mend, place)


def sized(number: float) -> str:
    """Bytes in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1024:
            return f"{number:.0f} {unit}"
        number /= 1024
    return f"{number:.1f} TB"
