"""Counting many conditions in one pass over the most urgent live tickets, so that the rail's price is bounded.

A count is whole when every live ticket was looked at; otherwise the view holds at least so many. What a condition asks
of the people behind the tickets is looked up only where one asks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deskwright.store.queries.listing import TICKETS, Scope, Visible
from deskwright.store.sql import load

LOOKED: Final = 2000
"""Live tickets that are looked at for the counts, the next due first."""
LOOKED_CLOSELY: Final = 300
"""The same for conditions that read texts or other tickets."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A saved view to be counted: which live tickets it holds. `close`: it reads texts or other tickets."""

    number: int
    scope: Scope
    close: bool = False


def tally(asked: Sequence[Asked], live: str, visible: Visible) -> tuple[str, Mapping[str, Any]]:
    """Rows ('saved', number of the view, count, whether it is whole) as SQL with its parameters.

    It stands behind a CTE `live`, which has the `number` of all live tickets that are visible.
    """
    params: dict[str, Any] = {**visible.params, "looked": LOOKED, "looked_closely": LOOKED_CLOSELY}
    numbers, values = [], []
    for one in asked:
        mark = f"v{one.number}_"
        params |= {own(name, mark): value for name, value in one.scope.params.items()}
        sql = one.scope.sql.replace("%(cond_", f"%({mark}cond_")
        test = f"CASE WHEN t.place <= %(looked_closely)s THEN {sql} END" if one.close else sql
        most = "%(looked_closely)s" if one.close else "%(looked)s"
        numbers.append(f"count(*) FILTER (WHERE {test}) AS number_{one.number}")
        values.append(f"({one.number}, pass.number_{one.number}, everything.number <= {most}::int)")
    joins = max((one.scope.source for one in asked), key=len).removeprefix(TICKETS)
    text = load("queries/tally.sql").format(
        numbers=", ".join(numbers), values=", ".join(values), joins=joins, live=live, visible=visible.sql
    )
    return text, params


def own(name: str, mark: str) -> str:
    """A parameter's name apart from those of other conditions; fields of the workflow are the same for all."""
    return mark + name if name.startswith("cond_") else name
