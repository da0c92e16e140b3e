"""How a reply leaves as a message: by which line, to which number, and what keeps it from leaving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.channels.telephony.files import LIMITS, MEGABYTE, parcels
from deskwright.channels.telephony.values import LONGEST, TEXTS, WHATSAPP
from deskwright.desk.errors import Invalid
from deskwright.desk.outbox.due import due_delivery
from deskwright.store.connection import from_json
from deskwright.store.sql import load

if TYPE_CHECKING:
    from deskwright.desk.cases import Case

Cursor = psycopg.Cursor[dict[str, Any]]
Template = Mapping[str, Any]
"""An approved one as it is kept: `line`, `name`, `language`, `reference`, and the `values` filled in."""
CARRIED: Final = ("name", "content_type", "size", "sha256")
MOMENT: Final = timedelta(seconds=1)
WINDOW: Final = timedelta(hours=24)
"""How long after a customer's message WhatsApp takes free words."""


@dataclass(frozen=True, slots=True)
class Way:
    """`line` None: the line it came by is gone, or switched off. `at` is when the customer wrote last this way."""

    channel: str
    number: str
    line: int | None
    own: str
    """The line's number."""
    at: datetime

    @property
    def until(self) -> datetime | None:
        """When WhatsApp takes free words no more (UTC)."""
        return self.at + WINDOW if self.channel == WHATSAPP else None

    def over(self, now: datetime) -> bool:
        """Whether only templates are taken."""
        return self.until is not None and now > self.until


def way_of(sql: Cursor, ticket: int, channel: str) -> Way | None:
    """How the customer wrote last on the ticket's channel, else their number and a line of ours where the conversation
    was handed over to it; None where answers leave by mail.
    """
    if channel not in TEXTS:
        return None
    row = sql.execute(LATEST, {"ticket": ticket, "channel": channel}).fetchone()
    if row is not None:
        known = from_json(row["recipients"])
        return Way(channel, str(known.get("from", "")), row["line"], row["own"] or "", row["created_at"])
    row = sql.execute(HANDED[channel], {"ticket": ticket}).fetchone()
    return Way(channel, row["number"], row["line"], row["own"], row["created_at"] - WINDOW - MOMENT) if row else None


def way_to(sql: Cursor, customer: int, channel: str, now: datetime) -> Way | None:
    """A number of theirs that is proved, or that they wrote from, and a line of ours: those they wrote by last."""
    row = sql.execute(REACHED[channel], {"customer": customer, "channel": channel}).fetchone()
    if row is None:
        return None
    return Way(channel, row["number"], row["line"], row["own"], row["at"] or now - WINDOW - MOMENT)


def refuse(way: Way, text: str, files: Sequence[Mapping[str, Any]], now: datetime, *, free: bool = True) -> None:
    """Raises Invalid with the sentence that says why this cannot leave so. A template is not `free` words."""
    if way.line is None:
        raise Invalid(_("The line this came by is not connected any more. Write to them another way."))
    if not way.number.startswith("+"):
        raise Invalid(_("This sender has no number and takes no answers."))
    refuse_files(way.channel, files)
    if len(text) > LONGEST:
        raise Invalid(
            _("A message has at most %(longest)s characters.") % {"longest": f"{LONGEST:,}"}, {"text": "too long"}
        )
    if free and way.over(now):
        raise Invalid(
            _(
                "WhatsApp takes free words only within 24 hours of the customer’s last message, and those are over. "
                "Send an approved template."
            )
        )


