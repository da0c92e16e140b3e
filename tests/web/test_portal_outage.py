"""While the database is away pages say so, with 503 and Retry-After; what a customer typed is given back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from deskwright.desk import workflows
from deskwright.desk.arriving import intake
from deskwright.store import outage
from deskwright.store.models import Ticket
from tests.web.test_portal import GOOD, page


@pytest.fixture
def visitor(live_db: str) -> Iterator[Client]:
    cache.clear()
    yield Client()
    assert outage.lookout.wait(threading.Event())
    cache.clear()


def away(*_: Any) -> None:
    raise OperationalError("the database is gone")


def test_a_question_is_given_back_and_can_be_sent_again(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as trouble:
        trouble.setattr(intake, "receive", away)
        answer = visitor.post("/help/new", GOOD)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "It stops at 50 %." in page(answer)
    assert "please send it again" in page(answer)
    assert outage.lookout.wait(threading.Event())
    assert visitor.post("/help/new", GOOD).status_code == 302
    assert Ticket.objects.count() == 1


def test_the_form_shows_without_its_topics(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflows, "live", away)

    assert visitor.get("/help/new").status_code == 503
    assert "Technical" not in page(visitor.get("/help/new"))


def test_a_page_says_that_the_desk_is_away(visitor: Client, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.cookies[settings.SESSION_COOKIE_NAME] = "somebody"
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)

    plain = visitor.get("/inbox/mine/")
    json = visitor.get("/inbox/mine/", headers={"accept": "application/json"})

    assert (plain.status_code, plain["Retry-After"]) == (503, "5")
    assert "The desk is away for a moment" in page(plain)
    assert (json.status_code, json["Content-Type"]) == (503, "application/problem+json")
    assert json.json()["status"] == 503
