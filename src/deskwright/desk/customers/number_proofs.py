"""A customer's phone number, proved by a code that is sent to it and typed where they are signed in.

Numbers are given to other people in time, so a number proves less than a mail address: what stands under somebody
else's mail address stays theirs, only the number moves.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from deskwright.channels.telephony import numbers
from deskwright.channels.telephony.values import SMS
from deskwright.desk import audit
from deskwright.desk.accounts import attempts
from deskwright.desk.customers import addresses, merging, reading
from deskwright.desk.customers.consequences import find_anew
from deskwright.desk.customers.proofs import ASKED, WINDOW
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.settings.house import at
from deskwright.store.connection import deed
from deskwright.store.live import leaving, work_is_due
from deskwright.store.models import Customer, Delivery, Identity, Line, NumberProof

LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5
"""Wrong codes after which a new one must be asked for."""
DAILY: Final = 200
"""Codes the desk sends in a day at most: text messages cost, and strangers can ask for them."""
DAY: Final = timedelta(days=1)


def sender() -> Line | None:
    """The line that codes leave by; None where the desk sends no text messages."""
    return Line.objects.filter(active=True, sms=True).order_by("pk").first()


def ask(customer: Customer, written: str, *, now: datetime, host: str = "") -> None:
    """Send a code to a number the customer says is theirs. Nothing tells whether it is somebody's already.

    Raises Invalid for what is no number; Conflict for one they have, for too many, and without a line.
    """
    line = sender()
    if line is None:
        raise Conflict(_("We cannot send text messages at the moment."))
    value = number(written, line)
    if Identity.objects.filter(kind=reading.PHONE, value=value, customer=customer).exists():
        raise Conflict(_("We know you by this number already."))
    refuse_often(customer, value, now)
    code = f"{secrets.randbelow(10**6):06}"
    words = _("%(code)s is your code for %(desk)s. It is good for ten minutes. Nobody from us will ask you for it.")
    with deed() as sql:
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        NumberProof.objects.filter(customer=customer, used_at=None).delete()
        known = {"code_hmac": hidden(customer, value, code), "created_at": now, "expires_at": now + LASTS}
        NumberProof.objects.create(customer=customer, value=value, **known)
        text = words % {"code": code, "desk": at(host).name}
        content = {"line": line.pk, "from": line.number, "text": text, "secret": True}
        row = {"channel": SMS, "recipient": value, "mail_id": f"sms-proof-{secrets.token_hex(8)}", "content": content}
        Delivery.objects.create(**row, due_at=now, created_at=now)
        work_is_due(sql, *leaving(SMS))


def number(written: str, line: Line) -> str:
    """E.164; one without a country is of the line's. Raises Invalid."""
    try:
        value = numbers.e164(written, numbers.region_of(line.number))
    except ValueError:
        said = _("A number is written with its country: +49 30 1234567.")
        raise Invalid(said, {"number": said}) from None
    return reading.contact(reading.PHONE, value)[1]


def refuse_often(customer: Customer, value: str, now: datetime) -> None:
    all_day = ("number:all", "", DAILY, DAY)
    limits = (("number:of", str(customer.pk), ASKED, WINDOW), ("number:to", value, ASKED, WINDOW), all_day)
    if attempts.admit(limits, now):
        return
    if attempts.wait_seconds(*all_day, now):
        raise Conflict(_("We cannot send text messages at the moment."))
    raise Conflict(_("That was asked often. Please wait an hour."))


def open_one(customer: Customer, now: datetime) -> NumberProof:
    """The code that is waited for. Raises NotFound: none, too old, or tried too often."""
    found = NumberProof.objects.filter(customer=customer, used_at=None, expires_at__gt=now, tries__lt=TRIES).first()
    if found is None:
        raise NotFound(_("No code is waited for: it was used, is too old, or was wrong too often. Ask for a new one."))
    return found


def prove(customer: Customer, code: str, *, now: datetime) -> str:
    """The number is theirs from now on. Returns it. Raises NotFound as `open_one`, Invalid for a wrong code."""
    proof = open_one(customer, now)
    with deed():
        waiting = NumberProof.objects.filter(pk=proof.pk, used_at=None, tries__lt=TRIES)
        if not waiting.update(tries=F("tries") + 1):
            raise NotFound(_("No code is waited for. Ask for a new one."))
    typed = "".join(code.split())
    if not constant_time_compare(hidden(customer, proof.value, typed), proof.code_hmac):
        said = _("This is not the code we sent.")
        raise Invalid(said, {"code": said})
    with deed() as sql:
        if not NumberProof.objects.filter(pk=proof.pk, used_at=None).update(used_at=now):
            raise NotFound(_("No code is waited for. Ask for a new one."))
        known = Identity.objects.select_related("customer").filter(kind=reading.PHONE, value=proof.value).first()
        touched = [customer.pk]
        if known is None:
            addresses.take(customer, reading.PHONE, proof.value)
        elif known.customer_id != customer.pk and reached_otherwise(known):
            touched.append(known.customer_id)
            Identity.objects.filter(pk=known.pk).update(customer=customer)
        elif known.customer_id != customer.pk:
            merging.merge(None, "customer", customer.pk, known.customer_id, now=now)
        find_anew(sql, now, customers=touched)
        after, subject = {"number": proof.value}, f"customer {customer.pk}"
        audit.note(None, "customer.proved", subject, now=now, name=customer.email, after=after)
    return proof.value


def reached_otherwise(known: Identity) -> bool:
    """Whether its owner is known by more than numbers."""
    return Identity.objects.filter(customer=known.customer_id).exclude(kind=reading.PHONE).exists()


def hidden(customer: Customer, value: str, code: str) -> str:
    return salted_hmac("number proof", f"{customer.pk} {value} {code}", algorithm="sha256").hexdigest()
