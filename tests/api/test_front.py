"""The API as a client meets it: tokens, tickets, repeated requests, refusals."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.api import front, tokens
from deskwright.desk.settings.tokens import SCOPES
from deskwright.desk.staff import people
from deskwright.store.models import ApiToken, Customer, IdempotencyKey, Message, Ticket
from tests.api.running import Answer, Running, running

WHO = {"email": "mina@harbor.example", "name": "Mina Holt"}
GOOD: dict[str, Any] = {"subject": "Exports are down", "text": "Since this morning.", "requester": WHO}
SECRET = "dw_a-token-for-tests"
AUTH = {"authorization": f"Bearer {SECRET}"}


def make_token(now: datetime, secret: str = SECRET, scopes: tuple[str, ...] = ("*",), **details: Any) -> ApiToken:
    """A token of these scopes; `*` stands for every one."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    held = [*SCOPES] if "*" in scopes else [*scopes]
    return ApiToken.objects.create(name="test", token_sha256=digest, scopes=held, created_at=now, **details)


@pytest.fixture
def desk(live_db: str, now: datetime) -> Iterator[Running]:
    tokens.forget()
    make_token(now)
    with running() as desk:
        yield desk
    tokens.forget()


def post(desk: Running, body: Any = GOOD, **headers: str) -> Answer:
    return desk.request("POST", "/api/v1/tickets", body, **(AUTH | headers))


def problem(answer: Answer, status: int, code: str) -> dict[str, Any]:
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json
    assert (said["status"], said["type"]) == (status, f"urn:deskwright:problem:{code}")
    return said


def test_a_ticket_is_stored_when_its_answer_comes(desk: Running) -> None:
    answer = post(desk, GOOD | {"tags": ["export"], "fields": {"amount": 5}})

    assert answer.status == 201
    ticket = Ticket.objects.get()
    assert answer.headers["location"] == f"/api/v1/tickets/{ticket.pk}"
    assert answer.json["id"] == ticket.pk
    assert answer.json["url"] == f"http://testserver/tickets/{ticket.pk}/"
    assert {"status", "priority", "category", "queue", "assignee", "first_response_due", "rule"} <= set(answer.json)
    assert (ticket.subject, ticket.channel, ticket.customer.email) == ("Exports are down", "api", "mina@harbor.example")
    assert (ticket.tags, ticket.fields) == (["export"], {"amount": 5})
    assert Message.objects.get(kind="customer").text == "Since this morning."


def test_the_location_shows_the_ticket_with_its_conversation(desk: Running) -> None:
    opened = post(desk)

    shown = desk.request("GET", opened.headers["location"], **AUTH)

    assert shown.status == 200
    assert {name: shown.json[name] for name in opened.json} == opened.json
    assert shown.json["requester"]["name"] == "Mina Holt"
    assert shown.json["requester"]["email"] == "mina@harbor.example"
    assert [message["text"] for message in shown.json["messages"] if message["kind"] == "customer"] == [GOOD["text"]]


def test_requests_that_arrive_together_each_get_their_own_ticket(desk: Running) -> None:
    bodies = [GOOD | {"subject": f"Number {number}"} for number in range(40)]

    answers = desk.together((body, AUTH) for body in bodies)

    assert [answer.status for answer in answers] == [201] * 40
    assert [answer.json["subject"] for answer in answers] == [body["subject"] for body in bodies]
    assert len({answer.json["id"] for answer in answers}) == Ticket.objects.count() == 40
    assert Customer.objects.count() == 1


def test_a_repeated_key_with_the_same_body_gets_the_same_answer(desk: Running) -> None:
    first = post(desk, idempotency_key="order-7")
    second = post(desk, idempotency_key="order-7")

    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert first.headers["location"] == second.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert Ticket.objects.count() == 1


