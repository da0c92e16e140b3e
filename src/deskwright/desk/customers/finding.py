"""Finding a customer is authorising: whoever may not see customers finds none."""

from __future__ import annotations

from django.utils.translation import gettext as _

from deskwright.desk.errors import NotFound
from deskwright.desk.settings.rights import require
from deskwright.store.models import Agent, Customer


def customer_for(actor: Agent | None, number: int, right: str = "customers:see") -> Customer:
    """The customer; one that was merged is found as the one it went into. Raises NotFound, Forbidden."""
    require(actor, right)
    found = Customer.objects.select_related("organisation", "merged_into__organisation").filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such customer."))
    return found.merged_into or found


def named(customer: Customer) -> str:
    """The customer as the audit log calls them."""
    name = customer.name or customer.email or _("Customer")
    return f"{name} ({customer.pk})"
