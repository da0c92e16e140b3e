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


def deciders(visible: Visible, since: datetime) -> dict[str, list[int]]:
    """rule -> the versions of the workflow that decided by it about tickets opened since, of rules without a name. An
    escalated ticket keeps its rule when another version is applied to it, so each of its versions may have been it.
    """
    statement = f"""
        SELECT t.rule, array_agg(DISTINCT v.version) AS versions FROM store_ticket AS t CROSS JOIN LATERAL (
            SELECT t.workflow_version AS version
            UNION ALL
            SELECT e.workflow_version FROM store_ticketevent AS e WHERE t.tier_number > 1 AND e.ticket_id = t.id
        ) AS v
        WHERE t.created_at >= %(since)s AND t.rule ~ '^rule [0-9]+$' AND {visible.sql} GROUP BY t.rule"""
    rows = cursor().execute(statement, {"since": since, **visible.params}).fetchall()
    return {row["rule"]: row["versions"] for row in rows}


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
