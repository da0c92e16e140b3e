"""Search and the palette: words, unfinished words, numbers, addresses, and nothing that is not yours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from deskwright.desk import access
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, Customer, Ticket
from deskwright.store.queries import search
from deskwright.store.search import index
from tests.web import rows

SignedIn = Callable[[Agent], Client]


@pytest.fixture
def tickets(mina: Customer, ada: Agent, bram: Agent, now: datetime) -> dict[str, Ticket]:
    piet = rows.customer("Piet Groot", now)
    made = {
        "export": rows.ticket(mina, now, "Export to CSV stops", queue="technical"),
        "invoice": rows.ticket(piet, now, "Invoice charged twice", queue="billing"),
        "slow": rows.ticket(piet, now, "Labels are slow", queue="everybody"),
    }
    rows.message(made["slow"], now, text="The export of labels takes minutes")
    index(cursor(), [ticket.pk for ticket in made.values()])
    return made


def found(agent: Agent, text: str) -> list[int]:
    return [row["id"] for row in search.tickets(text, access.visible_tickets(agent))]


def test_words_of_subject_and_conversation_are_found_the_subject_first(tickets: dict[str, Ticket], lead: Agent) -> None:
    assert found(lead, "export") == [tickets["export"].pk, tickets["slow"].pk]
    assert found(lead, "invoice twice") == [tickets["invoice"].pk]


@pytest.mark.parametrize("text", ["expo", "Export st", "csv sto"])
def test_the_last_word_may_be_unfinished(text: str, tickets: dict[str, Ticket], lead: Agent) -> None:
    assert tickets["export"].pk in found(lead, text)


def test_quotes_keep_words_together_and_a_minus_leaves_out(tickets: dict[str, Ticket], lead: Agent) -> None:
    assert found(lead, '"export of labels"') == [tickets["slow"].pk]
    assert found(lead, "export -csv ") == [tickets["slow"].pk]


def test_a_number_and_an_address_find_their_tickets(tickets: dict[str, Ticket], lead: Agent) -> None:
    assert found(lead, f"#{tickets['slow'].pk}") == [tickets["slow"].pk]
    assert found(lead, str(tickets["slow"].pk))[0] == tickets["slow"].pk
    assert set(found(lead, "PIET@harbor.example")) == {tickets["invoice"].pk, tickets["slow"].pk}


def test_nobody_finds_what_they_may_not_see(tickets: dict[str, Ticket], ada: Agent) -> None:
    assert found(ada, "invoice") == []
    assert found(ada, f"#{tickets['invoice'].pk}") == []
    assert found(ada, "piet@harbor.example") == [tickets["slow"].pk]


@pytest.mark.parametrize("text", ["", "  ", "'", '"', "\0", "& | !", "a:*b <-> (", "#", "-", "%s %(x)s", "x" * 5000])
def test_no_text_breaks_the_search(text: str, tickets: dict[str, Ticket], lead: Agent, signed_in: SignedIn) -> None:
    found(lead, text)
    assert signed_in(lead).get("/search/", {"q": text}).status_code == 200


def test_the_palette_offers_tickets_places_and_what_can_be_done_here(
    tickets: dict[str, Ticket], ada: Agent, signed_in: SignedIn
) -> None:
    client = signed_in(ada)
    everything = client.get("/palette/", {"q": "", "ticket": str(tickets["export"].pk)}).content.decode()
    for word in ["Reply", "Solve", "At risk", "Technical", "Show the keys"]:
        assert word in everything
    assert "Billing" not in everything

    some = client.get("/palette/", {"q": "export"}).content.decode()
    assert "Export to CSV stops" in some and "Solve" not in some
