"""Roles, tokens and teams through the API: nobody gives what they do not hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from deskwright.desk import clock
from deskwright.desk.settings.sealing import digest
from deskwright.store.models import Agent, ApiToken, AuditEntry, Role, Team
from tests import factories
from tests.api.running import Running
from tests.api.test_front import make_token, problem
from tests.api.test_tickets import ask
from tests.api.test_tickets import desk as desk  # the fixture

NIGHT = {"name": "Night", "base": "light", "grants": {"tickets:see": "all"}}


def test_a_role_is_made_given_and_deleted_when_nobody_has_it(desk: Running) -> None:
    made = ask(desk, "POST", "/roles", NIGHT, "nobody")
    assert (made.status, made.json["key"], made.json["grants"]) == (201, "night", NIGHT["grants"])
    path, ada = f"/roles/{made.json['id']}", Agent.objects.get(name="Ada Quill")
    assert ask(desk, "PATCH", path, {"about": "From ten"}, "nobody").json["about"] == "From ten"
    given = ask(desk, "PUT", f"/agents/{ada.pk}/role", {"role": "night"}, "nobody")
    assert given.json == {"agent": ada.pk, "role": "night"}
    assert ask(desk, "GET", path, None, "nobody").json["agents"] == [ada.pk]
    problem(ask(desk, "DELETE", path, None, "nobody"), 409, "conflict")
    ask(desk, "PUT", f"/agents/{ada.pk}/role", {"role": None}, "nobody")
    assert ask(desk, "DELETE", path, None, "nobody").status == 200
    problem(ask(desk, "GET", path, None, "nobody"), 404, "not_found")


@pytest.mark.parametrize(
    "wrong", [{"grants": {"tickets:burn": "all"}}, {"base": "admin"}, {"hidden": ["the weather"]}, {"grants": [1]}]
)
def test_what_is_no_role_is_refused(desk: Running, wrong: dict[str, object]) -> None:
    problem(ask(desk, "POST", "/roles", {**NIGHT, **wrong}, "nobody"), 422, "invalid")


@pytest.mark.parametrize("path", ["/roles", "/tokens", "/rights"])
def test_roles_and_tokens_are_the_admins(desk: Running, path: str) -> None:
    problem(ask(desk, "GET", path, None, "lead"), 403, "forbidden")
    assert ask(desk, "GET", path, None, "nobody").status == 200


def test_a_token_tells_its_secret_once_and_is_revoked(desk: Running) -> None:
    made = ask(desk, "POST", "/tokens", {"name": "Shop", "scopes": ["tickets:write"]}, "nobody")
    assert made.status == 201 and made.json["secret"].startswith("dw_")
    path = f"/tokens/{made.json['id']}"
    assert "secret" not in ask(desk, "GET", path, None, "nobody").json
    assert ask(desk, "DELETE", path, None, "nobody").status == 200
    assert ask(desk, "GET", path, None, "nobody").json["revoked_at"] is not None
    problem(ask(desk, "POST", "/tokens", {"name": "Shop", "scopes": ["tickets:burn"]}, "nobody"), 422, "invalid")


def test_a_token_makes_none_with_more_scopes(desk: Running, now: datetime) -> None:
    make_token(now, "dw_narrow", scopes=("tokens:manage", "tickets:read"))
    assert ask(desk, "POST", "/tokens", {"name": "A", "scopes": ["tickets:read"]}, "narrow").status == 201
    problem(ask(desk, "POST", "/tokens", {"name": "A", "scopes": ["roles:manage"]}, "narrow"), 403, "missing_scope")


def test_a_token_that_ends_makes_none_that_outlives_it(desk: Running, now: datetime) -> None:
    make_token(now, "dw_ending", scopes=("tokens:manage", "tickets:read"))
    ends = datetime(2100, 1, 1, tzinfo=UTC)
    ApiToken.objects.filter(token_sha256=digest("dw_ending")).update(expires_at=ends)
    wanted = {"name": "A", "scopes": ["tickets:read"]}
    for longer in ({}, {"expires_at": None}, {"expires_at": (ends + timedelta(hours=1)).isoformat()}):
        said = problem(ask(desk, "POST", "/tokens", {**wanted, **longer}, "ending"), 422, "invalid")
        assert said["errors"][0]["pointer"] == "/expires_at"
    assert ask(desk, "POST", "/tokens", {**wanted, "expires_at": ends.isoformat()}, "ending").status == 201
    issued = AuditEntry.objects.filter(action="token.issued").latest("id").changes
    assert issued["expires_at"][0] is None and issued["expires_at"][1].startswith(ends.date().isoformat())


def test_nobody_makes_a_token_that_may_more_than_they(desk: Running, now: datetime) -> None:
    keeper = Role.objects.create(key="keys", name="Keys", base="agent", grants={"tokens:manage": "all"})
    kim = factories.an_agent("Kim Vale", teams=(Team.objects.get(key="billing"),))
    Agent.objects.filter(pk=kim.pk).update(custom_role=keeper)
    make_token(now, "dw_kim", agent=kim)
    lead, ada = Agent.objects.get(role="lead"), Agent.objects.get(name="Ada Quill")
    wanted = {"name": "A", "scopes": ["tickets:read"]}
    problem(ask(desk, "POST", "/tokens", wanted, "kim"), 403, "forbidden")
    problem(ask(desk, "POST", "/tokens", {**wanted, "agent": lead.pk}, "kim"), 403, "forbidden")
    assert ask(desk, "POST", "/tokens", {**wanted, "agent": ada.pk}, "kim").status == 201


def test_a_token_of_ones_own_ends_with_the_one_it_was_made_by(desk: Running, now: datetime) -> None:
    ends = clock.now().replace(microsecond=0) + timedelta(days=300)
    ada = Agent.objects.get(name="Ada Quill")
    make_token(now, "dw_short", agent=ada, expires_at=ends)
    wanted = {"name": "Script", "scopes": ["tickets:read"], "expires_at": ends.isoformat()}
    made = ask(desk, "POST", "/agents/me/tokens", wanted, "short")
    assert made.status == 201 and ApiToken.objects.get(pk=made.json["id"]).agent == ada
    late = {**wanted, "expires_at": (ends + timedelta(days=1)).isoformat()}
    problem(ask(desk, "POST", "/agents/me/tokens", late, "short"), 422, "invalid")
    problem(ask(desk, "DELETE", f"/agents/me/tokens/{made.json['id']}", None, "ben"), 404, "not_found")
    assert ask(desk, "DELETE", f"/agents/me/tokens/{made.json['id']}", None, "short").status == 200


def test_a_team_is_founded_changed_and_dissolved(desk: Running) -> None:
    ada = Agent.objects.get(name="Ada Quill")
    made = ask(desk, "POST", "/teams", {"key": "night", "name": "Night", "agents": [ada.pk]}, "nobody")
    assert (made.status, made.json["agents"]) == (201, [ada.pk])
    path = f"/teams/{made.json['id']}"
    assert ask(desk, "PATCH", path, {"agents": []}, "nobody").json | {"id": 0} == {
        "id": 0,
        "key": "night",
        "name": "Night",
        "agents": [],
    }
    problem(ask(desk, "POST", "/teams", {"key": "night", "name": "Again"}, "nobody"), 422, "invalid")
    problem(ask(desk, "PATCH", path, {"agents": [10**9]}, "nobody"), 422, "invalid")
    problem(ask(desk, "DELETE", path, None, "lead"), 403, "forbidden")
    assert ask(desk, "DELETE", path, None, "nobody").status == 200
    assert "night" not in {team["key"] for team in ask(desk, "GET", "/teams", None, "ada").json["items"]}
