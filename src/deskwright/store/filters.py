"""Conditions as filters over the desk's tickets: which tickets a condition holds for, and how many.

Owns where each fact stands in the rows. It must read a fact exactly as `facts` and `vocabulary.viewing` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from deskwright.engine.calendars import ALWAYS
from deskwright.engine.conditions import Condition
from deskwright.engine.facts import Facts
from deskwright.engine.sqlfilter import Column, Filter, filter_of
from deskwright.engine.vocabulary import view
from deskwright.engine.vocabulary.standard import ME, key_of
from deskwright.engine.workflow import FieldSpec, Workflow
from deskwright.store import columns
from deskwright.store import facts as rows
from deskwright.store.connection import cursor, from_json
from deskwright.store.queries.listing import TICKETS, Visible

PAGE: Final = 500
"""Rows that are looked at with one statement."""
PARTIES: Final = (
    " JOIN store_customer AS c ON c.id = t.customer_id LEFT JOIN store_organisation AS o ON o.id = c.organisation_id"
)
SOURCE: Final = f"{TICKETS}{PARTIES}"
RECENT: Final = (
    "(SELECT count(*) FROM (SELECT * FROM store_ticket AS h WHERE h.customer_id = t.customer_id "
    "ORDER BY h.created_at DESC LIMIT 100) AS h WHERE h.{} > %(cond_since)s::timestamptz)"
)
_OWNERS: Final = {"ticket": "t", "customer": "c", "organisation": "o"}
_DIRECT: Final = {
    "text": ("subject", "description"),
    "word": ("category", "type", "language", "queue", "tier", "rule", "substatus"),
    "choice": ("priority", "impact", "urgency", "complexity", "status", "channel"),
    "whole": ("reopen_count", "csat"),
    "instant": ("created_at", "solved_at"),
    "set": ("tags", "signals"),
}
_OTHER: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("text", "(t.subject || E'\\n' || t.description)"),
    "sentiment": ("number", "(t.sentiment::text::numeric)"),
    "assignee": ("whole", "t.assignee_id"),
    "escalations": ("whole", "greatest(0, t.tier_number - 1)"),
    "age": (
        "number",
        "((extract(epoch FROM %(cond_now)s::timestamptz - t.created_at)::float8 / 60)::text::numeric)",
    ),
    "business_hours": ("boolean", "%(cond_open)s::boolean"),
    "customer_tier": ("text", "coalesce(nullif(c.tier, ''), o.tier)"),
    "customer.name": ("text", "c.name"),
    "customer.email": ("text", "c.email"),
    "customer.language": ("text", "c.language"),
    "customer.preferred_channel": ("text", "c.preferred_channel"),
    "customer.reopened_30d": ("whole", RECENT.format("reopened_at")),
    "customer.escalations_30d": ("whole", RECENT.format("escalated_at")),
    "customer.tickets_30d": ("whole", RECENT.format("created_at")),
    "organisation.name": ("text", "o.name"),
    "organisation.tier": ("text", "o.tier"),
    "organisation.vip": ("boolean", "o.vip"),
    "organisation.csm": ("whole", "o.csm_id"),
    "organisation.account_manager": ("whole", "o.account_manager_id"),
}


@dataclass(frozen=True, slots=True)
class _Everything:
    sql: str = "true"
    params: Mapping[str, Any] = field(default_factory=dict)


EVERYTHING: Final[Visible] = _Everything()


def ticket_filter(condition: Condition, workflow: Workflow, now: datetime, me: int | None = None) -> Filter:
    """The condition over SOURCE (`t`, `c`, `o`). Raises Unanswerable for a fact that only an event knows.

    `me` is the agent who looks, for conditions that speak of them.
    """
    known = dict(_columns(workflow, now))
    if me is not None:
        known[ME.name] = Column("%(cond_me)s::bigint", "whole", {"cond_me": me})
    return filter_of(condition.tree, known, now)


def source(condition: Condition) -> str:
    """The tables the condition needs: the tickets alone, unless it asks about the people behind them."""
    asked = any(name == "customer_tier" or name.startswith(("customer.", "organisation.")) for name in condition.names)
    return SOURCE if asked else TICKETS


def matching(
    condition: Condition,
    workflow: Workflow,
    now: datetime,
    *,
    visible: Visible = EVERYTHING,
    after: int = 0,
    limit: int = PAGE,
) -> list[int]:
    """The ids of at most `limit` tickets it holds for, rising, all above `after`: the last is the next page's `after`.

    Raises Unanswerable.
    """
    found: list[int] = []
    for page in _pages(condition, workflow, now, visible, after, limit):
        found += page
        if len(found) >= limit:
            break
    return found[:limit]


def count(condition: Condition, workflow: Workflow, now: datetime, *, visible: Visible = EVERYTHING) -> int:
    """How many tickets it holds for. Raises Unanswerable."""
    where = ticket_filter(condition, workflow, now)
    if not where.exact:
        return sum(map(len, _pages(condition, workflow, now, visible, 0, PAGE)))
    statement = f"SELECT count(*) AS number FROM {SOURCE} WHERE ({visible.sql}) AND {where.sql}"
    row = cursor().execute(statement, {**visible.params, **where.params}).fetchone()
    return int(row["number"]) if row else 0


def _pages(
    condition: Condition, workflow: Workflow, now: datetime, visible: Visible, after: int, size: int
) -> Iterator[Sequence[int]]:
    """Page by page what passes the filter, asked again where the filter is not exact."""
    where = ticket_filter(condition, workflow, now)
    statement = (
        f"SELECT t.id FROM {SOURCE} WHERE ({visible.sql}) AND {where.sql} AND t.id > %(page_after)s "
        "ORDER BY t.id LIMIT %(page_size)s"
    )
    while True:
        params = {**visible.params, **where.params, "page_after": after, "page_size": size}
        page = [row["id"] for row in cursor().execute(statement, params)]
        yield page if where.exact else asked_again(condition, workflow, now, page)
        if len(page) < size:
            return
        after = page[-1]


def asked_again(condition: Condition, workflow: Workflow, now: datetime, tickets: Sequence[int]) -> list[int]:
    known = cases(tickets, now)
    return [ticket for ticket in tickets if condition.holds(view(workflow, known[ticket], None, now))]


def cases(tickets: Sequence[int], now: datetime) -> dict[int, Facts]:
    """Ticket -> its facts as a condition of a list sees them: no message, no event, no clocks. Locks nothing."""
    wanted = ", ".join(f't."{name}"' for name in columns.TICKET)
    found = list(cursor().execute(f"SELECT {wanted} FROM store_ticket AS t WHERE id = ANY(%(ids)s)", {"ids": tickets}))
    parties = rows.parties(cursor(), (row["customer_id"] for row in found), now)
    known = {}
    for row in found:
        party = parties[row["customer_id"]]
        ticket = rows.ticket_of(row | {"fields": from_json(row["fields"])})
        known[row["id"]] = Facts(ticket, party.customer, party.organisation)
    return known


# Where each fact stands


@lru_cache(maxsize=8)
def _columns(workflow: Workflow, now: datetime) -> Mapping[str, Column]:
    kinds = {"word": "text", "choice": "text"}
    found = {name: Column(f"t.{name}", kinds.get(kind, kind)) for kind, names in _DIRECT.items() for name in names}
    given: dict[str, Mapping[str, Any]] = {
        "age": {"cond_now": now},
        "business_hours": {"cond_open": _open(workflow, now)},
        **{name: {"cond_since": now - rows.HISTORY} for name in _OTHER if name.endswith("_30d")},
    }
    found |= {name: Column(sql, kind, given.get(name, {})) for name, (kind, sql) in _OTHER.items()}
    found["age"] = replace(found["age"], since="t.created_at")
    specs = enumerate(workflow.fields.values())
    return found | {key_of(spec): _field(spec, f"field_{place}") for place, spec in specs}


def _open(workflow: Workflow, now: datetime) -> bool:
    return workflow.calendars.get(workflow.sla.calendar or "", ALWAYS).is_open(now)


def _field(spec: FieldSpec, name: str) -> Column:
    """A custom field as `vocabulary.viewing.typed` reads it; its name is a parameter like any other word."""
    value = f"({_OWNERS[spec.of]}.fields -> %({name})s::text)"
    text = f"({value} #>> '{{}}')"
    kind = "text" if spec.type in ("text", "choice") else spec.type
    return Column(_TYPED[kind].format(value=value, text=text), kind, {name: spec.name})


_TYPED: Final[Mapping[str, str]] = {
    "text": "(CASE WHEN jsonb_typeof({value}) = 'string' THEN {text} END)",
    "boolean": "(CASE WHEN jsonb_typeof({value}) = 'boolean' THEN {text}::boolean END)",
    "number": (
        "(CASE WHEN jsonb_typeof({value}) = 'number' "
        "OR (jsonb_typeof({value}) = 'string' AND length({text}) <= 16 "
        "AND {text} ~ '^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)$') THEN {text}::numeric END)"
    ),
    "date": (
        "(CASE WHEN jsonb_typeof({value}) = 'string' AND {text} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}' "
        "AND pg_input_is_valid(left({text}, 10), 'date') THEN left({text}, 10)::date END)"
    ),
}
