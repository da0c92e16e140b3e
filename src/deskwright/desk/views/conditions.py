"""The condition of a view: what is wrong with it, and which tickets it means. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from deskwright.desk.access import Veil
from deskwright.engine import vocabulary
from deskwright.engine.conditions import Condition, ConditionError, compile_condition, nodes
from deskwright.engine.conditions.syntax import And, Contains, In, Like, Literal, Matches, Tree
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.vocabulary.standard import ONLY_EVENTS
from deskwright.engine.workflow import Workflow
from deskwright.store import filters
from deskwright.store.queries.inbox import LIVE
from deskwright.store.queries.listing import Scope
from deskwright.store.queries.tallying import Asked

LONGEST: Final = 4000
SPEAK_OF_ENDED: Final = frozenset({"status", "solved_at", "csat"})
"""A condition that asks for one of these means solved tickets too, unless it names live statuses only."""
DEEP: Final = frozenset({"customer.reopened_30d", "customer.escalations_30d", "customer.tickets_30d"})


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` and `column` count from 1; `at` and `length` say which characters the suggestion would replace."""

    line: int
    column: int
    at: int
    length: int
    message: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A condition as it was understood: ready to use, or with what is wrong."""

    condition: Condition | None
    faults: tuple[Fault, ...] = ()


def read(text: str, workflow: Workflow, veil: Veil) -> Read:
    """The condition a text means for this workflow, or its faults. An empty text means every live ticket.

    What asks for something the role behind `veil` hides is not understood: who is listed would tell the value.
    """
    text = text.replace("\r\n", "\n")
    found = understood(text, workflow)
    hidden = veil.hidden_among(found.condition.names) if found.condition else ()
    return Read(None, tuple(veiled(text, name) for name in hidden)) if hidden else found


def veiled(text: str, name: str) -> Fault:
    return placed(text, max(0, text.find(name.rsplit(".")[-1])), f"your role does not get to see {name}", None)


@lru_cache(maxsize=2048)
def understood(text: str, workflow: Workflow) -> Read:
    if len(text) > LONGEST:
        return Read(None, (Fault(1, 1, 0, 0, f"A condition has at most {LONGEST:,} characters."),))
    try:
        condition = compile_condition(text if text.strip() else "true", vocabulary.of_lists(workflow))
    except ConditionError as error:
        return Read(None, tuple(placed(text, *fault) for fault in error.faults))
    faults = tuple(unlisted(text, condition.tree))
    return Read(None if faults else condition, faults)


def placed(text: str, at: int, message: str, suggestion: str | None) -> Fault:
    """The fault where it stands in the text; an event's fact is told as such."""
    at = min(at, len(text))
    length = word_at(text, at)
    if text[at : at + length] in ONLY_EVENTS:
        message = f"{text[at : at + length]} is known only while something happens, so a list cannot ask for it"
    line = text.count("\n", 0, at) + 1
    return Fault(line, at - text.rfind("\n", 0, at), at, length, message, suggestion)


def word_at(text: str, at: int) -> int:
    """How many characters the word or the quoted text at this place has."""
    if text[at : at + 1] in ("'", '"'):
        end = text.find(text[at], at + 1)
        return (end + 1 if end > 0 else len(text)) - at
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    return end - at


def unlisted(text: str, tree: Tree) -> Iterator[Fault]:
    for node in nodes(tree):
        if isinstance(node, Matches):
            yield placed(text, node.at, "MATCHES is for rules; a list takes CONTAINS or LIKE", None)


def scope(condition: Condition, workflow: Workflow, now: datetime, me: int) -> Scope:
    """The tickets it means: live ones, unless it speaks of ended ones."""
    where = filters.ticket_filter(condition, workflow, now, me)
    live = live_only(condition)
    return Scope(f"{LIVE} AND {where.sql}" if live else where.sql, where.params, filters.source(condition), not live)


def live_only(condition: Condition) -> bool:
    return not condition.names & SPEAK_OF_ENDED or names_live_statuses(condition.tree)


def names_live_statuses(tree: Tree) -> bool:
    """Whether one of its joint tests allows live statuses only."""
    return any(
        isinstance(part, In)
        and getattr(part.fact, "name", "") == "status"
        and not part.negated
        and all(isinstance(value, Literal) and value.value in LIVE_STATUSES for value in part.values)
        for part in (tree.parts if isinstance(tree, And) else (tree,))
    )


def asked(number: int, condition: Condition, workflow: Workflow, now: datetime, me: int) -> Asked:
    """A view of live tickets as the rail counts it."""
    where = filters.ticket_filter(condition, workflow, now, me)
    held = Scope(where.sql, where.params, filters.source(condition))
    return Asked(number, held, close=looks_closely(condition))


def looks_closely(condition: Condition) -> bool:
    """Whether testing one ticket takes long: texts are searched, or other tickets counted."""
    if condition.names & DEEP:
        return True
    return any(
        isinstance(node, Like) or (isinstance(node, Contains) and node.fact.kind in ("text", "word"))
        for node in nodes(condition.tree)
    )
