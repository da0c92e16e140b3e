"""What a query means in rows: a text search query for its words, an SQL condition for its operators.

Also by which index tickets are looked through when there are no words to find them by.

Every value is a parameter; no word that was typed enters the SQL text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from deskwright.store.finding.asking import AGO, Query, Term
from deskwright.store.queries.inbox import AT_RISK, LIVE

WEIGHTS: Final = {"subject": "A", "from": "B", "org": "B", "to": "D"}
"""Operators that look into one part of the search document."""
NAMES: Final = ("from", "org")
"""Of these, operators that look for names too: of requesters and organisations."""
BEGUN: Final = frozenset({"from", "org", "to"})
"""Operators whose value may be unfinished."""
WRITTEN: Final = "AC"
"""The parts that hold no contact points: subject, conversation and files."""
STATES: Final[Mapping[str, str]] = {
    "open": LIVE,
    "new": "t.status = 'new'",
    "waiting": "t.status = 'waiting_on_customer'",
    "on_hold": "t.status = 'on_hold'",
    "solved": "t.status IN ('solved', 'closed')",
    "closed": "t.status = 'closed'",
    "unassigned": f"{LIVE} AND t.assignee_id IS NULL",
    "mine": "t.assignee_id = %(me)s",
    "unanswered": "t.unanswered_since IS NOT NULL",
    "escalated": "t.tier_number > 1",
    "snoozed": f"{LIVE} AND t.snoozed_since IS NOT NULL",
}
LIVE_ONLY: Final = frozenset(
    {"is:open", "is:new", "is:waiting", "is:on_hold", "is:unassigned", "is:snoozed", "sla:at_risk"}
)
"""Operators that live tickets alone can pass."""
SLA: Final[Mapping[str, str]] = {
    "breached": "t.breached",
    "at_risk": AT_RISK,
    "ok": f"NOT t.breached AND NOT coalesce({AT_RISK}, false)",
}
FILES: Final = (
    "EXISTS (SELECT FROM store_message AS m JOIN store_attachment AS a ON a.message_id = m.id AND NOT a.logo "
    "WHERE m.ticket_id = t.id)"
)
HAS: Final[Mapping[str, str]] = {
    "attachment": FILES,
    "note": "EXISTS (SELECT FROM store_message AS m WHERE m.ticket_id = t.id AND m.kind = 'note')",
    "tag": "t.tags <> '{}'",
}
WHO: Final = (
    "t.assignee_id IN (SELECT who.id FROM store_agent AS who WHERE who.email = {value} "
    "OR ' ' || lower(who.name) LIKE '%% ' || {value} || '%%')"
)
PREFIX: Final = 3
"""Letters of a beginning that an index is asked for."""
COLUMNS: Final = {"queue": "t.queue", "priority": "t.priority", "channel": "t.channel", "category": "t.category"}


HELD: Final = (
    "coalesce((SELECT document.words @@ ({words}) FROM store_searchdocument AS document "
    "WHERE document.ticket_id = t.id), false)"
)
"""Whether the ticket's document holds words. No document is read but its own; a join would read them all."""


@dataclass(slots=True)
class Meaning:
    """`words` is a text search query as SQL, "" for none; `sql` is a condition over `store_ticket AS t`.

    `indexed`: the words as an index is asked for them, short beginnings as whole words: too many words begin so.
    `live`: only live tickets can pass. `dated`: it asks when tickets were opened. `handle`: the part of `sql` that an
    index answers where few tickets pass it, "" for none.
    """

    words: str
    sql: str
    params: dict[str, Any] = field(default_factory=dict)
    live: bool = False
    dated: str = ""
    handle: str = ""
    indexed: str = ""


