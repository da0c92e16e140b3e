"""The workflow through the API: scopes, versions, every problem at once, previews, going back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from deskwright.api import tokens
from deskwright.desk.arriving import intake
from deskwright.store.models import Clock, Ticket
from tests import factories
from tests.api.running import Answer, Running, running
from tests.api.test_front import make_token, problem

SLOW = "workflow: Slow\nsla_matrix: {any: {first_response: 4h, resolution: 24h}}\n"
FAST = "workflow: Fast\nsla_matrix: {any: {first_response: 2h, resolution: 24h}}\n"


@pytest.fixture
def desk(live_db: str, now: datetime) -> Iterator[Running]:
    tokens.forget()
    make_token(now, "dw_reader", ("workflow:read",))
    make_token(now, "dw_writer", ("workflow:read", "workflow:write"))
    make_token(now, "dw_tickets", ("tickets:read", "tickets:write"))
    make_token(now, "dw_lead", ("*",), agent=factories.an_agent("Mira Lund", role="lead"))
    make_token(now, "dw_agent", ("*",), agent=factories.an_agent("Ben Marsh"))
    with running() as desk:
        yield desk
    tokens.forget()


def ask(desk: Running, method: str, path: str, body: Any = None, token: str = "lead") -> Answer:
    return desk.request(method, f"/api/v1/workflow{path}", body, authorization=f"Bearer dw_{token}")


def publish(desk: Running, text: str, token: str = "lead", **more: Any) -> Answer:
    return ask(desk, "POST", "/versions", {"text": text, **more}, token)


def test_a_version_is_published_listed_and_shown(desk: Running) -> None:
    made = publish(desk, SLOW, note="A calm start.")

    assert made.status == 201
    assert {name: made.json[name] for name in ("number", "name", "note", "author", "live", "reapplied")} == {
        "number": 1, "name": "Slow", "note": "A calm start.", "author": "Mira Lund", "live": True, "reapplied": 0,
    }  # fmt: skip
    assert [version["number"] for version in ask(desk, "GET", "/versions").json["versions"]] == [1]
    assert ask(desk, "GET", "/versions/1").json["text"] == SLOW


@pytest.mark.parametrize(
    ("token", "method", "path"),
    [
        ("tickets", "GET", "/versions"),
        ("reader", "POST", "/versions"),
        ("reader", "POST", "/versions/1/rollback"),
        ("reader", "POST", "/versions/1/reapply"),
    ],
)
def test_each_route_needs_its_scope(desk: Running, token: str, method: str, path: str) -> None:
    problem(ask(desk, method, path, {"text": SLOW}, token), 403, "missing_scope")


def test_the_token_of_an_agent_who_is_no_lead_publishes_nothing(desk: Running) -> None:
    said = problem(publish(desk, SLOW, "agent"), 403, "forbidden")

    assert said["detail"].startswith("Your role does not allow this.")
    assert ask(desk, "GET", "/versions").json == {"versions": []}


def test_a_token_of_nobody_publishes_as_the_operator(desk: Running) -> None:
    assert publish(desk, SLOW, "writer").json["author"] is None


def test_every_problem_of_a_document_is_told_and_the_running_version_stays(desk: Running) -> None:
    publish(desk, SLOW)

    said = problem(publish(desk, "sla_matrix: {any: {first_response: soon}}\nqueus: {}"), 422, "wrong_workflow")

    assert [fault["pointer"] for fault in said["errors"]] == ["/text", "/text"]
    assert "did you mean queues?" in said["errors"][1]["detail"]
    assert ask(desk, "GET", "/versions/1").json["live"] is True


def test_a_document_is_checked_without_publishing_it(desk: Running) -> None:
    wrong = ask(desk, "POST", "/check", {"text": "queus: {}"}, "reader").json
    failing = ask(desk, "POST", "/check", {"text": "tests: [{given: {priority: low}, expect: {priority: high}}]"}).json

    assert (wrong["ok"], wrong["problems"][0]["suggestion"]) == (False, "queues")
    assert (failing["ok"], failing["problems"]) == (False, [])
    assert failing["tests"][0]["faults"] == ["priority is 'low', not 'high'"]
    assert ask(desk, "POST", "/check", {"text": SLOW}).json["ok"] is True


def test_versions_are_compared_and_rolled_back(desk: Running) -> None:
    publish(desk, SLOW)
    publish(desk, FAST)

    told = ask(desk, "GET", "/versions/1/differences/2").json["differences"]
    back = ask(desk, "POST", "/versions/1/rollback", {"note": "Too fast."})

    assert [one["text"] for one in told] == [
        "name changed from Slow to Fast",
        "target any, any: first_response 4h -> 2h",
    ]
    assert (back.status, back.json["number"], back.json["note"]) == (201, 3, "Rolled back to version 1. Too fast.")
    problem(ask(desk, "POST", "/versions/3/rollback"), 409, "conflict")
    problem(ask(desk, "GET", "/versions/9"), 404, "not_found")


def test_reapplying_is_looked_at_first(desk: Running, now: datetime) -> None:
    publish(desk, SLOW)
    (outcome,) = intake.receive([factories.an_arrival()], now)

    seen = ask(desk, "POST", "/preview", {"text": FAST}, "reader").json
    made = publish(desk, FAST, reapply=True)

    assert (seen["looked_at"], seen["changed"], seen["tickets"][0]["ticket"]) == (1, 1, outcome.ticket_id)
    assert made.json["reapplied"] == 1
    assert Ticket.objects.get().workflow_version == 2
    assert Clock.objects.get(metric="first_response").target == "2h"
    assert ask(desk, "POST", "/preview").json["looked_at"] == 0
    problem(ask(desk, "POST", "/versions/1/reapply"), 409, "conflict")
    assert ask(desk, "POST", "/versions/2/reapply").json == {"version": 2, "reapplied": 0}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"note": "no text"}, "/text"),
        ({"text": SLOW, "mode": 3}, "/mode"),
        ({"text": 5}, "/text"),
        ({"text": SLOW, "reapply": "yes"}, "/reapply"),
    ],
)
def test_a_wrong_body_is_told_where(desk: Running, body: dict[str, Any], pointer: str) -> None:
    said = problem(ask(desk, "POST", "/versions", body), 422, "invalid")

    assert [fault["pointer"] for fault in said["errors"]] == [pointer]


def test_unknown_paths_and_methods_are_told(desk: Running) -> None:
    problem(ask(desk, "GET", "/nothing"), 404, "not_found")
    assert (
        problem(ask(desk, "DELETE", "/versions"), 405, "wrong_method")["detail"] == "Only GET, POST is answered here."
    )


def test_every_route_is_described(desk: Running) -> None:
    described = desk.request("GET", "/api/v1/openapi.json").json

    assert described["paths"]["/api/v1/workflow/versions/{number}/differences/{other}"]["get"]["security"] == [
        {"token": ["workflow:read"]}
    ]
    assert described["paths"]["/api/v1/workflow/versions"]["post"]["requestBody"]["required"] is True
