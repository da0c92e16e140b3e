"""The ticket page: its head, conversation, events, clocks and the requester's other tickets. Reads only."""

from __future__ import annotations

from typing import Any, Final

from deskwright.store.connection import cursor, from_json
from deskwright.store.queries.inbox import Row, Visible
from deskwright.store.sql import load

SIBLINGS: Final = 6


def head(ticket: int, visible: Visible) -> Row | None:
    """The ticket with its people, None when there is none to be seen."""
    statement = load("queries/ticket.sql").format(visible=visible.sql)
    return cursor().execute(statement, {"ticket": ticket, **visible.params}).fetchone()


def messages(ticket: int) -> list[Row]:
    """The conversation, oldest first; attachments and deliveries as lists."""
    return [opened(row, "attachments", "deliveries", "recipients") for row in run("messages", ticket=ticket)]


def events(ticket: int, *, traces: bool = False) -> list[Row]:
    """The events, oldest first; `trace` is None unless asked for."""
    return [opened(row, "data", "trace") for row in run("events", ticket=ticket, traces=traces)]


def clocks(ticket: int) -> list[Row]:
    """Every clock that was not cancelled."""
    return run("clocks", ticket=ticket)


def drafts(ticket: int, agent: int) -> list[Row]:
    """Every draft on the ticket, the latest first; `text` is None for those of others."""
    return run("drafts", ticket=ticket, agent=agent)


def held_replies(ticket: int) -> list[Row]:
    """Replies that were sent and have not left, the next first."""
    return run("held_replies", ticket=ticket)


def siblings(ticket: int, customer: int, visible: Visible) -> list[Row]:
    """The requester's other tickets that may be seen, the latest first."""
    statement = load("queries/siblings.sql").format(visible=visible.sql)
    params = {"ticket": ticket, "customer": customer, "limit": SIBLINGS, **visible.params}
    return list(cursor().execute(statement, params))


def run(name: str, **params: Any) -> list[Row]:
    return list(cursor().execute(load(f"queries/{name}.sql"), params))


def opened(row: Row, *names: str) -> Row:
    for name in names:
        row[name] = from_json(row[name])
    return row


def attachment(number: int, visible: Visible) -> Row | None:
    """An attachment's name and the sha256 of its bytes."""
    statement = load("queries/attachment.sql").format(visible=visible.sql)
    return cursor().execute(statement, {"attachment": number, **visible.params}).fetchone()
