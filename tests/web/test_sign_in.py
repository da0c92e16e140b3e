"""Signing in: what is told, what is not, and how often one may guess."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.http import HttpRequest
from django.test import Client

from deskwright.desk import clock
from deskwright.store.models import Agent
from deskwright.web.account import signing
from tests.web import rows

WRONG = "This email and password do not belong together"


@pytest.fixture
def ada(desk: None) -> None:
    rows.agent("Ada Quill", password=rows.PASSWORD)


def try_to(client: Client, email: str, password: str, **more: str) -> object:
    return client.post("/login/", {"email": email, "password": password, **more})


def test_a_stranger_is_asked_to_sign_in_and_comes_back_to_where_they_were_going(ada: None) -> None:
    client = Client()
    assert client.get("/tickets/7/").headers["Location"] == "/login/?next=/tickets/7/"

    answer = try_to(client, "ADA@desk.example", rows.PASSWORD, next="/search/?q=x")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/search/?q=x")  # type: ignore[attr-defined]


def test_the_way_on_never_leaves_the_desk(ada: None) -> None:
    answer = try_to(Client(), "ada@desk.example", rows.PASSWORD, next="https://elsewhere.example/")
    assert answer.headers["Location"] == "/"  # type: ignore[attr-defined]


def test_a_password_that_an_older_release_hashed_is_hashed_anew_and_the_session_lives_on(ada: None) -> None:
    """Else the first to ask for the password again would do it, which ends every session of the agent."""
    Agent.objects.update(password=PBKDF2PasswordHasher().encode(rows.PASSWORD, "salt", iterations=1000))
    client = Client()
    try_to(client, "ada@desk.example", rows.PASSWORD)
    assert not PBKDF2PasswordHasher().must_update(Agent.objects.get().password)
    client.post("/account/confirm/", {"password": rows.PASSWORD})
    assert client.get("/inbox/mine/").status_code == 200


def test_who_confirms_themselves_after_an_upgrade_stays_signed_in(ada: None) -> None:
    client = Client()
    old = PBKDF2PasswordHasher().encode(rows.PASSWORD, "salt", iterations=1000)
    Agent.objects.update(password=old)
    client.force_login(Agent.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    client.post("/account/confirm/", {"password": rows.PASSWORD})
    assert Agent.objects.get().password != old
    assert client.get("/inbox/mine/").status_code == 200


@pytest.mark.parametrize("written", ["ADA@desk.example", "haz\u0131m@desk.example", "hazim@desk.example"])
def test_however_an_email_is_written_its_tries_count_together(desk: None, written: str) -> None:
    """The account is found by what is written large: a dotless i is an I there."""
    keys = [signing.keys(HttpRequest(), one)["email"] for one in (written, written.upper())]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("email", ["ada@desk.example", "nobody@desk.example"])
def test_a_wrong_password_and_an_unknown_email_are_told_alike(ada: None, email: str) -> None:
    answer = try_to(Client(), email, "wrong")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert WRONG in answer.content.decode()  # type: ignore[attr-defined]


def test_an_agent_who_left_cannot_sign_in(ada: None) -> None:
    Agent.objects.update(is_active=False)
    assert try_to(Client(), "ada@desk.example", rows.PASSWORD).status_code == 422  # type: ignore[attr-defined]


def test_guessing_has_to_wait_and_then_may_go_on(ada: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Agent, "check_password", lambda *_: False)
    client = Client()
    for _ in range(signing.TRIES["email"]):
        assert try_to(client, "ada@desk.example", "guess").status_code == 422  # type: ignore[attr-defined]

    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: now)
    refused = try_to(client, "ada@desk.example", rows.PASSWORD)
    assert refused.status_code == 429  # type: ignore[attr-defined]
    assert "Please wait 10 minutes" in refused.content.decode()  # type: ignore[attr-defined]

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=10))
    assert try_to(client, "ada@desk.example", rows.PASSWORD).status_code == 302  # type: ignore[attr-defined]


def test_an_office_behind_one_address_signs_in_as_often_as_it_likes(ada: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(signing.TRIES, "address", 3)
    for _ in range(4):
        assert try_to(Client(), "ada@desk.example", rows.PASSWORD).status_code == 302  # type: ignore[attr-defined]


def test_a_right_sign_in_leaves_the_wrong_tries_of_its_address_counted(
    ada: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(signing.TRIES, "address", 3)
    tried = [try_to(Client(), f"guess-{n}@desk.example", "guess") for n in range(2)]
    tried += [try_to(Client(), "ada@desk.example", rows.PASSWORD)]
    tried += [try_to(Client(), f"more-{n}@desk.example", "guess") for n in range(2)]
    assert [one.status_code for one in tried] == [422, 422, 302, 422, 429]  # type: ignore[attr-defined]


def test_a_try_counts_before_its_password_is_looked_at(ada: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many at the same time cannot all be let through to the look."""
    monkeypatch.setitem(signing.TRIES, "address", 1)
    while_looking: list[int] = []

    def look(*_: object) -> bool:
        while_looking.append(try_to(Client(), "bram@desk.example", "guess").status_code)  # type: ignore[attr-defined]
        return False

    monkeypatch.setattr(Agent, "check_password", look)
    try_to(Client(), "ada@desk.example", "guess")
    assert while_looking == [429]


def test_signing_out_ends_the_session(ada: None) -> None:
    client = Client()
    try_to(client, "ada@desk.example", rows.PASSWORD)
    client.post("/logout/")
    assert client.get("/inbox/mine/").status_code == 302


def test_the_choice_of_light_or_dark_is_kept_with_the_agent(ada: None) -> None:
    client = Client()
    try_to(client, "ada@desk.example", rows.PASSWORD)
    client.post("/account/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/inbox/mine/").content.decode()
