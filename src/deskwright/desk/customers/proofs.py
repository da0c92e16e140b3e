"""One person, several addresses: joined by proof. A link is mailed to the new address; who asked follows it.

Both ends are proved: the session is the one who asked, the link was read at the address. A link alone joins nothing,
or somebody could be talked into giving theirs away.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from deskwright.desk import audit
from deskwright.desk.accounts import attempts
from deskwright.desk.accounts.post import post
from deskwright.desk.customers import addresses, merging, reading
from deskwright.desk.customers.consequences import find_anew
from deskwright.desk.errors import Conflict, NotFound
from deskwright.desk.settings.house import address_at, at
from deskwright.desk.settings.sealing import digest
from deskwright.store.connection import deed
from deskwright.store.models import AddressProof, Customer, Identity

LASTS: Final = timedelta(hours=2)
WINDOW: Final = timedelta(hours=1)
ASKED: Final = 5
"""Links one customer may have mailed within the window, and one address may get."""


def ask(customer: Customer, address: str, *, now: datetime, host: str = "") -> None:
    """Mail a link to an address the customer says is theirs. Nothing tells whether it is somebody's already.

    `host` is the name they stand under: their session holds there, so the link leads back to it.

    Raises Invalid for what is no address; Conflict for one they have, and for too many.
    """
    _kind, value = reading.contact(reading.EMAIL, address)
    if Identity.objects.filter(kind=reading.EMAIL, value=value, customer=customer).exists():
        raise Conflict(_("We know you by this address already."))
    if not attempts.admit((("proof:of", str(customer.pk), ASKED, WINDOW), ("proof:to", value, ASKED, WINDOW)), now):
        raise Conflict(_("That was asked often. Please wait an hour."))
    token = secrets.token_urlsafe(24)
    with deed():
        known = {"token_sha256": digest(token), "created_at": now, "expires_at": now + LASTS}
        AddressProof.objects.create(customer=customer, value=value, **known)
        post(value, _("Is this address yours?"), letter(customer, token, host), now=now)


def letter(customer: Customer, token: str, host: str) -> str:
    who, desk = customer.name or customer.email, at(host).name
    says = _("%(who)s says that this address is theirs too. If that is you, follow this link in the same browser:")
    ends = _("It works for two hours, once. If it is not you, do nothing: %(desk)s keeps your address apart.")
    link = f"{address_at(host)}/help/details/address/{token}/"
    return f"{says % {'who': who}}\n\n{link}\n\n{ends % {'desk': desk}}"


def asked(customer: Customer, token: str, now: datetime) -> AddressProof:
    """The open link, for who asked for it. Raises NotFound for everybody else, and when it is used or too old."""
    found = AddressProof.objects.filter(token_sha256=digest(token), customer=customer, used_at=None, expires_at__gt=now)
    proof = found.first()
    if proof is None:
        raise NotFound(_("This link works no more, or was asked for by somebody else."))
    return proof


def prove(customer: Customer, token: str, *, now: datetime) -> str:
    """The address is theirs from now on, with all that was written from it. Returns it. Raises as `asked`."""
    with deed() as sql:
        proof = asked(customer, token, now)
        if not AddressProof.objects.filter(pk=proof.pk, used_at=None).update(used_at=now):
            raise NotFound(_("This link works no more, or was asked for by somebody else."))
        owner = Identity.objects.select_related("customer").filter(kind=reading.EMAIL, value=proof.value).first()
        if owner is None:
            addresses.take(customer, reading.EMAIL, proof.value)
            find_anew(sql, now, customers=[customer.pk])
        elif owner.customer_id != customer.pk:
            merging.merge(None, "customer", customer.pk, owner.customer_id, now=now)
        subject = f"customer {customer.pk}"
        audit.note(None, "customer.proved", subject, now=now, name=customer.email, after={"address": proof.value})
        return proof.value
