"""Filling in the custom fields of a customer or an organisation, from a ticket of theirs.

Later decisions see the new values; each event keeps what it saw.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.fields.values import understood
from deskwright.desk.tickets.remarks import remark
from deskwright.desk.working import take_up_one
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Customer, Organisation

PARTIES: Final[Mapping[str, type[Customer] | type[Organisation]]] = {
    "customer": Customer,
    "organisation": Organisation,
}

log = logging.getLogger("deskwright.fields")


def fill_in(actor: Agent, ticket_id: int, of: str, given: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Set fields of the ticket's customer or organisation. Returns those that changed: name -> (old, new).

    Raises NotFound, Forbidden, Invalid.
    """
    if of not in PARTIES:
        raise Invalid(_("Only customers and organisations have fields of their own."))
    access.ticket_for(actor, ticket_id, "change")
    access.refuse_hidden(actor, given)
    values = understood(workflows.live(), of, given)
    with deed() as sql:
        case = take_up_one(sql, ticket_id, now)
        party = case.party.customer if of == "customer" else case.party.organisation
        if party is None:
            raise NotFound(_("This customer belongs to no organisation."))
        row = PARTIES[of].objects.select_for_update().get(pk=party.id)
        moved = {name: (row.fields.get(name), new) for name, new in values.items() if row.fields.get(name) != new}
        if moved:
            row.fields = {name: value for name, value in {**row.fields, **values}.items() if value is not None}
            row.save(update_fields=["fields"])
            remark(sql, case, "party_changed", actor, {"of": of, "party": party.id, "changes": moved}, now)
            log.info("Fields of %s %s changed by %s: %s", of, party.id, actor.email, ", ".join(moved))
        return moved
