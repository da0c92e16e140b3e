"""Resolves a tree against a vocabulary: canonical names, typed constants, categories with their children.

Finds every fault at once. What it returns is what compiling, explaining, indexing and filtering walk; comparisons with
words have become memberships, and an ordered comparison of a choice has become the list of words it allows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import re2

from deskwright.engine.conditions import constants
from deskwright.engine.conditions.constants import Fault
from deskwright.engine.conditions.syntax import (
    And,
    Between,
    Compare,
    ConditionError,
    Constant,
    Contains,
    DaysUntil,
    Fact,
    In,
    Like,
    Literal,
    Matches,
    Missing,
    Not,
    Operand,
    Or,
    SignalHeld,
    Tree,
    Truth,
)
from deskwright.engine.problems import meant
from deskwright.engine.saying import _
from deskwright.engine.vocabulary.names import Name, Vocabulary
from deskwright.engine.words import fold, words

TURNED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
TEXTUAL: Final = frozenset({"text", "word", "choice"})
_FAMILY: Final = {"text": "text", "word": "text", "choice": "text", "number": "number", "minutes": "number"}
_DAYS: Final = Name("days_until", "number", _("whole days until a date"))
_LONGEST_PATTERN: Final = 1000
_MOST_WORDS: Final = 30
MOST_FAULTS: Final = 20
"""Faults of one condition that are told."""


def bind(tree: Tree, vocabulary: Vocabulary) -> Tree:
    """The resolved tree. Raises ConditionError with every fault."""
    binding = _Binding(vocabulary)
    bound = binding.tree(tree)
    if binding.faults:
        raise ConditionError(sorted(set(binding.faults)))
    return bound


def pattern(text: str) -> re2._Regexp:
    """A compiled linear-time pattern with a bounded memory. Raises re2.error."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(text, options)


