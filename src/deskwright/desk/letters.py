"""Mails the desk writes itself or for an agent: the words, the thread they belong to, the row that will be delivered.

Rendering only; sending is `delivery`. Every mail's Message-ID is made here from ids, so a repeat carries the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings

from deskwright.channels.email.threads import message_id

if TYPE_CHECKING:
    from deskwright.desk.cases import Case

MAILS = Path(__file__).resolve().parent / "mails"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The automatic "we have it"; `values` hold expected_first_response (UTC or None)."""

    template: str
    values: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class NoticeByMail:
    agent: int
    subject: str
    key: str
    at: datetime


@cache
def template(name: str) -> Template:
    return Template((MAILS / name).read_text(encoding="utf-8"))


def render(name: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """(plain text, HTML) of a mail: the pair `NAME.txt` and `NAME.html`. Every value is escaped in the HTML."""
    text = template(f"{name}.txt").substitute(values)
    safe = {key: escape(str(value)) for key, value in values.items()}
    return text.strip() + "\n", template(f"{name}.html").substitute(safe)


def outgoing_id(ticket: int, nonce: str) -> str:
    """The Message-ID of a mail of ours: names the ticket, signed, stable for the same nonce."""
    return message_id(settings.MAIL_DOMAIN, ticket, nonce, settings.SECRET_KEY)


def answer_subject(subject: str) -> str:
    return subject if subject[:3].lower() == "re:" else f"Re: {subject}"


def promise(at: datetime | None, zone: str) -> str:
    """When a first answer can be expected, in the desk's own time zone; no promise without a target."""
    if at is None:
        return "We will answer as soon as we can."
    return f"You can expect a first answer by {spoken_time(at, zone)}."


def spoken_time(at: datetime, zone: str) -> str:
    """A moment in a time zone, as one would say it: "Tuesday 24 November, 11:00 (Europe/Berlin)"."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B, %H:%M} ({zone})"


def acknowledgement(
    case: Case, letter: Acknowledgement, row_id: int, zone: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(message row, delivery row) of the acknowledgement to the requester."""
    ticket = case.row
    customer = case.party.customer
    text, html = render(
        "acknowledge",
        {
            "greeting": f"Hello {customer.name}" if customer.name else "Hello",
            "number": ticket["id"],
            "subject": ticket["subject"],
            "promise": promise(letter.values.get("expected_first_response"), zone),
            "desk": settings.DESK_NAME,
        },
    )
    mail_id = outgoing_id(ticket["id"], f"m{row_id}")
    first = case.messages[0]["mail_id"] if case.messages else None
    message = message_row(case, row_id, "automatic", text, letter.at, mail_id)
    references = [first] if first else []
    return message, delivery_row(case, message, text, html, references, auto="auto-replied")


def message_row(
    case: Case, row_id: int, kind: str, text: str, at: datetime, mail_id: str | None, agent: int | None = None
) -> dict[str, Any]:
    """A message of ours on the timeline."""
    return {
        "id": row_id,
        "ticket_id": case.row["id"],
        "kind": kind,
        "channel": case.row["channel"],
        "agent_id": agent,
        "customer_id": None,
        "text": text,
        "new_text": text,
        "html": "",
        "mail_id": mail_id,
        "recipients": {"to": [case.party.customer.email]} if mail_id else {},
        "raw_id": None,
        "sentiment": None,
        "verified": True,
        "created_at": at,
    }


def delivery_row(
    case: Case, message: dict[str, Any], text: str, html: str, references: list[str], auto: str | None = None
) -> dict[str, Any]:
    """The row that sends a message to the requester, threaded under `references` (oldest first)."""
    customer = case.party.customer
    content = {
        "from": settings.MAIL_FROM,
        "from_name": settings.DESK_NAME,
        "to": customer.email,
        "to_name": customer.name,
        "subject": answer_subject(case.row["subject"]),
        "text": text,
        "html": html,
        "in_reply_to": references[-1] if references else None,
        "references": references,
        "auto_submitted": auto,
    }
    return due_delivery(
        case.row["id"], message["id"], customer.email, message["mail_id"], content, message["created_at"]
    )


def notice_delivery(ticket: dict[str, Any], letter: NoticeByMail, email: str) -> dict[str, Any]:
    """The row that mails a notice to an agent."""
    text, html = render(
        "notice",
        {"subject": letter.subject, "number": ticket["id"], "title": ticket["subject"], "url": settings.PUBLIC_URL},
    )
    content = {
        "from": settings.MAIL_FROM,
        "from_name": settings.DESK_NAME,
        "to": email,
        "subject": f"[#{ticket['id']}] {letter.subject}",
        "text": text,
        "html": html,
        "references": [],
        "auto_submitted": "auto-generated",
    }
    mail_id = outgoing_id(ticket["id"], f"n{letter.agent}.{letter.key}")
    return due_delivery(ticket["id"], None, email, mail_id, content, letter.at)


def due_delivery(
    ticket: int, message: int | None, recipient: str, mail_id: str, content: dict[str, Any], at: datetime
) -> dict[str, Any]:
    return {
        "channel": "email",
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
