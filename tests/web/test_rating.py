"""The page behind a survey's links: opening it records nothing, sending it does, and its ends are told kindly."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from deskwright.desk import clock
from deskwright.desk.surveys import links, sending
from deskwright.desk.tickets import changing
from deskwright.store.models import Agent, Survey, Ticket, TicketEvent
from tests import factories

HOUR = timedelta(hours=1)


@pytest.fixture
def token(lead: Agent, now: datetime) -> str:
    """Of a survey that was sent at `now`."""
    ticket = factories.a_ticket(now - 2 * HOUR)
    changing.change(lead, [ticket.pk], {"status": "solved"}, now=now - HOUR)
    sending.send_due(now, 10)
    return links.token(Survey.objects.get(state="sent").pk)


def answers() -> int:
    return TicketEvent.objects.filter(kind="survey_answered").count()


def test_opening_a_link_chooses_the_rating_and_records_nothing(token: str) -> None:
    for _scanner in range(3):
        page = Client().get(f"/help/rate/{token}?rating=2")
    Client().head(f"/help/rate/{token}?rating=1")

    assert page.status_code == 200
    assert re.findall(r'value="(\d)"[^>]*checked', page.content.decode()) == ["2"]
    assert page["X-Robots-Tag"] == "noindex"
    assert answers() == 0


def test_sending_it_records_the_answer_which_may_be_changed(token: str) -> None:
    visitor = Client()
    answer = visitor.post(f"/help/rate/{token}", {"rating": "4", "comment": "<b>Quick</b>"})
    assert (answer.status_code, answer["Location"]) == (302, f"/help/rate/{token}/thanks")
    assert "Satisfied" in visitor.get(answer["Location"]).content.decode()

    again = visitor.get(f"/help/rate/{token}").content.decode()
    assert "You can change it here" in again
    assert "&lt;b&gt;Quick&lt;/b&gt;" in again
    visitor.post(f"/help/rate/{token}", {"rating": "5", "comment": ""})

    assert answers() == 2
    assert Ticket.objects.get().csat == 5


@pytest.mark.parametrize("sent", [{}, {"rating": "6"}, {"rating": "x"}, {"rating": "3", "comment": "x" * 4001}])
def test_what_is_no_answer_is_asked_for_again(token: str, sent: dict[str, str]) -> None:
    assert Client().post(f"/help/rate/{token}", sent).status_code == 422
    assert answers() == 0


def test_a_survey_that_has_ended_says_so(token: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=15))

    assert "This survey has ended" in Client().get(f"/help/rate/{token}").content.decode()
    late = Client().post(f"/help/rate/{token}", {"rating": "1"})

    assert (late.status_code, answers()) == (409, 0)
    assert "This survey has ended" in late.content.decode()


def test_a_reopened_ticket_is_not_rated(token: str, lead: Agent, now: datetime) -> None:
    changing.change(lead, [Ticket.objects.get().pk], {"status": "open"}, now=now)

    assert "open again" in Client().get(f"/help/rate/{token}?rating=5").content.decode()
    assert Client().post(f"/help/rate/{token}", {"rating": "5"}).status_code == 409
    assert answers() == 0


@pytest.mark.parametrize("forged", ["1", "abc:def:ghi"])
def test_a_forged_link_opens_nothing(token: str, forged: str) -> None:
    page = Client().get(f"/help/rate/{forged}?rating=5")
    assert page.status_code == 404
    assert "This link opens nothing" in page.content.decode()


def test_the_agent_sees_the_rating_with_its_words(
    token: str, lead: Agent, signed_in: Callable[[Agent], Client]
) -> None:
    Client().post(f"/help/rate/{token}", {"rating": "2", "comment": "It took three days."})

    page = signed_in(lead).get(f"/tickets/{Ticket.objects.get(survey='csat').pk}/").content.decode()

    assert "2 of 5" in page
    assert page.count("It took three days.") >= 2
    assert "The customer rated the answer 2 of 5" in page
    assert token not in page
