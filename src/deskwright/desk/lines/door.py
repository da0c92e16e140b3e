"""Whose calls and messages these are: the line an address names, and whether the post is its provider's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from deskwright.channels.telephony import twilio, values
from deskwright.channels.webhooks import checking
from deskwright.desk.errors import NotFound, Unproved
from deskwright.desk.lines import ways
from deskwright.desk.said import kept
from deskwright.desk.settings.sealing import Unreadable
from deskwright.engine import saying
from deskwright.store.connection import cursor
from deskwright.store.models import Line

NOTED_EVERY: Final = timedelta(seconds=10)
Headers = Mapping[bytes, bytes]


def admit(key: str, url: str, headers: Headers, body: bytes, now: datetime) -> Line:
    """The line. `url` is the whole address as the provider knows it. Raises NotFound, Unproved."""
    line = Line.objects.filter(key=key).first()
    if line is None:
        raise NotFound(_("No line has this address."))
    try:
        if not line.active:
            raise checking.Unproved(saying._("This line is switched off."))
        prove(line, url, headers, body, now)
    except (checking.Unproved, Unreadable) as reason:
        cursor().execute(
            REFUSED, {"id": line.pk, "now": now, "before": now - NOTED_EVERY, "because": kept(str(reason))}
        )
        raise Unproved(str(reason)) from reason
    return line


def prove(line: Line, url: str, headers: Headers, body: bytes, now: datetime) -> None:
    kept = ways.opened(line)
    if line.provider != "twilio":
        checking.prove(headers, body, [kept["secret"]], int(now.timestamp()))
        return
    try:
        said = twilio.form(body)
    except values.Unreadable as wrong:
        raise checking.Unproved(str(wrong)) from wrong
    if not twilio.genuine(url, said, headers.get(twilio.SIGNATURE, b""), kept["token"]):
        raise checking.Unproved(
            saying._(
                "The signature does not fit %(url)s and the auth token. Is PUBLIC_URL what the provider posts to?",
                url=url,
            )
        )


REFUSED: Final = """
UPDATE store_line SET refused_at = %(now)s, refused_because = %(because)s
WHERE id = %(id)s AND (refused_at IS NULL OR refused_at < %(before)s)
"""
