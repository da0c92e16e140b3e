"""A mail as a JSON document: what was read from it. Pure; what became of it is for others to add."""

from __future__ import annotations

from typing import Any

from deskwright.channels.contract import Address, Attachment, Bounce, Incoming


def document(mail: Incoming) -> dict[str, Any]:
    """Everything that was understood, in the order a reader wants it. Instants are RFC 3339 in UTC."""
    return {
        "from": person(mail.from_),
        "to": [person(one) for one in mail.to],
        "cc": [person(one) for one in mail.cc],
        "reply_to": [person(one) for one in mail.reply_to],
        "subject": mail.subject,
        "date": mail.date_header.isoformat().replace("+00:00", "Z") if mail.date_header else None,
        "message_id": mail.message_id,
        "references": list(dict.fromkeys((*mail.references, *mail.in_reply_to))),
        "text": mail.text,
        "new_text": mail.new_text,
        "new_text_without_signature": mail.new_text_bare,
        "html": mail.html,
        "attachments": [file(one) for one in mail.attachments],
        "auto": mail.auto,
        "bounce": report(mail.bounce),
        "damaged": mail.damaged,
        "notes": list(mail.notes),
    }


def person(one: Address | None) -> dict[str, str] | None:
    return {"name": one.name, "email": one.email} if one else None


def file(one: Attachment) -> dict[str, Any]:
    return {"name": one.name, "type": one.content_type, "size": one.size, "inline": one.inline}


def report(bounce: Bounce | None) -> dict[str, Any] | None:
    if bounce is None:
        return None
    return {
        "kind": bounce.kind,
        "recipient": bounce.failed_recipient,
        "status": bounce.status,
        "permanent": bounce.permanent,
        "original_message_id": bounce.original_message_id,
        "reason": bounce.reason,
    }
