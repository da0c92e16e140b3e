"""One load in progress: the problems found so far, the names known so far, and how each kind of value is read.

A reader returns the value, or tells a problem and returns None, so that one mistake never hides the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from deskwright.engine import durations
from deskwright.engine.conditions import Condition, ConditionError, compile_condition
from deskwright.engine.document import Node
from deskwright.engine.durations import Duration
from deskwright.engine.problems import MOST_TOLD, Problem, TooMany, meant, shown
from deskwright.engine.saying import _
from deskwright.engine.vocabulary import Vocabulary, vocabulary
from deskwright.engine.workflow import Assignee, Status

_Item = TypeVar("_Item")
_KINDS: Final = {
    "mapping": _("a mapping"),
    "list": _("a list"),
    "text": _("a text"),
    "number": _("a number"),
    "boolean": _("true or false"),
    "nothing": _("nothing"),
}
_TRUTHS: Final = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}


_DURATION: Final = re.compile(r"(\d{1,9})([ _]?)([A-Za-z]{2,12})\.?")
_UNITS: Final = ("minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "bd")


class Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.vocabulary: Vocabulary = vocabulary({}, {}, ())
        self.names: dict[str, Collection[str]] = {}
        """What a document may refer to: calendar, queue, assignee, audience, signal, tier -> the names."""
        self.assignees: dict[str, Assignee] = {}
        self.statuses: Mapping[str, Status] = {}
        self.durations: dict[str | int | float, Duration] = {}
        """Those read so far, as written: a thousand rules write the same few."""

    # Telling

    def refuse(
        self,
        node: Node,
        message: str,
        suggestion: str | None = None,
        *,
        key: str | None = None,
        offset: int | None = None,
    ) -> None:
        """Raises TooMany once enough has been told."""
        self.problems.append(node.problem(message, suggestion, key=key, offset=offset))
        if len(self.problems) >= MOST_TOLD:
            raise TooMany

    def unexpected(self, node: Node, wanted: str) -> None:
        said = shown(node.value) if node.kind in ("text", "number") else _KINDS[node.kind]
        self.refuse(node, _("%(wanted)s is expected here, not %(said)s", wanted=wanted, said=said))

    def known(self, node: Node, keys: Iterable[str], what: str) -> bool:
        """Whether the node is a mapping; each key that is not in `keys` is a problem."""
        if node.kind != "mapping":
            self.unexpected(node, _("%(what)s as a mapping", what=what))
            return False
        allowed = tuple(keys)
        for key in node.value:
            if key not in allowed:
                near = meant(key, allowed)
                hint = "" if near else _("; it knows %(allowed)s", allowed=", ".join(allowed))
                self.refuse(
                    node,
                    _("%(key)s is not part of %(what)s%(hint)s", key=repr(key), what=what, hint=hint),
                    near,
                    key=key,
                )
        return True

    # Scalars

    def text(self, node: Node | None) -> str | None:
        if node is None:
            return None
        if node.kind in ("text", "number"):
            return str(node.value).strip() or None
        self.unexpected(node, _("a text"))
        return None

    def number(self, node: Node | None, low: float, high: float) -> int | float | None:
        if node is None:
            return None
        if node.kind != "number":
            self.unexpected(node, _("a number"))
        elif not low <= node.value <= high:
            self.refuse(
                node,
                _(
                    "a number from %(low)s to %(high)s is expected here, not %(node)s",
                    low=f"{low:g}",
                    high=f"{high:g}",
                    node=node.value,
                ),
            )
        else:
            value: int | float = node.value
            return value
        return None

    def whole(self, node: Node | None, low: int, high: int) -> int | None:
        value = self.number(node, low, high)
        if node is not None and isinstance(value, float):
            self.unexpected(node, _("a whole number"))
            return None
        return None if value is None else int(value)

    def flag(self, node: Node | None) -> bool | None:
        if node is None:
            return None
        if node.kind == "boolean":
            return bool(node.value)
        if node.kind == "text" and node.value.lower() in _TRUTHS:
            return _TRUTHS[node.value.lower()]
        self.unexpected(node, _("true or false"))
        return None

    def duration(self, node: Node | None) -> Duration | None:
        if node is None:
            return None
        if node.kind not in ("text", "number"):
            self.unexpected(node, _("a duration such as 15m, 2h or 1bd"))
            return None
        if (known := self.durations.get(node.value)) is not None:
            return known
        try:
            return self.durations.setdefault(node.value, durations.parse(node.value))
        except ValueError as refusal:
            self.refuse(node, str(refusal), _respelled(node.value))
            return None

    def share(self, node: Node | None, *, most: float = 1.0) -> float | None:
        """`75%` and `0.75` are the same."""
        if node is None:
            return None
        written = node.value
        percent = isinstance(written, str) and written.strip().endswith("%")
        try:
            value = (
                float(written.strip().rstrip("%")) / 100
                if percent
                else float(written)
                if node.kind == "number"
                else -1.0
            )
        except ValueError:
            value = -1.0
        if not 0 <= value <= most:
            self.unexpected(node, _("a share from 0%% to %(most)s, such as 75%%,", most=f"{most:.0%}"))
            return None
        return value

    def one_of(self, node: Node | None, words: Iterable[str], what: str) -> str | None:
        """A word of a closed list, in any case."""
        word = self.text(node)
        if node is None or word is None:
            return None
        allowed = tuple(words)
        if word in allowed:
            return word
        if word.lower() in allowed:
            return word.lower()
        near = meant(word, allowed)
        self.refuse(
            node,
            _(
                "%(word)s is not %(what)s; it is one of %(allowed)s",
                word=shown(word),
                what=what,
                allowed=", ".join(allowed),
            ),
            near,
        )
        return None

    # Names of other parts

    def reference(self, node: Node | None, kind: str) -> str | None:
        """The name of a queue, calendar ... that the document or the starter defines."""
        return self.referred(node, self.text(node), kind)

    def referred(self, node: Node | None, name: str | None, kind: str) -> str | None:
        if node is None or name is None:
            return None
        if name not in self.names[kind]:
            self.refuse(
                node, _("no %(kind)s is named %(name)s", kind=kind, name=shown(name)), meant(name, self.names[kind])
            )
            return None
        return name

    def condition(self, node: Node | None) -> Condition | None:
        if node is None:
            return None
        if node.kind not in ("text", "boolean"):
            self.unexpected(node, _("a condition in quotes"))
            return None
        text = node.value if node.kind == "text" else str(node.value).lower()
        try:
            return compile_condition(text, self.vocabulary)
        except ConditionError as error:
            for offset, message, suggestion in error.faults:
                self.refuse(node, message, suggestion, offset=offset)
            return None

    # Lists and mappings

    def several(self, node: Node | None, read: Callable[[Node], _Item | None]) -> tuple[_Item, ...]:
        """A list, or one value standing for a list of one."""
        if node is None:
            return ()
        found = (read(item) for item in (node.value if node.kind == "list" else (node,)))
        return tuple(item for item in found if item is not None)

    def texts(self, node: Node | None) -> tuple[str, ...]:
        return self.several(node, self.text)

    def references(self, node: Node | None, kind: str) -> tuple[str, ...]:
        return self.several(node, lambda item: self.reference(item, kind))

    def named(self, node: Node | None, what: str) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping of names; anything else is told once and yields nothing."""
        if node is None:
            return
        if node.kind != "mapping":
            self.unexpected(node, _("%(what)s as a mapping of names", what=what))
            return
        yield from node.items()


def plain(node: Node | None) -> Any:
    return None if node is None else node.plain()


def kept(values: Mapping[str, _Item | None]) -> dict[str, _Item]:
    """Without what was not given."""
    return {key: value for key, value in values.items() if value is not None}


def _respelled(written: object) -> str | None:
    """A duration whose unit is misspelt, as it was probably meant."""
    parts = _DURATION.fullmatch(str(written).strip())
    unit = meant(parts[3].lower(), _UNITS) if parts else None
    return f"{parts[1]}{parts[2]}{unit}" if parts and unit else None
