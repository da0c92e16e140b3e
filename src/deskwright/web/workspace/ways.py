"""How the next reply leaves: what the composer says of it, and between which ways its agent can choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deskwright.channels.telephony import numbers
from deskwright.channels.telephony.values import LONGEST, SMS
from deskwright.desk.answering.leaving import EMAIL, WRITTEN, Leaving, leaving, own
from deskwright.desk.texting.answering import Way
from deskwright.store.connection import cursor
from deskwright.store.models import MessageTemplate
from deskwright.store.queries.inbox import Row


@dataclass(frozen=True, slots=True)
class Choice:
    channel: str
    words: str
    chosen: bool


def ways_for(head: Row, draft: Row | None, now: datetime) -> dict[str, Any]:
    """For the composer: `ways` are its lines of text messages, `by_mail` whether the recipients of a mail are asked
    for, `choices` empty where the reply can leave one way only, `closed` whether the preferred one is.
    """
    if head["preferred_channel"] in WRITTEN:
        first = leaving(cursor(), head["id"], now)
    else:
        first = own(cursor(), head | {"email": head["customer_email"]}, now)
    found = [first, *([leaving(cursor(), head["id"], now, first.instead)] if first.instead else ())]
    asked = (draft or {}).get("by") or first.channel
    known = [one.channel for one in found]
    chosen = asked if asked in known else first.channel
    choices = [Choice(one.channel, worded(one), one.channel == chosen) for one in found] if first.preferred else []
    return {
        "ways": [shown(one.way, now) for one in found if one.way is not None],
        "by_mail": any(one.way is None for one in found),
        "choices": choices,
        "closed": first.closed,
    }


def worded(one: Leaving) -> str:
    if not one.preferred:
        if one.channel == EMAIL:
            return _("by mail instead")
        return _("by text message instead") if one.channel == SMS else _("by WhatsApp instead")
    if one.way is None:
        return _("By mail, as the customer prefers")
    to = {"to": numbers.shown(one.way.number)}
    if one.channel == SMS:
        return _("By text message to %(to)s, as the customer prefers") % to
    return _("By WhatsApp to %(to)s, as the customer prefers") % to


def shown(way: Way, now: datetime) -> Mapping[str, Any]:
    """The composer's line of a text message."""
    return {
        "channel": way.channel,
        "to": numbers.shown(way.number),
        "own": numbers.shown(way.own),
        "gone": way.line is None,
        "until": way.until,
        "over": way.over(now),
        "longest": LONGEST,
        "templates": way.until is not None and MessageTemplate.objects.filter(line=way.line).exists(),
    }
