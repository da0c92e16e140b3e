"""Sending a mail again and giving one up: what a person decides about a mail of the outbox.

A mail that never left goes out under its own Message-ID, whatever became of the tries before. One that was taken, or
goes to another address, is a new attempt with an id of its own: mailboxes silently drop what they know.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from django.utils.translation import gettext as _

from deskwright.desk import access
from deskwright.desk.answering import recipients
from deskwright.desk.answering.letters import outgoing_id
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.outbox import pacing, suppression, unsubscribing
from deskwright.desk.outbox.due import due_delivery
from deskwright.desk.record import record
from deskwright.desk.said import cut, in_english
from deskwright.desk.tickets.remarks import noted
from deskwright.desk.working import take_up
from deskwright.store import live
from deskwright.store.connection import deed, from_json
from deskwright.store.live import leaving, work_is_due
from deskwright.store.models import Agent, Delivery

Cursor = psycopg.Cursor[dict[str, Any]]
MOST: Final = 500
"""Mails of one deed on several."""
TAKEN: Final = frozenset({"sent", "bounced"})


def resend(actor: Agent, delivery_id: int, *, now: datetime, to: str = "") -> int:
    """Send it now, `to` a corrected address if there is one. Returns the delivery that leaves.

    Raises NotFound, Forbidden, Conflict while it is being sent or when the address is one nothing is sent to, and
    Invalid for a wrong address.
    """
    address = corrected(to)
    with deed() as sql:
        delivery = found(actor, delivery_id)
        refuse_sending(delivery)
        refuse_forgotten(delivery)
        refuse_suppressed(delivery, address or delivery.recipient)
        cases = take_up(sql, [delivery.ticket_id] if delivery.ticket_id else [], now)
        anew = delivery.state in TAKEN or address not in {"", delivery.recipient.lower()}
        pacing.go_on(sql, [domain_of(address or delivery.recipient)])
        sent = another(delivery, address or delivery.recipient, now) if anew else once_more(delivery, now)
        if anew and delivery.state == "due":
            Delivery.objects.filter(pk=delivery.pk).update(state="cancelled", due_at=None)
        for case in cases.values():
            told = {"delivery": sent, "recipient": delivery.recipient, "to": address, "message_id": delivery.message_id}
            noted(case, "mail_resent", actor, told, now)
        record(sql, list(cases.values()))
        announce(sql, delivery)
        return sent


def give_up(actor: Agent, delivery_id: int, *, now: datetime) -> None:
    """Try it no more. Raises NotFound, Forbidden, Conflict when it does not wait."""
    with deed() as sql:
        delivery = found(actor, delivery_id)
        refuse_sending(delivery)
        if delivery.state != "due":
            raise Conflict(_("This mail does not wait any more."))
        cases = take_up(sql, [delivery.ticket_id] if delivery.ticket_id else [], now)
        Delivery.objects.filter(pk=delivery.pk).update(state="cancelled", due_at=None)
        for case in cases.values():
            told = {
                "delivery": delivery.pk,
                "recipient": delivery.recipient,
                "said": cut(in_english(delivery.last_error), 500),
            }
            noted(case, "mail_given_up", actor, told, now)
        record(sql, list(cases.values()))
        announce(sql, delivery)


def try_all(actor: Agent, *, now: datetime) -> int:
    """Let everything that waits after a failed try leave now, `MOST` at once. Returns how many. Raises Forbidden."""
    suppression.require(actor)
    waiting = Delivery.objects.filter(state="due", channel="email", attempts__gt=0, due_at__gt=now).order_by("due_at")
    with deed() as sql:
        # Deliveries before paces, as everywhere, and none that a worker holds: it may be waiting for a pace of ours.
        free = waiting.select_for_update(skip_locked=True)
        ids: Sequence[int] = list(free.values_list("pk", flat=True)[:MOST])
        pacing.go_on(sql)
        moved = Delivery.objects.filter(pk__in=ids).update(due_at=now)
        live.announce(sql, [])
        work_is_due(sql, *leaving("email"))
        return moved


def found(actor: Agent, delivery_id: int) -> Delivery:
    """The delivery, locked, if the actor may send it again. One that belongs to no ticket: who manages the outbox."""
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id, channel="email").first()
    if delivery is None:
        raise NotFound(_("There is no such delivery."))
    if delivery.ticket_id is not None:
        access.ticket_for(actor, delivery.ticket_id, "resend")
    elif not access.may(actor, suppression.RIGHT):
        raise NotFound(_("There is no such delivery."))
    return delivery


def corrected(to: str) -> str:
    address = to.strip().lower()
    if address and not recipients.valid(address):
        sentence = _("“%(value)s” is not a mail address.") % {"value": to.strip()[:80]}
        raise Invalid(sentence, {"to": sentence})
    if address and recipients.own(address):
        sentence = _("%(address)s is this desk's own mailbox.") % {"address": address}
        raise Invalid(sentence, {"to": sentence})
    return address


def refuse_sending(delivery: Delivery) -> None:
    if delivery.state == "sending":
        raise Conflict(_("This mail is being sent at this moment."))


def refuse_forgotten(delivery: Delivery) -> None:
    """The words of a mail with a secret are gone once it has left."""
    if "secret" in from_json(delivery.content) and delivery.state != "due":
        raise Conflict(_("This mail held a secret and its words are forgotten. Ask for a new one."))


def refuse_suppressed(delivery: Delivery, address: str) -> None:
    mail = (address, from_json(delivery.content).get("kind", ""))
    if suppression.stops(suppression.of_kinds([mail]).get(mail), of_a_ticket=delivery.ticket_id is not None):
        raise Conflict(_("Nothing is sent to %(address)s. Take it off the list first.") % {"address": address})


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def once_more(delivery: Delivery, now: datetime) -> int:
    """The same mail, due at once with all its tries."""
    Delivery.objects.filter(pk=delivery.pk).update(state="due", due_at=now, attempts=0, last_error="", claimed_at=None)
    return int(delivery.pk)


def another(delivery: Delivery, address: str, now: datetime) -> int:
    """A new attempt with the same words. To another address it names that one instead of the old."""
    content = dict(from_json(delivery.content))
    old = delivery.recipient.lower()
    if address.lower() != old:
        content["to"] = address if content.get("to", "").lower() == old else content.get("to", address)
        content = unsubscribing.readdressed(content, address)
        content["cc"] = [address if one.lower() == old else one for one in content.get("cc") or ()]
    nonce = f"r{delivery.pk}-{Delivery.objects.filter(again_of=delivery.pk).count() + 1}"
    mail_id = outgoing_id(delivery.ticket_id or 0, nonce)
    row = due_delivery(delivery.ticket_id, delivery.message_id, address, mail_id, content, now)
    made = Delivery.objects.create(**row, again_of_id=delivery.pk)
    return int(made.pk)


def announce(sql: Cursor, delivery: Delivery) -> None:
    live.announce(sql, [delivery.ticket_id] if delivery.ticket_id else [])
    work_is_due(sql, *leaving(delivery.channel))
