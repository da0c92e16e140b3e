"""Habits no linter knows: `python -m tools.habits [ROOT]` prints each breach with its line, and exits 1.

Each rule carries a good and a bad example, which the tests run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = "src/deskwright"


class Habit(NamedTuple):
    name: str
    files: str  # a pattern of paths inside the package
    breach: str  # what a line may not hold
    instead: str
    good: str
    bad: str


HABITS = (
    Habit(
        "no trade-less names",
        "**/*.py",
        r"^\s*class \w*(Manager|Helper|Utils?|Handler|Processor|Service|Repository)\b(?!.*\bBase\w*Manager\b)",
        "name it after the thing it is",
        "class Outbox:",
        "class TicketService:",
    ),
    Habit(
        "no save() overrides",
        "**/*.py",
        r"^\s+def save\(self",
        "what follows from a change belongs to the deed that makes it",
        "    def saved(self) -> bool:",
        "    def save(self, *args):",
    ),
    Habit(
        "no clock inside the database",
        "**/*.sql",
        r"(?i)\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(|\bcurrent_(timestamp|date|time)\b",
        "pass %(now)s",
        "WHERE due_at <= %(now)s",
        "WHERE due_at <= NOW()",
    ),
    Habit(
        "no clock inside SQL strings",
        "**/*.py",
        r"\b(NOW|CLOCK_TIMESTAMP|clock_timestamp)\(\)|\bCURRENT_(TIMESTAMP|DATE|TIME)\b",
        "pass %(now)s",
        'cursor.execute("SELECT 1 WHERE due_at <= %s", [now])',
        'cursor.execute("SELECT 1 WHERE due_at <= NOW()")',
    ),
    Habit(
        "pages go by the desk's own name",
        "**/*.html",
        r"\bDeskwright\b",
        "write {{ house.name }}",
        "{% block title %}{{ title }} · {{ house.name }}{% endblock %}",
        "{% block title %}{{ title }} · Deskwright{% endblock %}",
    ),
)


def main(root: Path) -> int:
    problems = list(breaches(root))
    print("\n".join(problems) or "Habits kept.")
    return 1 if problems else 0


def breaches(root: Path) -> Iterator[str]:
    """One line per breach: file, line, habit and what to do instead. A line ending in `habit: why` is let pass."""
    for habit in HABITS:
        pattern = re.compile(habit.breach)
        for path in sorted((root / PACKAGE).glob(habit.files)):
            if "migrations" not in path.parts:
                yield from _in_file(habit, pattern, path, root)


def _in_file(habit: Habit, pattern: re.Pattern[str], path: Path, root: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if pattern.search(line) and "habit: " not in line and not line.lstrip().startswith("--"):
            yield f"{path.relative_to(root)}:{number}: {habit.name}: {habit.instead}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
