"""Capacity in the browser: charts with tables beside them, gaps in words, and a sentence for every poor input."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from deskwright.desk.errors import Outside
from deskwright.desk.studio import needs, rosters
from deskwright.desk.studio.needs import Assumed
from deskwright.store.models import Agent
from deskwright.web.studio.capacity import ASSUMED, outside
from tests import factories
from tests.histories import a_history

SignIn = Callable[[Agent], Client]
PAGES = ("/studio/capacity/", "/studio/capacity/need/", "/studio/capacity/backlog/", "/studio/capacity/plan/")


@pytest.fixture
def client(lead: Agent, signed_in: SignIn) -> Client:
    return signed_in(lead)


@pytest.mark.parametrize("path", PAGES[:3])
def test_a_desk_without_history_gets_a_sentence(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "Not enough history yet" in page.content.decode()


def test_the_forecast_says_how_far_to_trust_it(client: Client, now: datetime) -> None:
    a_history(now, 42)
    page = client.get("/studio/capacity/").content.decode()
    assert "erred" in page or "did not err less" in page
    assert page.count('<svg class="chart"') == 2
    assert "<table" in page
    assert "No such ticket" in client.get("/studio/capacity/?channel=fax").content.decode()


def test_gaps_stand_in_words_beside_an_icon(client: Client, now: datetime) -> None:
    a_history(now, 42)
    page = client.get("/studio/capacity/need/?handling=30").content.decode()
    assert "1 person missing" in page
    factories.an_agent("Cleo Marsh", shift="office")
    assert "1 person missing" in client.get("/studio/capacity/need/").content.decode()


@pytest.mark.parametrize("asked", ["handling=abc", "handling=0", "shrinkage=nan", "delay=1.5", "share=1e999"])
def test_a_number_that_is_none_gets_a_sentence_and_the_page_stands(client: Client, now: datetime, asked: str) -> None:
    a_history(now, 20)
    answer = client.get(f"/studio/capacity/need/?{asked}")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_the_pages_take_a_fixed_number_of_statements(
    client: Client, now: datetime, statements: Callable[[], Any]
) -> None:
    def sent(path: str) -> int:
        with statements() as found:
            assert client.get(path).status_code == 200
        return len(found)

    a_history(now, 30)
    factories.an_agent("Bram Oak", shift="office")
    before = [sent(path) for path in PAGES]
    factories.an_agent("Cleo Marsh", shift="office")
    factories.an_agent("Dov Reed", shift="office")
    assert [sent(path) for path in PAGES] == before


def test_agents_see_no_figures(ada: Agent, signed_in: SignIn) -> None:
    for path in PAGES:
        assert signed_in(ada).get(path).status_code == 403


def test_a_plan_is_asked_for_watched_and_shown_beside_the_need(client: Client, lead: Agent, now: datetime) -> None:
    a_history(now, 30)
    factories.an_agent("Cleo Marsh", shift="office")
    path = "/studio/capacity/plan/"
    assert "No plan yet" in client.get(path).content.decode()

    assert client.post(path, {"longest": "9", "hours": "30"}).status_code == 302
    waiting = client.get(path).content.decode()
    assert "live:studio from:body" in waiting
    assert 'value="30"' in waiting
    rosters.make_due(now, 1)

    page = client.get(path).content.decode()
    assert "every 2s" not in page
    assert "Cleo Marsh" in page
    assert '<span class="shift">' in page
    rows = client.get("/studio/capacity/plan/shifts.csv").content.decode().splitlines()
    assert rows[0] == "agent,begin,end,hours"
    assert len(rows) > 1


@pytest.mark.parametrize("wrong", [{"rest": "x"}, {"rest": "3"}, {"shortest": "9", "longest": "5"}])
def test_rules_nobody_can_keep_get_a_sentence(client: Client, now: datetime, wrong: dict[str, str]) -> None:
    a_history(now, 30)
    answer = client.post("/studio/capacity/plan/", wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(
    ("method", "path", "asked", "sentence"),
    [
        ("get", "need", {"within": "0"}, "“Chats and calls: taken up within (minutes)” must be between 0.1 and 120."),
        ("post", "plan", {"longest": "0"}, "“Longest shift (hours)” must be between 1 and 12."),
    ],
)
def test_a_number_outside_its_limits_is_called_what_the_page_calls_it(
    client: Client, now: datetime, method: str, path: str, asked: dict[str, str], sentence: str
) -> None:
    assert sentence in getattr(client, method)(f"/studio/capacity/{path}/", asked).content.decode()


def test_the_quotation_marks_and_the_decimal_sign_are_those_of_the_readers_language() -> None:
    with translation.override("de"), pytest.raises(Outside) as refused:
        needs.checked(Assumed(within=0))
    with translation.override("de"):
        said = outside(refused.value, ASSUMED)
    assert said == "„Chats und Anrufe: angenommen innerhalb von (Minuten)“ muss zwischen 0,1 und 120 liegen."
