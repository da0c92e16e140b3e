"""Customers and organisations through the API: made, found, changed, merged and taken apart, as far as a token may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from deskwright.api import tokens
from deskwright.desk import workflows
from deskwright.store.models import Customer
from tests import factories
from tests.api.running import Answer, Running, running
from tests.api.test_front import make_token


@pytest.fixture
def desk(live_db: str, now: datetime) -> Iterator[Running]:
    tokens.forget()
    workflows.publish("workflow: Customers\nqueues:\n  technical: {team: technical}\n", now=now)
    make_token(now, "dw_all")
    make_token(now, "dw_read", ("customers:read",))
    make_token(now, "dw_light", ("*",), agent=factories.an_agent("Lia Fern", role="light"))
    make_token(now, "dw_agent", ("*",), agent=factories.an_agent("Ben Marsh"))
    with running() as desk:
        yield desk
    tokens.forget()


def ask(desk: Running, method: str, path: str, body: Any = None, token: str = "all") -> Answer:
    path, _mark, question = path.partition("?")
    return desk.request(method, f"/api/v1{path}", body, question, authorization=f"Bearer dw_{token}")


def made(desk: Running, name: str, email: str, **more: Any) -> int:
    answer = ask(desk, "POST", "/customers", {"name": name, "email": email} | more)
    assert answer.status == 201, answer.json
    return int(answer.json["id"])


def test_customers_are_made_found_and_changed(desk: Running) -> None:
    house = ask(desk, "POST", "/organisations", {"name": "Harbor", "domain": "harbor.example", "tier": "gold"}).json[
        "id"
    ]
    mina = made(desk, "Mina Holt", "Mina@harbor.example", phone="+49 30 1234567")
    for number in range(3):
        made(desk, f"Other {number}", f"other{number}@harbor.example")

    changed = ask(desk, "PATCH", f"/customers/{mina}", {"language": "de", "notes": "Calls."}).json
    assert (changed["organisation"], changed["effective_tier"], changed["language"]) == (house, "gold", "de")
    (found,) = ask(desk, "GET", "/customers?q=1234567").json["items"]
    assert [point["kind"] for point in found["identities"]] == ["email", "phone"]
    first = ask(desk, "GET", "/customers?limit=3").json
    rest = ask(desk, "GET", f"/customers?limit=3&cursor={first['next']}").json
    assert [one["name"] for one in first["items"] + rest["items"]] == ["Mina Holt", "Other 0", "Other 1", "Other 2"]
    assert rest["next"] is None
    assert ask(desk, "GET", f"/organisations/{house}").json["people"] == 4


def test_a_merge_is_taken_apart_by_its_number(desk: Running) -> None:
    mina, twin = made(desk, "Mina", "mina@harbor.example"), made(desk, "Mina", "mina@home.example")
    assert [one["id"] for one in ask(desk, "GET", f"/customers/{mina}/suggestions").json["items"]] == [twin]

    merged = ask(desk, "POST", f"/customers/{mina}/merge", {"other": twin})
    assert len(merged.json["customer"]["identities"]) == 2
    assert ask(desk, "GET", f"/customers/{twin}").json["id"] == mina
    undo = f"/merges/{merged.json['merge']}/undo"
    assert ask(desk, "POST", undo).json == {"id": twin}
    assert ask(desk, "POST", undo).status == 409
    assert Customer.objects.exclude(merged_into=None).count() == 0


def test_addresses_come_and_go_and_one_is_primary(desk: Running) -> None:
    mina, otto = made(desk, "Mina", "mina@harbor.example"), made(desk, "Otto", "otto@harbor.example")
    added = ask(desk, "POST", f"/customers/{mina}/identities", {"kind": "email", "value": "mina@home.example"})
    assert added.status == 201
    home = added.json["identities"][1]["id"]
    assert ask(desk, "POST", f"/customers/{mina}/identities/{home}/primary").json["email"] == "mina@home.example"
    taken = ask(desk, "POST", f"/customers/{otto}/identities", {"kind": "email", "value": "mina@home.example"})
    assert taken.status == 409 and "address_taken" in taken.json["type"]
    assert ask(desk, "DELETE", f"/customers/{mina}/identities/{home}").json["email"] == "mina@harbor.example"


@pytest.mark.parametrize(
    ("method", "path", "body", "token", "status"),
    [
        ("POST", "/customers", {"name": "X", "email": "x@y.example"}, "read", 403),
        ("POST", "/customers", {"name": "X", "email": "x@y.example"}, "light", 403),
        ("POST", "/customers", {"name": "X", "email": "x@y.example", "tier": "gold"}, "agent", 403),
        ("POST", "/customers", {"name": "X"}, "agent", 422),
        ("POST", "/customers", {"name": "X", "email": "nobody"}, "agent", 422),
        ("POST", "/customers", {"name": "X", "email": "x@y.example"}, "agent", 201),
        ("POST", "/organisations", {"name": "X", "domain": "gmail.com"}, "agent", 422),
        ("PATCH", "/customers/99", {"fields": {"nothing": 1}}, "all", 404),
        ("GET", "/customers", None, "light", 200),
        ("GET", "/organisations?q=x", None, "read", 200),
    ],
)
def test_who_may_what(desk: Running, method: str, path: str, body: Any, token: str, status: int) -> None:
    assert ask(desk, method, path, body, token).status == status
