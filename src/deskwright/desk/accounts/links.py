"""Links by which customers sign in: mailed, short-lived, for one use. Nothing tells whether an address is known."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from deskwright.desk import audit
from deskwright.desk.accounts import attempts
from deskwright.desk.accounts.post import post
from deskwright.desk.errors import Conflict, NotFound
from deskwright.desk.settings.house import address_at, at
from deskwright.desk.settings.sealing import digest
from deskwright.store.connection import deed
from deskwright.store.models import Customer, Identity, MagicLink

LASTS: Final = timedelta(minutes=20)
WINDOW: Final = timedelta(minutes=30)
LINKS: Final = 3
"""Mails to one address within the window."""
VISITS: Final = 10
"""Requests from one network address within the window."""
GUESSES: Final = 20
"""Links that let nobody in, tried from one network address within the window."""


def send(email: str, address: str, *, now: datetime, host: str = "") -> None:
    """Mail a link if the address is a customer's and was not mailed too often. The caller sees no difference.

    `host` is the name they stand under: a brand's link leads back to it. Raises Conflict for too many requests from
    one network address.
    """
    refuse_often("link:from", address, VISITS, now)
    may = attempts.admit((("link:to", email, LINKS, WINDOW),), now)
    identity = Identity.objects.filter(kind="email", value=email.strip().lower()).first()
    if identity is None or not may:
        return
    token = secrets.token_urlsafe(24)
    with deed():
        MagicLink.objects.create(
            customer_id=identity.customer_id, token_sha256=digest(token), created_at=now, expires_at=now + LASTS
        )
        post(identity.value, _("Your link to %(desk)s") % {"desk": at(host).name}, letter(token, host), now=now)


def letter(token: str, host: str = "") -> str:
    says = _("Follow this link to see your questions and our answers:")
    ends = _("It works for 20 minutes, once. If you did not ask for it, you need not do anything.")
    return f"{says}\n\n{address_at(host)}/help/enter/{token}/\n\n{ends}"


def still_open(token: str, address: str, *, now: datetime) -> bool:
    """Whether the link would let somebody in. Looking does not use it up: mail scanners look.

    Raises Conflict after too many wrong ones from one network address.
    """
    refuse_often("link:guess", address, GUESSES, now)
    found = MagicLink.objects.filter(token_sha256=digest(token), used_at=None, expires_at__gt=now).exists()
    if found:
        attempts.take_back("link:guess", address, now)
    return found


def use(token: str, address: str, *, now: datetime) -> Customer:
    """The customer the link is for; it works no more. Raises NotFound for one that was used or has expired, Conflict
    as `still_open`.
    """
    refuse_often("link:guess", address, GUESSES, now)
    with deed():
        found = MagicLink.objects.filter(token_sha256=digest(token), used_at=None, expires_at__gt=now)
        link = found.select_for_update().first()
        if link is None:
            raise NotFound(_("This link works no more. Ask for another one."))
        attempts.take_back("link:guess", address, now)
        MagicLink.objects.filter(pk=link.pk).update(used_at=now)
        customer = Customer.objects.get(pk=link.customer_id)
        audit.note(
            None, "customer.signed_in", f"customer {customer.pk}", now=now, name=customer.email, kind=audit.SIGN_IN
        )
        return customer


def refuse_often(kind: str, address: str, allowed: int, now: datetime) -> None:
    """The try counts before anybody looks whether it is right, so many at once do not slip past. Raises Conflict."""
    if not attempts.admit(((kind, address, allowed, WINDOW),), now):
        raise Conflict(_("Too many tries. Please wait half an hour."))
