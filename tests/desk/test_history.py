"""The log says everything: from its events alone the engine makes every ticket and every clock again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import clocks, workflows
from deskwright.desk.answering import replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.demo import making
from deskwright.desk.demo.plan import Size
from deskwright.desk.staff import people, returns
from deskwright.desk.tickets import changing
from deskwright.engine.facts import Clock, Ticket
from deskwright.lab.replay import Replayed, replay
from deskwright.store import facts as rows
from deskwright.store import history
from deskwright.store.connection import cursor
from deskwright.store.models import Clock as ClockRow
from deskwright.store.models import Ticket as TicketRow
from deskwright.store.models import TicketEvent
from tests import factories

UNTOLD = {"updated_at"}


def rebuilt() -> dict[int, Replayed]:
    sql = cursor()
    return replay(history.recorded(sql), workflows.version, history.people(sql))


def stored_clocks() -> dict[int, set[Clock]]:
    numbers = list(TicketRow.objects.values_list("pk", flat=True))
    return {ticket: set(found) for ticket, found in rows.clocks(cursor(), numbers).items()}


def stored_tickets() -> dict[int, Ticket]:
    numbers = list(TicketRow.objects.values_list("pk", flat=True))
    locked = rows.lock_tickets(cursor(), numbers)
    return {number: rows.ticket_of(row) for number, row in locked.items()}


def values(ticket: Ticket) -> dict[str, Any]:
    return {name: getattr(ticket, name) for name in Ticket.__dataclass_fields__ if name not in UNTOLD}


def assert_rebuilt() -> None:
    found = rebuilt()
    assert {number: values(one.ticket) for number, one in found.items()} == {
        number: values(ticket) for number, ticket in stored_tickets().items()
    }
    assert {number: set(one.clocks.values()) for number, one in found.items() if one.clocks} == stored_clocks()


def test_every_ticket_and_clock_of_a_simulated_desk_is_rebuilt_from_its_events_alone(db: str, now: datetime) -> None:
    making.make(now, "unused", Size(days=45, older=40, recent=12))

    assert_rebuilt()

    states = set(ClockRow.objects.values_list("metric", "state"))
    kinds = set(TicketEvent.objects.values_list("kind", flat=True))
    assert TicketRow.objects.count() >= 50
    assert {("first_response", "met"), ("resolution", "breached"), ("tier", "cancelled")} <= states
    assert {"clock_mark", "agent_replied", "customer_wrote", "fields_changed", "note_added"} <= kinds
    assert {"merged", "merged_in", "parted", "linked"} <= kinds


@pytest.fixture
def team(db: str) -> list[Any]:
    support = factories.a_team("support")
    return [factories.an_agent(name, teams=(support,), role="lead") for name in ("Ada Quill", "Ben Marsh")]


def test_people_are_remembered_as_they_were(team: list[Any], now: datetime) -> None:
    ada, ben = team
    returns.set_available(ada, False, now=now)
    factories.a_ticket(now)
    returns.set_available(ada, True, now=now + timedelta(hours=1))
    returns.set_available(ben, False, now=now + timedelta(hours=1))

    then = history.people(cursor())
    opened = next(history.recorded(cursor()))

    assert {agent.name: agent.available for agent in then(opened.people).values()} == {
        "Ada Quill": False,
        "Ben Marsh": True,
    }
    assert then(10_000) == rows.people(cursor())
    assert_rebuilt()


def test_somebody_who_left_is_still_there_in_the_past(team: list[Any], now: datetime) -> None:
    ada, _ = team
    ticket = factories.a_ticket(now)
    ada.is_active = False
    ada.save()
    people.people_changed(cursor())

    before = next(history.recorded(cursor())).people

    assert ada.pk in history.people(cursor())(before)
    assert ada.pk not in history.people(cursor())(before + 1)
    assert rebuilt()[ticket.pk].ticket.assignee == ticket.assignee_id


def test_a_customer_counts_as_they_were_although_their_organisation_has_moved_on(
    team: list[Any], now: datetime
) -> None:
    organisation = factories.an_organisation(domain="harbor.example", tier="enterprise", vip=True)
    who = factories.a_requester("mina@harbor.example")
    ticket = factories.a_ticket(now, requester=who)
    organisation.tier, organisation.vip = "free", False
    organisation.save()

    opened = next(history.recorded(cursor()))

    assert opened.customer is not None and opened.customer.tier == "enterprise"
    assert opened.organisation is not None and opened.organisation.vip is True
    assert rebuilt()[ticket.pk].ticket.signals >= {"vip_customer"}
    assert_rebuilt()


def test_what_people_do_by_hand_is_in_the_log_with_what_it_changed(team: list[Any], now: datetime) -> None:
    ada, _ = team
    ticket = factories.a_ticket(now, text="The export is empty.")
    hour = timedelta(hours=1)
    changing.change(ada, [ticket.pk], {"priority": "high", "tags": ["export"], "status": "on_hold"}, now=now + hour)
    replies.reply(ada, ticket.pk, "Fixed.", now=now + 2 * hour, solve=True)
    again = factories.an_arrival(
        text="It is not. Do I need a lawyer?", thread_ticket=ticket.pk, requester=Person(ticket.customer.email)
    )
    intake.receive([again], now + 3 * hour)
    changing.change(ada, [ticket.pk], {"status": "waiting_on_customer"}, now=now + 4 * hour)
    clocks.tick(now + timedelta(days=20))

    by_kind = [type(one.event).__name__ for one in history.recorded(cursor(), [ticket.pk])]

    assert by_kind[:5] == ["TicketOpened", "FieldsChanged", "AgentReplied", "FieldsChanged", "CustomerWrote"]
    assert_rebuilt()


def test_mails_of_months_ago_are_rebuilt_with_the_marks_that_had_passed_before_they_came(
    team: list[Any], now: datetime
) -> None:
    old = [
        factories.an_arrival(
            text=f"The export number {number} is empty.",
            requester=Person(f"reader{number % 3}@harbor.example"),
            at=now - timedelta(days=60 + number),
        )
        for number in range(12)
    ]
    intake.receive(old, now)
    clocks.tick(now + timedelta(days=1))

    kinds = [type(one.event).__name__ for one in history.recorded(cursor())]
    assert kinds.count("TicketOpened") == len(old)
    assert kinds.count("ClockMark") >= 2 * len(old)
    assert_rebuilt()


def test_the_words_rules_read_are_kept_once(team: list[Any], now: datetime) -> None:
    factories.a_ticket(now, text="Nothing works.\n\n-- \nMina", new_text="Nothing works.", bare_text="Nothing works.")

    stored = TicketEvent.objects.get(kind="ticket_opened").data["seen"]
    read = next(history.recorded(cursor())).message

    assert "new_text" not in stored["message"]
    assert read is not None and read.new_text == "Nothing works." and read.at == now


def test_a_decision_that_failed_is_not_made_up_for(
    team: list[Any], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deskwright.desk import step

    ticket = factories.a_ticket(now)
    decide = step.decide
    monkeypatch.setattr(step, "decide", lambda *_: 1 / 0)
    changing.change(team[0], [ticket.pk], {"priority": "critical"}, now=now + timedelta(minutes=5))
    monkeypatch.setattr(step, "decide", decide)
    changing.change(team[0], [ticket.pk], {"impact": "high"}, now=now + timedelta(minutes=6))

    assert [one.failed for one in history.recorded(cursor())] == [False, True, False]
    assert_rebuilt()
