"""A letter sent to oneself, to see it as it arrives. It belongs to no ticket."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.conf import settings

from deskwright.desk.outbox.due import due_delivery
from deskwright.desk.settings.house import house
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Delivery


def send_test(actor: Agent, kind: str, letter: tuple[str, str, str], *, now: datetime) -> None:
    """Queue the letter (subject, text, HTML) to the agent's own address."""
    subject, text, html = letter
    sender = house().sender
    content = {
        "from": sender.address,
        "from_name": sender.name,
        "to": actor.email,
        "to_name": actor.name,
        "subject": f"[Test] {subject or kind}",
        "text": text,
        "html": html,
        "references": [],
        "auto_submitted": "auto-generated",
    }
    mail_id = f"<test.{uuid4().hex}@{settings.MAIL_DOMAIN}>"
    row = due_delivery(None, None, actor.email, mail_id, content, now)
    with deed():
        Delivery.objects.create(**row)