class _Binding:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.faults: list[tuple[int, str, str | None]] = []

    def tree(self, tree: Tree) -> Tree:
        match tree:
            case And(parts) | Or(parts):
                return type(tree)(tuple(self.tree(part) for part in parts), tree.at, tree.end)
            case Not(part):
                return replace(tree, part=self.tree(part))
            case Constant():
                return tree
            case SignalHeld(name):
                return self.signal(tree, name)
            case _:
                return self.test(tree)

    def test(self, tree: Truth | Compare | In | Between | Missing | Like | Contains | Matches) -> Tree:
        try:
            match tree:
                case Truth():
                    return self.truth(tree)
                case Compare():
                    return self.compare(tree)
                case In():
                    return self.within(tree)
                case Between():
                    return self.between(tree)
                case Missing(fact):
                    return replace(tree, fact=self.operand(fact)[0])
                case _:
                    return self.search(tree)
        except Fault as fault:
            self.tell(fault.at, fault.message, fault.suggestion)
            return tree

    # Names

    def operand(self, written: Operand) -> tuple[Fact | DaysUntil, Name]:
        if isinstance(written, DaysUntil):
            fact, name = self.fact(written.fact)
            if name.kind not in ("date", "instant"):
                raise Fault(
                    written.fact.at, _("days_until looks at a date, and %(name)s is %(a)s", name=name.name, a=_a(name))
                )
            return replace(written, fact=fact), _DAYS
        if isinstance(written, Literal):
            raise Fault(written.at, _("a test looks at a fact, and this is a constant"))
        return self.fact(written)

    def fact(self, written: Fact) -> tuple[Fact, Name]:
        name = self.vocabulary.find(written.name)
        if name is None:
            raise Fault(
                written.at,
                _("nothing is named %(written)s", written=repr(written.name)),
                self.vocabulary.near(written.name),
            )
        return Fact(name.name, name.kind, written.at, written.end), name

    def signal(self, tree: SignalHeld, name: str) -> SignalHeld:
        if name not in self.vocabulary.signals:
            near = meant(name, self.vocabulary.signals)
            self.tell(tree.at, _("no signal is named %(name)s", name=repr(name)), near)
        return tree

    def tell(self, at: int, message: str, suggestion: str | None) -> None:
        self.faults.append((at, message, suggestion))
        if len(self.faults) >= MOST_FAULTS:
            raise ConditionError(self.faults)

    # Tests

    def truth(self, tree: Truth) -> Tree:
        fact, name = self.fact(tree.fact)
        if name.kind != "boolean":
            raise Fault(tree.at, _("%(name)s is %(a)s; compare it with something", name=name.name, a=_a(name)))
        return replace(tree, fact=fact)

    def compare(self, tree: Compare) -> Tree:
        left, op, right = tree.left, tree.op, tree.right
        if isinstance(left, Literal):
            if isinstance(right, Literal):
                raise Fault(tree.at, _("two constants are compared; write true or false"))
            left, op, right = right, TURNED[op], left
        fact, name = self.operand(left)
        if not isinstance(right, Literal):
            return self.facts(replace(tree, left=fact, op=op), name, right)
        self.comparable(name, op, tree)
        value = constants.typed(right, name, loose=op in ("==", "!="))
        if name.kind == "choice" and op not in ("==", "!="):
            return In(fact, _from(name, op, str(value.value)), False, tree.at, tree.end)
        if name.kind in TEXTUAL:
            return In(fact, _covering(name, (value,)), op == "!=", tree.at, tree.end)
        return Compare(fact, op, value, tree.at, tree.end)

    def facts(self, tree: Compare, name: Name, right: Operand) -> Tree:
        if isinstance(right, Fact) and self.vocabulary.find(right.name) is None:
            _refuse_unquoted(right, name)
        other, second = self.operand(right)
        if _FAMILY.get(name.kind, name.kind) != _FAMILY.get(second.kind, second.kind):
            raise Fault(
                tree.at,
                _(
                    "%(name)s is %(a)s and %(second)s is %(a2)s; they cannot be compared",
                    name=name.name,
                    a=_a(name),
                    second=second.name,
                    a2=_a(second),
                ),
            )
        if tree.op not in ("==", "!=") and name.kind in TEXTUAL:
            raise Fault(
                tree.at,
                _(
                    "%(name)s and %(second)s have no common order; only == and != compare them",
                    name=name.name,
                    second=second.name,
                ),
            )
        self.comparable(name, tree.op, tree)
        return replace(tree, right=other)

    def comparable(self, name: Name, op: str, tree: Compare) -> None:
        if name.kind == "set":
            raise Fault(tree.at, _("%(name)s is a set; write %(name)s CONTAINS '...'", name=name.name))
        if op in ("==", "!=") or name.ordered or name.kind in ("number", "minutes", "date", "instant"):
            return
        raise Fault(tree.at, _("%(name)s is %(a)s and has no order; use ==, != or IN", name=name.name, a=_a(name)))

    def within(self, tree: In) -> Tree:
        fact, name = self.operand(tree.fact)
        if name.kind == "set":
            raise Fault(tree.at, _("%(name)s is a set; write %(name)s CONTAINS '...'", name=name.name))
        values = tuple(constants.typed(value, name) for value in tree.values)
        if name.kind in TEXTUAL:
            values = _covering(name, values)
        return In(fact, values, tree.negated, tree.at, tree.end)

    def between(self, tree: Between) -> Tree:
        fact, name = self.operand(tree.fact)
        if not name.ordered and name.kind not in ("number", "minutes", "date", "instant"):
            raise Fault(tree.at, _("%(name)s is %(a)s and has no order; BETWEEN needs one", name=name.name, a=_a(name)))
        low, high = self.bound(tree.low, name), self.bound(tree.high, name)
        if name.ordered:
            allowed = name.words[_rank(name, low) : _rank(name, high) + 1]
            return In(fact, _literals(allowed), tree.negated, tree.at, tree.end)
        return replace(tree, fact=fact, low=low, high=high)

    def bound(self, written: Operand, name: Name) -> Operand:
        if isinstance(written, Literal):
            return constants.typed(written, name)
        other, second = self.operand(written)
        if name.ordered or _FAMILY.get(name.kind, name.kind) != _FAMILY.get(second.kind, second.kind):
            raise Fault(
                written.at,
                _("%(second)s is %(a)s; it is no bound for %(name)s", second=second.name, a=_a(second), name=name.name),
            )
        return other

    def search(self, tree: Like | Contains | Matches) -> Tree:
        fact, name = self.fact(tree.fact)
        if isinstance(tree, Contains):
            if name.kind not in ("text", "word", "set"):
                raise Fault(
                    tree.at, _("CONTAINS looks into a text or a set, and %(name)s is %(a)s", name=name.name, a=_a(name))
                )
            return Contains(fact, _phrase(tree, name), tree.negated, tree.at, tree.end)
        if name.kind not in TEXTUAL:
            raise Fault(tree.at, _("a pattern looks at a text, and %(name)s is %(a)s", name=name.name, a=_a(name)))
        if isinstance(tree, Matches):
            _check_pattern(tree)
        return replace(tree, fact=fact)


