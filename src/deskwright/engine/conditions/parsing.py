"""Tokens to a tree: OR binds weakest, then AND, then NOT, then the tests. Linear time; the depth is capped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from deskwright.engine.conditions.scanning import Token, scan
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

DEEPEST: Final = 40
_COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_FUNCTIONS: Final = ("signal", "days_until")
_PATTERNS: Final[Mapping[str, type[Like | Contains | Matches]]] = {
    "LIKE": Like,
    "CONTAINS": Contains,
    "MATCHES": Matches,
}


def parse(text: str) -> Tree:
    """The tree as written, names unresolved. Raises ConditionError with the first fault."""
    return _Parser(scan(text)).whole()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def whole(self) -> Tree:
        if self.now.kind == "end":
            raise self.refusal(_("a condition is missing; write true for always"))
        tree = self.either()
        if self.now.kind != "end":
            raise self.refusal(
                _("%(said)s is not expected here; AND or OR joins two tests", said=self.said()), self.joiner()
            )
        return tree

    # From the weakest to the strongest

    def either(self) -> Tree:
        return self.chain("OR", self.both, Or)

    def both(self) -> Tree:
        return self.chain("AND", self.negation, And)

    def chain(self, word: str, part: Callable[[], Tree], joined: type[And] | type[Or]) -> Tree:
        parts = [part()]
        while self.takes(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else joined(tuple(parts), parts[0].at, parts[-1].end)

    def negation(self) -> Tree:
        at = self.now.at
        if not self.takes("NOT"):
            return self.test()
        self.deeper()
        part = self.negation()
        self.depth -= 1
        return Not(part, at, part.end)

    def test(self) -> Tree:
        if self.sees("("):
            return self.group()
        if self.now.kind in ("TRUE", "FALSE") and self.tokens[self.place + 1].value not in _COMPARISONS:
            token = self.take()
            return Constant(token.kind == "TRUE", token.at, token.end)
        if self.now.kind == "name" and str(self.now.value).lower() == "signal" and self.ahead("("):
            return self.signal()
        return self.tested(self.operand())

    def group(self) -> Tree:
        self.deeper()
        self.take()
        tree = self.either()
        self.expect(")", _("a closing parenthesis"))
        self.depth -= 1
        return tree

    def signal(self) -> Tree:
        at = self.take().at
        self.take()
        name = self.text(_("the name of a signal in quotes, such as signal('urgency')"))
        return SignalHeld(name, at, self.expect(")", _("a closing parenthesis")).end)

    # What can follow an operand

    def tested(self, left: Operand) -> Tree:
        if self.now.value in _COMPARISONS and self.now.kind == "sign":
            op = str(self.take().value)
            right = self.operand()
            return Compare(left, op, right, left.at, right.end)
        if self.takes("IS"):
            negated = self.takes("NOT")
            return Missing(left, negated, left.at, self.expect("NULL", _("NULL after IS")).end)
        negated = self.takes("NOT")
        kind = self.now.kind
        if kind == "IN":
            return self.within(left, negated)
        if kind == "BETWEEN":
            return self.between(left, negated)
        if kind in _PATTERNS:
            return self.pattern(_PATTERNS[kind], left, negated)
        if negated:
            raise self.refusal(_("IN, BETWEEN, LIKE, CONTAINS or MATCHES is expected after NOT here"))
        return self.alone(left)

    def alone(self, left: Operand) -> Tree:
        if isinstance(left, Fact):
            return Truth(left, left.at, left.end)
        raise self.refusal(_("a comparison such as == or > is expected here"))

    def within(self, left: Operand, negated: bool) -> Tree:
        self.take()
        self.expect("(", _("a list in parentheses after IN, such as IN ('high', 'critical')"))
        values = [self.constant()]
        while self.takes_sign(","):
            values.append(self.constant())
        return In(left, tuple(values), negated, left.at, self.expect(")", _("a closing parenthesis")).end)

    def between(self, left: Operand, negated: bool) -> Tree:
        self.take()
        low = self.operand()
        self.expect("AND", _("AND between the two ends"))
        high = self.operand()
        return Between(left, low, high, negated, left.at, high.end)

    def pattern(self, node: type[Like | Contains | Matches], left: Operand, negated: bool) -> Tree:
        word = self.take()
        if not isinstance(left, Fact):
            raise self.refusal(_("%(kind)s looks at a fact, and none stands before it", kind=word.kind), at=left.at)
        pattern = self.text(_("a text in quotes after %(kind)s", kind=word.kind))
        return node(left, pattern, negated, left.at, self.tokens[self.place - 1].end)

    # Operands

    def operand(self) -> Operand:
        if self.now.kind != "name":
            return self.constant()
        if self.ahead("("):
            return self.call()
        token = self.take()
        return Fact(str(token.value), "", token.at, token.end)

    def call(self) -> Operand:
        token = self.take()
        name = str(token.value)
        if name.lower() != "days_until":
            message = (
                _("signal(...) is true or false and is not compared")
                if name == "signal"
                else _("no function is named %(name)s", name=repr(name))
            )
            raise self.refusal(message, meant(name, _FUNCTIONS), at=token.at)
        self.take()
        fact = self.operand()
        if not isinstance(fact, Fact):
            raise self.refusal(_("days_until looks at a date such as organisation.renewal_date"), at=fact.at)
        return DaysUntil(fact, token.at, self.expect(")", _("a closing parenthesis")).end)

    def constant(self) -> Literal:
        at = self.now.at
        minus = self.takes_sign("-")
        token = self.now
        if token.kind == "number" and isinstance(token.value, (int, float)):
            self.take()
            return Literal(-token.value if minus else token.value, at, token.end)
        if not minus and token.kind == "text":
            self.take()
            return Literal(token.value, at, token.end)
        if not minus and token.kind in ("TRUE", "FALSE"):
            self.take()
            return Literal(token.kind == "TRUE", at, token.end)
        if token.kind == "NULL":
            raise self.refusal(_("nothing equals NULL; write IS NULL or IS NOT NULL"))
        if token.kind == "name":
            raise self.refusal(_("a constant is expected here; a text needs quotes: '%(token)s'", token=token.value))
        raise self.refusal(_("a name or a constant is expected here, not %(said)s", said=self.said()))

    # Tokens

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.tokens[self.place]
        self.place += token.kind != "end"
        return token

    def takes(self, keyword: str) -> bool:
        found = self.now.kind == keyword
        self.place += found
        return found

    def takes_sign(self, sign: str) -> bool:
        found = self.sees(sign)
        self.place += found
        return found

    def sees(self, sign: str) -> bool:
        return self.now.kind == "sign" and self.now.value == sign

    def ahead(self, sign: str) -> bool:
        token = self.tokens[self.place + 1]
        return token.kind == "sign" and token.value == sign

    def text(self, what: str) -> str:
        if self.now.kind != "text":
            raise self.refusal(_("%(what)s is expected here, not %(said)s", what=what, said=self.said()))
        return str(self.take().value)

    def expect(self, word: str, what: str) -> Token:
        if word not in (self.now.kind, self.now.value if self.now.kind == "sign" else None):
            raise self.refusal(_("%(what)s is expected here, not %(said)s", what=what, said=self.said()))
        return self.take()

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refusal(_("a condition is nested at most %(deepest)s levels deep", deepest=DEEPEST))

    def said(self) -> str:
        if self.now.kind == "end":
            return _("the end of the condition")
        return f"{str(self.now.value)[:40]!r}"

    def joiner(self) -> str | None:
        return meant(str(self.now.value), ("and", "or", "in", "contains", "like", "matches", "between"))

    def refusal(self, message: str, suggestion: str | None = None, at: int | None = None) -> ConditionError:
        return ConditionError([(self.now.at if at is None else at, message, suggestion)])
