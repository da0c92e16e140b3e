"""The ticket lists: what is in which view, in what order, at what price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from deskwright.desk import access
from deskwright.store.models import Agent, Customer
from deskwright.store.queries import inbox, listing
from deskwright.web.frame import Place
from tests.web import rows

SignedIn = Callable[[Agent], Client]
Statements = Callable[[], Any]


def ids(agent: Agent, now: datetime, view: str, **known: Any) -> list[int]:
    page = inbox.page(view, access.visible_tickets(agent), agent=agent.pk, now=now, **known)
    return [row["id"] for row in page.rows]


def test_the_next_due_comes_first_and_tickets_without_a_clock_last(lead: Agent, mina: Customer, now: datetime) -> None:
    late = rows.ticket(mina, now)
    soon = rows.ticket(mina, now, next_due_at=now + timedelta(minutes=5))
    later = rows.ticket(mina, now, next_due_at=now + timedelta(hours=5))
    overdue = rows.ticket(mina, now, next_due_at=now - timedelta(hours=5))

    assert ids(lead, now, "all_open") == [overdue.pk, soon.pk, later.pk, late.pk]


def test_each_view_holds_what_its_name_says(ada: Agent, lead: Agent, mina: Customer, now: datetime) -> None:
    mine = rows.ticket(mina, now, assignee=ada, queue="technical")
    free = rows.ticket(mina, now + timedelta(minutes=1), queue="technical")
    risky = rows.ticket(mina, now, assignee=lead, queue="everybody", at_risk_at=now, next_due_at=now)
    done = rows.ticket(mina, now, assignee=ada, status="solved", queue="technical")

    assert ids(ada, now, "mine") == [mine.pk]
    assert ids(ada, now, "unassigned") == [free.pk]
    assert ids(ada, now, "at_risk") == [risky.pk]
    assert ids(ada, now, "queue", queue="technical") == [mine.pk, free.pk]
    assert ids(ada, now, "solved") == [done.pk]
    assert ids(ada, now, "recent")[0] == free.pk


@pytest.mark.parametrize("turned", ["", "-"])
@pytest.mark.parametrize("sort", listing.SORTS)
def test_paging_shows_every_ticket_once_in_either_direction(
    sort: str, turned: str, lead: Agent, mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 3)
    same = now + timedelta(minutes=7)
    words = ["low", "critical", "high", "medium"]
    for place, due in enumerate([same] * 5 + [now] + [None] * 5):
        rows.ticket(mina, now, next_due_at=due, unanswered_since=due, priority=words[place % 4])
    scope = inbox.scope("all_open", agent=lead.pk, now=now)
    everything = listing.numbers(scope, access.visible_tickets(lead), f"{turned}{sort}", 100)

    def page(**place: str) -> listing.Page:
        return listing.page(scope, access.visible_tickets(lead), f"{turned}{sort}", **place)

    there = [page()]
    while there[-1].older:
        there.append(page(after=there[-1].older))
    back = [there[-1]]
    while back[-1].newer:
        back.append(page(before=back[-1].newer))

    assert [row["id"] for one in there for row in one.rows] == everything
    assert [row["id"] for one in reversed(back) for row in one.rows] == everything
    assert len(everything) == 11


@pytest.mark.parametrize(
    "after", ["nonsense", "2026-11-24_x", "2026-11-24T09:00:00_5", "_", "99999999999999999999999_"]
)
def test_a_cursor_nobody_wrote_starts_from_the_top(after: str, lead: Agent, mina: Customer, now: datetime) -> None:
    made = rows.ticket(mina, now)
    assert ids(lead, now, "all_open", after=after) == [made.pk]


def test_counts_follow_what_the_agent_sees(ada: Agent, lead: Agent, mina: Customer, now: datetime) -> None:
    for _ in range(3):
        rows.ticket(mina, now, queue="technical")
    rows.ticket(mina, now, queue="technical", snoozed_since=now, at_risk_at=now, next_due_at=now)
    rows.ticket(mina, now, queue="technical", status="solved")
    rows.ticket(mina, now, queue="billing", at_risk_at=now, next_due_at=now)
    rows.ticket(mina, now, queue="billing", assignee=ada)

    everything = inbox.counts(access.visible_tickets(lead), ["technical", "billing"], agent=lead.pk, now=now)
    own = inbox.counts(access.visible_tickets(ada), ["technical"], agent=ada.pk, now=now)

    counted = {"mine": 0, "unassigned": 4, "at_risk": 2, "all_open": 5, "snoozed": 1, "chats": 0, "mentions": 0}
    assert everything.views == counted
    assert own.views == counted | {"mine": 1, "unassigned": 3, "at_risk": 1, "all_open": 4}
    assert (everything.queues, own.queues) == ({"technical": 3, "billing": 2}, {"technical": 3})


@pytest.mark.parametrize(("number", "shown"), [(0, ""), (999, "999"), (1000, "999+")])
def test_the_rail_shows_no_number_above_a_thousand(number: int, shown: str) -> None:
    assert Place("all_open", "/", "layers", "All open", number).shown == shown


def test_the_page_says_what_a_row_is_about(lead: Agent, mina: Customer, now: datetime, signed_in: SignedIn) -> None:
    made = rows.ticket(mina, now, subject="Export <stops>", assignee=lead, priority="critical", unanswered_since=now)
    rows.clock(made, now - timedelta(minutes=50), 60)

    page = signed_in(lead).get("/inbox/mine/").content.decode()

    for word in [
        "Export &lt;stops&gt;",
        "Mina Holt",
        "Enterprise",
        "Critical",
        "Email",
        "10 m",
        "First response is due soon",
    ]:
        assert word in page


@pytest.mark.parametrize("number", [1, 40])
def test_a_list_costs_the_same_few_statements_however_long(
    number: int, ada: Agent, mina: Customer, now: datetime, signed_in: SignedIn, statements: Statements
) -> None:
    for _ in range(number):
        rows.clock(rows.ticket(mina, now, assignee=ada, queue="technical"), now, 60)
    client = signed_in(ada)
    client.get("/inbox/mine/")

    with statements() as sent:
        assert client.get("/inbox/mine/").status_code == 200
    assert len(sent) <= 7, sent


def test_a_live_update_asks_for_the_list_alone(lead: Agent, mina: Customer, now: datetime, signed_in: SignedIn) -> None:
    rows.ticket(mina, now, assignee=lead)
    part = signed_in(lead).get("/inbox/mine/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<section") and "<html" not in part


def test_a_queue_of_another_team_is_not_found(ada: Agent, signed_in: SignedIn) -> None:
    client = signed_in(ada)
    assert client.get("/queues/technical/").status_code == 200
    assert client.get("/queues/billing/").status_code == 404
    assert client.get("/inbox/nothing/").status_code == 404


@pytest.mark.parametrize("view", ["mine", "unassigned", "at_risk", "all_open", "recent", "solved"])
def test_an_empty_view_says_so_kindly(view: str, lead: Agent, signed_in: SignedIn) -> None:
    assert 'class="empty"' in signed_in(lead).get(f"/inbox/{view}/").content.decode()
