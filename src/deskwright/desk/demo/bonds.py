"""Tickets of the demo that belong together: merged, split off, a problem with its incidents, a late answer, a twin.

Everything is done by the desk's own deeds, at the end of the story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Outcome, Person
from deskwright.desk.knowledge import issues
from deskwright.desk.tickets import linking, merging, splitting
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store.models import Agent, Message, Ticket

NEEDED: Final = 6
INCIDENTS: Final = 4
LATELY: Final = timedelta(hours=6)
LONG_AGO: Final = timedelta(days=31)
"""Longer than the demo's workflow lets a solved ticket open again."""


def tie(agents: Mapping[str, Agent], problem: int | None, now: datetime) -> None:
    """Among the open tickets nobody else of the demo touches; fewer than needed are left alone."""
    lead = agents["mira"]
    tickets = asked_lately()
    if len(tickets) < NEEDED:
        return
    repeated, again, asked, parent, child, other = tickets[:NEEDED]
    merge_second_mail(lead, repeated, now)
    write(again, again.subject, again.description, now)
    write(again, f"{again.subject} (again)", f"{shortened(again.description)} Is anybody looking at this?", now)
    split_invoice(lead, asked, now)
    linking.link(lead, child.pk, parent.pk, linking.CHILD, now=now)
    linking.link(lead, other.pk, parent.pk, linking.RELATED, now=now)
    if problem is not None:
        name_incidents(lead, problem, [one.pk for one in tickets[:NEEDED]], now)
        tell_customers(lead, problem, now)
    answer_late(now)


def asked_lately() -> Sequence[Ticket]:
    """Open tickets that customers with an address have written, not the very latest ones where there are others."""
    found = Ticket.objects.filter(status__in=["new", "open"], assignee__isnull=False, customer__email__gt="")
    written = Message.objects.filter(kind="customer").values("ticket")
    found = found.filter(snoozed_since=None, merged_into=None, pk__in=written)
    found = found.select_related("customer").order_by("-id")
    return list(found[: 8 + NEEDED])[-NEEDED:]


def write(to: Ticket, subject: str, text: str, now: datetime, thread: int | None = None) -> Outcome:
    who = Person(to.customer.email, to.customer.name)
    (outcome,) = intake.receive([Arrival("email", who, subject, text, at=now, thread_ticket=thread)], now)
    return outcome


def shortened(text: str) -> str:
    """Most of it: what somebody writes who says it again."""
    words = text.split()
    return " ".join(words[: max(8, len(words) * 4 // 5)]) + " …"


def merge_second_mail(lead: Agent, first: Ticket, now: datetime) -> None:
    second = write(first, "Any news?", "I have not heard from you yet. Could somebody please have a look?", now)
    if second.ticket_id is not None and second.ticket_id != first.pk:
        merging.merge(lead, [second.ticket_id], first.pk, now=now)


def split_invoice(lead: Agent, first: Ticket, now: datetime) -> None:
    text = "Something else: our last invoice still goes to our old address. Could you change that, please?"
    said = write(first, first.subject, text, now, first.pk)
    if said.disposition == "reply" and said.message_id is not None:
        splitting.split(lead, first.pk, [said.message_id], now=now, subject="Invoice goes to our old address")


def name_incidents(lead: Agent, problem: int, others: Sequence[int], now: datetime) -> None:
    """Those who wrote in the hours of the latest incident."""
    found = Ticket.objects.filter(status__in=LIVE_STATUSES, created_at__gt=now - LATELY, queue__startswith="technical")
    for number in found.exclude(pk__in=[problem, *others]).order_by("id").values_list("pk", flat=True)[:INCIDENTS]:
        linking.link(lead, number, problem, linking.INCIDENT, now=now)


def tell_customers(lead: Agent, problem: int, now: datetime) -> None:
    """What the status page says of it."""
    text = (
        "Exports of more than 10,000 rows stop or arrive late. Nothing is lost.\n\n"
        "**What helps meanwhile:** export by month, or ask us and we send the file."
    )
    issues.publish(lead, problem, "Large exports stop or are late", text, now=now)


def answer_late(now: datetime) -> None:
    """Somebody answers a ticket that was solved weeks ago: it stays solved, and a follow-up opens."""
    old = Ticket.objects.filter(status="solved", solved_at__lt=now - LONG_AGO, customer__email__gt="")
    first = old.select_related("customer").order_by("-solved_at").first()
    if first is not None and Message.objects.filter(ticket=first).exists():
        write(first, first.subject, "I am afraid this has come back since yesterday.", now, first.pk)
