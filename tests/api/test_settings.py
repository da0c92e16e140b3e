"""Settings through the API: phone lines, alert sources, widgets, mail, looks, letters, tags. No secret comes out."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings

from deskwright.desk.arriving import brakes
from deskwright.desk.mailboxes import setting
from deskwright.desk.said import kept
from deskwright.desk.settings import house, mail, sealing
from deskwright.store.models import AuditEntry, Mailbox, MailServer, RawInput, TagChange, Team
from tests import factories
from tests.api.running import Running
from tests.api.test_front import problem
from tests.api.test_tickets import ask
from tests.api.test_tickets import desk as desk  # the fixture

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(8)).decode()
LINE = {"name": "Front", "number": "+49 30 1234567", "provider": "plain"}
BOX = {
    "name": "Support",
    "address": "help@desk.example",
    "host": "imap.desk.example",
    "user": "help",
    "secret": {"password": "hunter2"},
}
WORDS = {"subject": "We have it", "text": "Hello $customer"}
MADE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("/lines", LINE, {"name": "Back"}),
    ("/alert-sources", {"name": "Probe"}, {"solves": False}),
    ("/widgets", {"name": "Shop", "origins": ["https://shop.example/"]}, {"colour": "#aa0000"}),
    ("/mailboxes", BOX, {"after": "seen"}),
    ("/brands", {"host": "help.harbor.example", "name": "Harbor"}, {"accent": "#00aa00"}),
]


@pytest.mark.parametrize(("path", "wanted", "change"), MADE, ids=[path for path, _, _ in MADE])
def test_a_thing_is_made_shown_changed_and_removed(
    desk: Running, path: str, wanted: dict[str, Any], change: dict[str, Any]
) -> None:
    problem(ask(desk, "POST", path, wanted, "lead"), 403, "forbidden")
    made = ask(desk, "POST", path, wanted, "nobody")
    assert made.status == 201, made.body
    one = made.headers["location"].removeprefix("/api/v1")
    shown = ask(desk, "GET", one, None, "nobody").json
    changed = ask(desk, "PATCH", one, change, "nobody").json
    assert changed == {**shown, **change}
    assert [each["id"] for each in ask(desk, "GET", path, None, "nobody").json["items"]] == [shown["id"]]
    assert not {"secret", "password", "credentials", "token"} & shown.keys()
    assert ask(desk, "DELETE", one, None, "nobody").status == 200
    problem(ask(desk, "GET", one, None, "nobody"), 404, "not_found")


@pytest.mark.parametrize("path", ["/lines", "/alert-sources", "/widgets", "/mailboxes"])
def test_a_way_in_is_switched_off_and_on(desk: Running, path: str) -> None:
    wanted = next(wanted for one, wanted, _ in MADE if one == path)
    one = f"{path}/{ask(desk, 'POST', path, wanted, 'nobody').json['id']}"
    assert ask(desk, "PUT", f"{one}/switch", {"on": False}, "nobody").json["active"] is False
    assert ask(desk, "PUT", f"{one}/switch", {"on": True}, "nobody").json["active"] is True


@pytest.mark.parametrize("path", ["/lines", "/alert-sources", "/widgets"])
def test_a_fresh_secret_is_told_once(desk: Running, path: str) -> None:
    wanted = next(wanted for one, wanted, _ in MADE if one == path)
    made = ask(desk, "POST", path, wanted, "nobody").json
    fresh = ask(desk, "POST", f"{path}/{made['id']}/rotate", None, "nobody").json["secret"]
    assert fresh and fresh != made.get("secret")


@pytest.mark.parametrize(
    ("path", "wrong", "pointer"),
    [
        ("/lines", {**LINE, "number": "call us"}, "/number"),
        ("/lines", {**LINE, "provider": "twilio"}, "/account"),
        ("/widgets", {"name": "Shop", "origins": ["shop"]}, "/origins"),
        ("/widgets", {"name": "Shop", "colour": "red"}, "/colour"),
        ("/mailboxes", {**BOX, "after": "move"}, "/move_to"),
        ("/brands", {"host": "no host!", "name": "A"}, "/host"),
        ("/brands", {"host": "a.example", "name": "A", "logo": "bm8="}, "/logo"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(desk: Running, path: str, wrong: dict[str, Any], pointer: str) -> None:
    said = problem(ask(desk, "POST", path, wrong, "nobody"), 422, "invalid")
    assert said["errors"][0]["pointer"] == pointer


def test_a_mailbox_keeps_its_password_only_for_its_own_server(desk: Running) -> None:
    path = f"/mailboxes/{ask(desk, 'POST', '/mailboxes', BOX, 'nobody').json['id']}"
    ask(desk, "PATCH", path, {"after": "seen"}, "nobody")
    assert setting.secret_of(Mailbox.objects.get()) == {"password": "hunter2"}
    ask(desk, "PATCH", path, {"host": "imap.elsewhere.example"}, "nobody")
    assert setting.secret_of(Mailbox.objects.get()) == {}


OAUTH = {
    **BOX,
    "auth": "oauth2",
    "secret": {"client_id": "c", "client_secret": "s", "token_url": "https://id.desk.example/t", "scope": "mail"},
}


def consented(desk: Running, wanted: dict[str, Any]) -> str:
    """A mailbox that somebody has consented for; its path."""
    number = ask(desk, "POST", "/mailboxes", wanted, "nobody").json["id"]
    box = Mailbox.objects.get(pk=number)
    Mailbox.objects.filter(pk=number).update(
        secret=sealing.seal(json.dumps(setting.secret_of(box) | {"refresh_token": "r"}))
    )
    return f"/mailboxes/{number}"


def test_a_consent_goes_to_no_other_token_address(desk: Running) -> None:
    path = consented(desk, OAUTH)
    kept = setting.secret_of(Mailbox.objects.get())
    ask(desk, "PATCH", path, {"after": "seen", "secret": {"scope": "mail"}}, "nobody")
    assert setting.secret_of(Mailbox.objects.get()) == kept and kept["refresh_token"] == "r"
    ask(desk, "PATCH", path, {"secret": {"token_url": "https://evil.example/t"}}, "nobody")
    left = setting.secret_of(Mailbox.objects.get())
    assert left == {"client_id": "c", "scope": "mail", "token_url": "https://evil.example/t"}
    moved = AuditEntry.objects.filter(action="mailbox.changed").latest("id").changes
    assert moved == {"token_url": ["https://id.desk.example/t", "https://evil.example/t"]}


def test_a_tenant_stays_what_it_was(desk: Running) -> None:
    secret = {"client_id": "c", "client_secret": "s", "tenant": "harbor"}
    path = consented(desk, {**BOX, "auth": "microsoft", "secret": secret})
    kept = setting.secret_of(Mailbox.objects.get())
    assert "/harbor/" in kept["token_url"]
    ask(desk, "PATCH", path, {"after": "seen"}, "nobody")
    assert setting.secret_of(Mailbox.objects.get()) == kept


def test_a_consent_is_lent_to_its_providers_mail_servers_only(desk: Running) -> None:
    lender = int(consented(desk, {**BOX, "auth": "google", "secret": {"client_id": "c"}}).rpartition("/")[2])
    entered = {"host": "smtp.evil.example", "port": 587, "tls": "starttls", "mailbox": lender}
    said = problem(ask(desk, "PUT", "/mail/server", entered, "nobody"), 422, "invalid")
    assert said["errors"][0]["pointer"] == "/host"


def test_what_another_key_sealed_is_to_be_entered_again(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = {"host": "smtp.desk.example", "port": 587, "tls": "starttls", "user": "desk", "password": "hunter2"}
    ask(desk, "PUT", "/mail/server", entered, "nobody")
    path = f"/mailboxes/{ask(desk, 'POST', '/mailboxes', BOX, 'nobody', idempotency_key='k').json['id']}"
    monkeypatch.setattr(settings, "SECRET_KEY", "quite another key")
    house.forget()
    problem(ask(desk, "GET", "/mail", None, "nobody"), 409, "unreadable")
    problem(ask(desk, "POST", "/mailboxes", BOX, "nobody", idempotency_key="k"), 409, "unreadable")
    assert ask(desk, "PUT", "/mail/server", {**entered, "password": ""}, "nobody").status == 200
    assert mail.entered_server()["password"] == ""
    assert ask(desk, "PATCH", path, {"secret": {"password": "new"}}, "nobody").status == 200
    assert setting.secret_of(Mailbox.objects.get()) == {"password": "new"}


def test_how_mail_leaves_is_set_without_telling_the_password(desk: Running) -> None:
    entered = {"host": "smtp.desk.example", "port": 587, "tls": "starttls", "user": "desk", "password": "hunter2"}
    told = ask(desk, "PUT", "/mail/server", entered, "nobody")
    assert told.json["server"] == {name: entered[name] for name in ("host", "port", "tls", "user")} | {"mailbox": None}
    assert b"hunter2" not in told.body and "hunter2" not in MailServer.objects.get().secret
    changed = {"mail_from": "help@desk.example", "signature": "-- $desk"}
    assert ask(desk, "PATCH", "/mail", changed, "nobody").json["signature"] == "-- $desk"
    problem(ask(desk, "PATCH", "/mail", {"signature": "$nonsense"}, "nobody"), 422, "invalid")
    assert ask(desk, "PUT", "/mail/limits", {"per_minute": 90}, "nobody").json["limits"]["per_minute"] == 90
    assert ask(desk, "DELETE", "/mail/server", None, "nobody").json["server"] is None


def test_mail_leaves_by_the_consent_of_a_mailbox_that_has_one(desk: Running) -> None:
    entered = {"host": "smtp.gmail.com", "port": 587, "tls": "starttls"}
    plain = ask(desk, "POST", "/mailboxes", BOX, "nobody").json["id"]
    problem(ask(desk, "PUT", "/mail/server", {**entered, "mailbox": plain}, "nobody"), 422, "invalid")
    google = {**BOX, "user": "g", "auth": "google", "secret": {"client_id": "c"}}
    lender = ask(desk, "POST", "/mailboxes", google, "nobody").json["id"]
    told = ask(desk, "PUT", "/mail/server", {**entered, "mailbox": lender}, "nobody").json["server"]
    assert (told["user"], told["mailbox"]) == ("g", lender)


def test_a_team_has_a_sender_of_its_own(desk: Running) -> None:
    path = f"/teams/{Team.objects.get(key='billing').pk}/sender"
    wanted = {"address": "money@desk.example", "name": "Money"}
    assert ask(desk, "PUT", path, wanted, "nobody").json["address"] == "money@desk.example"
    assert ask(desk, "PUT", path, {}, "nobody").json["address"] == ""
    problem(ask(desk, "PUT", path, wanted, "lead"), 403, "forbidden")


def test_a_domain_has_keys_that_are_told_without_what_is_private(desk: Running) -> None:
    ask(desk, "PATCH", "/mail", {"mail_from": "help@desk.example"}, "nobody")
    made = ask(desk, "POST", "/domains/desk.example/keys", {"selector": "s1"}, "nobody")
    assert made.status == 201 and made.json["record"] == "s1._domainkey.desk.example"
    assert "private" not in made.json and "BEGIN" not in made.body.decode()
    path = f"/dkim-keys/{made.json['id']}"
    assert ask(desk, "POST", f"{path}/use", None, "nobody").json["state"] == "signing"
    problem(ask(desk, "DELETE", path, None, "nobody"), 409, "conflict")
    assert ask(desk, "POST", f"{path}/rest", None, "nobody").json["state"] == "resting"
    problem(ask(desk, "POST", "/domains/strange.example/keys", None, "nobody"), 422, "invalid")


def test_a_door_for_mail_tells_its_address_once(desk: Running) -> None:
    opened = ask(desk, "PUT", "/mail-doors/postmark", None, "nobody").json
    assert "/mail-in/postmark/" in opened["address"]
    listed = ask(desk, "GET", "/mail-doors", None, "nobody")
    assert opened["address"].rsplit("/", 2)[1] not in listed.body.decode()
    assert [door["open"] for door in listed.json["doors"] if door["provider"] == "postmark"] == [True]
    assert ask(desk, "DELETE", "/mail-doors/postmark", None, "nobody").status == 200
    problem(ask(desk, "PUT", "/mail-doors/mailgun", None, "nobody"), 422, "invalid")


def test_the_desk_has_a_name_a_logo_and_sites_that_embed_its_form(desk: Running) -> None:
    changed = ask(desk, "PATCH", "/branding", {"name": "Harbor desk", "logo": PNG}, "nobody").json
    assert (changed["name"], changed["has_logo"]) == ("Harbor desk", True)
    assert ask(desk, "PATCH", "/branding", {"logo": None}, "nobody").json["has_logo"] is False
    sites = {"origins": ["https://shop.example"]}
    assert ask(desk, "PUT", "/embedding", sites, "nobody").json == sites
    problem(ask(desk, "PUT", "/embedding", {"origins": ["shop"]}, "nobody"), 422, "invalid")


def test_a_letter_is_worded_tried_and_given_back(desk: Running) -> None:
    path = "/letters/acknowledge/nl"
    assert ask(desk, "GET", path, None, "lead").json["own"] is False
    assert ask(desk, "PUT", path, {"subject": "Wij hebben het", "text": "Dag"}, "lead").json["own"] is True
    assert "nl" in next(
        each["own"] for each in ask(desk, "GET", "/letters").json["letters"] if each["kind"] == "acknowledge"
    )
    assert "Dag" in ask(desk, "POST", f"{path}/preview", {"text": "Dag"}).json["text"]
    problem(ask(desk, "PUT", path, {"text": "$nonsense"}), 422, "invalid")
    problem(ask(desk, "GET", "/letters/poem/nl"), 404, "not_found")
    assert ask(desk, "DELETE", path).json["own"] is False


def test_a_tag_is_renamed_behind_the_answer(desk: Running, now: datetime) -> None:
    factories.a_ticket(now, tags=("export",))
    begun = ask(desk, "PATCH", "/tags/export", {"becomes": "exports"})
    assert (begun.status, begun.json["becomes"], begun.json["total"]) == (202, "exports", 1)
    problem(ask(desk, "DELETE", "/tags/export"), 409, "conflict")
    problem(ask(desk, "PATCH", "/tags/moon", {"becomes": "sun"}), 404, "not_found")
    problem(ask(desk, "PATCH", "/tags/export", {"becomes": "sun"}, "ada"), 403, "forbidden")
    assert [each["id"] for each in ask(desk, "GET", "/tag-changes").json["items"]] == [TagChange.objects.get().pk]


def test_queues_tell_who_serves_them_and_what_waits(desk: Running, now: datetime) -> None:
    factories.a_ticket(now, subject="An invoice")
    told = ask(desk, "GET", "/queues").json["queues"]
    assert {each["name"]: (each["open"], len(each["members"])) for each in told}["billing"] == (1, 1)
    problem(ask(desk, "GET", "/queues", None, "ada"), 403, "forbidden")


def test_a_mail_that_was_set_aside_is_read_and_downloaded(desk: Running, now: datetime) -> None:
    raw = b"From: mina@harbor.example\r\nSubject: Exports\r\n\r\nThey stopped.\r\n"
    aside = RawInput.objects.create(channel="email", body=raw, received_at=now, state="quarantined", reason="A loop")
    assert [
        each["reason"] for each in ask(desk, "GET", "/mail-log?state=quarantined", None, "nobody").json["items"]
    ] == ["A loop"]
    path = f"/mail-log/{aside.pk}"
    assert ask(desk, "GET", path, None, "nobody").json["text"].strip() == "They stopped."
    assert ask(desk, "GET", f"{path}/source", None, "nobody").body == raw
    problem(ask(desk, "GET", path, None, "lead"), 403, "forbidden")


def test_a_storm_that_was_set_aside_is_taken_in(desk: Running, now: datetime) -> None:
    storm = {"sender": "mina@harbor.example", "state": "quarantined", "reason": kept(brakes.ALIKES), "ticket_id": 1}
    mails = [
        RawInput.objects.create(
            channel="email", body=b"From: mina@harbor.example\r\n\r\nDisk %d\r\n" % number, received_at=now, **storm
        )
        for number in range(3)
    ]
    path = f"/mail-log/{mails[0].pk}/take-in-storm"

    assert ask(desk, "POST", path, {}, "nobody").json == {"mails": 3}
    assert {RawInput.objects.get(pk=one.pk).disposition for one in mails} == {"ticket"}
    problem(ask(desk, "POST", path, {}, "nobody"), 404, "not_found")
    problem(ask(desk, "POST", path, {}, "lead"), 403, "forbidden")


def test_a_second_step_is_asked_for(desk: Running) -> None:
    asked = ask(desk, "PATCH", "/sign-in", {"two_factor": ["admin"], "confirm_minutes": 5}, "nobody").json
    assert (asked["two_factor"], asked["confirm_minutes"]) == (["admin"], 5)
    problem(ask(desk, "PATCH", "/sign-in", {"two_factor": ["king"]}, "nobody"), 422, "invalid")
    problem(ask(desk, "GET", "/sign-in", None, "lead"), 403, "forbidden")


def test_shifts_tell_who_works_in_them(desk: Running) -> None:
    told = ask(desk, "GET", "/shifts").json["shifts"]
    assert [(each["name"], len(each["agents"])) for each in told] == [("", 4)]


def test_a_shift_plan_needs_a_history(desk: Running) -> None:
    problem(ask(desk, "GET", "/capacity/plan"), 404, "not_found")
    problem(ask(desk, "POST", "/capacity/plan", {"shortest": 0}), 422, "invalid")
    problem(ask(desk, "POST", "/capacity/plan", None, "ada"), 403, "forbidden")
