"""Events that nobody decides on: what people did about a ticket without changing what rules see.

They stand in the timeline and in the log like any other; replay passes them by.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg

from deskwright.desk.cases import Case
from deskwright.desk.record import record
from deskwright.store.models import Agent

Cursor = psycopg.Cursor[dict[str, Any]]


def remark(sql: Cursor, case: Case, kind: str, actor: Agent | None, data: Mapping[str, Any], now: datetime) -> None:
    """Write one such event of a case that is taken up, and tell the screens."""
    noted(case, kind, actor, data, now)
    record(sql, [case])


def noted(case: Case, kind: str, actor: Agent | None, data: Mapping[str, Any], now: datetime) -> None:
    """Add the event to a case that is settled and recorded later in the same deed."""
    case.events.append(
        {
            "at": now,
            "kind": kind,
            "actor": "agent" if actor else "system",
            "agent_id": actor.pk if actor else None,
            "data": dict(data),
            "follows": None,
            "trace": None,
            "workflow_version": case.row["workflow_version"],
        }
    )
