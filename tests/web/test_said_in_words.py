"""What the channels and the intake say is kept as what it is made of, and worded for whoever reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from deskwright.channels import identity
from deskwright.channels.contract import Refused
from deskwright.channels.email import dns_records
from deskwright.channels.email.imap import ImapTrouble
from deskwright.channels.email.parse import parse
from deskwright.channels.email.smtp import Smtp, SmtpSettings
from deskwright.channels.posting import Answer
from deskwright.channels.telephony.twilio import explained
from deskwright.desk.alerts import door
from deskwright.desk.arriving import intake
from deskwright.desk.errors import Unproved
from deskwright.desk.mailboxes import standing
from deskwright.desk.outbox import delivery, suppression
from deskwright.desk.said import in_english, kept
from deskwright.desk.settings.sealing import seal
from deskwright.desk.webhooks import sending
from deskwright.store.connection import deed
from deskwright.store.models import (
    AlertSource,
    Customer,
    Delivery,
    Mailbox,
    RawInput,
    Suppression,
    Webhook,
    WebhookDelivery,
)
from deskwright.web.telling import told
from tests.web import rows, test_untranslated
from tests.web.test_untranslated import widened

wide = test_untranslated.wide
AWAY = (
    b"From: tom@harbor.example\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <a@x>\r\n\r\nAway.\r\n"
)
NOBODY = b"Subject: Who\r\nMessage-ID: <n@x>\r\n\r\nHello\r\n"
SEALED = b"From: a@x.example\r\nContent-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"


@pytest.fixture
def client(desk: None, signed_in: Any) -> Client:
    client: Client = signed_in(rows.agent("Odile Marsh", "admin"))
    return client


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        (NOBODY, "the mail names no sender"),
        (AWAY, "automatic mail that answers nothing here"),
    ],
)
def test_the_mail_log_says_why_in_the_readers_language(
    mail: bytes, said: str, client: Client, now: datetime, wide: None
) -> None:
    number = intake.journal("email", {"to": ["support@desk.example"]}, mail, now)
    intake.work_off(now)

    row = RawInput.objects.get(pk=number)
    assert said in in_english(row.reason)
    for page in ("", f"{number}/"):
        found = client.get(f"/console/mail-log/{page}").content.decode()
        assert widened(said) in found and said not in found


def test_what_a_mail_had_is_a_sentence(wide: None) -> None:
    (note,) = parse(SEALED).notes
    assert told(note) == widened(str.__str__(note))


def withheld(mina: Customer, now: datetime) -> Delivery:
    """A mail to an address that wants none."""
    ticket = rows.ticket(mina, now, queue="technical")
    with deed() as sql:
        suppression.put(sql, mina.email, "unsubscribed", now)
    return Delivery.objects.create(
        ticket=ticket,
        message=rows.message(ticket, now, kind="agent", text="Hello"),
        recipient=mina.email,
        mail_id="<w@desk.example>",
        created_at=now,
        due_at=now,
        state="due",
        content={"from": "help@desk.example", "subject": "x", "text": "y"},
    )


def test_why_a_mail_was_not_sent_is_worded_where_it_is_read(
    mina: Customer, client: Client, now: datetime, wide: None
) -> None:
    held = withheld(mina, now)
    delivery.deliver(now, 1, lambda mail: Refused("never asked"))

    said = "Not sent: its owner wants no more mail."
    held.refresh_from_db()
    assert held.state == "withheld" and in_english(held.last_error) == said
    for page in ("/console/outbox/?state=withheld", f"/tickets/{held.ticket_id}/"):
        found = client.get(page).content.decode()
        assert widened(said) in found and said not in found


def test_a_server_that_cannot_be_reached_is_worded_and_still_understood(
    mina: Customer, client: Client, now: datetime, wide: None
) -> None:
    waits = withheld(mina, now)
    Suppression.objects.all().delete()
    nowhere = Smtp(SmtpSettings("127.0.0.1", 1, "off", timeout=1.0))
    delivery.deliver(now, 1, nowhere.send)  # type: ignore[arg-type]  # every parcel here is a mail

    waits.refresh_from_db()
    assert in_english(waits.last_error).startswith("No connection to 127.0.0.1:")
    found = client.get("/console/outbox/").content.decode()
    assert widened("No connection to") in found and widened("the mail server could not be reached") in found


@pytest.mark.parametrize(
    ("code", "said"),
    [("30005", "The number is not known. (30005)"), ("", "The provider could not deliver it.")],
)
def test_what_a_provider_of_messages_means_is_a_sentence(code: str, said: str, wide: None) -> None:
    assert explained(code) == said
    assert told(explained(code)) != said


def test_why_a_mailbox_fails_is_worded_on_its_page(client: Client, now: datetime, wide: None) -> None:
    box = Mailbox.objects.create(
        name="Support", address="help@desk.example", host="imap.desk.example", user="help", created_at=now
    )
    try:
        raise ImapTrouble(explained("30005"))
    except ImapTrouble as trouble:
        standing.failed(box, str(trouble), now)

    found = client.get("/console/mailboxes/").content.decode()

    assert widened("The number is not known.") in found and "The number is not known." not in found


def test_a_try_says_what_went_wrong_in_the_readers_language(client: Client, wide: None) -> None:
    values = {"host": "127.0.0.1", "port": "1", "tls": "off", "user": "", "password": ""}

    found = client.post("/console/mail/server/", {**values, "do": "test"}).content.decode()

    assert widened("No connection to") in found and "No connection to" not in found


def test_dns_that_is_silent_and_a_provider_that_answers_nonsense_say_so_in_sentences(wide: None) -> None:
    with pytest.raises(dns_records.Unknown) as silent:
        dns_records.Network(patience=0.01).look("desk..example", "TXT")
    with pytest.raises(identity.Unreachable) as nonsense:
        identity.an_object(b"[]")

    assert told(str(silent.value)).startswith(widened("DNS did not answer for"))
    assert told(str(nonsense.value)) == widened("no JSON object")


def test_why_a_post_was_refused_is_told_in_the_readers_language(client: Client, now: datetime, wide: None) -> None:
    source = AlertSource.objects.create(name="Probe", key="probe", secret=seal("whsec_c29tZXRoaW5n"), created_at=now)
    with pytest.raises(Unproved):
        door.admit(source.key, {}, b"{}", now)

    found = client.get(f"/console/alerts/{source.pk}/").content.decode()
    assert widened("Sign it") in found and "Sign it (" not in found


def test_why_a_webhook_was_not_followed_is_told_in_the_readers_language(
    client: Client, now: datetime, wide: None
) -> None:
    hook = Webhook.objects.create(
        name="Shop", url="https://shop.example/", events=[], secret=seal("whsec_eA=="), created_at=now
    )
    sent = WebhookDelivery.objects.create(webhook=hook, event_id="e", event="ticket.created", body="{}", created_at=now)
    row = {"webhook_id": hook.pk, "id": sent.pk, "attempts": 1, "claimed_at": None, "body": "{}", "event_id": "e"}
    row |= {"url": hook.url, "secret": hook.secret, "previous_secret": "", "previous_until": None}
    outcome = sending.attempt(row, lambda *_: Answer(301, "Moved", 3), now)
    WebhookDelivery.objects.update(answer=kept(outcome.words), state="failed")

    found = client.get(f"/console/webhooks/{hook.pk}/messages/{sent.pk}/").content.decode()
    assert widened("Redirects are not followed") in found and "Moved" in found
