"""Alerts as they are posted: who may, what is answered, and a storm that comes at once."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from standardwebhooks.webhooks import Webhook as Signer

from deskwright.desk import clock, workflows
from deskwright.desk.alerts import sources
from deskwright.store.models import Alert, AlertSource, Ticket
from tests.api.running import Answer, Running, running
from tests.desk.test_alerts import GROUP, VALUES, WORKFLOW

ALERT = {"key": "disk", "title": "Disk almost full", "severity": "warning", "labels": {"service": "shop"}}


class Post:
    """The address of one source, and its secret."""

    def __init__(self, desk: Running, **values: Any) -> None:
        source, self.secret = sources.set_up(None, VALUES | values, now=clock.now())
        self.desk, self.path = desk, f"/api/v1/in/alerts/{source.key}"

    def bearer(self, said: Any, secret: str = "") -> Answer:
        return self.desk.request("POST", self.path, said, authorization=f"Bearer {secret or self.secret}")

    def signed(self, said: Any, number: str = "msg_1", late: int = 0) -> Answer:
        body, at = orjson.dumps(said), clock.now()
        stamp = str(int(at.timestamp()) - late)
        signature = Signer(self.secret).sign(number, at.fromtimestamp(int(stamp), at.tzinfo), body.decode())
        headers = {"webhook_id": number, "webhook_timestamp": stamp, "webhook_signature": signature}
        return self.desk.request("POST", self.path, body, **headers)


@pytest.fixture
def desk(live_db: str) -> Iterator[Running]:
    workflows.publish(WORKFLOW, now=clock.now())
    with running() as application:
        yield application


def test_a_signed_post_opens_a_ticket_and_the_same_again_is_a_repeat(desk: Running) -> None:
    post = Post(desk)
    answer = post.signed(ALERT)
    ticket = Ticket.objects.get()
    assert (answer.status, answer.json) == (200, {"received": 1, "tickets": [ticket.pk], "repeated": False})
    assert post.signed(ALERT).json == {"received": 1, "tickets": [ticket.pk], "repeated": True}
    assert Alert.objects.get().count == 1
    assert AlertSource.objects.get().received_at is not None


def test_a_signature_of_another_time_body_or_secret_is_refused(desk: Running) -> None:
    post, other = Post(desk), Post(desk)
    assert post.signed(ALERT, late=400).status == 401
    other.path = post.path
    refused = other.signed(ALERT)
    assert refused.status == 401 and refused.headers["content-type"] == "application/problem+json"
    assert "signature does not fit" in refused.json["detail"]
    assert "five minutes off" in AlertSource.objects.get(key=post.path.rsplit("/", 1)[1]).refused_because
    assert not Ticket.objects.exists()


def test_alertmanager_sends_the_secret_as_bearer_or_basic(desk: Running) -> None:
    post = Post(desk, form="alertmanager")
    assert post.bearer(GROUP).status == 200
    basic = b64encode(f"alertmanager:{post.secret}".encode()).decode()
    assert desk.request("POST", post.path, GROUP, authorization=f"Basic {basic}").status == 200
    assert post.bearer(GROUP, "whsec_c29tZXRoaW5n").status == 401
    assert desk.request("POST", post.path, GROUP, authorization="Basic ???").status == 401
    assert desk.request("POST", post.path, GROUP).status == 401
    assert Ticket.objects.get().subject == "The shop is slow" and Alert.objects.get().count == 4


def test_what_is_wrong_is_a_problem_that_says_where(desk: Running) -> None:
    post = Post(desk)
    faulty = post.bearer({"title": 3})
    assert (faulty.status, faulty.json["errors"][0]["pointer"]) == (422, "/title")
    assert post.bearer(b"{").status == 422
    assert desk.request("GET", post.path).status == 405
    assert desk.request("POST", "/api/v1/in/alerts/nobody", ALERT).status == 404
    assert desk.request("POST", "/api/v1/in/something", ALERT).status == 404


def test_a_source_that_is_switched_off_takes_nothing(desk: Running) -> None:
    post = Post(desk)
    sources.switch(None, AlertSource.objects.get().pk, False, now=clock.now())
    assert post.bearer(ALERT).status == 401


def test_a_thousand_posts_at_once_are_one_ticket(desk: Running) -> None:
    post = Post(desk)
    headers = {"authorization": f"Bearer {post.secret}"}

    async def storm() -> list[Answer]:
        return await asyncio.gather(*(desk.ask("POST", post.path, ALERT, headers) for _ in range(1000)))

    answers = desk.wait(storm(), 120)
    ticket = Ticket.objects.get()
    assert {answer.status for answer in answers} == {200}
    assert {tuple(answer.json["tickets"]) for answer in answers} == {(ticket.pk,)}
    assert Alert.objects.get().count == 1000
