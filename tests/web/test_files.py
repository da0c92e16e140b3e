"""Files over the web: only for who sees the ticket, as downloads, pictures by their bytes, mail in a locked frame."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deskwright.desk.answering import files
from deskwright.store import blobs
from deskwright.store.models import Agent, Attachment, Customer, DraftFile, Message, Ticket
from tests.web import rows

SignedIn = Callable[[Agent], Client]
HTMX = {"HX-Request": "true"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30


@pytest.fixture
def ticket(mina: Customer, lead: Agent, now: datetime) -> Ticket:
    return rows.ticket(mina, now, assignee=lead, queue="technical")


def attached(message: Message, content: bytes, name: str = "shot.png", **known: object) -> Attachment:
    kind = known.pop("content_type", "image/png")
    return Attachment.objects.create(
        message=message, name=name, content_type=kind, size=len(content), sha256=blobs.put(content), **known
    )  # fmt: skip


def test_files_are_handed_out_to_who_sees_the_ticket_and_to_nobody_else(
    ticket: Ticket, ada: Agent, bram: Agent, now: datetime, signed_in: SignedIn
) -> None:
    message = rows.message(ticket, now, html='<p>Hi <img src="cid:a1"></p>')
    file = attached(message, PNG, content_id="a1")
    draft = files.add(ada, ticket.pk, "reply", "mine.pdf", b"%PDF", now=now)
    addresses = [f"/attachments/{file.pk}/", f"/attachments/{file.pk}/picture/", f"/messages/{message.pk}/page/"]

    for address in [*addresses, f"/files/{draft.pk}/"]:
        assert signed_in(ada).get(address).status_code == 200, address
        assert signed_in(bram).get(address).status_code == 404, address
        assert Client().get(address).status_code == 302, address
    assert signed_in(rows.agent("Nia Fox", "lead")).get(f"/files/{draft.pk}/").status_code == 404


def test_the_pictures_of_a_signature_are_not_listed_but_shown_on_request(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    message = rows.message(ticket, now)
    shot, logo = attached(message, PNG), attached(message, PNG, "logo.png", logo=True)
    pixel = attached(message, PNG, "pixel.png", inline=True, content_id="p1")

    page = signed_in(lead).get(f"/tickets/{ticket.pk}/").content.decode()
    listed, _summary, asked_for = page.partition("Show the pictures of the signature")

    assert f'href="/attachments/{shot.pk}/"' in listed
    for hidden in (logo, pixel):
        assert f"/attachments/{hidden.pk}/" not in listed
        assert f"/attachments/{hidden.pk}/picture/" in asked_for


def test_a_download_is_never_a_page_of_ours(ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn) -> None:
    file = attached(rows.message(ticket, now), b"<script>alert(1)</script>", "evil.html", content_type="text/html")
    answer = signed_in(lead).get(f"/attachments/{file.pk}/")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
    )


def test_only_real_pictures_are_shown_whatever_the_sender_calls_them(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    message = rows.message(ticket, now)
    real, false = attached(message, PNG, content_type="text/html"), attached(message, b"<svg onload=alert(1)>")
    client = signed_in(lead)
    shown = client.get(f"/attachments/{real.pk}/picture/")
    assert shown.headers["Content-Type"] == "image/png" and "sandbox" in shown.headers["Content-Security-Policy"]
    assert client.get(f"/attachments/{false.pk}/picture/").status_code == 404


def test_a_mail_s_html_is_shown_in_a_frame_that_loads_and_runs_nothing(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    message = rows.message(ticket, now, html='<p>Hi <img src="cid:a1"> <img src="cid:gone"></p>')
    attached(message, PNG, content_id="a1", inline=True)
    answer = signed_in(lead).get(f"/messages/{message.pk}/page/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy
    page = answer.content.decode()
    assert "data:image/png;base64," in page and "cid:" not in page
    timeline = signed_in(lead).get(f"/tickets/{ticket.pk}/").content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in timeline


def test_a_file_is_kept_at_once_and_can_be_removed(ticket: Ticket, lead: Agent, signed_in: SignedIn) -> None:
    client = signed_in(lead)
    sent = {"kind": "reply", "file": SimpleUploadedFile("run me.exe", b"MZ")}
    answer = client.post(f"/tickets/{ticket.pk}/files/", sent, headers=HTMX)
    made = DraftFile.objects.get()
    assert answer.headers["X-Desk-File"] == str(made.pk)
    assert "run me.exe" in answer.content.decode() and "May be refused" in answer.content.decode()
    assert "run me.exe" in client.get(f"/tickets/{ticket.pk}/").content.decode()

    answer = client.post(f"/files/{made.pk}/remove/", headers=HTMX)
    assert answer.status_code == 200 and not DraftFile.objects.exists()


def test_a_limit_is_said_where_the_file_was_chosen(ticket: Ticket, lead: Agent, signed_in: SignedIn) -> None:
    sent = {"kind": "reply", "file": SimpleUploadedFile("nothing.txt", b"")}
    answer = signed_in(lead).post(f"/tickets/{ticket.pk}/files/", sent, headers=HTMX)
    assert answer.status_code == 422 and "This file is empty." in answer.headers["HX-Trigger"]


def test_an_agent_s_picture_stands_in_the_text_and_others_below_it(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    text = "See\n\n![shot](cid:aa11) ![far](https://elsewhere.example/x.png)"
    message = rows.message(ticket, now, kind="agent", agent=lead, text=text)
    shown = attached(message, PNG, content_id="aa11", inline=True)
    beside = attached(message, PNG, "beside.png")
    page = signed_in(lead).get(f"/tickets/{ticket.pk}/").content.decode()
    assert f'<img src="/attachments/{shown.pk}/picture/" alt="shot">' in page
    assert (
        f'data-picture="/attachments/{beside.pk}/"' in page and f'data-picture="/attachments/{shown.pk}/"' not in page
    )
    assert 'src="https://elsewhere.example' not in page


def test_the_chips_say_why_each_recipient_is_there(
    ticket: Ticket, lead: Agent, now: datetime, signed_in: SignedIn
) -> None:
    for address, because, removed in [("jo@x.example", "cc", False), ("eve@x.example", "wrote", True)]:
        ticket.participants.create(email=address, because=because, removed=removed, added_at=now)
    page = signed_in(lead).get(f"/tickets/{ticket.pk}/recipients/").content.decode()
    assert '<input type="hidden" name="cc" value="jo@x.example">' in page and "was in Cc" in page
    assert 'data-add="eve@x.example"' in page and "wrote here" in page and "requester" in page