def test_a_repeated_key_with_another_body_is_refused(desk: Running) -> None:
    post(desk, idempotency_key="order-7")

    said = problem(post(desk, GOOD | {"subject": "Other"}, idempotency_key="order-7"), 422, "invalid")

    assert "already used with another body" in said["detail"]
    assert Ticket.objects.count() == 1


def test_the_same_key_many_times_at_once_makes_one_ticket(desk: Running) -> None:
    answers = desk.together([(GOOD, AUTH | {"idempotency_key": "once"})] * 12)

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert Ticket.objects.count() == IdempotencyKey.objects.count() == 1


def test_a_key_used_with_two_bodies_at_once_is_refused_once_and_harms_no_other(desk: Running) -> None:
    keyed = AUTH | {"idempotency_key": "clash"}

    answers = desk.together([(GOOD, AUTH), (GOOD, keyed), (GOOD | {"subject": "Other"}, keyed), (GOOD, AUTH)])

    assert (answers[0].status, answers[3].status) == (201, 201)
    assert {answers[1].status, answers[2].status} == {201, 422}
    assert Ticket.objects.count() == 3


def test_keys_of_two_tokens_do_not_meet(desk: Running, now: datetime) -> None:
    make_token(now, "another")
    first = post(desk, idempotency_key="same")
    second = post(desk, authorization="Bearer another", idempotency_key="same")

    assert (first.status, second.status) == (201, 201)
    assert first.json["id"] != second.json["id"]


def test_one_bad_ticket_in_a_batch_fails_alone(desk: Running) -> None:
    answers = desk.together([(GOOD, AUTH), (GOOD | {"colour": "red"}, AUTH), (b"{", AUTH), (GOOD, AUTH)])

    assert [answer.status for answer in answers] == [201, 422, 400, 201]
    assert problem(answers[1], 422, "invalid")["errors"] == [
        {"pointer": "/colour", "detail": "There is no field 'colour'."}
    ]
    problem(answers[2], 400, "malformed_json")
    assert Ticket.objects.count() == 2


