"""A bound condition as a filter of a database, meaning exactly what `Condition.holds` means, missing values included.

Owns the translation; the columns are handed in. No word of a document enters the SQL text: every value is a parameter.
A test that SQL cannot answer alike (MATCHES) lets every row through, and the filter says that it is not exact.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from deskwright.engine.conditions.syntax import (
    And,
    Between,
    Compare,
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
from deskwright.engine.words import LONGEST, word_class

FOLD: Final = "deskwright_fold"
"""The database's twin of `words.fold`; a migration makes it."""
_TYPES: Final = {"whole": "bigint", "number": "numeric", "text": "text", "boolean": "boolean", "date": "date"}
_REACH: Final = 500_000_000
"""Minutes, nearly a thousand years: what is longer ago, or further off, has happened to no ticket."""
_OPS: Final = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class Unanswerable(ValueError):
    """The condition asks for something a list of tickets does not know; the message says what."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where a fact stands: an SQL expression, NULL when the fact is missing, with parameters of its own."""

    sql: str
    type: str
    """text | whole | number (numeric) | boolean | date | instant (timestamptz) | set (text[])"""
    params: Mapping[str, Any] = field(default_factory=dict)
    since: str = ""
    """For a number of minutes until now: the instant from which it counts."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`sql` is true for every row the condition holds for, never NULL under NOT; `params` are named `cond_...`."""

    sql: str
    params: Mapping[str, Any]
    exact: bool
    """False: some rows may pass for which the condition does not hold; ask `Condition.holds` again."""


def filter_of(tree: Tree, columns: Mapping[str, Column], now: datetime) -> Filter:
    """The filter of a bound tree. Raises Unanswerable for a fact without a column."""
    writing = _Writing(columns, now)
    sql = writing.tree(tree, True)
    return Filter(sql, writing.params, writing.exact)


class _Writing:
    """`wanted` is False under an odd number of NOTs: there an answer that is not exact must err towards false."""

    def __init__(self, columns: Mapping[str, Column], now: datetime) -> None:
        self.columns = columns
        self.now = now
        self.params: dict[str, Any] = {}
        self.exact = True

    def tree(self, tree: Tree, wanted: bool, flat: bool = True) -> str:
        """`flat` where NULL does as well as false: not under a NOT."""
        match tree:
            case And(parts):
                return f"({' AND '.join(self.tree(part, wanted, flat) for part in parts)})"
            case Or(parts):
                return f"({' OR '.join(self.tree(part, wanted, flat) for part in parts)})"
            case Not(part):
                return f"(NOT {self.tree(part, not wanted, False)})"
            case Constant(value):
                return "true" if value else "false"
            case Truth(fact):
                return f"({self.column(fact).sql} IS TRUE)"
            case Missing(fact, negated):
                return f"({self.column(fact).sql} IS {'NOT ' if negated else ''}NULL)"
        test = self.test(tree, wanted)
        return test if flat else f"coalesce({test}, false)"

    def test(self, tree: Tree, wanted: bool) -> str:
        match tree:
            case SignalHeld(name):
                return self.member(name)
            case In():
                return self.within(tree)
            case Compare(left, op, right):
                return self.compare(left, op, right)
            case Between():
                return self.between(tree)
            case Contains():
                return self.contains(tree)
            case Like():
                return self.like(tree)
            case Matches(fact):
                return self.unsure(self.column(fact), wanted)
        raise Unanswerable(f"a list cannot be asked for {type(tree).__name__}")

    # Tests

    def member(self, name: str) -> str:
        signals = self.column(Fact("signals")).sql
        return f"({self.value(name, 'text')} = ANY({signals}))" if _storable(name) else "false"

    def within(self, tree: In) -> str:
        column = self.column(tree.fact)
        values = [value.value for value in tree.values if _storable(value.value)]
        kind = _finest(column, values)
        given = self.given([_plain(value, kind) for value in values])
        found = f"({_as(column, kind)} = ANY({given}::{_sql_type(kind)}[]))"
        return f"({column.sql} IS NOT NULL AND NOT {found})" if tree.negated else found

    def compare(self, left: Operand, op: str, right: Operand) -> str:
        column = self.column(left)
        if not isinstance(right, Literal):
            other = self.column(right)
            kind = "number" if {column.type, other.type} == {"whole", "number"} else column.type
            return f"({_as(column, kind)} {_OPS[op]} {_as(other, kind)})"
        if not _storable(right.value):
            return f"({column.sql} IS NOT NULL)" if op == "!=" else "false"
        if column.since and isinstance(right.value, int | float):
            return self.lasted(column.since, op, right.value)
        kind = _finest(column, [right.value])
        return f"({_as(column, kind)} {_OPS[op]} {self.value(right.value, kind)})"

    def lasted(self, since: str, op: str, minutes: float) -> str:
        """Asked of the instant itself, so that an index serves and no row has its minutes counted."""
        reached, passed = (self.value(at, "instant") for at in _moments(self.now, minutes))
        tests = {
            ">": f"({since} <= {passed})",
            ">=": f"({since} <= {reached})",
            "<": f"({since} > {reached})",
            "<=": f"({since} > {passed})",
            "==": f"({since} <= {reached} AND {since} > {passed})",
            "!=": f"({since} > {reached} OR {since} <= {passed})",
        }
        return tests[op]

    def between(self, tree: Between) -> str:
        tests = f"({self.compare(tree.fact, '>=', tree.low)} AND {self.compare(tree.fact, '<=', tree.high)})"
        if not tree.negated:
            return tests
        asked = [each for each in (tree.fact, tree.low, tree.high) if not isinstance(each, Literal)]
        there = " AND ".join(f"{self.column(each).sql} IS NOT NULL" for each in asked)
        return f"({there} AND NOT {tests})"

    def contains(self, tree: Contains) -> str:
        column = self.column(tree.fact)
        found = self.holds_member(column, tree.phrase) if column.type == "set" else self.speaks(column, tree.phrase)
        return f"({column.sql} IS NOT NULL AND NOT {found})" if tree.negated else found

    def holds_member(self, column: Column, phrase: str) -> str:
        if not _storable(phrase):
            return "false"
        same = f"{FOLD}(member) = {self.value(phrase, 'text')}"
        return f"({column.sql} <> '{{}}' AND EXISTS (SELECT 1 FROM unnest({column.sql}) AS member WHERE {same}))"

    def speaks(self, column: Column, phrase: str) -> str:
        """The phrase's words, each a run of word characters, with other characters between and around them."""
        self.params["cond_words"] = word_class()
        gap = "'[^' || %(cond_words)s::text || ']'"
        words = f" || {gap} || '+' || ".join(self.value(word, "text") for word in phrase.split())
        pattern = f"'(^|' || {gap} || ')' || {words} || '(' || {gap} || '|$)'"
        return f"({FOLD}(left({column.sql}, {LONGEST})) ~ ({pattern}))"

    def like(self, tree: Like) -> str:
        column = self.column(tree.fact)
        if not _storable(tree.pattern):
            return f"({column.sql} IS NOT NULL)" if tree.negated else "false"
        said = "NOT LIKE" if tree.negated else "LIKE"
        return f"({column.sql} {said} {self.value(_ended(tree.pattern), 'text')})"

    def unsure(self, column: Column, wanted: bool) -> str:
        self.exact = False
        return f"({column.sql} IS NOT NULL)" if wanted else "false"

    # Columns and values

    def column(self, operand: Operand) -> Column:
        if isinstance(operand, DaysUntil):
            day = self.column(operand.fact)
            found = f"({day.sql} AT TIME ZONE 'UTC')::date" if day.type == "instant" else day.sql
            return Column(f"({found} - {self.value(self.now.astimezone(UTC).date(), 'date')})", "whole")
        if not isinstance(operand, Fact) or operand.name not in self.columns:
            raise Unanswerable(_unknown(operand))
        column = self.columns[operand.name]
        self.params.update(column.params)
        return column

    def value(self, value: Any, kind: str) -> str:
        return f"{self.given(_plain(value, kind))}::{_sql_type(kind)}"

    def given(self, value: Any) -> str:
        name = f"cond_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"


