"""Builds nodes from the parser's events with a stack of its own, so no nesting can exhaust the interpreter's.

Nothing is ever constructed from a tag, and every limit is checked while reading, not afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import yaml

from deskwright.engine.document.node import Node, Source, joined
from deskwright.engine.document.scalars import resolve
from deskwright.engine.problems import MOST_TOLD, Problem
from deskwright.engine.saying import _

LONGEST: Final = 2_000_000
"""Characters."""
MOST_NODES: Final = 300_000
"""With aliases written out."""
DEEPEST: Final = 30
MERGE: Final = "<<"
_STRING_TAGS: Final = (None, "!", "tag:yaml.org,2002:str")
_PAIR: Final = re.compile(r"(\\\\)|\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


class _Stop(Exception):
    """Reading cannot go on; the problem has been written down."""


def read(text: str, *, own: bool = True) -> tuple[Node | None, list[Problem]]:
    """The document's root and every problem of its syntax. The root is None for an empty or unreadable document."""
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] in ("{", "["):
        text = _PAIR.sub(_whole, _blanked(text))
    builder = _Builder(Source(text, own))
    try:
        return builder.build(), builder.problems
    except _Stop:
        return None, builder.problems


def _blanked(text: str) -> str:
    """JSON may start with tabs, which YAML refuses there."""
    start = len(text) - len(text.lstrip())
    return re.sub(r"[^\r\n]", " ", text[:start]) + text[start:]


def _whole(match: re.Match[str]) -> str:
    """JSON writes a character beyond the basic plane as two escapes."""
    if match[1]:
        return match[1]
    return f"\\U{0x10000 + ((int(match[2], 16) - 0xD800) << 10) + int(match[3], 16) - 0xDC00:08x}"


def _tab(said: str) -> str:
    return _(" (indent with spaces, not with tabs)") if "cannot start any token" in said else ""


class _Open:
    """A mapping or list whose end has not come yet."""

    __slots__ = ("anchor", "key", "node")

    def __init__(self, node: Node, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: Any = None


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.made = 0

    def build(self) -> Node | None:
        for event in self._events():
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._open(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._close()
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.DocumentStartEvent() if self.root is not None:
                    self._stop(event.start_mark, _("one workflow is one document; a second one starts here"))
        return None if self.root is None or self.root.kind == "nothing" else self.root

    def _events(self) -> Iterator[Any]:
        if len(self.source.text) > LONGEST:
            self._stop(None, _("the document is longer than %(longest)s characters", longest=f"{LONGEST:,}"))
        try:
            yield from yaml.parse(self.source.text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            said = ", ".join(part for part in (error.context, error.problem) if part)
            self._stop(
                error.problem_mark or error.context_mark,
                _("this is not readable as YAML: %(said)s%(tab)s", said=said, tab=_tab(said)),
                "",
            )
        except (yaml.YAMLError, UnicodeError) as error:
            self._stop(
                None, _("this is not readable as text: %(value)s", value=getattr(error, "reason", None) or error), ""
            )

    # One event each

    def _scalar(self, event: Any) -> None:
        plain = event.style in (None, "") and event.tag is None
        self._refuse_tag(event)
        if self._is_key():
            self._key(event.value, event.start_mark)
            return
        kind, value = resolve(event.value, plain=plain)
        self._place(self._node(kind, value, event), event.anchor)

    def _open(self, event: Any) -> None:
        if self._is_key():
            self._stop(event.start_mark, _("a key must be a plain word, not a list or a mapping"))
        if len(self.stack) >= DEEPEST:
            self._stop(event.start_mark, _("values are nested deeper than %(deepest)s levels", deepest=DEEPEST))
        self._refuse_tag(event)
        mapping = isinstance(event, yaml.MappingStartEvent)
        node = self._node("mapping" if mapping else "list", {} if mapping else [], event)
        node.keys = {} if mapping else None
        self.stack.append(_Open(node, event.anchor))

    def _close(self) -> None:
        done = self.stack.pop()
        if done.node.kind == "mapping" and MERGE in done.node.value:
            self._merge(done.node)
        self._place(done.node, done.anchor)

    def _merge(self, node: Node) -> None:
        """`<<: *defaults` adds what the mapping does not say itself; of several, the first one counts."""
        merged = node.value.pop(MERGE)
        for source in merged.value if merged.kind == "list" else [merged]:
            if source.kind != "mapping":
                line, column = node.keys[MERGE] if node.keys else (node.line, node.column)
                message = _("<< takes the keys of a mapping, such as *defaults, or of a list of mappings")
                self._add(Problem(line, column, joined(node.path, MERGE), message))
                return
            node.value = {**node.value, **{key: value for key, value in source.value.items() if key not in node.value}}
            node.keys = {**(source.keys or {}), **(node.keys or {})}

    def _alias(self, event: Any) -> None:
        found = self.anchors.get(event.anchor)
        if found is None:
            self._stop(event.start_mark, _("no value is marked &%(anchor)s before this alias", anchor=event.anchor))
        elif self._is_key():
            self._stop(event.start_mark, _("a key must be a plain word, not an alias"))
        else:
            self._count(found.size, event.start_mark)
            self._place(found, None)

    # Where values and keys go

    def _is_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].node.kind == "mapping" and self.stack[-1].key is None

    def _key(self, key: str, mark: Any) -> None:
        top = self.stack[-1]
        if key in top.node.value:
            first = top.node.keys[key][0] if top.node.keys else 0
            self._tell(
                mark,
                _("%(key)s is given twice, first on line %(first)s", key=repr(key), first=first),
                joined(top.node.path, key),
            )
        else:
            top.node.keys[key] = (mark.line + 1, mark.column + 1)  # type: ignore[index]
        top.key = key

    def _place(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.node.size += node.size
        if top.node.kind == "list":
            top.node.value.append(node)
        else:
            top.node.value.setdefault(top.key, node)
            top.key = None

    def _node(self, kind: str, value: Any, event: Any) -> Node:
        mark = event.start_mark
        self._count(1, mark)
        return Node(kind, value, mark.line + 1, mark.column + 1, self._path(), self.source, mark.index)

    def _path(self) -> str:
        if not self.stack:
            return ""
        top = self.stack[-1]
        if top.node.kind == "list":
            return f"{top.node.path}[{len(top.node.value) + 1}]"
        return joined(top.node.path, top.key)

    # Limits and refusals

    def _count(self, more: int, mark: Any) -> None:
        self.made += more
        if self.made > MOST_NODES:
            self._stop(
                mark,
                _(
                    "the document holds more than %(most_nodes)s values, aliases written out",
                    most_nodes=f"{MOST_NODES:,}",
                ),
            )

    def _refuse_tag(self, event: Any) -> None:
        if event.tag not in (*_STRING_TAGS, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            self._tell(event.start_mark, _("the tag %(tag)s is not part of the language", tag=event.tag))

    def _tell(self, mark: Any, message: str, path: str | None = None) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self._add(Problem(line, column, self._path() if path is None else path, message))

    def _add(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) >= MOST_TOLD:
            raise _Stop

    def _stop(self, mark: Any, message: str, path: str | None = None) -> NoReturn:
        self._tell(mark, message, path)
        raise _Stop
