"""How a ticket is told: the shape of it, of its messages and events, and the rows made into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

from deskwright.api.shapes import (
    INSTANT,
    INSTANT_OR_NULL,
    OBJECT,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    WHOLE,
    WHOLE_OR_NULL,
    WORDS,
    a,
    a_list,
    an_object,
)
from deskwright.desk import access
from deskwright.store.models import Agent

PERSON: Final = an_object(id=WHOLE, name=TEXT, email=TEXT)
TICKET: Final = an_object(
    id=WHOLE,
    url=a("string", format="uri"),
    subject=TEXT,
    description=TEXT,
    channel=TEXT,
    type=TEXT,
    status=TEXT,
    substatus=TEXT_OR_NULL,
    priority=TEXT_OR_NULL,
    impact=TEXT_OR_NULL,
    urgency=TEXT_OR_NULL,
    category=TEXT_OR_NULL,
    complexity=TEXT_OR_NULL,
    language=TEXT_OR_NULL,
    sentiment=a("number", nullable=True),
    tags=WORDS,
    signals=WORDS,
    fields=OBJECT,
    queue=TEXT_OR_NULL,
    assignee=WHOLE_OR_NULL,
    rule=TEXT_OR_NULL,
    tier=TEXT_OR_NULL,
    csat=WHOLE_OR_NULL,
    merged_into=WHOLE_OR_NULL,
    reopen_count=WHOLE,
    breached=TRUTH,
    requester=PERSON,
    organisation=WHOLE_OR_NULL,
    created_at=INSTANT,
    updated_at=INSTANT,
    first_response_at=INSTANT_OR_NULL,
    solved_at=INSTANT_OR_NULL,
    first_response_due=INSTANT_OR_NULL,
    next_response_due=INSTANT_OR_NULL,
    resolution_due=INSTANT_OR_NULL,
)
FILE: Final = an_object(id=WHOLE, name=TEXT, type=TEXT, size=WHOLE)
MESSAGE: Final = an_object(
    id=WHOLE,
    kind=TEXT,
    channel=TEXT,
    agent=WHOLE_OR_NULL,
    text=TEXT,
    new_text=TEXT,
    verified=TRUTH,
    files=a_list(FILE),
    created_at=INSTANT,
)
WHOLE_TICKET: Final = {
    **TICKET,
    "properties": {**TICKET["properties"], "messages": a_list(MESSAGE), "merged_from": WHOLE_OR_NULL},
    "required": [*TICKET["required"], "messages", "merged_from"],
}
EVENT: Final = an_object(
    id=WHOLE, at=INSTANT, kind=TEXT, actor=TEXT, agent=TEXT_OR_NULL, workflow_version=WHOLE, data=OBJECT
)
NOTHING_DUE: Final = {f"{metric}_due": None for metric in ("first_response", "next_response", "resolution")}


def seen(agent: Agent | None, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row without what the agent's role does not get to see."""
    return access.veil(agent).row(row)


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket as the API tells it."""
    direct = {name: row[name] for name in TICKET["properties"] if name in row}
    return direct | {
        "url": f"{settings.PUBLIC_URL}/tickets/{row['id']}/",
        "assignee": row["assignee_id"],
        "merged_into": row["merged_into_id"],
        "organisation": row["organisation_id"],
        "requester": {"id": row["customer_id"], "name": row["customer"], "email": row["customer_email"]},
        **NOTHING_DUE,
        **{f"{metric}_due": due for metric, due in row["due"].items()},
    }


def message(row: Mapping[str, Any]) -> dict[str, Any]:
    files = [
        {"id": each["id"], "name": each["name"], "type": each["type"], "size": each["size"]}
        for each in row["attachments"] or ()
    ]
    names = ("id", "kind", "channel", "text", "new_text", "verified", "created_at")
    return {name: row[name] for name in names} | {"agent": row["agent_id"], "files": files}