def _unknown(operand: Operand) -> str:
    name = operand.name if isinstance(operand, Fact) else "a constant"
    return f"{name} is known only while something happens to a ticket, so tickets cannot be listed by it"


def _moments(now: datetime, minutes: float) -> tuple[datetime, datetime]:
    """The latest instants since which at least, and more than, so many minutes have passed, rounded as a float is."""
    if abs(minutes) > _REACH:
        return (datetime.min.replace(tzinfo=UTC),) * 2 if minutes > 0 else (datetime.max.replace(tzinfo=UTC),) * 2
    near = round(minutes * 60_000_000)
    around = range(near - 1000, near + 1000)

    def lasting(microseconds: int) -> float:
        return microseconds / 1_000_000 / 60

    reached, passed = (around[find(around, minutes, key=lasting)] for find in (bisect_left, bisect_right))
    return now - timedelta(microseconds=reached), now - timedelta(microseconds=passed)


def _finest(column: Column, values: list[Any]) -> str:
    """The type the column is compared in: a whole number stays one, so that its index serves."""
    if column.type == "whole" and not all(isinstance(value, int) for value in values):
        return "number"
    return column.type


def _as(column: Column, kind: str) -> str:
    return f"{column.sql}::numeric" if column.type == "whole" and kind == "number" else column.sql


def _sql_type(kind: str) -> str:
    return "timestamptz" if kind == "instant" else _TYPES[kind]


def _plain(value: Any, kind: str) -> Any:
    return Decimal(repr(value)) if kind == "number" else value


def _storable(value: Any) -> bool:
    """Whether a row can hold it at all: no text of the database has a NUL or half a character."""
    if not isinstance(value, str):
        return True
    return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)


def _ended(pattern: str) -> str:
    """A backslash at the very end means itself; SQL wants it doubled."""
    behind = len(pattern) - len(pattern.rstrip("\\"))
    return pattern + "\\" if behind % 2 else pattern
