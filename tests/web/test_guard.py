"""A second step where a role asks for one, and a fresh word of who one is before what matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from deskwright.desk import clock
from deskwright.desk.accounts import policy
from deskwright.desk.errors import Forbidden, Invalid
from deskwright.desk.settings import house, roles
from deskwright.store.models import Agent, AuditEntry
from tests.web import rows

SignIn = Callable[[Agent], Client]
PLACES = ("/inbox/mine/", "/account/", "/console/people/", "/tickets/new/")


@pytest.fixture
def admin(desk: None) -> Agent:
    return rows.agent("Odile Marsh", "admin", password=rows.PASSWORD)


@pytest.fixture(autouse=True)
def fresh(desk: None) -> None:
    house.forget()


def came_in(agent: Agent) -> Client:
    client = Client()
    client.post("/login/", {"email": agent.email, "password": rows.PASSWORD})
    return client


def test_who_needs_a_second_step_and_has_none_can_only_set_one_up(admin: Agent, now: datetime) -> None:
    client = came_in(admin)
    policy.ask(admin, ["admin"], 10, now=now)

    for place in PLACES:
        assert client.get(place).headers["Location"] == "/account/second-step/", place
    part = client.get("/inbox/mine/", headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/account/second-step/"
    assert client.post("/account/theme/", {"theme": "dark"}).status_code == 302
    admin.refresh_from_db()
    assert admin.theme == "auto"
    assert "Set up an authenticator app" in client.get("/account/second-step/").content.decode()
    assert client.get("/account/app/").headers["Location"].startswith("/account/confirm/")

    totp.TOTP.activate(admin, totp.generate_totp_secret())
    assert client.get("/inbox/mine/").status_code == 200
    assert client.get("/account/second-step/").headers["Location"] == "/"


def test_a_null_byte_in_a_field_of_the_door_is_no_fault(desk: None) -> None:
    assert Client().get("/help/?q=%00").status_code == 200
    assert Client().post("/login/", {"email": "a\0@desk.example", "password": "x"}).status_code == 422


def test_other_roles_go_on_as_they_were(admin: Agent, ada: Agent, signed_in: SignIn, now: datetime) -> None:
    policy.ask(admin, ["admin", "lead"], 10, now=now)

    assert signed_in(ada).get("/inbox/mine/").status_code == 200


def test_a_role_of_the_desks_own_says_so_itself(admin: Agent, ada: Agent, signed_in: SignIn, now: datetime) -> None:
    own = {"name": "Payer", "about": "", "base": "agent", "grants": {"tickets:see": "all"}, "hidden": []}
    role = roles.make(admin, "payer", {**own, "two_factor": True}, now=now)
    roles.give(admin, ada.pk, role, now=now)
    client = signed_in(ada)

    assert client.get("/inbox/mine/").headers["Location"] == "/account/second-step/"
    roles.change(admin, role.pk, {**own, "two_factor": False}, now=now)
    assert client.get("/inbox/mine/").status_code == 200


def test_admins_see_who_lacks_one(admin: Agent, ada: Agent, lead: Agent, now: datetime) -> None:
    totp.TOTP.activate(lead, totp.generate_totp_secret())
    policy.ask(admin, ["agent"], 10, now=now)

    assert list(policy.without_second_step()) == [ada, admin]
    page = came_in(admin).get("/console/sign-in/").content.decode()
    assert "Ada Quill" in page and "Nora Lind" not in page
    assert page.count("Yes: set up at the next page they open") == 1


def test_what_matters_asks_again_after_the_desks_minutes(
    admin: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = came_in(admin)
    came = datetime.fromtimestamp(client.session["account_authentication_methods"][-1]["at"], now.tzinfo)
    monkeypatch.setattr(clock, "now", lambda: came + timedelta(minutes=9))
    assert client.get("/console/tokens/new/").status_code == 200

    monkeypatch.setattr(clock, "now", lambda: came + timedelta(minutes=11))
    for place in ("/console/tokens/new/", "/console/roles/new/", "/console/sign-in/", "/console/audit/audit.csv"):
        assert client.get(place).headers["Location"].startswith("/account/confirm/?next=%2Fconsole"), place
    made = {"name": "Half typed", "scopes": ["tickets:read"], "agent": "", "expires_at": ""}
    assert client.post("/console/tokens/new/", made).status_code == 200, "what was being filled in is not lost"
    assert client.get("/console/tokens/").status_code == 200, "looking is free"

    monkeypatch.setattr(clock, "now", lambda: came + timedelta(minutes=41))
    assert client.post("/console/tokens/new/", made).headers["Location"].startswith("/account/confirm/")


def test_confirming_leads_back_to_where_one_was_going(admin: Agent, signed_in: SignIn) -> None:
    client = signed_in(admin)
    asked = client.get("/console/sign-in/").headers["Location"]

    answer = client.post(asked, {"password": rows.PASSWORD})

    assert answer.headers["Location"] == "/console/sign-in/"
    assert client.get("/console/sign-in/").status_code == 200


def test_the_policy_is_changed_by_who_may_within_reason_and_noted(admin: Agent, lead: Agent, now: datetime) -> None:
    with pytest.raises(Forbidden):
        policy.ask(lead, ["agent"], 10, now=now)
    for wrong in (0, 241):
        with pytest.raises(Invalid):
            policy.ask(admin, [], wrong, now=now)
    client = came_in(admin)

    assert client.post("/console/sign-in/", {"two_factor": ["agent"], "confirm_minutes": "5"}).status_code == 302

    house.forget()
    assert (house.house().two_factor, house.house().confirm_minutes) == (frozenset({"agent"}), 5)
    entry = AuditEntry.objects.get(action="sign_in.changed")
    assert entry.changes == {"confirm_minutes": [10, 5], "two_factor": [[], ["agent"]]}


def test_who_lost_their_second_step_gets_in_again_by_an_admin(
    admin: Agent, ada: Agent, lead: Agent, now: datetime
) -> None:
    totp.TOTP.activate(ada, totp.generate_totp_secret())
    client = came_in(admin)
    assert "Has a second step for signing in." in client.get(f"/console/people/{ada.pk}/").content.decode()

    assert client.post(f"/console/people/{ada.pk}/steps/").status_code == 302

    assert not policy.has_second_step(ada)
    assert AuditEntry.objects.get(action="agent.steps_forgotten").subject == ada.email
    with pytest.raises(Forbidden):
        policy.forget_steps(lead, admin.pk, now=now)


def test_nobody_takes_a_second_step_away_from_who_holds_more_rights(admin: Agent, ada: Agent, now: datetime) -> None:
    own = {"name": "Staffing", "about": "", "base": "agent", "grants": {"people:manage": "all"}, "hidden": []}
    role = roles.make(admin, "staffing", own, now=now)
    roles.give(admin, ada.pk, role, now=now)
    ada.refresh_from_db()
    lead = rows.agent("Nora Lind", "lead")
    for one in (admin, lead):
        totp.TOTP.activate(one, totp.generate_totp_secret())

        with pytest.raises(Forbidden):
            policy.forget_steps(ada, one.pk, now=now)

        assert policy.has_second_step(one)
