"""What the demo's agents know of customers beside their tickets: numbers, second addresses, two who were one person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from deskwright.desk.customers import addresses, merging, people
from deskwright.store.models import Agent, Customer

PHONES: Final = ("+49 30 23125 011", "+44 20 7946 0018", "+1 212 555 0141", "+33 1 99 00 12 34")
NOTES: Final = ("Prefers to be called before ten.", "Knows the API well; links to its pages are enough.")


def make(agents: Mapping[str, Agent], now: datetime) -> None:
    """Numbers and second addresses for some, and one who had written from home as somebody else."""
    lead = agents["mira"]
    known = list(Customer.objects.exclude(organisation=None).exclude(name="").order_by("id")[: len(PHONES)])
    for customer, phone in zip(known, PHONES, strict=False):
        addresses.add(lead, customer.pk, "phone", phone, now=now)
        addresses.add(lead, customer.pk, "email", f"customer{customer.pk}@mailbox.example", now=now)
    for customer, note in zip(known, NOTES, strict=False):
        people.change(lead, customer.pk, {"notes": note}, now=now)
    for customer in known[:1]:
        twin = people.create(lead, {"name": customer.name}, now=now, email=f"home{customer.pk}@mailbox.example")
        merging.merge(lead, "customer", customer.pk, twin, now=now)
    for customer in known[1:2]:
        organisation = {"organisation": customer.organisation_id}
        people.create(lead, {"name": customer.name} | organisation, now=now, phone="+49 30 23125 077")
