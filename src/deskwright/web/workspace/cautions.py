"""What an agent should know of a mail before believing or answering it, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from deskwright.web.telling import told
from deskwright.web.workspace.sentence import Data, Names, Sentence


def of_mail(event: Data, data: Data, names: Names) -> Iterator[Sentence]:
    """What an agent should know of a mail before believing it; the message itself stands beside it."""
    if data.get("forged"):
        text = _("The mail failed the sender's own authentication (DMARC): somebody else may have written it")
        yield Sentence("triangle-alert", text, weight=9)
    if data.get("claims"):
        yield Sentence("link", _("The subject names #%(number)s, which proves nothing") % {"number": data["claims"]})
    if data.get("copied"):
        yield Sentence("at-sign", _("It is addressed to somebody else; the desk got a copy"))
    if data.get("unread"):
        yield Sentence(
            "triangle-alert", _("Nobody reads what is sent to this address: answers will not arrive"), weight=8
        )
    if data.get("away_until"):
        day = date_format(date.fromisoformat(data["away_until"]), "DATE_FORMAT")
        yield Sentence("calendar-clock", _("They are away until %(day)s") % {"day": day}, weight=7)
    for note in data.get("notes") or ():
        yield Sentence("info", told(note), weight=7)
