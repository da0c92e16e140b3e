"""Where mail leaves: the SMTP server of the environment, or the console twin when none is named."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from deskwright.channels.console import Console
from deskwright.channels.contract import Channel
from deskwright.channels.email.smtp import Smtp, SmtpSettings


@cache
def outlet() -> Channel:
    """This process's way out for mail."""
    known = settings.ENV
    if not known.smtp_host:
        return Console()
    return Smtp(
        SmtpSettings(
            host=known.smtp_host,
            port=known.smtp_port,
            tls=known.smtp_tls,
            user=known.smtp_user,
            password=known.smtp_password,
            local_hostname=known.mail_domain,
        )
    )
