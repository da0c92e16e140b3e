"""How tickets flow through the workflow: how many took each way, and which ones. One statement each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from deskwright.store.connection import cursor
from deskwright.store.queries.listing import Visible
from deskwright.store.sql import load

STAGES: Final = ("channel", "rule", "queue", "tier", "outcome")
OUTCOMES: Final = ("solved", "solved_late", "open", "open_late", "merged")
FLOW: Final = load("queries/flow.sql")
Row = Mapping[str, Any]


def ways(visible: Visible, since: datetime) -> Sequence[Row]:
    """(channel, rule, queue, tier, outcome, number) for every way some ticket took that was opened since."""
    stages = ", ".join(STAGES)
    statement = (
        f"SELECT {stages}, max(tier_number) AS tier_number, count(*)::int AS number"
        f" FROM ({FLOW.format(visible=visible.sql)}) AS f GROUP BY {stages}"
    )
    return cursor().execute(statement, {"since": since, **visible.params}).fetchall()


def tickets(
    visible: Visible, since: datetime, wanted: Mapping[str, Sequence[str]], *, limit: int, offset: int = 0
) -> Sequence[Row]:
    """The tickets that passed these places, the latest first, `limit` of them after `offset`. `wanted` names stages;
    a stage it leaves out may be anything.
    """
    tests = "".join(f" AND f.{stage} = ANY(%({stage})s)" for stage in STAGES if stage in wanted)
    statement = (
        f"SELECT f.* FROM ({FLOW.format(visible=visible.sql)}) AS f WHERE true{tests}"
        " ORDER BY f.created_at DESC, f.id DESC LIMIT %(limit)s OFFSET %(offset)s"
    )
    lists = {stage: list(values) for stage, values in wanted.items()}
    params = {"since": since, "limit": limit, "offset": offset, **visible.params, **lists}
    return cursor().execute(statement, params).fetchall()
