"""A conversation that goes on by another way: chat to phone, phone to mail. The ticket, its clocks and its story stay.

Every message keeps the channel it came by; the ticket's says how answers leave from now on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.answering import replies
from deskwright.desk.errors import Conflict, Invalid
from deskwright.desk.step import step
from deskwright.desk.tickets.changing import alter
from deskwright.desk.working import refuse_merged, take_up_one
from deskwright.engine.values import CHANNELS
from deskwright.store import facts as rows
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Customer, Identity

REACHES: Final[Mapping[str, str]] = {
    channel: kind
    for channel, kind in {"email": "email", "phone": "phone", "sms": "phone", "whatsapp": "phone"}.items()
    if channel in CHANNELS
}
"""Ways a conversation can be handed to, and the identity it takes. A chat is begun by its visitor alone."""
LONGEST: Final = 2000


def ways(customer: int, now_by: str) -> list[str]:
    """The ways this customer can be reached by, without the one that is in use. An address a visitor has typed is one,
    although it proves nobody.
    """
    known = set(Identity.objects.filter(customer=customer).values_list("kind", flat=True))
    known |= {"email"} if Customer.objects.filter(pk=customer).exclude(email="").exists() else set()
    return [channel for channel, kind in REACHES.items() if kind in known and channel != now_by]


def hand_over(actor: Agent, ticket: int, channel: str, summary: str, *, now: datetime) -> int:
    """Go on by another channel, with a line that says where things stand, for who takes it up. Returns the note's id.

    Raises NotFound, Forbidden, Invalid for a channel the customer has no address for; Conflict for the one in use.
    """
    access.ticket_for(actor, ticket, "change")
    summary = summary.replace("\x00", "").strip()[:LONGEST]
    with deed() as sql:
        case = take_up_one(sql, ticket, now)
        refuse_merged([case])
        was = case.row["channel"]
        if channel == was:
            raise Conflict(_("It goes by this way already."))
        if channel not in ways(case.row["customer_id"], was):
            says = _("The customer cannot be reached this way: add an address or a number first.")
            raise Invalid(says, {"channel": says})
        alter(case, {"channel": channel}, actor, now)
        step(sql, [case], rows.present(sql).desk)
        said = _("Handed over from %(old)s to %(new)s.") % {"old": was, "new": channel}
        return replies.note(actor, ticket, f"{said}\n\n{summary}".strip(), now=now)
