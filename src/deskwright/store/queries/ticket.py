"""The ticket page: its head, conversation, events, clocks and the requester's other tickets. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from deskwright.store.connection import cursor, from_json
from deskwright.store.queries.listing import Row, Visible
from deskwright.store.sql import load

SIBLINGS: Final = 6
WHOLE: Final = load("queries/whole.sql").format(ticket="m.ticket_id")


def head(ticket: int, visible: Visible) -> Row | None:
    """The ticket with its people, None when there is none to be seen."""
    statement = load("queries/ticket.sql").format(visible=visible.sql)
    return cursor().execute(statement, {"ticket": ticket, **visible.params}).fetchone()


def messages(ticket: int) -> list[Row]:
    """The conversation with what was merged into it, oldest first; attachments and deliveries as lists."""
    statement = load("queries/messages.sql").format(family=load("queries/family.sql"))
    rows = cursor().execute(statement, {"ticket": ticket})
    return [with_instants(opened(row, "attachments", "deliveries", "recipients")) for row in rows]


def with_instants(row: Row) -> Row:
    """A message's deliveries with their moments as such: JSON has none."""
    for delivery in row["deliveries"] or ():
        for name in ("sent_at", "due_at", "bounced_at"):
            delivery[name] = delivery[name] and datetime.fromisoformat(delivery[name])
    return row


def events(ticket: int, *, traces: bool = False) -> list[Row]:
    """The events, oldest first; `trace` is None unless asked for."""
    return [opened(row, "data", "trace") for row in run("events", ticket=ticket, traces=traces)]


def clocks(ticket: int) -> list[Row]:
    """Every clock that was not cancelled."""
    return run("clocks", ticket=ticket)


def drafts(ticket: int, agent: int) -> list[Row]:
    """Every draft on the ticket, the latest first; `text` is None for those of others."""
    return [opened(row, "recipients") for row in run("drafts", ticket=ticket, agent=agent)]


def held_replies(ticket: int) -> list[Row]:
    """Replies that were sent and have not left, the next first."""
    return [opened(row, "recipients") for row in run("held_replies", ticket=ticket)]


def draft_files(ticket: int, agent: int, visible: Visible) -> list[Row]:
    """Files that wait to leave: the agent's own, and those of held replies."""
    statement = load("queries/draft_files.sql").format(visible=visible.sql)
    return list(cursor().execute(statement, {"ticket": ticket, "agent": agent, **visible.params}))


def alerts(ticket: int) -> list[Row]:
    """The troubles it is worked on for."""
    return list(cursor().execute(ALERTS, {"ticket": ticket}))


def followers(ticket: int) -> list[Row]:
    """Who follows the ticket."""
    return run("followers", ticket=ticket)


def participants(ticket: int, limit: int) -> list[Row]:
    """Who takes part beside the requester; those left out or only proposed come last."""
    return run("participants", ticket=ticket, limit=limit)


def message(number: int, visible: Visible) -> Row | None:
    """A message's HTML with the files it shows, None when its ticket is not to be seen."""
    statement = load("queries/message.sql").format(visible=visible.sql, whole=WHOLE)
    row = cursor().execute(statement, {"message": number, **visible.params}).fetchone()
    return opened(row, "files") if row else None


def work(ticket: int) -> Row:
    """`checklist` and `entries` of time, each a list in order (JSON)."""
    return run("work", ticket=ticket)[0]


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
    statement = load("queries/attachment.sql").format(visible=visible.sql, whole=WHOLE)
    return cursor().execute(statement, {"attachment": number, **visible.params}).fetchone()


def draft_file(number: int, agent: int, visible: Visible) -> Row | None:
    """A file that waits to leave, if the agent may see it: their own, or one of a held reply."""
    statement = load("queries/draft_file.sql").format(visible=visible.sql)
    return cursor().execute(statement, {"file": number, "agent": agent, **visible.params}).fetchone()


ALERTS: Final = """
SELECT id, title, severity, firing, count, first_at, last_at, ended_at FROM store_alert
WHERE ticket_id = %(ticket)s ORDER BY first_at, id
"""
