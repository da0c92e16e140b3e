"""Alerts in words: how often a trouble was seen, since when, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deskwright.web.words import minutes
from deskwright.web.workspace.sentence import Sentence


def told(data: Mapping[str, Any]) -> Iterator[Sentence]:
    """What the event of a change that an alert has caused says."""
    alert = data["alert"]
    if alert.get("state") == "ended":
        yield Sentence("circle-check", _("The alert ended; the ticket was solved"), counted(alert["count"]), weight=8)
        return
    severity = alert.get("severity") or _("none")
    yield Sentence("siren", _("The alert's severity is now %(severity)s") % {"severity": severity}, weight=7)


def counted(number: int) -> str:
    text = ngettext("seen %(number)s time", "seen %(number)s times", number)
    return text % {"number": f"{number:,}"}


def lasting(row: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """The one line an alert has on its ticket, however often it was seen."""
    until = row["ended_at"] or now
    length = minutes(max(1, int((until - row["first_at"]).total_seconds() // 60))) if row["first_at"] else ""
    return dict(row) | {"seen": counted(row["count"]), "length": length}
