"""How customers are reached: many addresses and phone numbers each, no one of them two customers'.

The primary address is the one answers go to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from deskwright.desk.customers import reading
from deskwright.desk.customers.consequences import find_anew
from deskwright.desk.customers.finding import customer_for, named
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.settings.saving import saved
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Customer, Identity


class Taken(Conflict):
    """The address belongs to somebody else: perhaps the same person, and the two are to be merged."""

    code = "address_taken"

    def __init__(self, value: str, owner: Customer) -> None:
        said = _("%(value)s belongs to %(name)s. If they are the same person, merge the two.")
        super().__init__(said % {"value": value, "name": owner.name or owner.email or owner.pk})
        self.owner = int(owner.pk)


def add(actor: Agent | None, number: int, kind: str, value: str, *, now: datetime) -> int:
    """One more address or phone number. Returns its id. Raises NotFound, Forbidden, Invalid, and Taken."""
    customer = customer_for(actor, number, "customers:change")
    kind, value = reading.contact(kind, value)
    with deed() as sql:
        identity = take(customer, kind, value)
        find_anew(sql, now, customers=[customer.pk])
        saved(sql, actor, "customer.address_added", named(customer), now=now, after={kind: value})
    return int(identity.pk)


def take(customer: Customer, kind: str, value: str) -> Identity:
    """The address for the customer, within the caller's deed; the first mail address is the primary one."""
    identity, new = Identity.objects.get_or_create(kind=kind, value=value, defaults={"customer": customer})
    if not new and identity.customer_id != customer.pk:
        raise Taken(value, identity.customer)
    if kind == reading.EMAIL and not customer.email:
        customer.email = value
        Customer.objects.filter(pk=customer.pk).update(email=value)
    return identity


def remove(actor: Agent | None, number: int, identity: int, *, now: datetime) -> None:
    """The address is theirs no more; mail from it makes a customer of its own. The primary one is followed by the next.

    Raises NotFound, Forbidden, and Invalid for the last one.
    """
    customer = customer_for(actor, number, "customers:change")
    with deed() as sql:
        Customer.objects.select_for_update().get(pk=customer.pk)
        gone = of(customer, identity)
        left = list(customer.identities.exclude(pk=identity).order_by("pk"))
        if not left:
            raise Invalid(_("This is the only way to reach them: add another first."))
        gone.delete()
        if (gone.kind, gone.value) == (reading.EMAIL, customer.email):
            following = next((one.value for one in left if one.kind == reading.EMAIL), "")
            Customer.objects.filter(pk=customer.pk).update(email=following)
        find_anew(sql, now, customers=[customer.pk])
        saved(sql, actor, "customer.address_removed", named(customer), now=now, before={gone.kind: gone.value})


def make_primary(actor: Agent | None, number: int, identity: int, *, now: datetime) -> None:
    """Answers go to this address from now on. Raises NotFound, Forbidden, and Invalid for a phone number."""
    customer = customer_for(actor, number, "customers:change")
    with deed() as sql:
        chosen = of(customer, identity)
        if chosen.kind != reading.EMAIL:
            raise Invalid(_("Answers leave by mail: choose an email address."))
        told: dict[str, Any] = {"before": {"email": customer.email}, "after": {"email": chosen.value}}
        Customer.objects.filter(pk=customer.pk).update(email=chosen.value)
        find_anew(sql, now, customers=[customer.pk])
        saved(sql, actor, "customer.primary_changed", named(customer), now=now, **told)


def of(customer: Customer, identity: int) -> Identity:
    found = customer.identities.filter(pk=identity).first()
    if found is None:
        raise NotFound(_("They have no such address."))
    return found
