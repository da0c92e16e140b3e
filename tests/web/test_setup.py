"""The first run: who may begin it, that it is taken up where it was left, ends with a working desk and stays shut."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from deskwright.desk import clock, workflows
from deskwright.desk.settings import house
from deskwright.desk.settings.code import first_run_code
from deskwright.desk.starters import STARTERS, starter
from deskwright.engine.linting import lint
from deskwright.store.models import Agent, Team

PASSWORD = "a long enough password"


@pytest.fixture
def client(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A stranger at a desk where nobody works yet."""
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: now)
    return Client()


def account(client: Client, code: str | None = None) -> int:
    said = {"name": "Ada Quill", "email": "ada@desk.example", "password": PASSWORD}
    code = first_run_code(settings.SECRET_KEY) if code is None else code
    return client.post("/setup/", {**said, "code": code}).status_code


def test_an_empty_desk_leads_to_the_first_run_which_only_the_code_begins(client: Client) -> None:
    assert client.get("/login/").headers["Location"] == "/setup/"
    assert account(client, "a guess") == 422
    assert not Agent.objects.exists()
    assert account(client) == 302
    assert Agent.objects.get().role == "admin"


def test_a_short_password_is_refused_beside_its_field(client: Client) -> None:
    code = first_run_code(settings.SECRET_KEY)
    answer = client.post("/setup/", {"code": code, "name": "Ada", "email": "ada@desk.example", "password": "short"})
    assert answer.status_code == 422
    assert "At least 10 characters" in answer.content.decode()


def test_the_first_run_ends_with_people_and_a_published_workflow(client: Client) -> None:
    account(client)
    assert client.get("/setup/").headers["Location"] == "/setup/desk/"
    assert client.post("/setup/desk/", {"name": "Lantern Help"}).headers["Location"] == "/setup/mail/"
    assert client.post("/setup/mail/", {"do": "skip"}).headers["Location"] == "/setup/people/"
    people = "Bram Oak, bram@desk.example, Support\nCleo Marsh, cleo@desk.example"
    assert client.post("/setup/people/", {"people": people}).headers["Location"] == "/setup/workflow/"
    chosen = {"starter": "two_lines", "zone": "Europe/Lisbon"}
    shown = client.post("/setup/workflow/", {**chosen, "do": "look"}).content.decode()
    assert "Europe/Lisbon" in shown
    assert client.post("/setup/workflow/", {**chosen, "do": "publish"}).headers["Location"] == "/"

    assert house.house().name == "Lantern Help"
    assert workflows.live().name == "Two lines"
    assert list(Team.objects.get(key="support").agents.values_list("name", flat=True)) == ["Bram Oak"]
    for page in ("", "desk/", "mail/", "people/", "workflow/"):
        assert client.get(f"/setup/{page}").status_code == 404


def test_it_is_taken_up_where_it_was_left(client: Client) -> None:
    account(client)
    client.post("/setup/desk/", {"name": "Lantern Help"})
    later = Client()
    later.force_login(Agent.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    assert later.get("/setup/").headers["Location"] == "/setup/mail/"


def test_somebody_else_does_not_get_in_while_it_lasts(client: Client) -> None:
    account(client)
    bram = Agent.objects.create(name="Bram Oak", email="bram@desk.example", role="lead")
    lead = Client()
    lead.force_login(bram, backend="django.contrib.auth.backends.ModelBackend")
    assert lead.get("/setup/desk/").status_code == 403
    assert Client().get("/setup/").status_code == 404
    assert account(Client()) == 404


def test_a_line_that_names_nobody_is_pointed_at(client: Client) -> None:
    account(client)
    answer = client.post("/setup/people/", {"people": "Bram Oak, bram@desk.example\nnobody"})
    assert answer.status_code == 422
    assert "Line 2 is not" in answer.content.decode()


def test_a_mail_server_that_is_not_there_is_told_and_kept_only_when_saved(client: Client) -> None:
    account(client)
    typed = {
        "mail_from": "help@desk.example",
        "host": "127.0.0.1",
        "port": "1",
        "tls": "off",
        "user": "",
        "password": "",
    }
    page = client.post("/setup/mail/", {**typed, "do": "test"}).content.decode()
    assert "The mail was not taken." in page
    assert not house.house().server.secret
    assert client.post("/setup/mail/", typed).status_code == 302
    assert house.house().mail_from == "help@desk.example"
    assert "127.0.0.1" not in house.house().server.secret != ""


@pytest.mark.parametrize("name", STARTERS)
def test_every_starter_loads_without_a_remark(name: str, db: str) -> None:
    assert lint(workflows.load(starter(name, "Europe/Berlin"))) == ()
