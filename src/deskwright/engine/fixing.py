"""Mends what is mechanical in a document: words with one clear meaning, misspelt durations, rules that say the same.

Edits the author's text by positions, so comments and layout stay. An edit stands only when the document is better for
it: fewer problems, and no more of its own tests fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from deskwright.engine.calendars import HolidaySource
from deskwright.engine.linting import lint
from deskwright.engine.linting.places import Places
from deskwright.engine.linting.reachability import SAME
from deskwright.engine.loading import load
from deskwright.engine.loading.actions import ASSIGN_TO
from deskwright.engine.problems import Problem, WorkflowError
from deskwright.engine.testing import run_tests

ROUNDS: Final = 5
"""One mistake may hide another."""
MOST_SINGLE: Final = 40
"""Edits that are tried one by one when they do not help together."""
_QUOTED: Final = re.compile(r"'([^']+)'")


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` of the text become `put`."""

    start: int
    end: int
    put: str
    said: str
    """What is done, in a sentence."""


@dataclass(frozen=True, slots=True)
class Fixed:
    text: str
    done: tuple[str, ...]
    """What was mended, a sentence each; empty when there was nothing mechanical."""


@dataclass(frozen=True, slots=True)
class _State:
    text: str
    problems: tuple[Problem, ...]
    """Why it does not load, else its lints."""
    loads: bool
    failing: int

    def better_than(self, other: _State) -> bool:
        if self.loads != other.loads:
            return self.loads
        return len(self.problems) < len(other.problems) and self.failing <= other.failing


def fix(text: str, holidays: HolidaySource | None = None) -> Fixed:
    """The document with everything mechanical mended; as it was where nothing is."""
    state, done = _judged(text, holidays), list[str]()
    for _ in range(ROUNDS):
        edits = _apart(_edits(state))
        better = _helping(state, edits, holidays)
        if not better:
            break
        state = _judged(applied(state.text, better), holidays)
        done += [edit.said for edit in better]
    return Fixed(state.text, tuple(done))


def applied(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.put + text[edit.end :]
    return text


def _judged(text: str, holidays: HolidaySource | None) -> _State:
    try:
        workflow = load(text, holidays=holidays)
    except WorkflowError as error:
        return _State(text, error.problems, False, 0)
    failing = sum(not result.passed for result in run_tests(workflow))
    return _State(text, lint(workflow), True, failing)


def _helping(state: _State, edits: Sequence[Edit], holidays: HolidaySource | None) -> list[Edit]:
    """All of them when they help together, else those that help one by one."""
    if edits and _judged(applied(state.text, edits), holidays).better_than(state):
        return list(edits)
    alone = edits[:MOST_SINGLE] if len(edits) > 1 else []
    return [edit for edit in alone if _judged(applied(state.text, [edit]), holidays).better_than(state)]


def _apart(edits: Iterable[Edit]) -> list[Edit]:
    """Without those that overlap an earlier one."""
    found: list[Edit] = []
    for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.end)):
        if not found or edit.start >= found[-1].end:
            found.append(edit)
    return found


# What a problem asks for


def _edits(state: _State) -> Iterable[Edit]:
    places = Places(state.text)
    for problem in state.problems:
        edit = _reworded(state.text, problem, problem.suggestion) if problem.suggestion else None
        if edit is None and problem.code == SAME:
            edit = _removed(state.text, problem, places)
        if edit is not None:
            yield edit


def _reworded(text: str, problem: Problem, suggestion: str) -> Edit | None:
    """The word the message quotes, where it next stands in the problem's line, becomes the suggestion."""
    quoted = _QUOTED.search(problem.message)
    if quoted is None:
        return None
    wrong = quoted[1]
    if suggestion.startswith(ASSIGN_TO) and not wrong.startswith(ASSIGN_TO):
        wrong = ASSIGN_TO + wrong
    line_end = text.find("\n", at := _offset(text, problem))
    sought = re.compile(rf"(?<!\w){re.escape(wrong)}(?!\w)" if wrong[0].isalnum() else f"(?:{re.escape(wrong)})+")
    match = sought.search(text, at, len(text) if line_end < 0 else line_end)
    if match is None:
        return None
    inside = text[match.start() - 1 : match.start()] in ("'", '"') and suggestion[:1] in ("'", '"')
    put = suggestion.strip("'\"") if inside else suggestion
    return Edit(match.start(), match.end(), put, f"line {problem.line}: {match[0]} is now {put}")


def _offset(text: str, problem: Problem) -> int:
    at = 0
    for _ in range(problem.line - 1):
        at = text.find("\n", at) + 1
    return at + problem.column - 1


def _removed(text: str, problem: Problem, places: Places) -> Edit | None:
    """The lines of a list item, without the comments that lead to the next one."""
    rules, node = places.find("routing_rules"), places.find(problem.path)
    if rules is None or node is None or rules.kind != "list":
        return None
    start = text.rfind("\n", 0, node.index) + 1
    if not re.fullmatch(r"[ ]*-[ ]+", text[start : node.index]):
        return None
    end = _item_end(text, start)
    return Edit(start, end, "", f"line {problem.line}: the rule is gone, as {problem.message.partition(': ')[2]}")


def _item_end(text: str, start: int) -> int:
    """Where the item's lines end: they are empty, or indented deeper than its dash."""
    dash = len(text[start:]) - len(text[start:].lstrip(" "))
    end = at = text.find("\n", start) + 1 or len(text)
    while at < len(text):
        following = text.find("\n", at) + 1 or len(text)
        line = text[at:following]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= dash:
            break
        at = following
        if line.strip():
            end = at
    return end
