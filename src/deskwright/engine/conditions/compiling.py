"""A bound tree to one Python function, built node by node through `ast`: no text of a document ever becomes code.

Constants that code cannot hold (patterns, dates) are handed in as the function's globals. Must mean exactly what
`truth` means.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from deskwright.engine.conditions.asking import days_until, like
from deskwright.engine.conditions.binding import pattern
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
from deskwright.engine.words import folded, spoken

Holds = Callable[[Mapping[str, Any]], bool]

_OPS: Final[dict[str, ast.cmpop]] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
}
_LOAD: Final = ast.Load()
_STORE: Final = ast.Store()
_PLACE: Final[Any] = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}


def compiled(tree: Tree) -> Holds:
    """view -> whether the condition holds."""
    code = _Code()
    answer = ast.Return(code.tree(tree), **_PLACE)
    get = ast.Assign([_name("get", _STORE)], ast.Attribute(_name("view"), "get", _LOAD, **_PLACE), **_PLACE)
    arguments = ast.arguments([], [ast.arg("view", **_PLACE)], None, [], [], None, [])
    function = ast.FunctionDef("condition", arguments, [get, answer], [], **_PLACE)
    scope = code.scope
    exec(compile(ast.Module([function], []), "<condition>", "exec"), scope)
    holds: Holds = scope["condition"]
    return holds


class _Code:
    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"__builtins__": {}}
        self.counter = 0

    def tree(self, tree: Tree) -> ast.expr:
        match tree:
            case And(parts):
                return ast.BoolOp(ast.And(), [self.tree(part) for part in parts], **_PLACE)
            case Or(parts):
                return ast.BoolOp(ast.Or(), [self.tree(part) for part in parts], **_PLACE)
            case Not(part):
                return _not(self.tree(part))
            case Constant(value):
                return _constant(value)
            case Truth(fact):
                return _compare(_get(fact.name), ast.Is(), _constant(True))
            case SignalHeld(name):
                return _compare(_constant(name), ast.In(), _or_empty(_get("signals")))
            case Missing(fact, negated):
                return _compare(self.operand(fact), ast.IsNot() if negated else ast.Is(), _constant(None))
            case _:
                return self.test(tree)

    def test(self, tree: Compare | In | Between | Like | Contains | Matches) -> ast.expr:
        match tree:
            case In(fact, values, negated):
                return self.within(fact, values, negated)
            case Compare(left, op, right):
                return self.compare(left, op, right)
            case Between(fact, low, high, negated):
                return self.between(fact, low, high, negated)
            case Contains(searched, phrase, negated):
                return self.present(searched, lambda seen: self.contains(searched, phrase, seen), negated)
            case Like(fact, text, negated):
                return self.present(fact, lambda seen: self.found("match", like(text), seen), negated)
            case Matches(fact, text, negated):
                return self.present(fact, lambda seen: self.found("search", pattern(text), seen), negated)

    def within(self, fact: Operand, values: tuple[Literal, ...], negated: bool) -> ast.expr:
        """A missing value is in no list, so only the negated form must ask whether there is one."""
        allowed = [value.value for value in values]
        if not negated:
            return self.member(self.operand(fact), allowed)
        return self.present(fact, lambda seen: self.member(seen, allowed), negated)

    def member(self, seen: ast.expr, allowed: list[Any]) -> ast.expr:
        if len(allowed) == 1:
            return _compare(seen, ast.Eq(), self.constant(allowed[0]))
        if all(isinstance(value, (str, int, float)) for value in allowed):
            return _compare(seen, ast.In(), _constant(frozenset(allowed)))
        return _compare(seen, ast.In(), self.given(frozenset(allowed)))

    def compare(self, left: Operand, op: str, right: Operand) -> ast.expr:
        if isinstance(right, Literal):
            return self.present(left, lambda seen: _compare(seen, _OPS[op], self.constant(right.value)))
        return self.present(left, lambda first: self.present(right, lambda second: _compare(first, _OPS[op], second)))

    def between(self, fact: Operand, low: Operand, high: Operand, negated: bool) -> ast.expr:
        tests = [self.compare(fact, ">=", low), self.compare(fact, "<=", high)]
        inside: ast.expr = ast.BoolOp(ast.And(), tests, **_PLACE)
        if not negated:
            return inside
        there = [_compare(self.operand(operand), ast.IsNot(), _constant(None)) for operand in _facts(fact, low, high)]
        return ast.BoolOp(ast.And(), [*there, _not(inside)], **_PLACE)

    def contains(self, fact: Fact, phrase: str, seen: ast.expr) -> ast.expr:
        if fact.kind == "set":
            return _compare(_constant(phrase), ast.In(), self.call(folded, seen))
        return _compare(_constant(f" {phrase} "), ast.In(), self.call(spoken, seen))

    def found(self, method: str, regex: Any, seen: ast.expr) -> ast.expr:
        return _compare(self.call(getattr(regex, method), seen), ast.IsNot(), _constant(None))

    def present(self, fact: Operand, test: Callable[[ast.expr], ast.expr], negated: bool = False) -> ast.expr:
        """The value is there and the test says yes (no, when negated)."""
        self.counter += 1
        seen = f"seen{self.counter}"
        there = _compare(ast.NamedExpr(_name(seen, _STORE), self.operand(fact), **_PLACE), ast.IsNot(), _constant(None))
        tested = test(_name(seen))
        return ast.BoolOp(ast.And(), [there, _not(tested) if negated else tested], **_PLACE)

    def operand(self, operand: Operand) -> ast.expr:
        match operand:
            case Fact(name):
                return _get(name)
            case DaysUntil(fact):
                return self.call(days_until, _get(fact.name), _get("now"))
            case Literal(value):
                return self.constant(value)

    def constant(self, value: Any) -> ast.expr:
        return self.given(value) if isinstance(value, date) else _constant(value)

    def call(self, function: Callable[..., Any], *arguments: ast.expr) -> ast.expr:
        return ast.Call(self.given(function), list(arguments), [], **_PLACE)

    def given(self, value: Any) -> ast.expr:
        name = f"given{len(self.scope)}"
        self.scope[name] = value
        return _name(name)


def _facts(*operands: Operand) -> list[Operand]:
    return [operand for operand in operands if not isinstance(operand, Literal)]


def _get(name: str) -> ast.expr:
    return ast.Call(_name("get"), [_constant(name)], [], **_PLACE)


def _name(name: str, context: ast.expr_context = _LOAD) -> ast.Name:
    return ast.Name(name, context, **_PLACE)


def _constant(value: Any) -> ast.expr:
    return ast.Constant(value, **_PLACE)


def _compare(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [op], [right], **_PLACE)


def _not(part: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), part, **_PLACE)


def _or_empty(value: ast.expr) -> ast.expr:
    return ast.BoolOp(ast.Or(), [value, ast.Tuple([], _LOAD, **_PLACE)], **_PLACE)
