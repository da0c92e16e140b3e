"""A mail that really leaves, now, to show how a mail server takes it. It belongs to no ticket and is kept nowhere."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.conf import settings

from deskwright.channels.contract import Address, Outcome, Outgoing
from deskwright.channels.email.smtp import Smtp, SmtpSettings
from deskwright.desk.domains import keys
from deskwright.desk.settings.house import house
from deskwright.store.models import Agent


def try_out(actor: Agent, server: SmtpSettings, *, now: datetime) -> Outcome:
    """Send the agent a mail by this server, now. How it ended; what goes wrong is an outcome, too."""
    known = house()
    text = f"This mail shows that {known.name} can send mail.\n\nIt came by {server.host}:{server.port}.\n"
    mail = Outgoing(
        from_=Address(known.name, known.mail_from),
        to=(Address(actor.name, actor.email),),
        subject=f"A test mail from {known.name}",
        message_id=f"<test.{uuid4().hex}@{settings.MAIL_DOMAIN}>",
        text=text,
        auto_submitted="auto-generated",
        date=now,
    )
    return Smtp(server, keys.signed).send(mail)
