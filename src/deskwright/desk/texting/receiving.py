"""A customer's message becomes a ticket, or goes on with the conversation of their number on that channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.channels.telephony import cards, numbers
from deskwright.channels.telephony.values import Contact, Place, TextCame
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, File, Person
from deskwright.desk.errors import Invalid
from deskwright.desk.texting import media
from deskwright.store.connection import deed
from deskwright.store.models import Line

Cursor = psycopg.Cursor[dict[str, Any]]
SUBJECT: Final = 80
MAP: Final = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=16/{0}/{1}"


def take(line: Line, said: TextCame, row: Mapping[str, Any], now: datetime, fetch: media.Fetch) -> None:
    """Take in one raw message. Raises media.NotYet, and what keeps it from being taken in."""
    files, missing = media.files(line, said.media, row["attempts"], fetch)
    who = person(said.from_, line, said.name)
    people = (*said.contacts, *cards_in(files))
    words = [said.text, where(said.place) if said.place else "", *map(who_is, people), missing]
    text = "\n\n".join(part for part in words if part)
    with deed() as sql:
        arrival = Arrival(
            channel=said.channel,
            requester=who,
            subject=subject(text, who),
            text=text,
            at=row["received_at"],
            files=files,
            mail_id=f"{said.channel}:{line.pk}:{said.id}",
            thread_ticket=conversation(sql, who, said.channel),
            recipients={"from": who.value, "to": [line.number], "line": line.pk},
            raw_id=row["id"],
        )
        (outcome,) = intake.receive([arrival], now)
    if isinstance(outcome.error, Invalid):
        intake.quarantine(row["id"], outcome.error.sentence, now)
    elif outcome.error is not None:
        raise outcome.error


def cards_in(files: Sequence[File]) -> list[Contact]:
    return [one for file in files if file.content_type in cards.KINDS for one in cards.contacts(file.content)]


def where(place: Place) -> str:
    """A place in words, with a map of it."""
    spot = f"{place.latitude:.6f}", f"{place.longitude:.6f}"
    named = ", ".join(part for part in (place.name, place.address) if part) or ", ".join(spot)
    said = _("Location: %(where)s") % {"where": named}
    return f"{said}\n{MAP.format(*spot)}"


def who_is(one: Contact) -> str:
    told = " · ".join(part for part in (one.name, *one.numbers) if part)
    return _("Contact: %(who)s") % {"who": told} if told else ""


def person(number: str, line: Line, name: str = "") -> Person:
    """Whose number it is: exactly this one. A sender that is no number (a shop's name) is known by its words."""
    try:
        known = numbers.e164(number, numbers.region_of(line.number))
    except ValueError:
        return Person(number[:300] or "?", name or number, kind="sender")
    return Person(known, name or numbers.shown(known), kind="phone")


def subject(text: str, who: Person) -> str:
    """The first line, or who wrote."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if not first:
        return _("Message from %(who)s") % {"who": who.name}
    return first if len(first) <= SUBJECT else first[: SUBJECT - 1].rstrip() + "…"


def conversation(sql: Cursor, who: Person, channel: str) -> int | None:
    """The ticket this number and we wrote on last by the channel, whatever the ticket's own.

    Messages of one number are taken in one after the other.
    """
    named = {"kind": who.kind, "value": who.value.strip().lower(), "channel": channel}
    sql.execute(ONE_AFTER_THE_OTHER, named)
    row = sql.execute(LATEST, named).fetchone()
    return row["id"] if row else None


ONE_AFTER_THE_OTHER = "SELECT pg_advisory_xact_lock(hashtextextended(%(channel)s || ' ' || %(kind)s || %(value)s, 7))"
LATEST = """
SELECT t.id FROM store_identity AS i JOIN store_ticket AS t ON t.customer_id = i.customer_id
LEFT JOIN LATERAL (
    SELECT max(m.created_at) AS at FROM store_message AS m
    WHERE m.ticket_id = t.id AND m.channel = %(channel)s
      AND (lower(m.recipients->>'from') = i.value OR (m.kind = 'agent' AND m.recipients->'to' ? i.value))
) AS last ON TRUE
WHERE i.kind = %(kind)s AND i.value = %(value)s AND NOT t.imported AND (t.channel = %(channel)s OR last.at IS NOT NULL)
ORDER BY coalesce(last.at, t.created_at) DESC, t.id DESC LIMIT 1
"""
