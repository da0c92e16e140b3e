"""The search index is filled behind the commit: subject first, then people, then words of the conversation."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.customers import merging, organisations, own, people
from deskwright.desk.customers.tickets import change_requester
from deskwright.desk.tickets import changing
from deskwright.jobs import tasks
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, Customer, DueWork, SearchDocument
from tests.factories import an_agent

WHO = Person("mina@harbor.example", "Mina Holt")


def receive(now: datetime, subject: str = "Exports are down", text: str = "The nightly job stopped.") -> int:
    (outcome,) = intake.receive([Arrival("email", WHO, subject, text)], now)
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def found(word: str) -> list[tuple[int, str]]:
    """(ticket, weights of the word's places)"""
    rows = cursor().execute(
        "SELECT ticket_id, array_to_string(found.weights, '') AS weights FROM store_searchdocument, "
        "LATERAL unnest(words) AS found WHERE found.lexeme = %(word)s ORDER BY ticket_id",
        {"word": word},
    )
    return [(row["ticket_id"], "".join(sorted(set(row["weights"])))) for row in rows]


def test_a_ticket_is_found_by_subject_requester_and_text_with_their_weights(db: str, now: datetime) -> None:
    ticket = receive(now)
    assert not SearchDocument.objects.exists()

    assert tasks.index(now, 100) == 1

    assert found("exports") == [(ticket, "A")]
    assert found("holt") == [(ticket, "B")]
    assert found("mina@harbor.example") == [(ticket, "B")]
    assert found("nightly") == [(ticket, "C")]
    assert not DueWork.objects.exists()


def test_a_later_message_is_found_too(db: str, now: datetime) -> None:
    ticket = receive(now)
    tasks.index(now, 100)
    later = Arrival("email", WHO, "Re: Exports", "It concerns zebras.", thread_ticket=ticket)
    intake.receive([later], now + timedelta(minutes=1))

    tasks.index(now + timedelta(minutes=1), 100)

    assert found("zebras") == [(ticket, "C")]
    assert found("nightly") == [(ticket, "C")]


def test_many_tickets_are_indexed_by_two_statements(db: str, now: datetime) -> None:
    tickets = [receive(now, f"Subject {chr(ord('a') + number) * 4}") for number in range(30)]

    assert tasks.index(now, 100) == 30

    assert sorted(SearchDocument.objects.values_list("ticket_id", flat=True)) == tickets


@pytest.mark.parametrize(
    "text", ["word " * 300_000, " ".join(f"w{number}" for number in range(100_000)), "x" * 500_000, "\t\u2028 é漢字"]
)
def test_no_text_is_too_large_for_the_index(db: str, now: datetime, text: str) -> None:
    ticket = receive(now, "Huge", text)

    assert tasks.index(now, 100) == 1

    assert found("huge") == [(ticket, "A")]
    assert not DueWork.objects.exists()


class TestTheIndexFollows:
    """What a ticket is found by changes, and it is found by what it says now."""

    @pytest.fixture
    def lead(self, db: str) -> Agent:
        return an_agent("Nora Lind", role="lead")

    @pytest.fixture
    def ticket(self, lead: Agent, now: datetime) -> int:
        ticket = receive(now)
        tasks.index(now, 100)
        return ticket

    def test_a_subject_that_is_changed(self, lead: Agent, ticket: int, now: datetime) -> None:
        changing.change(lead, [ticket], {"subject": "Imports are slow"}, now=now)
        tasks.index(now, 100)

        assert found("imports") == [(ticket, "A")]
        assert not found("exports")

    @pytest.mark.parametrize("status", ["open", "solved"])
    def test_another_requester(self, lead: Agent, ticket: int, now: datetime, status: str) -> None:
        changing.change(lead, [ticket], {"status": status}, now=now)
        other = people.create(lead, {"name": "Ilse Brandt"}, now=now, email="ilse@quay.example")
        change_requester(lead, ticket, other, now=now)
        tasks.index(now, 100)

        assert found("brandt") == [(ticket, "B")]
        assert not found("holt")

    def test_a_name_the_customer_changes_themselves(self, ticket: int, now: datetime) -> None:
        own.change(Customer.objects.get(), {"name": "Mina Berg"}, now=now)
        tasks.index(now, 100)

        assert found("berg") == [(ticket, "B")]

    def test_an_organisation_that_gathers_its_people_and_is_renamed(
        self, lead: Agent, ticket: int, now: datetime
    ) -> None:
        harbor = organisations.create(lead, {"name": "Lighthouse", "domain": "harbor.example"}, now=now)
        tasks.index(now, 100)
        assert found("lighthouse") == [(ticket, "B")]

        organisations.change(lead, harbor, {"name": "Breakwater"}, now=now)
        tasks.index(now, 100)
        assert found("breakwater") == [(ticket, "B")]
        assert not found("lighthouse")

    def test_an_organisation_that_is_merged_and_taken_apart(self, lead: Agent, ticket: int, now: datetime) -> None:
        gone = organisations.create(lead, {"name": "Lighthouse", "domain": "harbor.example"}, now=now)
        kept = organisations.create(lead, {"name": "Breakwater"}, now=now)
        merge = merging.merge(lead, "organisation", kept, gone, now=now)
        tasks.index(now, 100)
        assert found("breakwater") == [(ticket, "B")]

        merging.undo(lead, merge, now=now)
        tasks.index(now, 100)
        assert found("lighthouse") == [(ticket, "B")]
        assert not found("breakwater")
