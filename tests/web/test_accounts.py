"""Ways in: invitations, second steps, forgotten passwords, sessions; and what each leaves in the audit log."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.test import Client

from deskwright.desk import clock
from deskwright.desk.accounts import attempts, invitations
from deskwright.desk.errors import Forbidden
from deskwright.desk.settings import house
from deskwright.store.models import Agent, AuditEntry, Delivery, DeskSettings, Invitation
from deskwright.web.account import signing
from deskwright.web.account.adapters import MfaAdapter
from tests.web import rows

GOOD = "a long unusual sentence"


@pytest.fixture
def admin(desk: None) -> Agent:
    return rows.agent("Odile Marsh", "admin", password=rows.PASSWORD)


@pytest.fixture
def newcomer(desk: None) -> Agent:
    return rows.agent("Nell Frost")


def sign_in(email: str, password: str = rows.PASSWORD) -> tuple[Client, str]:
    """A browser, and where signing in led it."""
    client = Client()
    return client, client.post("/login/", {"email": email, "password": password}).headers.get("Location", "")


def link(of: str, to: str) -> str:
    """The path of the latest link of this kind that was mailed."""
    text = Delivery.objects.filter(recipient=to).latest("id").content["text"]
    found = re.search(rf"http://testserver(/{of}/\S+)", text)
    assert found, text
    return found[1]


def test_an_invitation_lets_its_person_choose_a_password_once(admin: Agent, newcomer: Agent, now: datetime) -> None:
    invitations.invite(admin, newcomer.pk, now=now)
    address = link("welcome", newcomer.email)

    assert Client().get(address).status_code == 200
    client = Client()
    assert client.post(address, {"password": GOOD}).headers["Location"] == "/"

    assert client.get("/inbox/mine/").status_code == 200
    assert Client().get(address).status_code == 404
    assert sign_in(newcomer.email, GOOD)[1] == "/"


@pytest.mark.parametrize("password", ["password123", "1234567890", "short", "nell@desk.example"])
def test_a_password_others_would_guess_is_refused(password: str, admin: Agent, newcomer: Agent, now: datetime) -> None:
    invitations.invite(admin, newcomer.pk, now=now)

    assert Client().post(link("welcome", newcomer.email), {"password": password}).status_code == 422


def test_the_name_the_desk_was_given_stands_in_what_it_mails_and_shows(
    admin: Agent, newcomer: Agent, now: datetime
) -> None:
    DeskSettings.objects.update_or_create(pk=1, defaults={"name": "Harbor Help"})
    house.forget()

    invitations.invite(admin, newcomer.pk, now=now)
    invited = Delivery.objects.get(recipient=newcomer.email).content
    Client().post("/account/password/forgotten/", {"email": admin.email})

    assert "Harbor Help" in invited["subject"] and "Harbor Help" in invited["text"]
    assert "Harbor Help" in Delivery.objects.get(recipient=admin.email).content["subject"]
    assert MfaAdapter().get_totp_issuer() == "Harbor Help"
    assert "· Harbor Help</title>" in Client().get("/help/enter/").content.decode()


def test_an_invitation_ends_when_it_is_revoked_sent_again_or_too_old(
    admin: Agent, newcomer: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitations.invite(admin, newcomer.pk, now=now)
    first = link("welcome", newcomer.email)
    invitations.invite(admin, newcomer.pk, now=now)
    second = link("welcome", newcomer.email)
    assert [Client().get(each).status_code for each in (first, second)] == [404, 200]

    monkeypatch.setattr(clock, "now", lambda: now + invitations.LASTS)
    assert Client().get(second).status_code == 404
    monkeypatch.setattr(clock, "now", lambda: now)
    invitations.revoke(admin, newcomer.pk, now=now)
    assert Client().get(second).status_code == 404


def test_only_who_manages_people_invites(ada: Agent, newcomer: Agent, now: datetime) -> None:
    with pytest.raises(Forbidden):
        invitations.invite(ada, newcomer.pk, now=now)
    assert not Invitation.objects.exists()


def test_the_code_of_an_app_is_asked_for_after_the_password(admin: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(admin, secret)
    client, led = sign_in(admin.email)
    assert led == "/login/second/"
    assert client.get("/inbox/mine/").status_code == 302, "not in yet"
    assert client.get(led).status_code == 200

    assert client.post(led, {"code": "000000"}).status_code == 200
    assert client.get("/inbox/mine/").status_code == 302
    counter = next(totp.yield_hotp_counters_from_time())
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([counter]))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    assert client.post(led, {"code": code}).headers["Location"] == "/"

    assert client.get("/inbox/mine/").status_code == 200


def test_secrets_of_apps_are_sealed_where_they_are_kept(admin: Agent) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(admin, secret)

    kept = Authenticator.objects.get(user=admin).data["secret"]
    assert secret not in kept and kept.startswith("gAAAA")


def test_adding_a_way_in_asks_once_more_who_it_is(admin: Agent, signed_in: Callable[[Agent], Client]) -> None:
    client = signed_in(admin)

    led = client.get("/account/app/").headers["Location"]
    assert led.startswith("/account/confirm/")
    assert client.post(led, {"password": "wrong"}).status_code == 200
    assert client.post(led, {"password": rows.PASSWORD}).headers["Location"] == "/account/app/"

    assert "data:image/svg" in client.get("/account/app/").content.decode()


def test_a_forgotten_password_is_chosen_anew_by_a_mailed_link(admin: Agent) -> None:
    other, _ = sign_in(admin.email)
    Client().post("/account/password/forgotten/", {"email": admin.email})
    client = Client()

    form = client.get(link("account/password/new", admin.email)).headers["Location"]
    answer = client.post(form, {"password1": GOOD, "password2": GOOD})

    assert answer.headers["Location"] == "/account/password/changed/"
    assert sign_in(admin.email, GOOD)[1] == "/"
    assert other.get("/inbox/mine/").status_code == 302, "sessions of the old password are over"


def test_nothing_tells_whether_an_address_works_here(admin: Agent) -> None:
    answers = [Client().post("/account/password/forgotten/", {"email": mail}) for mail in (admin.email, "x@y.example")]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Delivery.objects.count() == 1


def test_a_session_is_new_after_signing_in_and_can_be_ended_from_another(admin: Agent) -> None:
    first, _ = sign_in(admin.email)
    second, _ = sign_in(admin.email)
    keys = {each.session.session_key for each in (first, second)}
    assert len(keys) == 2
    shown = UserSession.objects.get(session_key=first.session.session_key)
    assert second.get("/account/sign-in/").status_code == 200

    assert second.post(f"/account/sessions/{shown.pk}/end/").status_code == 302

    assert first.get("/inbox/mine/").status_code == 302
    assert second.get("/inbox/mine/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(
    admin: Agent, ada: Agent, signed_in: Callable[[Agent], Client]
) -> None:
    client, _ = sign_in(admin.email)
    session = UserSession.objects.get(user=admin)

    signed_in(ada).post(f"/account/sessions/{session.pk}/end/", headers={"HX-Request": "true"})

    assert client.get("/inbox/mine/").status_code == 200


def test_signing_in_and_failing_to_are_noted(admin: Agent) -> None:
    sign_in(admin.email, "wrong")
    client, _ = sign_in(admin.email)
    client.post("/logout/")

    noted = AuditEntry.objects.order_by("id").values_list("action", "actor", "door")
    assert list(noted) == [
        ("agent.refused", admin.pk, "web"),
        ("agent.signed_in", admin.pk, "web"),
        ("agent.signed_out", admin.pk, "web"),
    ]


def test_wrong_second_steps_lock_outs_and_confirmations_are_noted(
    admin: Agent, signed_in: Callable[[Agent], Client]
) -> None:
    totp.TOTP.activate(admin, totp.generate_totp_secret())
    client, led = sign_in(admin.email)
    client.post(led, {"code": "000000"})
    inside = signed_in(admin)
    inside.post("/account/confirm/", {"password": "wrong"})
    inside.post("/account/confirm/", {"password": rows.PASSWORD})
    for _ in range(signing.TRIES["email"] + 2):
        sign_in("nobody@desk.example", "guess")

    noted = AuditEntry.objects.filter(kind="sign_in").order_by("id").values_list("action", "actor_name")
    assert list(noted) == [
        ("step.refused", admin.email),
        ("agent.not_confirmed", admin.email),
        ("agent.confirmed", admin.email),
        *[("agent.refused", "nobody@desk.example")] * signing.TRIES["email"],
        ("agent.locked_out", "nobody@desk.example"),
    ]


def test_tries_are_counted_where_every_process_sees_them_and_forgotten_in_time(db: str, now: datetime) -> None:
    window = timedelta(minutes=10)
    for _ in range(3):
        attempts.count("sign_in:email", "A@desk.example", now)

    assert attempts.wait_seconds("sign_in:email", "a@desk.example", 3, window, now) == 600
    assert attempts.wait_seconds("sign_in:email", "a@desk.example", 4, window, now) == 0
    assert attempts.wait_seconds("sign_in:email", "a@desk.example", 3, window, now + window) == 0
    assert attempts.forget(now + timedelta(days=2), 100) == 3


@pytest.mark.parametrize(
    "path",
    ["/account/sign-in/", "/account/keys/", "/account/tokens/", "/account/password/", "/account/password/forgotten/"],
)
def test_the_account_pages_are_there(path: str, admin: Agent, signed_in: Callable[[Agent], Client]) -> None:
    assert signed_in(admin).get(path).status_code == 200
