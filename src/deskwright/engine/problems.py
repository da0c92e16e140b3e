"""What is wrong with a document: where, what, and what was probably meant.

Owns how a problem is told. It must not know what the sections mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

CLOSE: Final = 0.6
MOST_TOLD: Final = 200
"""Problems of one document that are told; nobody reads more, and each costs time to explain."""
SHORTEST_BEGINNING: Final = 3
MOST_COMPARED: Final = 300
MOST_OF_MANY: Final = 10
"""Known names that are compared; of more, a few that begin with half of the word."""
LONGEST_NAME: Final = 60
"""Longer words are not compared with known names: nobody means them, and comparing costs time."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`line` and `column` count from 1, as do the list items in `path` ("routing_rules[2].condition")."""

    line: int
    column: int
    path: str
    message: str
    suggestion: str | None = None
    """What was probably meant, for the author to accept as it stands."""
    code: str = field(default="", compare=False)
    """Which problem it is, for those that something acts on."""

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion}?" if self.suggestion else ""
        where = f" ({self.path})" if self.path else ""
        return f"line {self.line}, column {self.column}{where}: {self.message}{hint}"

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message,
            "suggestion": self.suggestion,
        }


class TooMany(Exception):
    """Enough problems have been told; reading stops here."""


class WorkflowError(ValueError):
    """A document that does not load. `problems` holds all of them (up to `MOST_TOLD`), in the document's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(set(problems), key=lambda problem: (problem.line, problem.column, problem.message))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def meant(word: str, known: Iterable[str]) -> str | None:
    """The known name closest to `word`, else the only one that begins like it; None when there is none."""
    names = list(known)
    if len(word) > LONGEST_NAME:
        return None
    if len(names) > MOST_COMPARED:
        names = _begun(word, names)
    if word in names:
        return None
    lowered = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), list(lowered), 1, CLOSE)
    if not near and len(word) >= SHORTEST_BEGINNING:
        begun = [name for name in lowered if name.startswith(word.lower())]
        near = begun if len(begun) == 1 else []
    return lowered[near[0]] if near else None


def _begun(word: str, names: list[str]) -> list[str]:
    """The word itself if it is among them, else a few that begin with half of it. Many names are searched as one text:
    a thousand questions to each would take longer than reading the document.
    """
    text = "\n".join(("", *names, ""))
    if f"\n{word}\n" in text:
        return [word]
    beginning = "\n" + word[: (len(word) + 1) // 2]
    found: list[str] = []
    at = text.find(beginning)
    while at >= 0 and len(found) < MOST_OF_MANY:
        end = text.index("\n", at + 1)
        found.append(text[at + 1 : end])
        at = text.find(beginning, end)
    return found


def shown(value: object) -> str:
    """A value as a message may quote it: on one line, cut when long."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 3]}..."
