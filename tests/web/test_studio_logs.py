"""Event logs in the browser: what is kept, how it was read, where it was used; deleted by who may publish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.test import Client

from deskwright.desk import eventlogs
from deskwright.lab.processes.eventlog import Step
from deskwright.store.models import Agent, Role
from tests import factories

SignIn = Callable[[Agent], Client]
READ_AS = {"columns": {"case": "Ticket", "resource": "Agent"}, "delimiter": ";", "times": "%d.%m.%Y"}


def kept(now: datetime) -> int:
    eventlogs.keep(None, "old desk", [(Step("call", "Ada", 0.0, 600.0),)], now=now, read_as=READ_AS)
    return eventlogs.listing()[0].id


def test_a_log_says_what_is_in_it_how_it_was_read_and_where_it_was_used(
    lead: Agent, now: datetime, signed_in: SignIn
) -> None:
    client = signed_in(lead)
    assert "deskwright import eventlog" in client.get("/studio/event-logs/").content.decode()
    kept(now)
    assert "no simulation yet" in client.get("/studio/event-logs/").content.decode()
    eventlogs.note_use("old desk", {"demand": 1.3, "without": ["Ada"], "like": ["Ben"]}, now)

    page = client.get("/studio/event-logs/").content.decode()

    for said in ("1 case", "who did it: Agent", "cells parted by semicolons", "times as %d.%m.%Y"):
        assert said in page
    assert "demand 130%, without Ada, one more like Ben" in page


def test_the_latest_uses_are_remembered(db: str, now: datetime) -> None:
    kept(now)
    for number in range(eventlogs.USES + 3):
        eventlogs.note_use("old desk", {"demand": float(number), "without": [], "like": []}, now)
    uses = eventlogs.listing()[0].uses
    assert (len(uses), uses[0]["demand"], uses[-1]["demand"]) == (eventlogs.USES, eventlogs.USES + 2.0, 3.0)


def test_it_is_deleted_by_who_types_its_name_and_may_publish(lead: Agent, now: datetime, signed_in: SignIn) -> None:
    number = kept(now)
    role = Role.objects.create(name="analyst", base="light", grants={"workflow:see": "all"})
    analyst = factories.an_agent("Ines Vale")
    Agent.objects.filter(pk=analyst.pk).update(custom_role=role)
    reader = signed_in(Agent.objects.get(pk=analyst.pk))
    assert f"/event-logs/{number}/delete/" not in reader.get("/studio/event-logs/").content.decode()
    assert reader.get(f"/studio/event-logs/{number}/delete/").status_code == 403
    reader.post(f"/studio/event-logs/{number}/delete/", {"typed": "old desk"})
    assert eventlogs.listing() != []

    client = signed_in(lead)
    assert client.post(f"/studio/event-logs/{number}/delete/", {"typed": "new desk"}).status_code == 422
    assert client.post(f"/studio/event-logs/{number}/delete/", {"typed": "old desk"}).status_code == 302
    assert eventlogs.listing() == []
    assert client.get(f"/studio/event-logs/{number}/delete/").status_code == 404
