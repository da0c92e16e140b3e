"""DKIM keys of a domain: made, put to use, set to rest. Private keys are sealed and never leave.

A key is prepared (its record can be published), then signing (one of a domain), then resting: its record stays until
the mails it signed have been read by their servers.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from deskwright.channels.email import signing
from deskwright.channels.email.headers_out import ascii_domain
from deskwright.channels.email.signing import Signer
from deskwright.desk.domains.ours import ours
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.settings import house
from deskwright.desk.settings.rights import require
from deskwright.desk.settings.saving import saved
from deskwright.desk.settings.sealing import seal, unseal
from deskwright.store.connection import deed
from deskwright.store.models import Agent, DkimKey

RIGHT: Final = "mail:manage"
MOST: Final = 4
"""Keys of one domain."""

log = logging.getLogger("deskwright.domains")


def make(actor: Agent | None, domain: str, selector: str = "", *, now: datetime) -> DkimKey:
    """A new key for a domain the desk sends from; its selector names the day unless given.

    Raises Forbidden, and Invalid for a domain that is not the desk's, a selector that is none or taken, too many keys.
    """
    require(actor, RIGHT)
    domain = known_domain(domain)
    with deed() as sql:
        taken = set(DkimKey.objects.filter(domain=domain).values_list("selector", flat=True))
        selector = selector.strip().lower() or fresh(taken, now)
        refuse_selector(selector, taken)
        if len(taken) >= MOST:
            raise Invalid(_("A domain has at most %(most)s keys. Delete one that rests.") % {"most": MOST})
        private, public = signing.new_key()
        key = DkimKey.objects.create(
            domain=domain, selector=selector, private=seal(private), public=public, created_at=now
        )
        saved(sql, actor, "dkim.made", name_of(key), now=now)
        return key


def known_domain(domain: str) -> str:
    try:
        written = ascii_domain(domain.strip().lower().rstrip("."))
    except ValueError:
        written = ""
    if written not in ours():
        raise Invalid(_("No mail is sent from %(domain)s.") % {"domain": domain}, {"domain": "not ours"})
    return written


def fresh(taken: set[str], now: datetime) -> str:
    """A selector that says when the key was made, as `dw20261125`."""
    plain = f"dw{now:%Y%m%d}"
    return next(name for name in (plain, *(f"{plain}-{n}" for n in range(2, MOST + 3))) if name not in taken)


def refuse_selector(selector: str, taken: set[str]) -> None:
    if not signing.SELECTOR.fullmatch(selector):
        sentence = _("A selector has letters, digits and hyphens.")
        raise Invalid(sentence, {"selector": sentence})
    if selector in taken:
        sentence = _("There is a key with this selector.")
        raise Invalid(sentence, {"selector": sentence})


def use(actor: Agent | None, number: int, *, now: datetime) -> DkimKey:
    """Sign with this key from now on; the one before rests. Raises Forbidden and NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        key = found(number)
        before = DkimKey.objects.filter(domain=key.domain, state="signing").exclude(pk=key.pk)
        before.update(state="resting", rested_at=now)
        DkimKey.objects.filter(pk=key.pk).update(state="signing", signing_since=now, rested_at=None)
        saved(sql, actor, "dkim.used", name_of(key), now=now)
    house.forget()
    log.info("Mails from %s are signed with %s", key.domain, key.selector)
    return key


def rest(actor: Agent | None, number: int, *, now: datetime) -> DkimKey:
    """Sign with it no more. Raises Forbidden and NotFound."""
    require(actor, RIGHT)
    with deed() as sql:
        key = found(number)
        DkimKey.objects.filter(pk=key.pk).update(state="resting", rested_at=now)
        saved(sql, actor, "dkim.rested", name_of(key), now=now)
    house.forget()
    return key


def remove(actor: Agent | None, number: int, *, now: datetime) -> DkimKey:
    """Forget the key. Raises Forbidden, NotFound, and Conflict while it signs."""
    require(actor, RIGHT)
    with deed() as sql:
        key = found(number)
        if key.state == "signing":
            raise Conflict(_("Mails are signed with this key. Use another one first, or let it rest."))
        saved(sql, actor, "dkim.removed", name_of(key), now=now)
        DkimKey.objects.filter(pk=number).delete()
    return key


def found(number: int) -> DkimKey:
    key = DkimKey.objects.select_for_update().filter(pk=number).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    return key


def name_of(key: DkimKey) -> str:
    return signing.record_name(key.domain, key.selector)


def signer_for(domain: str) -> Signer | None:
    """Who signs mails from this domain: a key of its own, else one of the domain above it.

    Raises sealing.Unreadable when SECRET_KEY was changed.
    """
    known = house.house().keys
    parts = domain.lower().split(".")
    for begin in range(max(1, len(parts) - 1)):
        above = ".".join(parts[begin:])
        if above in known:
            selector, sealed = known[above]
            return Signer(above, selector, unseal(sealed))
    return None


def signed(raw: bytes, domain: str) -> bytes:
    """The mail as it leaves: signed where the domain has a key. Raises ValueError for a key that cannot be used."""
    signer = signer_for(domain)
    return signing.sign(raw, signer) if signer else raw
