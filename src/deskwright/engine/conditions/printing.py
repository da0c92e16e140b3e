"""A tree back to text, in one canonical spelling. Parsing what it prints gives the same tree."""

from __future__ import annotations

from datetime import date

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

_PATTERNS = {Like: "LIKE", Contains: "CONTAINS", Matches: "MATCHES"}


def printed(tree: Tree) -> str:
    match tree:
        case And(parts):
            return " AND ".join(_grouped(part, And, Or) for part in parts)
        case Or(parts):
            return " OR ".join(_grouped(part, Or) for part in parts)
        case Not(part):
            return f"NOT {_grouped(part, And, Or)}"
        case Constant(value):
            return "true" if value else "false"
        case Truth(fact):
            return fact.name
        case SignalHeld(name):
            return f"signal({quoted(name)})"
        case _:
            return _test(tree)


def _test(tree: Compare | In | Between | Missing | Like | Contains | Matches) -> str:
    match tree:
        case Compare(left, op, right):
            return f"{operand(left)} {op} {operand(right)}"
        case In(fact, values, negated):
            return f"{operand(fact)} {_no(negated)}IN ({', '.join(operand(value) for value in values)})"
        case Between(fact, low, high, negated):
            return f"{operand(fact)} {_no(negated)}BETWEEN {operand(low)} AND {operand(high)}"
        case Missing(fact, negated):
            return f"{operand(fact)} IS {_no(negated)}NULL"
        case Like(fact, pattern, negated) | Contains(fact, pattern, negated) | Matches(fact, pattern, negated):
            return f"{fact.name} {_no(negated)}{_PATTERNS[type(tree)]} {quoted(pattern)}"


def operand(value: Operand) -> str:
    match value:
        case Fact(name):
            return name
        case DaysUntil(fact):
            return f"days_until({fact.name})"
        case Literal(bool() as truth):
            return "true" if truth else "false"
        case Literal(str() as text):
            return quoted(text)
        case Literal(date() as day):
            return quoted(day.isoformat())
        case Literal(float() as number):
            return f"{number:.12f}".rstrip("0")
        case Literal(number):
            return str(number)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _no(negated: bool) -> str:
    return "NOT " if negated else ""


def _grouped(part: Tree, *weaker: type) -> str:
    return f"({printed(part)})" if isinstance(part, weaker) else printed(part)
