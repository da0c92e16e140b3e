"""What the installation says of itself: branding that can be read, mail that has a sender, letters in own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deskwright.desk import workflows
from deskwright.desk.answering import replies
from deskwright.desk.mailboxes import lending, setting
from deskwright.desk.settings import furnishing, house, mail, sealing
from deskwright.desk.staff import people
from deskwright.store.models import Agent, AuditEntry, Delivery, DeskSettings, LetterTemplate, MailServer, Team, Ticket
from deskwright.web.colours import AA, DARK_PAPER, WHITE, contrast, read, shades
from tests import factories

SignIn = Callable[[Agent], Client]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def client(admin: Agent, signed_in: SignIn) -> Client:
    return signed_in(admin)


@pytest.mark.parametrize("parts", [*product(("00", "66", "ff"), repeat=3)])
def test_every_accent_can_be_read_in_light_and_dark(parts: tuple[str, str, str]) -> None:
    found = shades("#" + "".join(parts))
    for shade in (found.light, found.light_strong):
        assert contrast(read(shade), WHITE) >= AA
        assert contrast(read(shade), read(found.light_ink)) >= AA
    for shade in (found.dark, found.dark_strong):
        assert contrast(read(shade), DARK_PAPER) >= AA
        assert contrast(read(shade), read(found.dark_ink)) >= AA


def test_a_name_a_colour_and_a_logo_are_on_every_page_and_open_to_customers(client: Client) -> None:
    said = {"name": "Lantern Help", "own_accent": "on", "accent": "#ffee00", "portal_title": "Tell us."}
    client.post("/console/branding/", {**said, "logo": SimpleUploadedFile("logo.png", PNG)})

    stranger = Client()
    page = stranger.get("/help/new").content.decode()
    version = house.house().version
    assert "Lantern Help" in page
    assert "Tell us." in page
    assert f'href="/brand/{version}.css"' in page
    assert "--accent: light-dark(#" in stranger.get(f"/brand/{version}.css").content.decode()
    answer = stranger.get(f"/brand/{version}/logo")
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (PNG, "image/png", "nosniff")


def test_a_logo_that_is_no_small_picture_is_refused(client: Client) -> None:
    for content in (b"<svg onload='alert(1)'/>", PNG + bytes(furnishing.MOST_LOGO)):
        answer = client.post("/console/branding/", {"name": "A", "logo": SimpleUploadedFile("logo.png", content)})
        assert answer.status_code == 422
    assert not DeskSettings.objects.filter(logo__isnull=False).exists()


def test_how_mail_left_before_stands_in_the_audit_log(client: Client, admin: Agent, now: datetime) -> None:
    for at_most in (60, 90):
        furnishing.mail_limits(admin, {"per_minute": at_most}, now=now)
    for host in ("old.desk.example", "new.desk.example"):
        furnishing.mail_server(admin, {"host": host, "port": 587, "tls": "tls", "user": "", "password": "x"}, now=now)

    changes = {entry.action: entry.changes for entry in AuditEntry.objects.order_by("id")}
    assert changes["mail.limits"] == {"per_minute": [60, 90]}
    assert changes["mail.server"] == {"host": ["old.desk.example", "new.desk.example"]}


def test_a_password_is_sealed_and_kept_while_the_field_stays_empty(client: Client, admin: Agent, now: datetime) -> None:
    typed = {"host": "mail.desk.example", "port": "587", "tls": "starttls", "user": "desk", "password": "geheim"}
    client.post("/console/mail/server/", typed)
    assert "geheim" not in MailServer.objects.get().secret
    client.post("/console/mail/server/", {**typed, "port": "465", "tls": "tls", "password": ""})

    found = mail.smtp_settings()
    assert found is not None
    assert (found.port, found.password) == (465, "geheim")
    client.post("/console/mail/server/", {**typed, "host": "evil.example", "password": ""})
    assert mail.entered_server()["password"] == "", "a known password never goes to another server"
    assert "geheim" not in client.get("/console/mail/server/").content.decode()


def test_the_consent_of_a_mailbox_takes_the_place_of_a_password(client: Client, now: datetime) -> None:
    typed = {"host": "smtp.gmail.com", "port": "587", "tls": "starttls", "user": "", "password": ""}
    assert "Sign in" not in client.get("/console/mail/server/").content.decode()
    values = dict.fromkeys(setting.PLAIN, "") | {"name": "Support", "host": "imap.gmail.com", "port": 993}
    values |= {"user": "ada@desk.example", "address": "ada@desk.example", "auth": "google", "begins_at": None}
    values |= {"brand_id": None, "queue": "", "plus": False, "reply_to": False}
    values |= {"tls": "tls", "folder": "INBOX", "after": "nothing"}
    box = setting.add(None, values, {}, now=now)
    assert "as the mailbox Support" in client.get("/console/mail/server/").content.decode()
    client.post("/console/mail/server/", {**typed, "mailbox": str(box.pk)})

    found = mail.smtp_settings()
    assert found is not None
    assert (found.user, found.password) == ("ada@desk.example", "")
    assert found.consent is lending.lent(box.pk, "smtp.gmail.com")
    strange = client.post("/console/mail/server/", {**typed, "host": "smtp.evil.example", "mailbox": str(box.pk)})
    assert strange.status_code == 422 and "of its own provider only" in strange.content.decode()


def test_the_mail_server_is_entered_again_when_the_key_was_changed(client: Client) -> None:
    typed = {"host": "mail.desk.example", "port": "587", "tls": "starttls", "user": "desk", "password": "geheim"}
    client.post("/console/mail/server/", typed)
    another = sealing.box("one key").encrypt(b"{}").decode()
    MailServer.objects.update(secret=another)
    house.forget()
    assert "Enter the secret again." in client.get("/console/mail/").content.decode()
    assert client.get("/console/mail/server/").status_code == 200
    assert client.post("/console/mail/server/", {**typed, "password": ""}).status_code == 302
    assert mail.entered_server()["password"] == ""


def test_what_was_sealed_with_another_key_says_so() -> None:
    sealed = sealing.box("one key").encrypt(b"x").decode()
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed)


def test_a_teams_tickets_are_answered_from_its_own_address_with_its_signature(
    client: Client, admin: Agent, now: datetime
) -> None:
    workflows.publish("workflow: One\nqueues: {front: {}}\ndefault_queue: front\n", now=now)
    team = people.add_team("front", "Front desk")
    client.post(
        f"/console/mail/teams/{team.pk}/", {"address": "front@desk.example", "name": "Front", "signature": "The front"}
    )
    ticket = factories.a_ticket(now)
    Ticket.objects.filter(pk=ticket.pk).update(queue="front")

    replies.reply(admin, ticket.pk, "Done.", now=now)

    content = Delivery.objects.latest("id").content
    assert (content["from"], content["from_name"]) == ("front@desk.example", "Front")
    assert content["text"].rstrip().endswith("The front")


def test_a_letter_in_own_words_is_used_and_reset(client: Client, admin: Agent, now: datetime) -> None:
    client.post("/console/letters/acknowledge/en/", {"subject": "We have #$number", "text": "Thanks, $greeting."})
    ticket = factories.a_ticket(now, language="en", channel="email")
    sent = Delivery.objects.filter(ticket=ticket).first()
    if sent is not None:
        assert sent.content["subject"] == f"We have #{ticket.pk}"

    client.post("/console/letters/acknowledge/en/reset/")
    assert not LetterTemplate.objects.exists()


def test_a_preview_and_a_test_keep_nothing_and_the_test_goes_to_oneself(client: Client, admin: Agent) -> None:
    typed = {"subject": "", "text": "Only a look: $number", "html": "<p>$number</p>"}
    for how in ("preview", "test"):
        page = client.post("/console/letters/acknowledge/en/", {**typed, "do": how}).content.decode()
        assert "Only a look: 1042" in page
    assert not LetterTemplate.objects.exists()
    assert Delivery.objects.get().recipient == admin.email


def test_an_unknown_variable_stands_beside_its_field(client: Client) -> None:
    answer = client.post("/console/letters/acknowledge/en/", {"text": "Dear $nobody"})
    assert answer.status_code == 422
    assert "Nothing is named $nobody." in answer.content.decode()


def test_agents_and_leads_change_neither_brand_nor_mail(
    admin: Agent, ada: Agent, lead: Agent, signed_in: SignIn
) -> None:
    for actor in (ada, lead):
        signed_in(actor).post("/console/branding/", {"name": "Mine"})
        signed_in(actor).post("/console/mail/", {"mail_from": "mine@desk.example"})
    assert not DeskSettings.objects.exists()
    assert Team.objects.exists()
