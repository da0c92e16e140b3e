"""Facts of organisations through the API: the scope, the merge, every fault with its pointer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from deskwright.api import tokens
from tests import factories
from tests.api.running import Answer, Running, running
from tests.api.test_front import make_token


@pytest.fixture
def desk(live_db: str, now: datetime) -> Iterator[Running]:
    tokens.forget()
    make_token(now, "dw_facts", ("organisations:write",))
    make_token(now, "dw_tickets", ("tickets:read", "tickets:write"))
    make_token(now, "dw_agent", ("*",), agent=factories.an_agent("Ben Marsh"))
    factories.an_organisation("Acme", domain="acme.example", fields={"usage_trend": 3})
    with running() as desk:
        yield desk
    tokens.forget()


def put(desk: Running, body: Any, name: str = "acme.example", token: str = "facts", method: str = "PUT") -> Answer:
    return desk.request(method, f"/api/v1/organisations/{name}/facts", body, authorization=f"Bearer dw_{token}")


def test_facts_come_in(desk: Running) -> None:
    answer = put(desk, {"facts": {"recent_errors": 80, "renewal_date": "2027-01-31"}, "outreach": False})

    assert answer.status == 200
    assert answer.json["facts"] == {"usage_trend": 3, "recent_errors": 80, "renewal_date": "2027-01-31"}
    assert (answer.json["name"], answer.json["outreach"]) == ("Acme", False)


def test_every_fault_has_its_pointer(desk: Running) -> None:
    answer = put(desk, {"facts": {"recent_errors": "many", "usagetrend": 4}})

    assert answer.status == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["/facts/recent_errors", "/facts/usagetrend"]
    assert "Did you mean 'usage_trend'?" in answer.json["errors"][1]["detail"]


@pytest.mark.parametrize(
    ("name", "token", "method", "body", "status"),
    [
        ("nobody.example", "facts", "PUT", {"facts": {"recent_errors": 1}}, 404),
        ("acme.example", "tickets", "PUT", {"facts": {"recent_errors": 1}}, 403),
        ("acme.example", "agent", "PUT", {"facts": {"recent_errors": 1}}, 403),
        ("acme.example", "facts", "POST", {"facts": {"recent_errors": 1}}, 405),
        ("acme.example", "facts", "PUT", {"fact": {}}, 422),
        ("acme.example", "facts", "PUT", {"facts": [1]}, 422),
    ],
)
def test_who_may_not_and_what_makes_no_sense(
    desk: Running, name: str, token: str, method: str, body: Any, status: int
) -> None:
    assert put(desk, body, name, token, method).status == status
