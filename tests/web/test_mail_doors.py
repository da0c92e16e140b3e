"""Mail that providers hand in over HTTP: by a secret address, signed where the provider signs, raw bytes kept."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import psycopg
import pytest
from django.test import Client, override_settings

from deskwright.desk.arriving import intake
from deskwright.desk.mailboxes import doors
from deskwright.desk.staff import people
from deskwright.store.models import Agent, MailDoor, RawInput

SignIn = Callable[[Agent], Client]
RAW = "From: Mina <mina@harbor.example>\r\nSubject: Export\r\nMessage-ID: <e1@harbor.example>\r\n\r\nIt is empty.\r\n"
KEY = "the key they sign with"


@pytest.fixture
def client(desk: None, signed_in: SignIn) -> Client:
    return signed_in(people.add_agent("Odile Marsh", "odile@desk.example", role="admin"))


def opened(client: Client, provider: str, **more: str) -> str:
    """The path of the address that the page shows."""
    assert client.post(f"/console/mailboxes/http/{provider}/", more).status_code == 302
    url = next(url for key, _, _, url in doors.listed(None) if key == provider)
    assert url in client.get("/console/mailboxes/http/").content.decode()
    return urlsplit(url).path


def mailgun(key: str = KEY) -> dict[str, str]:
    signature = hmac.new(key.encode(), b"1764000000token-1", hashlib.sha256).hexdigest()
    told = {"timestamp": "1764000000", "token": "token-1", "signature": signature, "body-mime": RAW}
    return told | {"sender": "bounce@harbor.example", "recipient": "support@desk.example"}


def test_a_signed_mail_is_kept_byte_for_byte_and_becomes_a_ticket(client: Client, now: datetime) -> None:
    path = opened(client, "mailgun", key=KEY)

    assert Client(enforce_csrf_checks=True).post(path, mailgun()).status_code == 200

    raw = RawInput.objects.get()
    assert bytes(raw.body) == RAW.encode()
    assert raw.envelope == {"from": "bounce@harbor.example", "to": ["support@desk.example"], "peer": "mailgun"}
    intake.work_off(raw.received_at)
    assert RawInput.objects.get().disposition == "ticket"
    assert MailDoor.objects.get().used_at is not None


def test_a_wrong_signature_and_a_wrong_address_keep_nothing(client: Client) -> None:
    path = opened(client, "mailgun", key=KEY)

    answers = [
        Client().post(path, mailgun("another key")),
        Client().post(path, {}),
        Client().post("/mail-in/mailgun/guessed/", mailgun()),
        Client().post("/mail-in/nobody/guessed/", mailgun()),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 404, 404]
    assert not RawInput.objects.exists()


def test_a_mail_in_fields_is_put_together(client: Client, now: datetime) -> None:
    path = opened(client, "postmark")
    told = {
        "FromFull": {"Email": "mina@harbor.example", "Name": "Mina Holt"},
        "ToFull": [{"Email": "support@desk.example", "Name": ""}],
        "Subject": "Export",
        "TextBody": "It is empty.",
        "MessageID": "1",
        "Headers": [{"Name": "Message-ID", "Value": "<e1@harbor.example>"}],
        "OriginalRecipient": "support@desk.example",
        "Attachments": [{"Name": "a.txt", "Content": "QUJD", "ContentType": "text/plain"}],
    }

    assert Client().post(path, json.dumps(told), content_type="application/json").status_code == 200
    assert Client().post(path, json.dumps({"RawEmail": RAW}), content_type="application/json").status_code == 200
    assert Client().post(path, "nonsense", content_type="application/json").status_code == 400

    first, second = RawInput.objects.order_by("id")
    assert b"Subject: Export" in bytes(first.body) and b"ABC" in bytes(first.body)
    assert bytes(second.body) == RAW.encode()
    intake.work_off(second.received_at)
    assert RawInput.objects.get(pk=first.pk).disposition == "ticket"


def test_the_provider_is_asked_to_try_again_while_the_database_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = opened(client, "postmark")

    def away(*_: object) -> None:
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr(intake, "journal_many", away)
    answer = Client().post(path, json.dumps({"RawEmail": RAW}), content_type="application/json")

    assert answer.status_code == 503


def test_a_mail_larger_than_the_desk_takes_is_refused_as_that(client: Client) -> None:
    path = opened(client, "postmark")
    large = json.dumps({"RawEmail": RAW + "x" * 2000})

    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        assert Client().post(path, large, content_type="application/json").status_code == 413


def test_a_new_address_shuts_the_old_one_and_a_door_can_be_shut(client: Client) -> None:
    old, new = opened(client, "postmark"), opened(client, "postmark")
    assert [Client().head(path).status_code for path in (old, new)] == [404, 200]

    client.post("/console/mailboxes/http/postmark/shut/")

    assert Client().head(new).status_code == 404


def test_a_provider_that_signs_needs_its_key(client: Client) -> None:
    assert client.post("/console/mailboxes/http/mailgun/", {"key": ""}).status_code == 422
    assert not MailDoor.objects.exists()


def test_only_who_manages_mail_sees_the_addresses(desk: None, ada: Agent, signed_in: SignIn) -> None:
    assert signed_in(ada).get("/console/mailboxes/http/").status_code == 403
