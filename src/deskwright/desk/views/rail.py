"""The saved views an agent has in the rail, each as it is to be counted. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskwright.desk import access
from deskwright.desk.views import conditions
from deskwright.engine.workflow import Workflow
from deskwright.store.connection import cursor
from deskwright.store.models import Agent
from deskwright.store.queries.tallying import Asked
from deskwright.store.sql import load


@dataclass(frozen=True, slots=True)
class Line:
    """One view. `asked` is None where it is not counted: it holds ended tickets, or its condition is broken."""

    number: int
    name: str
    icon: str
    asked: Asked | None


def lines(actor: Agent, workflow: Workflow, now: datetime) -> list[Line]:
    """The views the agent sees, in their order. One statement."""
    rows = cursor().execute(load("queries/views.sql"), {"agent": actor.pk})
    return [
        Line(row["id"], row["name"], row["icon"], counted(row["id"], row["condition"], workflow, now, actor))
        for row in rows
    ]


def counted(number: int, text: str, workflow: Workflow, now: datetime, actor: Agent) -> Asked | None:
    condition = conditions.read(text, workflow, access.veil(actor)).condition
    if condition is None or not conditions.live_only(condition):
        return None
    return conditions.asked(number, condition, workflow, now, actor.pk)
