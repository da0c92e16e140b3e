"""A page of a ticket list: any scope, any of a few orders, from any place in either direction. Reads only.

A page begins where the last one ended (a keyset), so what comes and goes meanwhile never doubles or hides a ticket.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, Protocol

from deskwright.engine.values import PRIORITIES
from deskwright.store.connection import cursor
from deskwright.store.sql import load

Row = dict[str, Any]
PAGE: Final = 50
TICKETS: Final = "store_ticket AS t"
WALKED: Final = 8000
"""Tickets that are looked at for one page of a wide scope."""


class Visible(Protocol):
    """A condition over `store_ticket AS t`, with parameters."""

    @property
    def sql(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets a list holds: a condition over `source`, in which the ticket is `t`.

    `wide`: of all there ever were, and perhaps few. Such a list runs by a moment that every ticket has, and looks at a
    bounded number of tickets for a page.
    """

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
    source: str = TICKETS
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by one key, then by number. A missing key comes last in either direction."""

    key: str
    type: str
    column: str
    falls: bool = False
    """Whether it runs from high to low unless it is turned around."""
    missing: bool = False
    """Whether the key can be missing."""


URGENT_FIRST: Final = tuple(reversed(PRIORITIES))
RANK: Final = f"array_position(ARRAY[{', '.join(repr(word) for word in URGENT_FIRST)}]::text[], t.priority::text)"
"""1 for the most urgent priority; an index has the very same words."""
SORTS: Final[Mapping[str, Sort]] = {
    "due": Sort("t.next_due_at", "timestamptz", "next_due_at", missing=True),
    "updated": Sort("t.updated_at", "timestamptz", "updated_at", falls=True),
    "created": Sort("t.created_at", "timestamptz", "created_at", falls=True),
    "waiting": Sort("t.unanswered_since", "timestamptz", "unanswered_since", missing=True),
    "priority": Sort(RANK, "int", "priority"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """`older` and `newer` are the cursors of the pages after and before this one, "" where there is none.

    Of a wide scope they also say where looking ended: there may be more.
    """

    rows: Sequence[Row]
    older: str
    newer: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A sort in its direction, and the direction in which it is walked."""

    sort: Sort
    turned: bool
    back: bool

    @property
    def reads(self) -> str:
        return "DESC" if self.sort.falls != self.turned else "ASC"

    @property
    def walks(self) -> str:
        return self.reads if not self.back else {"ASC": "DESC", "DESC": "ASC"}[self.reads]

    @property
    def beyond(self) -> str:
        return ">" if self.walks == "ASC" else "<"


def order_of(text: str, back: bool = False) -> Order:
    """ "due", or "-due" for the other way round. Raises KeyError for a sort nobody defined."""
    return Order(SORTS[text.removeprefix("-")], text.startswith("-"), back)


def known(text: str) -> bool:
    return text.removeprefix("-") in SORTS


def sort_in(scope: Scope, text: str) -> str:
    """The order a list can have: by the last change for a wide one that asks for what only live tickets have."""
    return text if not scope.wide or text.removeprefix("-") in ("updated", "created") else "updated"


def page(scope: Scope, visible: Visible, sort: str, *, after: str = "", before: str = "", size: int = 0) -> Page:
    """One page in the order `sort`, after or before a cursor; one that cannot be read starts from the top."""
    size, sort = size or PAGE, sort_in(scope, sort)
    order = order_of(sort, bool(read_cursor(before, order_of(sort).sort)))
    place = read_cursor(before if order.back else after, order.sort)
    key, number = place or (None, None)
    text = statement(scope, visible.sql, order, place is not None, key is None)
    params = {**visible.params, **scope.params, "limit": size + 1, "cursor_key": key, "cursor_id": number}
    rows = list(cursor().execute(text, params, binary=True))  # moments are read in a third of the time
    more = len(rows) > size
    rows = rows[-size:] if order.back else rows[:size]
    older, newer = (True, more) if order.back else (more, place is not None)
    end = ended(order, params, place is not None) if scope.wide and not more else ""
    return Page(
        rows,
        end if end and not order.back else cursor_at(rows[-1], order.sort) if rows and older else "",
        end if end and order.back else cursor_at(rows[0], order.sort) if rows and newer else "",
    )


def ended(order: Order, params: Mapping[str, Any], placed: bool) -> str:
    """The cursor at which looking through a wide scope ended, "" where it came to the last ticket."""
    text = (
        f"SELECT t.id, {order.sort.key} AS {order.sort.column} FROM {TICKETS} WHERE {condition(order, 0, placed)} "
        f"ORDER BY {order.sort.key} {order.walks}, t.id {order.walks} OFFSET {WALKED - 1} LIMIT 1"
    )
    row = cursor().execute(text, params).fetchone()
    return cursor_at(row, order.sort) if row else ""


