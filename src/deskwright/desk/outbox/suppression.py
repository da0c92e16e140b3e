"""The addresses nothing is sent to: they came back for good, their owner complained, or somebody wants it so.

The outbox looks here when it claims a mail; agents are told while they write. Lifting is a deed of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import psycopg
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from deskwright.channels.email.headers_out import plain_address
from deskwright.desk import access, audit
from deskwright.desk.answering.recipients import own, valid
from deskwright.desk.errors import Invalid, NotFound
from deskwright.desk.outbox import kinds
from deskwright.engine import saying
from deskwright.store.connection import deed
from deskwright.store.models import Agent, Suppression

Cursor = psycopg.Cursor[dict[str, Any]]
RIGHT: Final = "outbox:manage"
SENTENCES: Final[Mapping[str, str]] = {
    "bounce": saying._("Not sent: mail to this address has come back before."),
    "complaint": saying._("Not sent: its owner has called our mail spam."),
    "unsubscribed": saying._("Not sent: its owner wants no more mail."),
    "agent": saying._("Not sent: somebody of the desk has put the address on the list of those nothing is sent to."),
}
"""because -> what stands on a delivery that is held back."""
OF_A_KIND: Final[Mapping[str, str]] = {
    kinds.SURVEY: saying._("Not sent: its owner wants no surveys."),
    kinds.PROACTIVE: saying._("Not sent: its owner wants no mail they have not asked for."),
    kinds.BROADCAST: saying._("Not sent: its owner wants no mail that goes to many."),
}
"""kind of mail -> what stands on a delivery of it that is held back."""
LONGEST: Final = 500


def put(
    sql: Cursor,
    address: str,
    because: str,
    at: datetime,
    *,
    kind: str = "",
    detail: str = "",
    delivery: int | None = None,
) -> bool:
    """Put the address on the list, for one kind of mail or any, in the caller's deed. Returns whether it is new there;
    the first reason stays.
    """
    values = {
        "address": normal(address),
        "kind": kind,
        "because": because,
        "detail": detail[:LONGEST],
        "delivery": delivery,
        "at": at,
    }
    return sql.execute(PUT, values).fetchone() is not None


def normal(address: str) -> str:
    """As the list keeps it. What is no address stays as it is, in lower case."""
    try:
        return plain_address(address).lower()
    except ValueError:
        return address.strip().lower()


def add(actor: Agent | None, address: str, detail: str = "", *, now: datetime) -> Suppression:
    """Send nothing to this address any more. Raises Forbidden, and Invalid for no address, our own, or a known one."""
    require(actor)
    written = normal(address)
    if not valid(written):
        raise Invalid(_("“%(value)s” is not a mail address.") % {"value": address.strip()[:80]}, {"address": "wrong"})
    if own(written):
        sentence = _("%(address)s is this desk's own mailbox.") % {"address": written}
        raise Invalid(sentence, {"address": sentence})
    with deed() as sql:
        if not put(sql, written, "agent", now, detail=detail.strip()):
            sentence = _("%(address)s is on the list already.") % {"address": written}
            raise Invalid(sentence, {"address": sentence})
        found = Suppression.objects.get(address=written, kind="")
        Suppression.objects.filter(pk=found.pk).update(agent=actor)
        audit.note(actor, "suppression.added", written, now=now, after={"because": "agent", "detail": detail})
        return found


def lift(actor: Agent | None, number: int, *, now: datetime) -> str:
    """Send to this address again. Returns it. Raises Forbidden and NotFound."""
    require(actor)
    with deed():
        found = Suppression.objects.select_for_update().filter(pk=number).first()
        if found is None:
            raise NotFound(_("This address is not on the list."))
        before = {name: getattr(found, name) for name in ("because", "kind", "detail")}
        before["since"] = found.created_at.isoformat()
        found.delete()
        audit.note(actor, "suppression.lifted", found.address, now=now, before=before)
        return found.address


def require(actor: Agent | None) -> None:
    """Nobody is the operator, who may."""
    if actor is not None:
        access.allow(actor, RIGHT)


def listed(text: str = "", because: str = "") -> QuerySet[Suppression]:
    """Those whose address or reason holds the text, the latest first."""
    found = Suppression.objects.select_related("agent", "delivery").order_by("-created_at", "-id")
    if because:
        found = found.filter(because=because)
    return found.filter(address__icontains=text.strip().lower()) if text.strip() else found


def known(addresses: Iterable[str]) -> dict[str, Suppression]:
    """Those of the addresses to which no mail is sent, as written by the caller. One query."""
    return {address: found for (address, _kind), found in of_kinds((one, "") for one in addresses).items()}


def of_kinds(mails: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Suppression]:
    """Those of the mails (address, kind) that are not sent, as no mail of the kind is, or none at all. One query."""
    written = {(address, kind): normal(address) for address, kind in mails if address}
    found = Suppression.objects.filter(address__in=set(written.values()), kind__in={"", *(kind for _, kind in written)})
    listed = {(one.address, one.kind): one for one in found}
    stopped = {mail: listed.get((plain, "")) or listed.get((plain, mail[1])) for mail, plain in written.items()}
    return {mail: one for mail, one in stopped.items() if one is not None}


def of_customer(addresses: Iterable[str]) -> list[Suppression]:
    """What is on the list of these addresses, any kind of mail."""
    return list(Suppression.objects.filter(address__in={normal(one) for one in addresses}).order_by("address", "kind"))


def sentence(one: Suppression) -> str:
    """What stands on a delivery that is held back for it."""
    return OF_A_KIND[one.kind] if one.kind and one.because == "unsubscribed" else SENTENCES[one.because]


def stops(one: Suppression | None, *, of_a_ticket: bool) -> bool:
    """Whether a mail is held back. One that belongs to no ticket, a link somebody asked for, is by a dead one only."""
    return one is not None and (of_a_ticket or one.because == "bounce")


PUT = """
INSERT INTO store_suppression (address, kind, because, detail, delivery_id, created_at)
VALUES (%(address)s, %(kind)s, %(because)s, %(detail)s, %(delivery)s, %(at)s)
ON CONFLICT (address, kind) DO NOTHING RETURNING id
"""
