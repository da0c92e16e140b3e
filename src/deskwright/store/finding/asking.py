"""A search text taken apart: free words, phrases, operators with their values, and what is wrong with them.

Pure: it knows how operators are written, not what they mean in rows (that is `meaning`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deskwright.engine.problems import meant
from deskwright.engine.values import CHANNELS, PRIORITIES

LONGEST: Final = 400
TOKEN: Final = re.compile(r'(?P<minus>-?)(?:(?P<name>[A-Za-z]+):)?(?P<value>"[^"]*"?|[^\s"]\S*)?')
NUMBER: Final = re.compile(r"#?(\d{1,18})")
AGO: Final = re.compile(r"(\d{1,4})([hdw])")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

STATES: Final = (
    "open", "new", "waiting", "on_hold", "solved", "closed", "unassigned", "mine", "unanswered", "escalated", "snoozed",
)  # fmt: skip
CLOSED_VALUES: Final[Mapping[str, Sequence[str]]] = {
    "is": STATES,
    "sla": ("breached", "at_risk", "ok"),
    "has": ("attachment", "note", "tag"),
    "priority": PRIORITIES,
    "channel": CHANNELS,
}
OPEN_VALUES: Final = ("from", "to", "subject", "tag", "queue", "assignee", "category", "org", "before", "after")
OF_ADDRESSES: Final = frozenset({"to"})
"""They look into nothing but addresses."""
NAMES: Final = (*OPEN_VALUES[:3], "is", "tag", "sla", "queue", "assignee", "priority", "has", "before", "after",
                "channel", "category", "org")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One piece. `name` is the operator's, "" for free words; `quoted` keeps the words together, in this order."""

    name: str
    value: str
    negated: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A piece that is not understood and was left out: the piece, why as a key, and what was probably meant."""

    piece: str
    why: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked. `open_end`: the last word may be unfinished."""

    terms: tuple[Term, ...] = ()
    faults: tuple[Fault, ...] = ()
    open_end: bool = False

    @property
    def words(self) -> list[Term]:
        """Free words and phrases."""
        return [term for term in self.terms if not term.name]

    @property
    def operators(self) -> list[Term]:
        return [term for term in self.terms if term.name]

    @property
    def empty(self) -> bool:
        return not self.terms


def read(text: str, values: Mapping[str, Sequence[str]] = {}, *, addresses: bool = True) -> Query:  # it is only read
    """The query a text means. `values` are the known values of open operators (queue), which are then checked.

    Without `addresses` the operators that look into nothing else are not understood.
    """
    text = text.replace("\0", "")[:LONGEST]
    terms: list[Term] = []
    faults: list[Fault] = []
    for found in TOKEN.finditer(text):
        piece = found[0]
        if not piece or piece == "-":
            continue
        term = term_of(found)
        fault = wrong(term, piece, values) or (
            None if addresses or term.name not in OF_ADDRESSES else Fault(piece, "hidden")
        )
        if fault:
            faults.append(fault)
        elif term.value:
            terms.append(term)
    last = text[-1:]
    return Query(tuple(terms), tuple(faults), bool(last) and not last.isspace() and last != '"')


def term_of(found: re.Match[str]) -> Term:
    name, value = (found["name"] or "").lower(), found["value"] or ""
    if name and name not in NAMES and not (value and meant(name, NAMES)):
        return Term("", found[0].removeprefix(found["minus"]).strip('"'), bool(found["minus"]))
    return Term(name, value.strip('"').strip(), bool(found["minus"]), value.startswith('"'))


def wrong(term: Term, piece: str, values: Mapping[str, Sequence[str]]) -> Fault | None:
    if term.name and term.name not in NAMES:
        near = meant(term.name, NAMES)
        return Fault(piece, "operator", piece.replace(f"{term.name}:", f"{near}:", 1))
    if term.name and not term.value:
        return Fault(piece, "value")
    known = CLOSED_VALUES.get(term.name) or values.get(term.name)
    if known and term.value.lower() not in known:
        near = meant(term.value.lower(), known)
        return Fault(piece, "word", f"{term.name}:{near}" if near else "")
    if term.name in ("before", "after") and not is_moment(term.value):
        return Fault(piece, "date")
    return None


def is_moment(text: str) -> bool:
    return bool(AGO.fullmatch(text.lower()) or DAY.fullmatch(text)) or text.lower() in ("today", "yesterday")


# Completion


def completions(text: str, values: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """(what would stand in place of the last piece, the operator it is about) for a piece that is being typed."""
    last = re.search(r"(?:^|\s)(-?)([A-Za-z]*)(:?)([\w-]*)$", text)
    if last is None or not (last[2] or last[3]):
        return
    minus, name, colon, begun = last.groups()
    if not colon:
        yield from ((f"{minus}{known}:", known) for known in NAMES if known.startswith(name.lower()) and len(name) > 0)
        return
    known_values = CLOSED_VALUES.get(name.lower()) or values.get(name.lower()) or ()
    for value in known_values:
        if value.startswith(begun.lower()) and value != begun.lower():
            yield f"{minus}{name}:{value} ", name.lower()