def test_without_a_token_nobody_gets_in(desk: Running) -> None:
    for headers in ({}, {"authorization": "Basic bWluYQ=="}, {"authorization": "Bearer "}):
        answer = desk.request("POST", "/api/v1/tickets", GOOD, **headers)
        problem(answer, 401, "no_token")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_unknown_token_is_told_so(desk: Running) -> None:
    answer = post(desk, authorization="Bearer guessed")

    problem(answer, 401, "unknown_token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert not Ticket.objects.exists()


def test_a_revoked_token_opens_nothing(desk: Running, now: datetime) -> None:
    make_token(now, "old", revoked_at=now)

    problem(post(desk, authorization="Bearer old"), 401, "revoked_token")


def test_the_token_of_somebody_who_left_opens_nothing(desk: Running, now: datetime) -> None:
    gone = people.add_agent("Gwen Farrow", "gwen@desk.example")
    type(gone).objects.update(is_active=False)
    make_token(now, "hers", agent=gone)

    problem(post(desk, authorization="Bearer hers"), 401, "revoked_token")


def test_a_token_does_only_what_its_scopes_name(desk: Running, now: datetime) -> None:
    make_token(now, "reader", scopes=("tickets:read",))
    opened = post(desk)

    said = problem(post(desk, authorization="Bearer reader"), 403, "missing_scope")
    assert "'tickets:write'" in said["detail"]
    assert desk.request("GET", opened.headers["location"], authorization="Bearer reader").status == 200


def test_a_body_that_announces_more_than_the_limit_is_refused_unread(desk: Running) -> None:
    answer = post(desk, [], content_length=str(front.LARGEST + 1))

    problem(answer, 413, "too_large")
    assert answer.headers["connection"] == "close"


def test_a_body_that_grows_beyond_the_limit_is_refused_before_its_end(desk: Running) -> None:
    piece = b" " * (front.LARGEST // 4)

    problem(post(desk, [piece] * 5 + [b"never read"]), 413, "too_large")
    assert not Ticket.objects.exists()


def test_what_is_not_there_is_a_problem_too(desk: Running) -> None:
    problem(desk.request("GET", "/api/v1/tickets/999", **AUTH), 404, "not_found")
    problem(desk.request("GET", "/api/v1/nothing", **AUTH), 404, "not_found")
    answer = desk.request("DELETE", "/api/v1/tickets", **AUTH)
    problem(answer, 405, "wrong_method")
    assert answer.headers["allow"] == "GET, POST"


def test_a_key_that_is_none_is_refused(desk: Running) -> None:
    for key in ("", "x" * 201, "schlüssel"):
        problem(post(desk, idempotency_key=key), 400, "bad_key")


def test_what_a_customer_said_elsewhere_joins_the_ticket(desk: Running) -> None:
    ticket = post(desk).json["id"]

    answer = desk.request("POST", f"/api/v1/tickets/{ticket}/messages", {"text": "Any news?"}, **AUTH)

    assert answer.status == 201
    message = Message.objects.get(pk=answer.json["id"])
    assert (message.ticket_id, message.kind, message.text, message.verified) == (ticket, "customer", "Any news?", True)
    assert Ticket.objects.count() == 1


def test_an_agents_token_writes_replies_and_notes_and_nobodys_does_not(desk: Running, now: datetime) -> None:
    ada = people.add_agent("Ada Quill", "ada@desk.example", role="admin")
    make_token(now, "adas", agent=ada)
    path = f"/api/v1/tickets/{post(desk).json['id']}/messages"

    reply = desk.request("POST", path, {"text": "We are on it.", "kind": "reply"}, authorization="Bearer adas")
    note = desk.request("POST", path, {"text": "Ask Bo.", "kind": "note"}, authorization="Bearer adas")

    assert (reply.status, note.status) == (201, 201)
    assert Message.objects.get(pk=reply.json["id"]).agent_id == ada.pk
    assert Message.objects.get(pk=note.json["id"]).kind == "note"
    problem(desk.request("POST", path, {"text": "Hello", "kind": "reply"}, **AUTH), 403, "no_agent")


def test_an_agent_of_another_team_does_not_find_the_ticket(desk: Running, now: datetime) -> None:
    people.add_team("billing", "Billing")
    other = people.add_agent("Ben Moss", "ben@desk.example", teams=[people.add_team("other", "Other")])
    make_token(now, "bens", agent=other)
    ticket = post(desk).json["id"]
    Ticket.objects.filter(pk=ticket).update(queue="a queue nobody serves", assignee=None)

    problem(desk.request("GET", f"/api/v1/tickets/{ticket}", authorization="Bearer bens"), 404, "not_found")


def test_a_token_is_asked_for_again_after_a_few_seconds(
    desk: Running, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(desk).status == 201
    ApiToken.objects.update(revoked_at=now + timedelta(minutes=1))
    assert post(desk).status == 201

    later = time.monotonic() + tokens.REMEMBERED + 1
    monkeypatch.setattr(tokens.time, "monotonic", lambda: later)

    assert post(desk).status == 401


def test_the_description_names_every_field_that_is_read(desk: Running) -> None:
    from deskwright.api import reading

    described = desk.request("GET", "/api/v1/openapi.json").json

    assert described["openapi"] == "3.1.0"
    schemas = described["components"]["schemas"]
    assert list(schemas["NewTicket"]["properties"]) == list(reading.TICKET)
    assert list(schemas["NewMessage"]["properties"]) == list(reading.MESSAGE)
    assert set(schemas["Ticket"]["properties"]) == set(post(desk).json)


def test_the_process_says_that_it_is_up_and_the_desk_that_it_is_ready(desk: Running) -> None:
    assert desk.request("GET", "/healthz").json == {"up": True}

    ready = desk.request("GET", "/readyz")

    assert (ready.status, ready.json) == (200, {"ready": True, "reasons": []})
