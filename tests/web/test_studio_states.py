"""Nothing to show, or hardly anything: every page of the studio says so in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from deskwright.desk.studio import recommendations, rosters, trials
from deskwright.desk.studio.recommendations import RECOMMENDATIONS
from deskwright.desk.studio.trials import TRIALS
from deskwright.store.models import Agent
from tests import factories
from tests.histories import OFFICE, a_history
from tests.web.conftest import WORKFLOW

SignIn = Callable[[Agent], Client]
HOUR = timedelta(hours=1)


@pytest.fixture
def client(lead: Agent, signed_in: SignIn) -> Client:
    return signed_in(lead)


def unwatched(share: float) -> None:
    """Nobody follows."""


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def tried(client: Client, lead: Agent, text: str, now: datetime) -> str:
    trial = trials.ask(lead, text, None, now=now)
    TRIALS.run(trial.pk, now, unwatched)
    return read(client, f"/studio/what-if/{trial.pk}/")


def recommended(client: Client, lead: Agent, now: datetime, *allowed: str) -> str:
    asked = recommendations.ask(lead, allowed, None, 2, now=now)
    RECOMMENDATIONS.run(asked.pk, now, unwatched)
    return read(client, f"/studio/recommend/{asked.pk}/")


def test_an_empty_desk(client: Client, lead: Agent, now: datetime) -> None:
    assert "Nothing came in" in read(client, "/studio/flow/")
    assert "Nothing has been tried yet" in read(client, "/studio/what-if/")
    assert "no ticket in that time" in tried(client, lead, WORKFLOW, now)
    assert "Nothing has been recommended yet" in read(client, "/studio/recommend/")
    assert "nothing to learn from" in recommended(client, lead, now)
    assert "The workflow has no experiments" in read(client, "/studio/experiments/")
    assert "No event log is kept" in read(client, "/studio/event-logs/")
    assert "No plan yet" in read(client, "/studio/capacity/plan/")
    refused = client.post("/studio/capacity/plan/", {})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()


def test_one_ticket(client: Client, lead: Agent, now: datetime) -> None:
    factories.a_ticket(now - 26 * HOUR, subject="Exports")
    assert "The way of the 1 ticket" in read(client, "/studio/flow/")
    assert "Nothing would have been otherwise" in tried(client, lead, WORKFLOW, now)
    assert "True for none of 1 ticket." in recommended(client, lead, now)
    assert "Nothing could be recommended" in recommended(client, lead, now, "capacity")
    assert "Not enough history yet" in read(client, "/studio/capacity/")
    assert "1 ticket was open at the end of yesterday" in read(client, "/studio/capacity/backlog/")


def test_a_draft_that_changes_nothing_is_said_to_before_it_is_tried(client: Client) -> None:
    page = client.post("/studio/what-if/new/", {"text": WORKFLOW, "do": "check"}).content.decode()
    assert "change something, else nothing will differ" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WORKFLOW + "quues: {}\n", "queues?"),
        (WORKFLOW + "calendars: {closed: {timezone: Europe/Berlin, hours: {mon: []}}}\n", "must be open at some time"),
    ],
)
def test_a_draft_with_errors_says_them(client: Client, text: str, said: str) -> None:
    answer = client.post("/studio/what-if/new/", {"text": text, "do": "try"})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_somebody_without_a_shift_is_told_not_to_be_counted_on(client: Client, now: datetime) -> None:
    a_history(now, 30)
    factories.an_agent("Bram Oak")
    assert "without a shift" in read(client, "/studio/capacity/need/")


def test_work_that_falls_due_while_nobody_is_on_shift_is_told(client: Client, now: datetime) -> None:
    """Everybody's calendar is closed in the days that are looked at."""
    a_history(now, 30)
    factories.an_agent("Cleo Marsh", shift="office")
    page = read(client, "/studio/capacity/need/?delay=1")
    assert "missing" in page
    assert OFFICE.count("holidays") == 1


def test_a_plan_without_anybody_to_work_leaves_its_hours_uncovered(client: Client, lead: Agent, now: datetime) -> None:
    a_history(now, 30)
    Agent.objects.update(role="light")
    Agent.objects.filter(pk=lead.pk).update(role="admin")
    assert client.post("/studio/capacity/plan/", {}).status_code == 302
    rosters.make_due(now, 1)
    assert "left uncovered" in read(client, "/studio/capacity/plan/")
