"""By which way a reply leaves: the one place that decides it, for the composer before and for the sending after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.channels.telephony.values import TEXTS
from deskwright.desk.chat import live
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.texting import answering as texting

Cursor = psycopg.Cursor[dict[str, Any]]
EMAIL: Final = "email"
WRITTEN: Final = (EMAIL, *TEXTS)
"""The channels a reply can be asked to leave by."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """`channel` is chat, or one of `WRITTEN`; "" where the customer has no address: it is read in the help centre."""

    channel: str
    way: texting.Way | None = None
    """Of a text message."""
    visitor: str | None = None
    """Who reads it in the chat."""
    preferred: bool = False
    """It leaves so because the customer prefers it, not as the ticket goes on."""
    instead: str = ""
    """The ticket's own channel, or the preferred one, where this reply can also leave by that."""
    closed: bool = False
    """The customer prefers WhatsApp, which takes only templates now."""


def leaving(sql: Cursor, ticket: int, now: datetime, by: str = "", *, wishes: bool = True) -> Leaving:
    """How a reply to the ticket leaves: by the channel the customer prefers, where it can be written to and reaches
    them, no visitor is in the chat, and the ticket was not handed over; else as its conversation goes on.

    `by` asks for one of `WRITTEN` whatever they prefer; without `wishes` nobody looks at what they prefer. Raises
    NotFound, Invalid for a `by` that does not reach them.
    """
    row = sql.execute(KNOWN, {"ticket": ticket}).fetchone()
    if row is None:
        raise NotFound(_("There is no such ticket."))
    usual = own(sql, row, now)
    if by:
        return usual if by == usual.channel else asked(sql, row, by, now)
    wish = row["wish"]
    if not wishes or usual.visitor or row["handed"] or wish == usual.channel or wish not in WRITTEN:
        return usual
    liked = reached(sql, row, wish, now)
    if liked is None:
        return usual
    if liked.way is not None and liked.way.over(now):
        return Leaving(usual.channel, usual.way, closed=True)
    return Leaving(liked.channel, liked.way, preferred=True, instead=usual.channel)


def own(sql: Cursor, row: dict[str, Any], now: datetime) -> Leaving:
    """As the conversation goes on: in the chat while its visitor is there, by message where it is one, else by mail."""
    visitor = live.there(sql, row, now)
    if visitor:
        return Leaving(live.CHANNEL, visitor=visitor)
    way = texting.way_of(sql, row["id"], row["channel"])
    return Leaving(way.channel, way) if way is not None else Leaving(EMAIL if row["email"] else "")


def asked(sql: Cursor, row: dict[str, Any], by: str, now: datetime) -> Leaving:
    found = reached(sql, row, by, now) if by in WRITTEN else None
    if found is None:
        says = _("The customer cannot be reached this way.")
        raise Invalid(says, {"by": says})
    return found


def reached(sql: Cursor, row: dict[str, Any], channel: str, now: datetime) -> Leaving | None:
    """The way to the customer by this channel; None where there is none."""
    if channel == EMAIL:
        return Leaving(EMAIL) if row["email"] else None
    way = texting.way_to(sql, row["customer_id"], channel, now)
    return Leaving(channel, way) if way is not None else None


KNOWN: Final = """
SELECT t.id, t.channel, t.customer_id, c.email, c.preferred_channel AS wish, t.channel <> coalesce((
    SELECT m.channel FROM store_message AS m WHERE m.ticket_id = t.id AND m.kind = 'customer' ORDER BY m.id LIMIT 1
), t.channel) AS handed
FROM store_ticket AS t JOIN store_customer AS c ON c.id = t.customer_id
WHERE t.id = %(ticket)s
"""
"""A ticket that goes on by another channel than its first words came by was handed over, by an agent or a rule."""