def _phrase(tree: Contains, name: Name) -> str:
    if name.kind == "set":
        return fold(tree.phrase.strip())
    if not (found := words(tree.phrase)):
        raise Fault(tree.at, _("CONTAINS looks for whole words, and %(phrase)s has none", phrase=repr(tree.phrase)))
    if len(found) > _MOST_WORDS:
        raise Fault(tree.at, _("CONTAINS looks for at most %(most_words)s words", most_words=_MOST_WORDS))
    return " ".join(found)


def _check_pattern(tree: Matches) -> None:
    if len(tree.pattern) > _LONGEST_PATTERN:
        raise Fault(
            tree.at, _("a pattern is at most %(longest_pattern)s characters long", longest_pattern=_LONGEST_PATTERN)
        )
    try:
        pattern(tree.pattern)
    except (re2.error, UnicodeError) as error:
        said = error.args[0] if error.args else error
        said = said.decode(errors="replace") if isinstance(said, bytes) else said
        raise Fault(
            tree.at, _("the pattern %(pattern)s cannot be read: %(said)s", pattern=repr(tree.pattern), said=said)
        ) from None


def _refuse_unquoted(right: Fact, name: Name) -> None:
    if name.kind in TEXTUAL:
        word = meant(right.name, name.words) or (right.name if right.name in name.words else None)
        raise Fault(
            right.at,
            _("nothing is named %(right)s; a text needs quotes", right=repr(right.name)),
            f"'{word or right.name}'",
        )


def _from(name: Name, op: str, word: str) -> tuple[Literal, ...]:
    rank = name.words.index(word)
    allowed = {
        "<": name.words[:rank],
        "<=": name.words[: rank + 1],
        ">": name.words[rank + 1 :],
        ">=": name.words[rank:],
    }
    return _literals(allowed[op])


def _rank(name: Name, bound: Operand) -> int:
    return name.words.index(str(bound.value)) if isinstance(bound, Literal) else 0


def _covering(name: Name, values: tuple[Literal, ...]) -> tuple[Literal, ...]:
    if not name.covers:
        return values
    found: dict[str, Literal] = {}
    for value in values:
        for word in name.covers.get(str(value.value), (str(value.value),)):
            found.setdefault(word, Literal(word, value.at, value.end))
    return tuple(found.values())


def _literals(allowed: tuple[str, ...]) -> tuple[Literal, ...]:
    return tuple(Literal(word) for word in allowed)


def _a(name: Name) -> str:
    return {
        "text": _("a text"),
        "word": _("a word"),
        "choice": _("a choice"),
        "number": _("a number"),
        "minutes": _("a number of minutes"),
        "boolean": _("true or false"),
        "date": _("a date"),
        "instant": _("a moment"),
        "set": _("a set"),
    }[name.kind]
