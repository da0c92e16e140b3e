"""One value of a document and where it stands. A tree of nodes is what every section reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deskwright.engine.problems import Problem
from deskwright.engine.saying import _


@dataclass(frozen=True, slots=True)
class Source:
    """The text a node came from. `own` is False for the starter, whose lines the author never sees."""

    text: str
    own: bool = True


@dataclass(slots=True, eq=False)
class Node:
    """`kind` is mapping | list | text | number | boolean | nothing. Lines and columns count from 1."""

    kind: str
    value: Any
    """mapping: dict of key -> Node; list: list of Nodes; else the value itself."""
    line: int
    column: int
    path: str
    source: Source
    index: int = 0
    """Characters before the node in the source."""
    keys: Mapping[str, tuple[int, int]] | None = None
    """mapping: key -> its line and column."""
    size: int = 1
    """Nodes in this tree with aliases written out."""

    def get(self, key: str) -> Node | None:
        """The value of a mapping's key; None when it is absent, empty, or this is no mapping."""
        found: Node | None = self.value.get(key) if self.kind == "mapping" else None
        return None if found is None or found.kind == "nothing" else found

    def items(self) -> Iterator[tuple[str, Node]]:
        if self.kind == "mapping":
            yield from self.value.items()

    def plain(self) -> Any:
        """The value as ordinary dicts, lists and scalars."""
        if self.kind == "mapping":
            return {key: node.plain() for key, node in self.value.items()}
        if self.kind == "list":
            return [node.plain() for node in self.value]
        return self.value

    def problem(
        self, message: str, suggestion: str | None = None, *, key: str | None = None, offset: int | None = None
    ) -> Problem:
        """A problem at this value, at one of its keys, or `offset` characters into its text."""
        if not self.source.own:
            return Problem(
                1,
                1,
                self.path,
                _("what the starter workflow says there no longer fits: %(message)s", message=message),
                suggestion,
            )
        line, column, path = self.line, self.column, self.path
        if key is not None and self.keys and key in self.keys:
            line, column = self.keys[key]
            path = joined(path, key)
        elif offset is not None and self.kind == "text":
            line, column = self.place(offset)
        return Problem(line, column, path, message, suggestion)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of the character `offset` of this text, however it is quoted, folded or escaped.

        Blanks differ between a text and its source, so the other characters are counted.
        """
        text, at = self.source.text, self.index
        quote = text[at : at + 1]
        if quote in "|>":
            at = text.find("\n", at) + 1
        elif quote in "'\"":
            at += 1
        solid = sum(not char.isspace() for char in self.value[:offset])
        at = _after(text, at, solid, quote)
        line_start = text.rfind("\n", 0, at) + 1
        return text.count("\n", 0, at) + 1, at - line_start + 1


def _after(text: str, at: int, solid: int, quote: str) -> int:
    while at < len(text) and (solid or text[at].isspace()):
        if not text[at].isspace():
            solid -= 1
            if (quote == '"' and text[at] == "\\") or (quote == "'" and text[at : at + 2] == "''"):
                at += 1
        at += 1
    return min(at, max(len(text) - 1, 0))


def joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