def statement(scope: Scope, visible: str, order: Order, placed: bool, idle: bool) -> str:
    found = branches(order.sort.missing, order.back, placed, idle)
    source = window(scope, order, condition(order, 0, placed)) if scope.wide else scope.source
    return written(scope.sql, source, visible, order, tuple(found))


def window(scope: Scope, order: Order, place: str = "true") -> str:
    """The source of a wide scope: the tickets that are looked at."""
    walked = f"WHERE {place} ORDER BY {order.sort.key} {order.walks}, t.id {order.walks} LIMIT {WALKED}"
    return f"(SELECT t.* FROM {TICKETS} {walked}) AS t{scope.source.removeprefix(TICKETS)}"


@cache
def written(scope: str, source: str, visible: str, order: Order, parts: tuple[tuple[int, bool], ...]) -> str:
    frame = load("queries/listing_branch.sql")
    made = [
        frame.format(
            key=order.sort.key,
            last=last,
            source=source,
            scope=scope,
            visible=visible,
            place=condition(order, last, placed),
            way=order.walks,
        )
        for last, placed in parts
    ]
    return load("queries/listing.sql").format(
        branches=" UNION ALL ".join(made),
        rows=load("queries/row.sql"),
        key=order.sort.key,
        walks=order.walks,
        far="DESC" if order.back else "ASC",
        reads=order.reads,
    )


def branches(missing: bool, back: bool, placed: bool, idle: bool) -> Iterator[tuple[int, bool]]:
    """(0 for tickets with the key, 1 for those without; whether the cursor bounds them), as the walk meets them."""
    if not missing:
        yield 0, placed
    elif not placed:
        yield from [(0, False), (1, False)]
    elif idle:
        yield 1, True
        if back:
            yield 0, False
    else:
        yield 0, True
        if not back:
            yield 1, False


def condition(order: Order, last: int, placed: bool) -> str:
    """Where in the order the branch reads: two stretches, because one comparison cannot walk an index across NULL."""
    sort, tests = order.sort, []
    if sort.missing:
        tests.append(f"{sort.key} IS {'NULL' if last else 'NOT NULL'}")
    if placed and last:
        tests.append(f"t.id {order.beyond} %(cursor_id)s::bigint")
    elif placed:
        tests.append(f"({sort.key}, t.id) {order.beyond} (%(cursor_key)s::{sort.type}, %(cursor_id)s::bigint)")
    return " AND ".join(tests) or "true"


# Cursors


def read_cursor(text: str, sort: Sort) -> tuple[Any, int] | None:
    """ "2026-11-24T09:00:00+00:00_17" -> its parts; "_17" has no key; None for what is no cursor of this sort."""
    key, _, number = text.rpartition("_")
    if not number.isdecimal() or len(number) > 18 or not (key or sort.missing):
        return None
    try:
        return (read_key(key, sort) if key else None), int(number)
    except ValueError:
        return None


def read_key(text: str, sort: Sort) -> Any:
    """Raises ValueError."""
    if sort.type == "int":
        return int(text[:9])
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment without a zone")
    return at


def cursor_at(row: Row, sort: Sort) -> str:
    value = row[sort.column]
    if sort.type == "int":
        return f"{URGENT_FIRST.index(value) + 1 if value in URGENT_FIRST else ''}_{row['id']}"
    return f"{value.astimezone(UTC).isoformat() if value else ''}_{row['id']}"


def numbers(scope: Scope, visible: Visible, sort: str, limit: int) -> list[int]:
    """The ids of the first `limit` tickets in the order `sort`."""
    order = order_of(sort_in(scope, sort))
    source = window(scope, order) if scope.wide else scope.source
    text = (
        f"SELECT t.id FROM {source} WHERE {scope.sql} AND {visible.sql} "
        f"ORDER BY {order.sort.key} {order.reads} NULLS LAST, t.id {order.reads} LIMIT %(limit)s"
    )
    return [row["id"] for row in cursor().execute(text, {**visible.params, **scope.params, "limit": limit})]


def whole(scope: Scope) -> bool:
    """Whether `numbers` and `count` look at every ticket there is."""
    text = f"SELECT FROM {TICKETS} ORDER BY t.updated_at DESC, t.id DESC OFFSET {WALKED} LIMIT 1"
    return not scope.wide or cursor().execute(text).fetchone() is None


def count(scope: Scope, visible: Visible, limit: int) -> int:
    """How many tickets the scope holds, a wide one among those that changed last; counting stops at `limit`."""
    source = window(scope, order_of("updated")) if scope.wide else scope.source
    text = (
        f"SELECT count(*) AS number FROM (SELECT FROM {source} WHERE {scope.sql} AND {visible.sql} "
        "LIMIT %(limit)s) AS counted"
    )
    row = cursor().execute(text, {**visible.params, **scope.params, "limit": limit}).fetchone()
    return int(row["number"]) if row else 0
