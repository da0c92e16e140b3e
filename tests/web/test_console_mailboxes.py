"""Mailboxes in the settings: added, tried out, paused; their secrets never come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from deskwright.channels.email import oauth
from deskwright.desk import workflows
from deskwright.desk.doctor import mailboxes as checks
from deskwright.desk.errors import Invalid
from deskwright.desk.mailboxes import setting
from deskwright.desk.settings import brands, house
from deskwright.desk.staff import people
from deskwright.store.models import Agent, AuditEntry, Mailbox
from tests.dovecot import PASSWORD, USER, dovecot, needs_dovecot

SignIn = Callable[[Agent], Client]
SAID = {
    "name": "Support",
    "address": "help@desk.example",
    "host": "127.0.0.1",
    "port": "1",
    "tls": "off",
    "user": USER,
    "password": "a secret of theirs",
    "folder": "INBOX",
    "begins": "new",
    "after": "nothing",
}


@pytest.fixture
def client(admin: Agent, signed_in: SignIn) -> Client:
    return signed_in(admin)


def added(client: Client, auth: str = "password", **more: str) -> Mailbox:
    answer = client.post(f"/console/mailboxes/new/{auth}/", SAID | more)
    assert answer.status_code == 302, answer.content.decode()
    return Mailbox.objects.get()


def test_a_mailbox_is_added_and_its_password_never_shown(client: Client, now: datetime) -> None:
    box = added(client)

    pages = [client.get(url).content.decode() for url in ("/console/mailboxes/", f"/console/mailboxes/{box.pk}/")]
    assert "help@desk.example" in pages[0]
    assert "a secret of theirs" not in "".join(pages) + box.secret + str(list(AuditEntry.objects.values()))
    assert setting.secret_of(box) == {"password": "a secret of theirs"}
    assert box.begins_at == now
    assert "help@desk.example" in house.read().addresses, "mail from it is a loop"


def test_a_mailbox_says_the_brand_and_the_queue_of_its_mail(client: Client, admin: Agent, now: datetime) -> None:
    brand = brands.keep(admin, None, {"host": "help.shop.example", "name": "The Shop"}, now=now)
    queue = next(iter(workflows.live().queues))
    box = added(client, brand_id=str(brand), queue=queue, plus="on")

    assert (box.brand_id, box.queue, box.plus, box.reply_to) == (brand, queue, True, False)
    assert house.read().mailboxes == {"help@desk.example": house.Box(brand, queue, True, False)}
    for wrong in ({"brand_id": str(brand + 1)}, {"queue": "nowhere"}):
        answer = client.post(f"/console/mailboxes/{box.pk}/", SAID | {"begins": "kept"} | wrong)
        assert answer.status_code == 422
    known = {name: getattr(box, name) for name in setting.PLAIN}
    for wrong in ({"brand_id": brand + 1}, {"queue": "nowhere"}):
        with pytest.raises(Invalid):
            setting.change(admin, box.pk, {**known, **wrong}, {}, now=now)


def test_an_empty_password_keeps_the_known_one_for_the_same_server_only(client: Client) -> None:
    box = added(client)
    url = f"/console/mailboxes/{box.pk}/"

    client.post(url, SAID | {"name": "Help", "password": "", "begins": "kept"})
    assert setting.secret_of(Mailbox.objects.get()) == {"password": "a secret of theirs"}

    client.post(url, SAID | {"host": "imap.elsewhere.example", "password": "", "begins": "kept"})
    assert setting.secret_of(Mailbox.objects.get()) == {}, "a secret goes to nobody it was not meant for"


def test_a_try_tells_the_servers_own_words_and_keeps_nothing(client: Client) -> None:
    answer = client.post("/console/mailboxes/new/password/", SAID | {"do": "test"})

    assert "Connection refused" in answer.content.decode()
    assert not Mailbox.objects.exists()


@needs_dovecot
def test_a_try_that_works_says_how_many_mails_there_are(client: Client) -> None:
    with dovecot() as server:
        server.put(b"From: mina@harbor.example\r\n\r\nHello\r\n")
        told = SAID | {"port": str(server.port), "begins": "all", "do": "test"}
        wrong = client.post("/console/mailboxes/new/password/", told).content.decode()
        right = client.post("/console/mailboxes/new/password/", told | {"password": PASSWORD}).content.decode()

    assert "[AUTHENTICATIONFAILED] Authentication failed." in wrong
    assert "1 mail is there, at most 1 is taken in." in right


def test_the_same_folder_is_not_fetched_from_twice(client: Client) -> None:
    added(client)

    answer = client.post("/console/mailboxes/new/password/", SAID)

    assert answer.status_code == 422
    assert "is fetched from already" in answer.content.decode()


def test_moving_needs_another_folder(client: Client) -> None:
    for folder, sentence in (("", "Say where to."), ("INBOX", "It is fetched from this folder.")):
        answer = client.post("/console/mailboxes/new/password/", SAID | {"after": "move", "move_to": folder})
        assert sentence in answer.content.decode()


def test_what_is_missing_is_said_and_fetched_by_a_click(client: Client, now: datetime) -> None:
    box = added(client)
    Mailbox.objects.update(missing=3, looked_at=now)
    assert "3 mails on the server were never taken in" in client.get("/console/mailboxes/").content.decode()
    assert [one.says for one in checks.complete(now)] == ["3 mails on the server of Support were never taken in."]

    client.post(f"/console/mailboxes/{box.pk}/missing/")

    assert Mailbox.objects.get().fetch_missing


def test_it_is_paused_resumed_and_removed(client: Client) -> None:
    box = added(client)
    client.post(f"/console/mailboxes/{box.pk}/switch/", {"on": "0"})
    assert "paused" in client.get("/console/mailboxes/").content.decode()
    client.post(f"/console/mailboxes/{box.pk}/switch/", {"on": "1"})
    assert Mailbox.objects.get().active
    client.post(f"/console/mailboxes/{box.pk}/remove/", {"typed": "support"})
    assert not Mailbox.objects.exists()


def test_the_doctor_says_what_fails_and_what_nobody_fetches(client: Client, now: datetime) -> None:
    added(client)
    assert [one.severity for one in checks.fetched(now)] == ["fine"]
    assert [one.says for one in checks.fetched(now + timedelta(hours=1))] == ["Nobody has fetched from Support yet."]
    Mailbox.objects.update(error="[AUTHENTICATIONFAILED] No.", failing_since=now)
    assert "[AUTHENTICATIONFAILED] No." in next(checks.fetched(now)).says


def test_google_is_entered_by_consent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def redeem(*said: str) -> oauth.Token:
        asked.append(said)
        return oauth.Token("access", 3600, "refresh-7")

    monkeypatch.setattr(oauth, "redeem", redeem)
    box = added(client, "google", client_id="desk-client", client_secret="hush", host="imap.gmail.com")
    assert "sign in at the provider" in client.get(f"/console/mailboxes/{box.pk}/").content.decode()

    off = client.get(f"/console/mailboxes/{box.pk}/sign-in/")
    there = urlsplit(off["Location"])
    query = {name: value[0] for name, value in parse_qs(there.query).items()}
    assert (there.netloc, query["access_type"]) == ("accounts.google.com", "offline")
    client.get("/console/mailboxes/signed-in/", {"state": query["state"], "code": "code-1"})

    back = "http://testserver/console/mailboxes/signed-in/"
    assert asked == [("https://oauth2.googleapis.com/token", "desk-client", "hush", "code-1", back, "")]
    assert setting.secret_of(Mailbox.objects.get())["refresh_token"] == "refresh-7"


def test_a_consent_that_did_not_begin_here_is_refused(client: Client, signed_in: SignIn) -> None:
    box = added(client, "google", client_id="desk-client", client_secret="hush", host="imap.gmail.com")
    state = parse_qs(urlsplit(client.get(f"/console/mailboxes/{box.pk}/sign-in/")["Location"]).query)["state"][0]
    other = signed_in(people.add_agent("Nils Holm", "nils@desk.example", role="admin"))

    for who, said in ((client, "forged"), (other, state)):
        answer = who.get("/console/mailboxes/signed-in/", {"state": said, "code": "x"}, headers={"HX-Request": "true"})
        assert answer.status_code == 422
    assert "refresh_token" not in setting.secret_of(Mailbox.objects.get())


def test_only_who_manages_mail_sees_them(desk: None, ada: Agent, signed_in: SignIn) -> None:
    assert signed_in(ada).get("/console/mailboxes/").status_code == 403
    posted = signed_in(ada).post("/console/mailboxes/new/password/", SAID, headers={"HX-Request": "true"})
    assert posted.status_code == 403
    assert not Mailbox.objects.exists()
