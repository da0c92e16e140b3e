"""Where things stand in the author's document, so that every lint points at a line."""

from __future__ import annotations

import re

from deskwright.engine.document import Node, read
from deskwright.engine.problems import Problem


class Places:
    """The nodes of one document by their path. What came from the starter has no place of its own."""

    def __init__(self, text: str) -> None:
        self.root = read(text)[0]

    def find(self, path: str) -> Node | None:
        """`queues.billing.overflow`, `routing_rules[2].condition`; a name may hold dots and blanks."""
        node, rest = self.root, path
        while node is not None and rest:
            node, rest = _step(node, rest)
        return node

    def tell(self, path: str, message: str, suggestion: str | None = None, *, offset: int | None = None, code: str = ""
    ) -> Problem:  # fmt: skip
        """A lint at the path, else at the nearest thing around it that the author wrote, else on line 1."""
        if (node := self.find(path)) is not None:
            line, column = (node.line, node.column) if offset is None else node.place(offset)
            return Problem(line, column, path, message, suggestion, code)
        line, column = self._key(path)
        return Problem(line, column, path, message, suggestion, code)

    def _key(self, path: str) -> tuple[int, int]:
        while path:
            path = path.rpartition(".")[0]
            if (node := self.find(path)) is not None and node is not self.root:
                return node.line, node.column
        return 1, 1


def _step(node: Node, rest: str) -> tuple[Node | None, str]:
    """The child the path goes on with, and what is left of the path."""
    if node.kind == "mapping":
        for key, child in node.value.items():
            if rest == key or rest.startswith((f"{key}.", f"{key}[")):
                return child, rest[len(key) :].removeprefix(".")
    if node.kind == "list" and (item := re.match(r"\[(\d+)\]\.?", rest)) and 0 < int(item[1]) <= len(node.value):
        return node.value[int(item[1]) - 1], rest[item.end() :]
    return None, ""
