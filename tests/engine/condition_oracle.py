"""The plainest statement of what a bound condition means, written apart from the compiler it is held against."""

import operator
import re
from datetime import datetime

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
    Or,
    SignalHeld,
    Truth,
)

OPS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def means(tree, view):
    match tree:
        case Constant(value):
            return value
        case And(parts):
            return all(means(part, view) for part in parts)
        case Or(parts):
            return any(means(part, view) for part in parts)
        case Not(part):
            return not means(part, view)
        case SignalHeld(name):
            return name in view.get("signals", ())
        case Truth(fact):
            return value_of(fact, view) is True
        case Missing(fact, negated):
            return (value_of(fact, view) is None) != negated
    return tested(tree, view)


def tested(tree, view):
    match tree:
        case Compare(left, op, right):
            first, second = value_of(left, view), value_of(right, view)
            return first is not None and second is not None and OPS[op](first, second)
        case Between(fact, low, high, negated):
            values = [value_of(each, view) for each in (low, fact, high)]
            return None not in values and (values[0] <= values[1] <= values[2]) != negated
    value = value_of(tree.fact, view)
    if value is None:
        return False
    match tree:
        case In(_, values, negated):
            return (value in [each.value for each in values]) != negated
        case Contains(fact, phrase, negated):
            return holds_words(fact, phrase, value) != negated
        case Like(_, pattern, negated):
            return (re.fullmatch(liked(pattern), value, re.DOTALL) is not None) != negated
        case Matches(_, pattern, negated):
            # only the very end is an end, as in RE2; `re` also stops before a last line break
            return (re.search(pattern.replace("$", r"\Z"), value) is not None) != negated
    raise AssertionError(tree)


def holds_words(fact, phrase, value):
    if fact.kind == "set":
        return phrase in {plainly(member) for member in value}
    heard, wanted = re.findall(r"\w+", plainly(value)), phrase.split()
    return any(heard[at : at + len(wanted)] == wanted for at in range(len(heard)))


def plainly(text):
    """Each character lowered on its own; the two that have no single small letter of their own are settled by hand."""
    return "".join({"İ": "i", "ς": "σ"}.get(char, char.lower()) for char in text)


def liked(pattern):
    out, rest = "", iter(pattern)
    for char in rest:
        if char == "\\":
            out += re.escape(next(rest, "\\"))
        else:
            out += {"%": ".*", "_": "."}.get(char, re.escape(char))
    return out


def value_of(operand, view):
    match operand:
        case Literal(value):
            return value
        case Fact(name):
            return view.get(name)
        case DaysUntil(fact):
            day, now = view.get(fact.name), view.get("now")
            day = day.date() if isinstance(day, datetime) else day
            return None if day is None or now is None else (day - now.date()).days
    raise AssertionError(operand)
