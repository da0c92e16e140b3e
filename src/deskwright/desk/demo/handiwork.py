"""What the demo's agents do beside writing: macros on the shelf, a declared incident, a list ticked off, time noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

import yaml

from deskwright.desk.demo.people import HERE
from deskwright.desk.fields import parties
from deskwright.desk.macros import shelf, using
from deskwright.desk.macros.shelf import Written
from deskwright.desk.tickets import changing
from deskwright.desk.work import checklists, timing
from deskwright.engine.values import LIVE_STATUSES
from deskwright.store.models import Agent, ChecklistItem, Macro, Team, Ticket

SUPPLIER: Final = "waiting_on_supplier"
TIMES: Final = ((25, True, "Went through the log with them"), (12, False, ""))
SEATS: Final = 140


def write_macros(agents: Mapping[str, Agent], at: datetime) -> None:
    """The shelf as it stood on the first day, kept by the lead; and one that an agent keeps for himself."""
    teams = {team.key: team for team in Team.objects.all()}
    for one in yaml.safe_load((HERE / "macros.yaml").read_text(encoding="utf-8")):
        team = teams.get(one.pop("team", None))
        shelf.write(agents["mira"], Written(**one, team=team), now=at)
    mine = Written("Short good-bye", texts={"": "You are welcome. Have a good day!"}, personal=True)
    shelf.write(agents["jonas"], mine, now=at)


def lay_hands_on(agents: Mapping[str, Agent], now: datetime) -> int | None:
    """Among the open tickets of the technical queues: one incident under way, one that waits on a supplier.

    Returns the incident's number.
    """
    lead, tickets = agents["mira"], open_tickets()
    for ticket, deed in zip(tickets, (declare, wait_on_supplier), strict=False):
        deed(lead, ticket, now)
    return next(iter(tickets), None)


def open_tickets() -> Sequence[int]:
    """The latest that somebody works on."""
    live = Ticket.objects.filter(status__in=LIVE_STATUSES, queue__startswith="technical", assignee__isnull=False)
    return list(islice(live.order_by("-id").values_list("pk", flat=True), 2))


def declare(lead: Agent, ticket: int, now: datetime) -> None:
    macro = Macro.objects.get(name="Declare an incident")
    using.apply(lead, macro.pk, [ticket], now=now, send=False)
    changing.change(lead, [ticket], {"fields": {"affected": "all", "lost_orders": 35}}, now=now)
    first, second, *_ = ticked(ticket)
    for item in (first, second):
        checklists.tick(lead, item, True, now=now)
    for minutes, billable, note in TIMES:
        timing.enter(lead, ticket, minutes, now=now, billable=billable, note=note)
    know_them(lead, ticket, {"plan_seats": SEATS}, now)


def wait_on_supplier(lead: Agent, ticket: int, now: datetime) -> None:
    changing.change(lead, [ticket], {"status": SUPPLIER}, now=now)


def ticked(ticket: int) -> list[int]:
    return list(ChecklistItem.objects.filter(ticket=ticket).values_list("pk", flat=True))


def know_them(lead: Agent, ticket: int, values: Mapping[str, Any], now: datetime) -> None:
    if Ticket.objects.get(pk=ticket).customer.organisation_id is not None:
        parties.fill_in(lead, ticket, "organisation", values, now=now)
