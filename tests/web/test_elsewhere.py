"""Signing in at an identity provider: one runs on the loopback, with signed tokens, and nothing of ours is replaced."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from deskwright.desk.accounts import invitations, policy
from deskwright.desk.accounts.policy import Provider
from deskwright.desk.errors import Forbidden, Invalid
from deskwright.desk.settings import roles
from deskwright.store.models import Agent, AuditEntry, SignInPolicy
from tests.web import issuer, rows
from tests.web.issuer import Issuer


@pytest.fixture
def house_of(desk: None, now: datetime) -> Iterator[Issuer]:
    """A provider that is running and entered."""
    with issuer.running() as running:
        policy.trust(None, Provider("Lanternfish", running.url, issuer.CLIENT, issuer.SECRET), now=now)
        yield running


@pytest.fixture
def admin(desk: None) -> Agent:
    return rows.agent("Odile Marsh", "admin", password=rows.PASSWORD)


class Staying(urllib.request.HTTPRedirectHandler):
    """A browser would follow; here the address is the answer."""

    def redirect_request(self, *_asked: Any) -> None:
        return None


def come_in(provider: Issuer, **claims: Any) -> tuple[Client, Any]:
    """Somebody with these claims clicks the button and says yes over there; their browser, and the desk's answer."""
    provider.person = {"sub": claims["email"], "email_verified": True, "name": "Nell Frost", **claims}
    client = Client()
    there = client.get("/login/elsewhere/sso/login/").headers["Location"]
    assert there.startswith(f"{provider.url}/authorize?")
    try:
        urllib.request.build_opener(Staying).open(there)
    except urllib.error.HTTPError as answer:
        back = answer.headers["Location"]
    assert back.startswith("http://testserver/login/elsewhere/sso/login/callback/?")
    return client, client.get(back.removeprefix("http://testserver"))


def test_an_agent_comes_in_by_the_provider_and_their_session_is_theirs(house_of: Issuer, ada: Agent) -> None:
    page = Client().get("/login/?next=/notices/").content.decode()
    assert "Sign in with Lanternfish" in page and 'href="/login/elsewhere/sso/login/?next=%2Fnotices%2F"' in page

    client, answer = come_in(house_of, email="ADA@desk.example")

    assert answer.headers["Location"] == "/"
    assert f"You sign in as {ada.email}." in client.get("/account/").content.decode()
    assert {"/token", "/userinfo", "/.well-known/openid-configuration"} <= set(house_of.seen)
    assert AuditEntry.objects.filter(action="agent.signed_in", actor=ada.pk).exists()


def test_an_invited_person_may_come_in_by_the_provider_the_first_time(
    house_of: Issuer, admin: Agent, now: datetime
) -> None:
    nell = rows.agent("Nell Frost")
    invitations.invite(admin, nell.pk, now=now)

    client, _answer = come_in(house_of, email=nell.email)

    assert client.get("/inbox/mine/").status_code == 200


@pytest.mark.parametrize(
    "claims", [{"email": "stranger@x.example"}, {"email": "ada@desk.example", "email_verified": False}]
)
def test_whom_the_desk_does_not_know_by_a_verified_address_is_refused(
    claims: dict[str, Any], house_of: Issuer, ada: Agent
) -> None:
    people = Agent.objects.count()

    client, answer = come_in(house_of, **claims)

    assert "Nobody signs up here" in answer.content.decode()
    assert client.get("/inbox/mine/").status_code == 302
    assert Agent.objects.count() == people
    assert AuditEntry.objects.filter(action="provider.refused", kind="sign_in").count() == 1


def test_a_callback_anybody_may_call_is_noted_once_a_quarter_of_an_hour(house_of: Issuer) -> None:
    for error in ("access_denied", "server_error"):
        Client().get(f"/login/elsewhere/sso/login/callback/?error={error}&state=x")
    assert AuditEntry.objects.filter(action="provider.refused").count() == 1


def test_who_has_left_stays_out(house_of: Issuer, ada: Agent) -> None:
    Agent.objects.filter(pk=ada.pk).update(is_active=False)

    client, _answer = come_in(house_of, email=ada.email)

    assert client.get("/inbox/mine/").status_code == 302


def test_newcomers_are_taken_on_where_the_desk_says_so_with_the_role_their_groups_mean(
    house_of: Issuer, admin: Agent, now: datetime
) -> None:
    policy.admit(admin, "light", "teams", {"support": "agent", "heads": "lead"}, now=now)

    for name, groups, role in (("nell", ["heads"], "lead"), ("omar", ["cooks"], "light")):
        client, _answer = come_in(house_of, email=f"{name}@desk.example", teams=groups)
        assert client.get("/account/").status_code == 200
        assert Agent.objects.get(email=f"{name}@desk.example").role == role
    assert AuditEntry.objects.filter(action="agent.provisioned").count() == 2


