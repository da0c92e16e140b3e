"""People through the API: taken on, changed, away, retired; each deed asks for its right."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.store.models import Agent, AuditEntry
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask
from tests.api.test_tickets import desk as desk  # the fixture

GWEN = {"name": "Gwen Farrow", "email": "Gwen@desk.example", "teams": ["billing"]}


def test_somebody_is_taken_on_changed_and_let_go(desk: Running) -> None:
    made = ask(desk, "POST", "/agents", GWEN, "nobody")
    assert (made.status, made.json["email"], made.json["teams"]) == (201, "gwen@desk.example", ["billing"])
    path = f"/agents/{made.json['id']}"
    changed = ask(desk, "PATCH", path, {"level": "senior", "capacity": 5}, "nobody").json
    assert (changed["level"], changed["capacity"], changed["name"]) == ("senior", 5, "Gwen Farrow")
    assert ask(desk, "PUT", f"{path}/skills", {"skills": {"sql": 3}}, "nobody").json["skills"] == {"sql": 3}
    assert ask(desk, "POST", f"{path}/retire", None, "nobody").status == 200
    assert not Agent.objects.get(pk=made.json["id"]).is_active
    assert ask(desk, "POST", f"{path}/bring-back", None, "nobody").status == 200
    assert "api" in set(AuditEntry.objects.values_list("door", flat=True))


def test_wrong_people_are_refused_by_field(desk: Running) -> None:
    said = problem(ask(desk, "POST", "/agents", {"name": "X", "email": "no", "role": "king"}, "nobody"), 422, "invalid")
    assert {fault["pointer"] for fault in said["errors"]} == {"/email", "/role"}
    problem(ask(desk, "POST", "/agents", {**GWEN, "teams": ["void"]}, "nobody"), 422, "invalid")


def test_an_absence_is_planned_and_cancelled(desk: Running, now: datetime) -> None:
    ada = Agent.objects.get(name="Ada Quill")
    later = datetime(2099, 1, 1, tzinfo=now.tzinfo)
    away = {"from": later.isoformat(), "until": (later + timedelta(days=3)).isoformat()}
    made = ask(desk, "POST", f"/agents/{ada.pk}/absences", away, "nobody")
    assert made.status == 201
    problem(ask(desk, "POST", f"/agents/{ada.pk}/absences", away, "nobody"), 409, "conflict")
    assert ask(desk, "DELETE", f"/absences/{made.json['id']}", None, "nobody").status == 200


@pytest.mark.parametrize("token", ["ada", "light"])
def test_only_who_may_manages_people(desk: Running, token: str) -> None:
    problem(ask(desk, "POST", "/agents", GWEN, token), 403, "forbidden")


def test_absences_are_listed_and_work_is_handed_on(desk: Running, now: datetime) -> None:
    ada = Agent.objects.get(name="Ada Quill")
    later = datetime(2099, 1, 1, tzinfo=now.tzinfo)
    away = {"from": later.isoformat(), "until": (later + timedelta(days=3)).isoformat(), "note": "Leave"}
    made = ask(desk, "POST", f"/agents/{ada.pk}/absences", away).json
    assert ask(desk, "GET", "/absences?state=planned").json["items"] == [made]
    problem(ask(desk, "POST", f"/agents/{ada.pk}/hand-on"), 409, "conflict")
    Agent.objects.filter(pk=ada.pk).update(available=False)
    assert ask(desk, "POST", f"/agents/{ada.pk}/hand-on").json == {"considered": 0}


def test_somebody_is_invited_and_the_invitation_taken_back(desk: Running) -> None:
    made = ask(desk, "POST", "/agents", GWEN, "nobody").json
    path = f"/agents/{made['id']}/invitation"
    assert ask(desk, "POST", path, None, "nobody").status == 200
    assert ask(desk, "DELETE", path, None, "nobody").status == 200
    problem(ask(desk, "POST", path, None, "lead"), 403, "forbidden")
    assert ask(desk, "GET", f"/agents/{made['id']}", None, "ada").json["name"] == "Gwen Farrow"


def test_one_changes_what_one_says_of_oneself(desk: Running) -> None:
    changed = ask(desk, "PATCH", "/agents/me", {"name": "Ada Q.", "languages": ["en", "fr"]}, "ada").json
    assert (changed["name"], changed["languages"]) == ("Ada Q.", ["en", "fr"])
    problem(ask(desk, "PATCH", "/agents/me", {"languages": ["English"]}, "ada"), 422, "invalid")


def test_skills_tell_who_has_them(desk: Running) -> None:
    ada = Agent.objects.get(name="Ada Quill")
    ask(desk, "PUT", f"/agents/{ada.pk}/skills", {"skills": {"sql": 3}}, "nobody")
    assert ask(desk, "GET", "/skills").json["skills"] == [
        {"name": "sql", "asked_for": False, "agents": {str(ada.pk): 3}}
    ]
