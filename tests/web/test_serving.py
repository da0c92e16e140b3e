"""The next ticket: who is served which, one agent at a time, and what skipping means."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.test import Client

from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.tickets import serving
from deskwright.store.models import Agent, Customer, HeldReply, Ticket, TicketSkip
from tests.web import rows

SignedIn = Callable[[Agent], Client]


def waiting(mina: Customer, now: datetime, minutes: int | None = None, **known: object) -> int:
    due = None if minutes is None else now + timedelta(minutes=minutes)
    return rows.ticket(mina, now, unanswered_since=now, next_due_at=due, **{"queue": "technical", **known}).pk


def served(agent: Agent, now: datetime) -> int | None:
    found = serving.serve(agent, now=now)
    return found and found.ticket


def test_the_next_due_is_served_first_and_then_the_oldest(ada: Agent, mina: Customer, now: datetime) -> None:
    older, newer = waiting(mina, now), waiting(mina, now)
    later, soon = waiting(mina, now, 90), waiting(mina, now, 5)
    for expected in (soon, later, older, newer):
        assert served(ada, now) == expected
        Ticket.objects.filter(pk=expected).update(status="solved")
    assert served(ada, now) is None


def test_only_what_waits_for_the_agent_is_served(ada: Agent, bram: Agent, mina: Customer, now: datetime) -> None:
    waiting(mina, now, queue="billing")
    waiting(mina, now, assignee=bram)
    waiting(mina, now, status="waiting_on_customer")
    rows.ticket(mina, now, queue="technical")
    assert served(ada, now) is None
    mine = waiting(mina, now, assignee=ada)
    assert served(ada, now) == mine
    HeldReply.objects.create(agent=ada, ticket_id=mine, text="Soon", seen=0, counts_at=now, leaves_at=now)
    assert served(ada, now) is None, "its answer is on the way"


def test_a_ticket_is_served_to_one_agent_until_the_claim_expires(
    ada: Agent, lead: Agent, mina: Customer, now: datetime
) -> None:
    first, second = waiting(mina, now, 5), waiting(mina, now, 10)
    assert served(ada, now) == first
    assert served(lead, now) == second
    assert served(ada, now) == first, "asking again is no second claim"
    serving.leave(lead)
    assert served(lead, now) == second
    assert served(lead, now + serving.CLAIMED_FOR) == first


def test_many_who_ask_at_once_get_different_tickets(live_db: str, now: datetime) -> None:
    agents = [rows.agent(f"Worker{number} Bee", "lead") for number in range(4)]
    mina = rows.customer("Mina Holt", now)
    made = {waiting(mina, now, number) for number in range(4)}

    def ask(agent: Agent) -> int | None:
        try:
            return served(agent, now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, agents)) == made


def test_a_skipped_ticket_comes_again_when_something_happens_to_it(ada: Agent, mina: Customer, now: datetime) -> None:
    first, second = waiting(mina, now, 5), waiting(mina, now, 10)
    serving.skip(ada, first, "  Not my\nsubject ", now=now)
    assert TicketSkip.objects.get().reason == "Not my subject"
    assert served(ada, now) == second
    Ticket.objects.filter(pk=first).update(updated_at=now + timedelta(minutes=1))
    assert served(ada, now + timedelta(minutes=2)) == first
    serving.skip(ada, first, "Again", now=now + timedelta(minutes=2))
    assert served(ada, now + timedelta(minutes=3)) == second
    assert served(ada, now + timedelta(hours=5)) == first


def test_who_may_not_reply_is_served_nothing_and_a_skip_needs_a_reason(
    ada: Agent, mina: Customer, now: datetime
) -> None:
    hidden, seen = waiting(mina, now, queue="billing"), waiting(mina, now)
    with pytest.raises(Forbidden):
        serving.serve(rows.agent("Cleo Marsh", "light"), now=now)
    with pytest.raises(Invalid):
        serving.skip(ada, seen, " ", now=now)
    with pytest.raises(NotFound):
        serving.skip(ada, hidden, "Why", now=now)


def test_the_mode_leads_from_ticket_to_ticket_and_ends(
    ada: Agent, mina: Customer, now: datetime, signed_in: SignedIn
) -> None:
    first, second = waiting(mina, now, 5), waiting(mina, now, 10)
    client = signed_in(ada)
    assert client.post("/next/").headers["Location"] == f"/tickets/{first}/?next=1"
    assert 'id="serving"' in client.get(f"/tickets/{first}/?next=1").content.decode()
    assert 'id="serving"' not in client.get(f"/tickets/{first}/").content.decode()
    answer = client.post(f"/next/{first}/skip/", {"reason": "Not my subject"})
    assert answer.headers["Location"] == f"/tickets/{second}/?next=1"
    client.post(f"/next/{second}/skip/", {"reason": "x"})
    assert client.post("/next/").headers["Location"] == "/"
    assert client.post("/next/leave/").headers["Location"] == "/"
