"""The row of what is to leave, as everybody writes it who has something to send. It imports no deed."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def due_delivery(
    ticket: int | None,
    message: int | None,
    recipient: str,
    mail_id: str,
    content: dict[str, Any],
    at: datetime,
    channel: str = "email",
) -> dict[str, Any]:
    """It was written and is due at `at`; `mail_id` is what it is known by outside."""
    return {
        "channel": channel,
        "ticket_id": ticket,
        "message_id": message,
        "recipient": recipient,
        "mail_id": mail_id,
        "content": content,
        "state": "due",
        "due_at": at,
        "attempts": 0,
        "last_error": "",
        "created_at": at,
    }
