"""The ways out by name. A new channel is a folder beside `email` and one line here."""

from __future__ import annotations

from deskwright.channels.console import Console
from deskwright.channels.contract import Channel
from deskwright.channels.email.smtp import Smtp, SmtpSettings


def channels(smtp: SmtpSettings | None) -> dict[str, Channel]:
    """Name of the channel (as a delivery names it) -> how it sends. Without a mail server, mail is printed."""
    return {"email": Smtp(smtp) if smtp is not None else Console()}
