"""Cuts a condition's text into tokens, each with its offset. Linear; knows no names and no types."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from deskwright.engine import durations
from deskwright.engine.conditions.syntax import ConditionError, Value
from deskwright.engine.problems import shown
from deskwright.engine.saying import _

LONGEST: Final = 10_000
"""Characters."""
KEYWORDS: Final = frozenset(
    ("AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "LIKE", "CONTAINS", "MATCHES", "TRUE", "FALSE")
)
_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
  | (?P<duration>\d+(?:[hmdw]|bd|_[a-z]+)(?:\d+[hmdw])*\b)
  | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?![\w.]))
  | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
  | (?P<sign><=|>=|<>|!=|==|[=<>(),-])
  | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)
_WRITTEN_SIGNS: Final = {"=": "==", "<>": "!="}
_UNKNOWN_SIGNS: Final = {"&": "AND", "|": "OR", "!": "NOT", "“": "'", "”": "'", "‘": "'", "’": "'"}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    """name | text | number | sign | end | one of KEYWORDS"""
    value: Value
    at: int
    end: int


def scan(text: str) -> list[Token]:
    """Every token, the last one of kind end. Raises ConditionError at the first character that starts none."""
    if len(text) > LONGEST:
        raise ConditionError(
            [(0, _("a condition is at most %(longest)s characters long", longest=f"{LONGEST:,}"), None)]
        )
    tokens: list[Token] = []
    at = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refusal(text, at)
        tokens.append(_token(match))
        at = match.end()
    return tokens


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or ""
    written, at, end = match[kind], match.start(kind), match.end(kind)
    if kind == "name":
        upper = written.upper()
        return Token(upper if upper in KEYWORDS else "name", written, at, end)
    if kind == "text":
        return Token("text", _unquoted(written), at, end)
    if kind == "number":
        return Token("number", _number(written, at), at, end)
    if kind == "duration":
        return Token("number", _minutes(written, at), at, end)
    return Token(kind, _WRITTEN_SIGNS.get(written, written), at, end)


def _unquoted(written: str) -> str:
    """As in SQL: a doubled quote is one, and a backslash is a backslash, so patterns stay as written."""
    quote = written[0]
    return written[1:-1].replace(quote * 2, quote)


def _number(written: str, at: int) -> int | float:
    if len(written) > 18:
        raise ConditionError([(at, _("the number is too long"), None)])
    value = float(written) if "." in written else int(written)
    return value if math.isfinite(value) else 0


def _minutes(written: str, at: int) -> int:
    """A duration is a number of minutes."""
    try:
        duration = durations.parse(written)
    except ValueError as refusal:
        raise ConditionError([(at, str(refusal), None)]) from None
    if duration.business_days:
        raise ConditionError([(at, _("business days depend on a calendar; write hours or calendar days"), None)])
    return duration.minutes


def _refusal(text: str, at: int) -> ConditionError:
    at += len(text[at:]) - len(text[at:].lstrip())
    char = text[at]
    if char in "'\"":
        return ConditionError([(at, _("the text that starts with %(char)s has no end", char=char), None)])
    if char.isdigit():
        word = re.split(r"[\s()]", text[at:], maxsplit=1)[0]
        return ConditionError([(at, _("%(word)s is neither a number nor a duration", word=shown(word)), None)])
    return ConditionError([(at, _("%(char)s means nothing here", char=repr(char)), _UNKNOWN_SIGNS.get(char))])
