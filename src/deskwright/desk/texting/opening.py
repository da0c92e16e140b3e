"""Writing to a customer by an approved template: WhatsApp takes one at any time, free words only for a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from deskwright.channels.telephony.templates import filled, names_in
from deskwright.channels.telephony.values import WHATSAPP
from deskwright.desk import access
from deskwright.desk.answering import holding
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.texting.answering import way_of
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, MessageTemplate, Ticket

LONGEST: Final = 500
"""Characters of what is filled in at one place."""


def offered(ticket: int) -> list[MessageTemplate]:
    """The templates of the line the ticket's conversation goes by; those in the customer's language first."""
    row = Ticket.objects.select_related("customer").get(pk=ticket)
    way = way_of(cursor(), ticket, row.channel)
    if way is None or way.channel != WHATSAPP or way.line is None:
        return []
    spoken = row.customer.language or row.language or ""
    found = MessageTemplate.objects.filter(line=way.line).order_by("name", "language")
    return sorted(found, key=lambda one: not spoken or not one.language.lower().startswith(spoken.lower()))


def send(
    actor: Agent, ticket: int, template: int, values: Mapping[str, str], *, now: datetime, seen: int | None = None
) -> int:
    """Held like a reply, which it is. Returns its number. Raises NotFound, Forbidden, Invalid, StaleReply."""
    access.ticket_for(actor, ticket, "reply")
    found = next((one for one in offered(ticket) if one.pk == template), None)
    if found is None:
        raise NotFound(_("There is no such template for this conversation."))
    known = checked(found, values)
    kept = {
        "line": found.line_id,
        "name": found.name,
        "language": found.language,
        "reference": found.reference,
        "values": known,
    }
    return holding.send(actor, ticket, filled(found.text, known), now=now, seen=seen, template=kept, by=WHATSAPP)


def checked(template: MessageTemplate, values: Mapping[str, str]) -> dict[str, str]:
    """On one line each, as WhatsApp wants them. Raises Invalid with what is missing."""
    known = {name: " ".join(values.get(name, "").replace("\x00", "").split()) for name in names_in(template.text)}
    wrong = {name: _("Fill this in.") for name, value in known.items() if not value}
    wrong |= {
        name: _("At most %(longest)s characters.") % {"longest": LONGEST}
        for name, value in known.items()
        if len(value) > LONGEST
    }
    if wrong:
        raise Invalid(_("Something is still to be filled in."), wrong)
    return known
