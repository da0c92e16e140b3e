"""Alerts on pages: their sources in the settings, and the one line that counts them on their ticket."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from deskwright.desk import workflows
from deskwright.desk.alerts import door, sources
from deskwright.store.models import Agent, AlertSource, Ticket
from tests import factories
from tests.desk.test_alerts import VALUES, WORKFLOW, ends, fires, take

FORM = {"name": "Grafana", "form": "plain", "grouped": "group", "by": "service, alertname", "solves": "on"}


@pytest.fixture
def admin(db: str, now: datetime) -> Agent:
    workflows.publish(WORKFLOW, now=now)
    return factories.an_agent("Odile Marchand", role="admin")


def signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def test_a_source_is_set_up_and_its_secret_shown_once(admin: Agent) -> None:
    client = signed_in(admin)
    assert "No sources of alerts yet" in client.get("/console/alerts/").content.decode()
    made = client.post("/console/alerts/new/", FORM).content.decode()
    source = AlertSource.objects.get()
    assert "whsec_" in made and f"http://testserver/api/v1/in/alerts/{source.key}" in made
    assert source.by == ["service", "alertname"]
    assert "Ready to paste" in made and f"/api/v1/in/alerts/{source.key}" in made.split("Ready to paste")[1]
    page = client.get(f"/console/alerts/{source.pk}/").content.decode()
    assert "whsec_" not in page and "Waits for its first alert" in page
    assert client.post("/console/alerts/new/", FORM | {"name": ""}).status_code == 422


def test_the_test_button_opens_a_ticket_and_the_page_lists_it(admin: Agent, now: datetime) -> None:
    client = signed_in(admin)
    source, _ = sources.set_up(admin, VALUES, now=now)
    client.post(f"/console/alerts/{source.pk}/test/")
    page = client.get(f"/console/alerts/{source.pk}/").content.decode()
    assert f"/tickets/{Ticket.objects.get().pk}/" in page and "A test alert" in page
    client.post(f"/console/alerts/{source.pk}/switch/", {"on": "0"})
    assert not AlertSource.objects.get().active
    client.post(f"/console/alerts/{source.pk}/delete/", {"typed": "Prometheus"})
    assert not AlertSource.objects.exists() and Ticket.objects.exists()


def test_agents_do_not_see_the_sources(admin: Agent, now: datetime) -> None:
    client = signed_in(factories.an_agent("Jonas Feld"))
    source, _ = sources.set_up(admin, VALUES, now=now)
    for path in ("", "new/", f"{source.pk}/", f"{source.pk}/change/", f"{source.pk}/delete/"):
        assert client.get(f"/console/alerts/{path}").status_code == 403


def test_the_ticket_says_in_one_line_how_often_it_was_seen(admin: Agent, now: datetime) -> None:
    made, _ = sources.set_up(admin, VALUES, now=now)
    source = door.known_by(made)
    (number,) = take(source, now, *[fires()] * 1000).tickets
    client = signed_in(admin)
    page = client.get(f"/tickets/{number}/").content.decode()
    assert page.count("Seen 1,000 times") == 1 and "still firing" in page
    take(source, now, ends())
    page = client.get(f"/tickets/{number}/").content.decode()
    assert "The alert ended; the ticket was solved" in page and "still firing" not in page
