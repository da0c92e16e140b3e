"""Customers: made and changed. Their contact points are next door in `addresses`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from deskwright.desk import access, workflows
from deskwright.desk.customers import addresses, reading
from deskwright.desk.customers.consequences import carry_organisation, find_anew, heard_by_tickets
from deskwright.desk.customers.finding import customer_for, named
from deskwright.desk.errors import Invalid
from deskwright.desk.fields.values import understood
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Customer, Organisation

READERS: Final[Mapping[str, reading.Reader]] = {
    "name": reading.text(200),
    "tier": reading.tier,
    "language": reading.language,
    "preferred_channel": reading.channel,
    "sees_organisation": bool,
    "notes": reading.text(reading.LONGEST_NOTE),
    "organisation": lambda value: value or None,
}
WORTH: Final = frozenset({"tier"})
"""What only those change who say what customers are worth."""

log = logging.getLogger("deskwright.customers")


def create(actor: Agent | None, given: Mapping[str, Any], *, now: datetime, email: str = "", phone: str = "") -> int:
    """A new customer with an address, a number, or both. Without an `organisation` they get the one of their domain.

    Returns the id. Raises Forbidden, Invalid, and `addresses.Taken` for an address that somebody has.
    """
    require(actor, "customers:change")
    points = [reading.contact(kind, value) for kind, value in (("email", email), ("phone", phone)) if value]
    if not points:
        raise Invalid(_("An email address or a phone number is needed."), {"email": _("Needed, or a phone number.")})
    with deed() as sql:
        values = checked(actor, given, Customer())
        customer = Customer.objects.create(created_at=now, **values)
        for kind, value in points:
            addresses.take(customer, kind, value)
        if customer.organisation_id is None:
            customer.organisation_id = by_domain(customer.email)
            customer.save(update_fields=["organisation"])
        saved(sql, actor, "customer.created", named(customer), now=now, after={"id": customer.pk})
    log.info("Customer %s was made", customer.pk)
    return int(customer.pk)


def change(actor: Agent | None, number: int, given: Mapping[str, Any], *, now: datetime) -> dict[str, list[Any]]:
    """Change what is known of a customer; what is not named stays. Returns what moved: name -> [before, after].

    Live tickets hear of another tier or organisation. Raises NotFound, Forbidden, Invalid.
    """
    number = int(customer_for(actor, number, "customers:change").pk)
    with deed() as sql:
        customer = Customer.objects.select_for_update().get(pk=number)
        values = checked(actor, given, customer)
        before = {name: getattr(customer, name) for name in values}
        moved = {name: [before[name], value] for name, value in values.items() if before[name] != value}
        if not moved:
            return {}
        with heard_by_tickets(sql, actor, now, customers=[number]):
            Customer.objects.filter(pk=number).update(**values)
            carry_organisation(sql, [number])
        if {"name", "organisation_id"} & moved.keys():
            find_anew(sql, now, customers=[number])
        saved(sql, actor, "customer.changed", named(customer), now=now, before=before, after=values)
    return moved


def checked(actor: Agent | None, given: Mapping[str, Any], customer: Customer) -> dict[str, Any]:
    """The values as columns, those of custom fields laid over what the customer has."""
    access.refuse_hidden(actor, [*(f"customer.{name}" for name in given), *given.get("fields", ())])
    values = reading.read(READERS, {name: value for name, value in given.items() if name != "fields"})
    if any(values[name] != getattr(customer, name) for name in WORTH & values.keys()):
        require(actor, "organisations:manage")
    if "organisation" in values:
        values["organisation_id"] = existing(values.pop("organisation"))
    if "fields" in given:
        laid = {**customer.fields, **understood(workflows.live(), "customer", given["fields"])}
        values["fields"] = {name: value for name, value in laid.items() if value is not None}
    return values


def existing(organisation: int | None) -> int | None:
    """The organisation's id, of the one it was merged into where it was. Raises Invalid for none."""
    if organisation is None:
        return None
    found = Organisation.objects.filter(pk=organisation).first()
    if found is None:
        raise Invalid(_("There is no such organisation."), {"organisation": _("There is no such organisation.")})
    return int(found.merged_into_id or found.pk)


def by_domain(email: str) -> int | None:
    """The organisation whose domain the address has; never for a domain where anybody gets one."""
    domain = email.rpartition("@")[2]
    found = Organisation.objects.filter(domain=domain).first() if domain else None
    return int(found.merged_into_id or found.pk) if found else None
