"""Experiments in the browser: an honest sentence, the interval over time, the helper, the switch with its undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from deskwright.desk import experiments, workflows
from deskwright.desk.studio import courses
from deskwright.lab import experiments as lab
from deskwright.store.models import Agent, Clock, Ticket
from deskwright.web.studio import experiments as pages
from tests import factories

SignIn = Callable[[Agent], Client]
DOCUMENT = """
queues: {general: {}}
default_queue: general
routing_rules: []
sla_matrix: {any: {first_response: 4h, resolution: 24h}}
experiments:
  faster: {share: 50%, change: {sla_matrix: {any: {first_response: 30m}}}, judge_by: csat, guard: [first_response_met]}
"""
PATH = "/studio/experiments/faster/"


@pytest.fixture
def client(lead: Agent, signed_in: SignIn, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(lab, "LEAST", 8)
    workflows.publish(DOCUMENT, now=now)
    return signed_in(lead)


def rated(now: datetime, number: int, *, better: int = 0) -> None:
    """Two tickets a day, each of another customer; those of the variant are rated higher."""
    for place in range(number):
        at = now - timedelta(days=number - place) / 2
        ticket = factories.a_ticket(at, at=at, requester=factories.a_requester(f"p{place}@post{place}.example"))
        rating = 2 + place % 2 + (better if ticket.arms == ["faster=variant"] else 0)
        Ticket.objects.filter(pk=ticket.pk).update(csat=rating)


def test_a_variant_that_is_shown_to_be_better_is_said_to_be(client: Client, now: datetime) -> None:
    rated(now, 40, better=2)
    page = client.get(PATH).content.decode()
    assert re.search(r'class="verdict">The variant is better, by \d', page)
    assert '<path class="wide"' in page
    assert "The variant is better" in client.get("/studio/experiments/").content.decode()


def test_the_picture_stands_on_the_desks_own_clock(
    client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflows.publish(
        "sla: {calendar: office}\ncalendars: {office: {timezone: Pacific/Auckland, hours: {mon: ['09:00-17:00']}}}\n"
        + DOCUMENT,
        now=now,
    )
    rated(now, 40)
    drawn = list[Any]()
    monkeypatch.setattr(pages, "course_chart", lambda figure, course: drawn.extend(course))
    assert client.get(PATH).status_code == 200
    assert drawn[0].at.tzinfo == ZoneInfo("Pacific/Auckland")


def test_one_that_shows_nothing_is_said_to_be_possibly_nothing(client: Client, now: datetime) -> None:
    rated(now, 40)
    page = client.get(PATH).content.decode()
    assert "No difference shown" in page
    assert 'class="interval open"' in page


def test_too_few_customers_and_no_tickets_get_a_sentence(client: Client, now: datetime) -> None:
    assert "No ticket of both arms" in client.get(PATH).content.decode()
    rated(now, 6)
    assert "Too few customers to say anything yet" in client.get(PATH).content.decode()


def test_the_course_ends_where_the_experiment_stands(client: Client, now: datetime) -> None:
    rated(now, 30, better=1)
    Clock.objects.filter(metric="first_response").update(stopped_at=now, used_seconds=600)
    standing = experiments.listing(now, "faster")[0]
    for figure in standing.figures:
        course = courses.course(standing, figure.name, now)
        assert len(course) == courses.POINTS
        ends, stands = course[-1].result, figure.result
        assert (ends.control.n, ends.variant.n) == (stands.control.n, stands.variant.n)
        assert ends.difference == pytest.approx(stands.difference)
        assert ends.low == pytest.approx(stands.low)
    assert [point.result.control.n for point in course] == sorted(point.result.control.n for point in course)


@pytest.mark.parametrize("name", courses.FIGURES)
def test_every_figure_that_can_judge_has_a_course(client: Client, now: datetime, name: str) -> None:
    rated(now, 8)
    standing = experiments.listing(now, "faster")[0]
    assert len(courses.course(standing, name, now)) == courses.POINTS


def test_the_helper_reckons_with_what_one_writes(client: Client, now: datetime) -> None:
    rated(now, 20)
    page = client.get(f"{PATH}?difference=0.5&deviation=1").content.decode()
    assert f"{lab.sample_size(0.5, 1.0)} customers in each arm" in page
    for wrong in ("-1", "x", "nan", "1e999"):
        assert 'role="alert"' in client.get(f"{PATH}?difference={wrong}").content.decode()
    assert client.get(f"{PATH}?difference=1e-9&deviation=100").status_code == 200


def test_what_would_take_more_than_a_year_is_said_so(client: Client, now: datetime) -> None:
    rated(now, 20)
    assert "more than a year away" in client.get(f"{PATH}?difference=0.01&deviation=1").content.decode()
    assert "more than a year away" not in client.get(f"{PATH}?difference=1&deviation=1").content.decode()


def test_uneven_arms_are_warned_of(client: Client, now: datetime) -> None:
    rated(now, 30)
    assert "do not trust the differences" not in client.get(PATH).content.decode()
    Ticket.objects.update(arms=["faster=control"])
    assert "do not trust the differences" in client.get(PATH).content.decode()


def test_a_lead_stops_it_and_the_undo_lets_it_go_on(client: Client, now: datetime) -> None:
    client.post(f"{PATH}switch/", {"on": "0"})
    assert not experiments.listing(now)[0].running
    assert "stopped by Nora Lind" in client.get(PATH).content.decode()
    client.post(f"{PATH}switch/?undo=1&on=1")
    assert experiments.listing(now)[0].running


def test_agents_see_and_stop_nothing(client: Client, ada: Agent, now: datetime, signed_in: SignIn) -> None:
    theirs = signed_in(ada)
    assert theirs.get(PATH).status_code == 403
    assert theirs.post(f"{PATH}switch/", {"on": "0"}, headers={"HX-Request": "true"}).status_code == 403
    assert experiments.listing(now)[0].running
    assert client.get("/studio/experiments/slower/").status_code == 404


def test_the_pages_take_a_fixed_number_of_statements(
    client: Client, now: datetime, statements: Callable[[], Any]
) -> None:
    def sent() -> list[int]:
        counts = []
        for path in ("/studio/experiments/", PATH):
            with statements() as found:
                assert client.get(path).status_code == 200
            counts.append(len(found))
        return counts

    rated(now, 6)
    before = sent()
    rated(now, 20)
    assert sent() == before
