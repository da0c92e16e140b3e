"""The workflow in the console: problems beside their lines, a look before publishing; automations' switches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from deskwright.desk import automations, workflows
from deskwright.store.models import Agent
from tests.web.conftest import WORKFLOW

SignIn = Callable[[Agent], Client]
AUTOMATED = WORKFLOW + "automations: [{name: Tidy, on: ticket_opened, do: {tag: [seen]}}]\n"


@pytest.fixture
def client(lead: Agent, signed_in: SignIn) -> Client:
    return signed_in(lead)


def test_a_problem_stands_beside_its_line_and_nothing_is_published(client: Client) -> None:
    before = workflows.live().version

    answer = client.post("/console/workflow/edit/", {"text": WORKFLOW + "quues: {}\n", "do": "publish"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-line="7"' in page
    assert "queues" in page
    assert workflows.live().version == before


def test_looking_says_what_would_change_and_publishes_nothing(client: Client) -> None:
    before = workflows.live().version

    page = client.post("/console/workflow/edit/", {"text": WORKFLOW + "  night: {}\n", "do": "look"}).content.decode()

    assert "queue night" in page
    assert workflows.live().version == before


def test_a_version_is_published_with_its_author_and_rolled_back(client: Client, lead: Agent, now: datetime) -> None:
    before = workflows.live()
    client.post("/console/workflow/edit/", {"text": WORKFLOW + "  night: {}\n", "do": "publish", "note": "Nights."})
    newest = workflows.versions()[0]
    assert (newest.author, newest.note, newest.live) == (lead.name, "Nights.", True)

    client.post(f"/console/workflow/{before.version}/roll-back/")

    assert workflows.live().content_hash == before.content_hash
    assert "night" in client.get(f"/console/workflow/{newest.number}/").content.decode()


def test_an_agent_publishes_nothing(ada: Agent, signed_in: SignIn) -> None:
    before = workflows.live().version

    signed_in(ada).post("/console/workflow/edit/", {"text": WORKFLOW + "  night: {}\n", "do": "publish"})

    assert workflows.live().version == before


def test_an_automation_is_switched_off_and_the_undo_switches_it_on(client: Client, now: datetime) -> None:
    workflows.publish(AUTOMATED, now=now)

    def on() -> bool:
        return automations.listing(now)[0].switched_on

    client.post("/console/automations/one/Tidy/switch/", {"on": "0"})
    assert not on()
    client.post("/console/automations/one/Tidy/switch/?undo=1&on=1")
    assert on()
    client.post("/console/automations/stop/")
    assert not on()


def test_an_automation_that_the_workflow_does_not_have_is_not_found(client: Client) -> None:
    assert client.get("/console/automations/one/Ghost/").status_code == 404


def test_trying_an_automation_out_changes_nothing(client: Client, now: datetime) -> None:
    workflows.publish(AUTOMATED, now=now)

    page = client.get("/console/automations/one/Tidy/?try=1").content.decode()

    assert "It would run on 0 open tickets now" in page