def meaning(query: Query, *, me: int, now: datetime, begun: bool, addresses: bool = True) -> Meaning:
    """`begun`: the last free word may be the beginning of one. Without `addresses` words are sought where people
    wrote them, and among names: not where contact points stand.
    """
    params: dict[str, Any] = {"me": me, "now": now}
    last = query.terms[-1] if query.terms and begun else None
    held = [term for term in query.terms if not term.name or term.name in WEIGHTS]
    words = [said(term, term is last, addresses, params) for term in held]
    tests = {term: test_of(term, params, now) for term in query.terms if term not in held}
    if held and all(term.negated for term in held):
        tests[Term("", "", True)] = HELD.format(words=" || ".join(word.removeprefix("!!") for word in words))
        words = []
    sql = " AND ".join(turned(term, test) for term, test in tests.items()) or "true"
    passed = {term: test for term, test in tests.items() if not term.negated}
    return Meaning(
        " && ".join(words),
        sql,
        params,
        live=any(f"{term.name}:{term.value.lower()}" in LIVE_ONLY for term in passed),
        dated=" AND ".join(test for term, test in passed.items() if term.name in ("before", "after")),
        handle=next((test for term, test in passed.items() if has_handle(term)), ""),
        indexed=" && ".join(said(term, term is last and len(term.value) >= PREFIX, addresses, params) for term in held),
    )


def turned(term: Term, test: str) -> str:
    return f"NOT coalesce(({test}), false)" if term.negated else f"({test})"


def has_handle(term: Term) -> bool:
    """Whether an index leads to the tickets that pass the operator."""
    return term.name == "tag" or (term.name == "assignee" and term.value.lower() != "none") or is_mine(term)


def is_mine(term: Term) -> bool:
    return term.name == "is" and term.value.lower() == "mine"


def said(term: Term, unfinished: bool, addresses: bool, params: dict[str, Any]) -> str:
    """The text search query of a term, as SQL. Without `addresses` names are found by marks of their own."""
    unfinished = (unfinished or term.name in BEGUN) and not term.quoted
    query, name = "", f"said_{len(params)}"
    if addresses or term.name not in NAMES:
        params[name] = lexeme(term, unfinished, "" if addresses else WRITTEN)
        query = f"to_tsquery('simple', %({name})s::text)"
    if not addresses and term.name in ("", *NAMES):
        params[f"{name}_named"] = marked(term, unfinished)
        named = f"%({name}_named)s::tsquery"
        query = f"({query} || {named})" if query else named
    return f"!!{query}" if term.negated else query


def lexeme(term: Term, unfinished: bool, anywhere: str = "") -> str:
    """The term as a quoted piece of a text search query: its words in this order, in the document's part it names."""
    quoted = "'" + term.value.replace("\\", "\\\\").replace("'", "''") + "'"
    weight, star = WEIGHTS.get(term.name, anywhere), "*" if unfinished else ""
    return quoted + (f":{star}{weight}" if star or weight else "")


def marked(term: Term, unfinished: bool) -> str:
    """The term's words as documents mark those of names; a mark alone, which none has, where there is no word."""
    star = ":*" if unfinished else ""
    return " & ".join(f"'={word}'{star}" for word in re.findall(r"\w+", term.value.lower())) or "'='"


def test_of(term: Term, params: dict[str, Any], now: datetime) -> str:
    value = term.value.lower()
    match term.name:
        case "is":
            return STATES[value]
        case "sla":
            return SLA[value]
        case "has":
            return HAS[value]
        case "assignee" if value in ("me", "none"):
            return "t.assignee_id = %(me)s" if value == "me" else "t.assignee_id IS NULL"
    name = f"asked_{len(params)}"
    params[name] = value
    match term.name:
        case "assignee":
            return WHO.format(value=f"%({name})s::text")
        case "tag":
            return f"t.tags @> ARRAY[%({name})s::text]"
        case "before" | "after":
            params[name] = moment(value, now)
            return f"t.created_at {'<' if term.name == 'before' else '>='} %({name})s::timestamptz"
    return f"lower({COLUMNS[term.name]}) = %({name})s::text"


def moment(text: str, now: datetime) -> datetime:
    """ "2026-12-31", "today", "yesterday" or "3d" (ago) as an instant (UTC)."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if found := AGO.fullmatch(text):
        unit = {"h": "hours", "d": "days", "w": "weeks"}[found[2]]
        return now - timedelta(**{unit: int(found[1])})
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return now