def test_a_role_follows_the_groups_at_every_signing_in_but_the_last_admin_stays_one(
    house_of: Issuer, ada: Agent, admin: Agent, now: datetime
) -> None:
    own = {"name": "Tester", "about": "", "base": "agent", "grants": {"tickets:see": "all"}, "hidden": []}
    roles.make(admin, "tester", own, now=now)
    policy.admit(admin, "", "groups", {"support": "tester", "guests": "light"}, now=now)

    come_in(house_of, email=ada.email, groups="support")
    ada.refresh_from_db()
    assert ada.custom_role and ada.custom_role.key == "tester"
    come_in(house_of, email=ada.email, groups=["guests"])
    ada.refresh_from_db()
    assert (ada.custom_role, ada.role) == (None, "light")

    come_in(house_of, email=admin.email, groups=["guests"])
    admin.refresh_from_db()
    assert admin.role == "admin"


def test_a_code_is_worth_nothing_to_who_did_not_begin(house_of: Issuer, ada: Agent) -> None:
    house_of.person = {"sub": "1", "email": ada.email, "email_verified": True}
    stolen = "/login/elsewhere/sso/login/callback/?code=code-0&state=made-up"

    client = Client()
    client.get(stolen)

    assert client.get("/inbox/mine/").status_code == 302


def test_the_secret_is_sealed_and_nobody_but_an_admin_names_the_provider(
    admin: Agent, lead: Agent, now: datetime
) -> None:
    provider = Provider("House", "https://id.example", "desk", "very secret")
    with pytest.raises(Forbidden):
        policy.trust(lead, provider, now=now)
    policy.trust(admin, provider, now=now)

    assert "very secret" not in SignInPolicy.objects.get().provider
    assert "very secret" not in str(AuditEntry.objects.get(action="sign_in.changed").changes)
    assert policy.provider() == provider
    with pytest.raises(Invalid, match="https"):
        policy.trust(admin, Provider("House", "http://id.example", "desk", "x"), now=now)


def test_the_page_keeps_a_secret_that_is_not_typed_again_and_shows_the_address_to_come_back_to(admin: Agent) -> None:
    client = Client()
    client.post("/login/", {"email": admin.email, "password": rows.PASSWORD})
    said = {"name": "House", "server": "https://id.example/", "client_id": "desk", "secret": "s3cret"}

    assert client.post("/console/sign-in/provider/", said).status_code == 302
    assert client.post("/console/sign-in/provider/", {**said, "name": "Home", "secret": ""}).status_code == 302
    assert policy.provider() == Provider("Home", "https://id.example", "desk", "s3cret")
    client.post("/console/sign-in/provider/", {**said, "client_id": "other", "secret": ""})
    known = policy.provider()
    assert known and known.secret == "", "a secret is not sent to another client's provider"

    page = client.get("/console/sign-in/provider/").content.decode()
    assert "http://testserver/login/elsewhere/sso/login/callback/" in page
    assert "s3cret" not in page
    assert client.post("/console/sign-in/newcomers/", {"newcomers": "", "groups": "staff agent"}).status_code == 422
    groups = {"newcomers": "light", "claim": "", "groups": "staff = agent\nheads = lead"}
    assert client.post("/console/sign-in/newcomers/", groups).status_code == 302
    assert (policy.known().groups, policy.known().claim) == ({"staff": "agent", "heads": "lead"}, "groups")
    client.post("/console/sign-in/provider/remove/")
    assert policy.provider() is None


def tried(admin: Agent) -> str:
    client = Client()
    client.post("/login/", {"email": admin.email, "password": rows.PASSWORD})
    return client.post("/console/sign-in/provider/try/").content.decode()


def test_trying_says_in_sentences_what_would_happen(house_of: Issuer, admin: Agent) -> None:
    page = tried(admin)

    for said in (
        f"It answers, and calls itself {house_of.url}.",
        f"People are sent to {house_of.url}/authorize.",
        "It publishes 1 key that signs.",
        "It takes the client ID and the secret.",
        "You would come in as Odile Marsh, if it names odile@desk.example.",
        "Whom only the provider knows is refused.",
    ):
        assert said in page, said
    assert 'class="finding broken"' not in page and "Nothing was changed" in page


def test_trying_tells_what_is_wrong_with_the_provider(house_of: Issuer, admin: Agent, now: datetime) -> None:
    policy.trust(None, Provider("Lanternfish", house_of.url, issuer.CLIENT, "another secret"), now=now)
    assert "It does not know this client ID with this secret (invalid_client)." in tried(admin)

    house_of.more = {"issuer": "https://somebody.example", "scopes_supported": ["openid"], "jwks_uri": "ftp://x"}
    page = tried(admin)
    assert f"It calls itself https://somebody.example, not {house_of.url}." in page
    assert "It does not name the scopes email, profile." in page
    assert "It names no address that begins with https:// for jwks_uri." in page

    policy.trust(None, Provider("Lanternfish", "http://127.0.0.1:1", "desk", "x"), now=now)
    assert "could not be read" in tried(admin)
