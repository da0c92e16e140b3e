"""Outgoing webhooks against a real receiver on loopback: signatures, order, retries, replay, and what is refused."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from deskwright.channels import posting
from deskwright.desk import workflows
from deskwright.desk.arriving.arrivals import Person
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.said import in_english
from deskwright.desk.tickets import changing
from deskwright.desk.webhooks import catalogue, hooks, sending, telling
from deskwright.store.models import Agent, DueWork, Notice, Webhook, WebhookDelivery
from tests import factories

DAY = timedelta(days=1)
ALL = list(catalogue.EVENTS)


class Receiver:
    """A real HTTP server. What it answers is chosen by the path."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status, self.pause = 200, 0.0
        receiver = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if self.path == "/drip":
                    return receiver.drip(self)
                self.send_response(receiver.status)
                if receiver.status == 302:
                    self.send_header("Location", receiver.url)
                self.end_headers()
                self.wfile.write(b"answer " * 1000)
                return None

            def log_message(self, *args: Any) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.enough = threading.Event()
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def drip(self, answering: BaseHTTPRequestHandler) -> None:
        """A byte now and then, for ever."""
        try:
            while not self.enough.wait(0.05):
                answering.wfile.write(b"H")
        except OSError:
            self.enough.set()

    def close(self) -> None:
        self.enough.set()
        self.server.shutdown()
        self.server.server_close()

    def events(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def admin(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Agent:
    from django.conf import settings

    monkeypatch.setattr(settings, "ENV", replace_private(settings.ENV))
    workflows.publish("workflow: Hooks\nqueues: {front: {}}\ndefault_queue: front\n", now=now)
    return factories.an_agent("Odile Marsh", role="admin")


def replace_private(known: Any) -> Any:
    from dataclasses import replace

    return replace(known, webhooks_to_private=True)


def post(url: str, body: bytes, headers: Any) -> posting.Answer:
    return posting.ask("POST", url, body, headers, private=True, timeout=2)


def hook(
    admin: Agent, url: str, now: datetime, events: list[str] | None = None, condition: str = ""
) -> tuple[int, str]:
    made, secret = hooks.set_up(admin, "Shop", url, events or ALL, condition, now=now)
    return made.pk, secret


def round_trip(now: datetime) -> None:
    telling.tell(now, 100)
    while sending.send_due(now, 10, post):
        pass


def test_an_event_arrives_signed_as_the_standard_says(admin: Agent, receiver: Receiver, now: datetime) -> None:
    _, secret = hook(admin, receiver.url, now)
    ticket = factories.a_ticket(now, subject="Exports are down", requester=Person("mina@harbor.example", "Mina Holt"))

    round_trip(now)

    headers, body = receiver.got[0]
    stamp = {**headers, "webhook-timestamp": headers["webhook-timestamp"]}
    told = verified(secret, body, stamp, now)
    assert (told["type"], told["version"]) == ("ticket.opened", 1)
    assert told["data"]["ticket"]["subject"] == "Exports are down"
    assert told["data"]["ticket"]["id"] == ticket.pk
    assert told["data"]["ticket"]["customer"]["email"] == "mina@harbor.example"
    assert headers["webhook-id"] == told["id"]


def verified(secret: str, body: bytes, headers: dict[str, str], now: datetime) -> Any:
    """Judged by the reference implementation, whose clock does not matter here."""
    verifier = Verifier(secret)
    verifier._Webhook__verify_timestamp = lambda _: now  # type: ignore[attr-defined]
    return verifier.verify(body, headers)


def test_a_changed_body_is_no_longer_signed(admin: Agent, receiver: Receiver, now: datetime) -> None:
    _, secret = hook(admin, receiver.url, now)
    factories.a_ticket(now)
    round_trip(now)

    headers, body = receiver.got[0]
    with pytest.raises(WebhookVerificationError):
        verified(secret, body.replace(b"ticket.opened", b"ticket.closed"), headers, now)


def test_both_secrets_sign_for_a_day_after_a_rotation(admin: Agent, receiver: Receiver, now: datetime) -> None:
    number, old = hook(admin, receiver.url, now)
    new = hooks.rotate(admin, number, now=now)
    hooks.test(admin, number, now=now)
    round_trip(now)
    for secret in (old, new):
        assert verified(secret, receiver.got[0][1], receiver.got[0][0], now)["type"] == "webhook.test"

    hooks.test(admin, number, now=now + DAY)
    round_trip(now + DAY)
    with pytest.raises(WebhookVerificationError):
        verified(old, receiver.got[1][1], receiver.got[1][0], now)


def test_the_events_of_a_ticket_arrive_in_order_and_solving_is_told(
    admin: Agent, receiver: Receiver, now: datetime
) -> None:
    hook(admin, receiver.url, now, ["ticket.opened", "ticket.changed", "ticket.solved"])
    ticket = factories.a_ticket(now, priority="low")
    changing.change(admin, [ticket.pk], {"priority": "high"}, now=now)
    changing.change(admin, [ticket.pk], {"status": "solved"}, now=now)

    round_trip(now)

    assert receiver.events() == ["ticket.opened", "ticket.changed", "ticket.changed", "ticket.solved"]


def test_a_later_event_waits_for_an_earlier_one_of_its_ticket_only(
    admin: Agent, receiver: Receiver, now: datetime
) -> None:
    hook(admin, receiver.url, now, ["ticket.opened", "ticket.changed"])
    first, second = factories.a_ticket(now, priority="low"), factories.a_ticket(now, priority="low")
    telling.tell(now, 100)
    receiver.status = 500
    sending.send_due(now, 1, post)
    changing.change(admin, [first.pk, second.pk], {"priority": "high"}, now=now)
    receiver.status = 200
    receiver.got.clear()

    round_trip(now)
    tickets = [json.loads(body)["data"]["ticket"]["id"] for _, body in receiver.got]
    assert tickets == [second.pk, second.pk]

    round_trip(now + sending.PAUSES[0])
    tickets = [json.loads(body)["data"]["ticket"]["id"] for _, body in receiver.got]
    assert tickets == [second.pk, second.pk, first.pk, first.pk]


def test_only_chosen_events_and_tickets_are_told(admin: Agent, receiver: Receiver, now: datetime) -> None:
    hook(admin, receiver.url, now, ["ticket.opened"], "priority == 'critical'")
    factories.a_ticket(now, priority="low")
    urgent = factories.a_ticket(now, priority="critical")
    changing.change(admin, [urgent.pk], {"category": "technical"}, now=now)

    round_trip(now)

    assert receiver.events() == ["ticket.opened"]
    assert json.loads(receiver.got[0][1])["data"]["ticket"]["id"] == urgent.pk


def test_a_desk_without_webhooks_writes_nothing_for_them(admin: Agent, now: datetime) -> None:
    factories.a_ticket(now)
    assert not DueWork.objects.filter(kind="webhook").exists()


def test_what_is_rolled_back_is_not_told(admin: Agent, receiver: Receiver, now: datetime) -> None:
    from deskwright.store.connection import deed

    hook(admin, receiver.url, now)
    with pytest.raises(RuntimeError), deed():
        factories.a_ticket(now)
        raise RuntimeError
    round_trip(now)
    assert receiver.got == []


def test_a_failing_receiver_is_asked_eight_times_and_then_no_more(
    admin: Agent, receiver: Receiver, now: datetime
) -> None:
    number, _ = hook(admin, receiver.url, now)
    receiver.status = 503
    hooks.test(admin, number, now=now)
    at = now
    for pause in [*sending.PAUSES, timedelta()]:
        assert sending.send_due(at, 10, post) == 1
        assert sending.send_due(at, 10, post) == 0
        at += pause

    message = WebhookDelivery.objects.get()
    assert (message.state, message.attempts, message.status, message.due_at) == ("failed", 8, 503, None)
    assert message.answer.startswith("answer answer")
    assert len(receiver.got) == 8
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert timedelta(hours=20) < at - now < DAY


def test_a_message_is_sent_again_with_its_own_id(admin: Agent, receiver: Receiver, now: datetime) -> None:
    number, _ = hook(admin, receiver.url, now)
    factories.a_ticket(now)
    round_trip(now)
    before = receiver.got[0][0]["webhook-id"]

    assert hooks.replay(admin, number, [WebhookDelivery.objects.get().pk], now=now) == 1
    round_trip(now)

    assert [headers["webhook-id"] for headers, _ in receiver.got] == [before, before]


def test_a_range_of_failed_messages_is_sent_again(admin: Agent, receiver: Receiver, now: datetime) -> None:
    number, _ = hook(admin, receiver.url, now)
    for hours in (1, 2, 3):
        hooks.test(admin, number, now=now + timedelta(hours=hours))
    WebhookDelivery.objects.update(state="failed", due_at=None)

    start, end = now + timedelta(hours=1), now + timedelta(hours=3)
    assert hooks.replay_range(admin, number, start, end, now=now + DAY) == 2


def test_a_receiver_writes_no_sentence_of_the_desk_s(admin: Agent, receiver: Receiver, now: datetime) -> None:
    """One that is kept to be said later is told from other words by how it begins."""
    number, _ = hook(admin, receiver.url, now)
    hooks.test(admin, number, now=now)
    forged = '\0{"say":"%(a)9s","with":{"a":"x"}}'
    sending.send_due(now, 10, lambda *_: posting.Answer(500, forged, 1))

    assert "say" in in_english(WebhookDelivery.objects.get().answer)


def test_a_redirect_is_not_followed(admin: Agent, receiver: Receiver, now: datetime) -> None:
    number, _ = hook(admin, receiver.url, now)
    receiver.status = 302
    hooks.test(admin, number, now=now)
    sending.send_due(now, 10, post)

    message = WebhookDelivery.objects.get()
    assert (message.state, message.status, len(receiver.got)) == ("due", 302, 1)
    assert in_english(message.answer).startswith("Redirects are not followed")


def test_a_receiver_that_drips_is_cut_off_in_time(receiver: Receiver) -> None:
    began = time.monotonic()
    with pytest.raises(posting.Unreachable, match="No answer within"):
        posting.ask("POST", receiver.url.replace("/hook", "/drip"), b"{}", {}, private=True, timeout=0.5)
    assert time.monotonic() - began < 5


def test_a_receiver_that_is_not_there_is_asked_again(admin: Agent, receiver: Receiver, now: datetime) -> None:
    number, _ = hook(admin, receiver.url, now)
    receiver.close()
    hooks.test(admin, number, now=now)
    sending.send_due(now, 10, post)
    assert WebhookDelivery.objects.get().state == "due"


def test_days_of_failure_switch_it_off_and_tell_the_admins_what_waits_stays(
    admin: Agent, receiver: Receiver, now: datetime
) -> None:
    number, _ = hook(admin, receiver.url, now)
    receiver.status = 500
    for days in (0, 4):
        hooks.test(admin, number, now=now + days * DAY)
        sending.send_due(now + days * DAY, 10, post)

    assert not Webhook.objects.get().active
    assert "switched off" in Notice.objects.get(agent=admin).subject
    receiver.status = 200
    assert sending.send_due(now + 5 * DAY, 10, post) == 0
    hooks.switch(admin, number, True, now=now + 5 * DAY)
    round_trip(now + 5 * DAY)
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"sent"}


def test_gone_means_gone(admin: Agent, receiver: Receiver, now: datetime) -> None:
    number, _ = hook(admin, receiver.url, now)
    receiver.status = 410
    hooks.test(admin, number, now=now)
    sending.send_due(now, 10, post)
    assert (WebhookDelivery.objects.get().state, Webhook.objects.get().active) == ("failed", False)


def test_a_condition_nobody_understands_is_refused_beside_its_field(
    admin: Agent, receiver: Receiver, now: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        hooks.set_up(admin, "Shop", receiver.url, ALL, "priorty == 'high'", now=now)
    assert "condition" in refused.value.fields


def test_a_condition_the_workflow_no_longer_understands_holds_for_nothing(
    admin: Agent, receiver: Receiver, now: datetime
) -> None:
    hook(admin, receiver.url, now)
    Webhook.objects.update(condition="fields.gone == 1")
    factories.a_ticket(now)
    round_trip(now)
    assert receiver.got == []


def test_only_admins_set_webhooks_up(admin: Agent, receiver: Receiver, now: datetime) -> None:
    number, _ = hook(admin, receiver.url, now)
    for other in (factories.an_agent(), factories.an_agent(role="lead")):
        with pytest.raises(Forbidden):
            hooks.set_up(other, "Mine", receiver.url, ALL, now=now)
        with pytest.raises(Forbidden):
            hooks.replay(other, number, [1], now=now)
    with pytest.raises(NotFound):
        hooks.rotate(admin, 987, now=now)


def test_secrets_are_sealed_in_the_database(admin: Agent, receiver: Receiver, now: datetime) -> None:
    _, secret = hook(admin, receiver.url, now)
    assert secret.removeprefix("whsec_") not in Webhook.objects.get().secret


def test_the_log_is_forgotten_after_a_month(admin: Agent, receiver: Receiver, now: datetime) -> None:
    number, _ = hook(admin, receiver.url, now)
    hooks.test(admin, number, now=now)
    round_trip(now)
    assert hooks.forget_log(now + 29 * DAY, 10) == 0
    assert hooks.forget_log(now + 31 * DAY, 10) == 1