def refuse_files(channel: str, files: Sequence[Mapping[str, Any]]) -> None:
    """Raises Invalid for what the channel does not carry."""
    limits = LIMITS[channel]
    for file in files:
        if file["content_type"] not in limits.kinds:
            said = _("%(name)s cannot be sent this way. What can: %(kinds)s.")
            raise Invalid(said % {"name": file["name"], "kinds": limits.words}, {"files": "kind"})
        if file["size"] > limits.each:
            said = _("%(name)s is too large to be sent this way: at most %(megabytes)s MB.")
            raise Invalid(said % {"name": file["name"], "megabytes": limits.each // MEGABYTE}, {"files": "too large"})
    if sum(file["size"] for file in files) > limits.together:
        said = _("Together the files are too large to be sent this way: at most %(megabytes)s MB.")
        raise Invalid(said % {"megabytes": limits.together // MEGABYTE}, {"files": "too large"})
    if len(files) > limits.most:
        raise Invalid(_("A message takes at most %(most)s files.") % {"most": limits.most}, {"files": "too many"})


def refuse_now(
    sql: Cursor, agent: int, ticket: int, way: Way | None, text: str, at: datetime, template: Template | None
) -> None:
    """As `refuse`, for what the agent's composer holds and would leave at this moment."""
    row = sql.execute(HELD, {"ticket": ticket, "agent": agent}).fetchone()
    if row is not None and way is not None:
        refuse(way, text, from_json(row["files"]) if template is None else (), at, free=template is None)
    if template is not None:
        refuse_template(way, template)


def refuse_template(way: Way | None, template: Template) -> None:
    """Raises Invalid where the conversation does not go by the template's line."""
    if way is None or way.channel != WHATSAPP or way.line != template["line"]:
        raise Invalid(_("This template belongs to another number than the conversation goes by."))


def deliveries(
    case: Case,
    message: Mapping[str, Any],
    way: Way,
    files: Sequence[Mapping[str, Any]] = (),
    template: Template | None = None,
) -> list[dict[str, Any]]:
    """The rows that send a message, one for each that its provider makes of it."""
    several = parcels(way.channel, message["text"], files)
    return [delivery(case, message, way, place, *one, template) for place, one in enumerate(several)]


def delivery(
    case: Case,
    message: Mapping[str, Any],
    way: Way,
    place: int,
    text: str,
    files: Sequence[Mapping[str, Any]],
    template: Template | None,
) -> dict[str, Any]:
    """Its `mail_id` is what the provider knows it by."""
    number = case.row["id"]
    content: dict[str, Any] = {"line": way.line, "from": way.own, "text": text}
    content |= {"files": [{name: file[name] for name in CARRIED} for file in files]} if files else {}
    content |= {"template": template} if template else {}
    mail_id = f"{way.channel}-{number}-m{message['id']}{f'-{place}' if place else ''}"
    return due_delivery(number, message["id"], way.number, mail_id, content, message["created_at"], way.channel)


HELD = """
SELECT (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'name', file.name, 'content_type', file.content_type, 'size', file.size) ORDER BY file.id), '[]')
    FROM store_draftfile AS file
    WHERE file.ticket_id = t.id AND file.agent_id = %(agent)s AND file.kind = 'reply' AND file.held_id IS NULL
) AS files
FROM store_ticket AS t WHERE t.id = %(ticket)s
"""
LATEST = f"""
SELECT m.channel, m.recipients, m.created_at, line.id AS line, line.number AS own
FROM store_message AS m
LEFT JOIN store_line AS line ON line.id = (m.recipients->>'line')::bigint AND line.active
WHERE m.ticket_id IN ({load("queries/family.sql")}) AND m.kind = 'customer' AND m.channel = %(channel)s
  AND m.recipients ? 'from'
ORDER BY m.id DESC LIMIT 1
"""
HANDED = {
    channel: f"""
SELECT i.value AS number, line.id AS line, line.number AS own, t.created_at
FROM store_ticket AS t
JOIN store_identity AS i ON i.customer_id = t.customer_id AND i.kind = 'phone'
JOIN store_line AS line ON line.active AND line.{channel}
WHERE t.id = %(ticket)s ORDER BY i.id, line.id LIMIT 1
"""
    for channel in TEXTS
}
REACHED = {
    channel: f"""
WITH wrote AS (
    SELECT m.recipients->>'from' AS number, (m.recipients->>'line')::bigint AS line, m.channel, m.created_at AS at
    FROM store_ticket AS t
    JOIN store_message AS m ON m.ticket_id = t.id AND m.kind = 'customer' AND m.channel IN ('sms', 'whatsapp')
    WHERE t.customer_id = %(customer)s
)
SELECT i.value AS number, line.id AS line, line.number AS own, (
    SELECT max(at) FROM wrote
    WHERE wrote.number = i.value AND wrote.line = line.id AND wrote.channel = %(channel)s
) AS at
FROM store_identity AS i
JOIN store_line AS line ON line.active AND line.{channel}
WHERE i.customer_id = %(customer)s AND i.kind = 'phone' AND (
    EXISTS (SELECT FROM wrote WHERE wrote.number = i.value)
    OR EXISTS (
        SELECT FROM store_numberproof AS proof
        WHERE proof.customer_id = i.customer_id AND proof.value = i.value AND proof.used_at IS NOT NULL
    )
)
ORDER BY at DESC NULLS LAST, i.id, line.id LIMIT 1
"""
    for channel in TEXTS
}
