"""Mails about an account: a link to come in by. Rows that the worker sends, as every mail of the desk."""

from __future__ import annotations

import secrets
from datetime import datetime
from html import escape

from deskwright.desk.answering.letters import outgoing_id
from deskwright.desk.settings.house import house
from deskwright.store.connection import deed
from deskwright.store.live import leaving, work_is_due
from deskwright.store.models import Delivery


def post(to: str, subject: str, text: str, *, now: datetime) -> None:
    """Send a plain mail with `text`; its paragraphs make the HTML. Joins the deed that is under way.

    Its words hold a way in, so the row keeps them only until the mail has left or failed.
    """
    home = house()
    content = {
        "from": home.mail_from,
        "from_name": home.name,
        "to": to,
        "subject": subject,
        "text": text,
        "html": "".join(f"<p>{linked(part)}</p>" for part in text.strip().split("\n\n")),
        "references": [],
        "auto_submitted": "auto-generated",
        "secret": True,
    }
    with deed() as sql:
        mail_id = outgoing_id(0, f"a{secrets.token_hex(8)}")
        Delivery.objects.create(recipient=to, mail_id=mail_id, content=content, due_at=now, created_at=now)
        work_is_due(sql, *leaving("email"))


def linked(part: str) -> str:
    text = escape(part.strip())
    return f'<a href="{text}">{text}</a>' if text.startswith(("http://", "https://")) and " " not in text else text
