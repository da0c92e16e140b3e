"""The files of messages, handed out to whoever may see their ticket."""

from __future__ import annotations

from typing import Any, Final

from deskwright.api.rooms.tickets import READ
from deskwright.api.routing import Asked, Route, a_file
from deskwright.api.shapes import FILE
from deskwright.desk import access, audit, clock
from deskwright.desk.answering import files
from deskwright.store.queries import ticket as queries


def attachment(asked: Asked) -> Any:
    """Its bytes; name and type stand with its message."""
    row = queries.attachment(asked.numbers[0], access.visible_tickets(asked.actor))
    content = files.bytes_of(row)
    assert row is not None
    audit.taken(asked.actor, "file.downloaded", row["name"], now=clock.now(), thing=f"ticket:{row['ticket_id']}")
    return a_file(content)


ROUTES: Final = (
    Route("GET", "/attachments/{id}", READ, attachment, "Download a file", gives=FILE, asks="tickets:see"),
)
