"""A name with its type and meaning, and the set of all names one workflow knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from deskwright.engine.problems import meant

KINDS: Final = ("text", "word", "choice", "number", "minutes", "boolean", "date", "instant", "set")
"""What the field types of a document and the facts of the desk come down to."""


@dataclass(frozen=True, slots=True)
class Name:
    """One fact. A `choice` takes its `words` only; a `word` may be any, and `words` are those the workflow knows."""

    name: str
    kind: str
    about: str
    words: tuple[str, ...] = ()
    """Of an ordered choice from low to high."""
    ordered: bool = False
    covers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """word -> the words that count as it: a category's children, grandchildren ..."""
    settable: bool = False
    """An action's `set` may change it."""


class Vocabulary:
    """Every name of one workflow. Custom fields answer to their bare name and to the dotted one."""

    __slots__ = ("aliases", "names", "signals")

    def __init__(self, names: Iterable[Name], aliases: Mapping[str, str], signals: Iterable[str]) -> None:
        self.names = {name.name: name for name in names}
        self.aliases = dict(aliases)
        self.signals = frozenset(signals)

    def find(self, written: str) -> Name | None:
        """The name as written, under an alias, or in another case; None when nobody defines it."""
        for spelling in (written, written.lower()):
            plain = spelling.replace("organization.", "organisation.", 1)
            found = self.names.get(self.aliases.get(plain, plain))
            if found is not None:
                return found
        return None

    def near(self, written: str) -> str | None:
        """The known name that was probably meant."""
        return meant(written, [*self.names, *self.aliases])

    def with_words(self, words: Mapping[str, Iterable[str]]) -> Vocabulary:
        """The same vocabulary with more known words for some open names."""
        names = [_widened(name, words.get(name.name, ())) for name in self.names.values()]
        return Vocabulary(names, self.aliases, self.signals)


def _widened(name: Name, words: Iterable[str]) -> Name:
    new = tuple(dict.fromkeys((*name.words, *words)))
    if new == name.words or name.kind != "word":
        return name
    return Name(name.name, name.kind, name.about, new, name.ordered, name.covers, name.settable)
