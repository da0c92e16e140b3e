"""The small lists around the tickets: agents to choose from, an agent's notices. Reads only."""

from __future__ import annotations

from typing import Final

from deskwright.store.connection import cursor
from deskwright.store.queries.listing import Row, Visible
from deskwright.store.sql import load

NOTICES: Final = 100


def agents(first: int) -> list[Row]:
    """Active agents who can own tickets, `first` before the others, who is away after them, then by name."""
    return list(cursor().execute(load("queries/agents.sql"), {"first": first}))


def tags(visible: Visible) -> list[Row]:
    """Tags in use on the latest tickets, the most used first."""
    return list(cursor().execute(load("queries/tags.sql").format(visible=visible.sql), dict(visible.params)))


def notices(agent: int, visible: Visible) -> list[Row]:
    """The agent's latest notices."""
    statement = load("queries/notices.sql").format(visible=visible.sql)
    return list(cursor().execute(statement, {"agent": agent, "limit": NOTICES, **visible.params}))
