"""Text and WhatsApp messages both ways, with a provider on loopback that speaks Twilio's language."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.channels.telephony.segments import measure
from deskwright.desk.answering import files, holding, replies
from deskwright.desk.customers import addresses
from deskwright.desk.errors import Conflict, Forbidden, Invalid
from deskwright.desk.lines import posts, settings, trying, ways
from deskwright.desk.outbox import delivery
from deskwright.desk.said import in_english
from deskwright.desk.tickets import handing_over
from deskwright.store.models import (
    Agent,
    Attachment,
    AuditEntry,
    Customer,
    Delivery,
    Draft,
    Identity,
    Line,
    Message,
    RawInput,
    Ticket,
)  # fmt: skip
from tests import factories
from tests.desk.providers import ACCOUNT, TOKEN, Provider, ask, post, said

OWN, THEIRS = "+493023125001", "+4917012345678"
HOUR = timedelta(hours=1)
VALUES = {
    "name": "Hotline",
    "number": OWN,
    "provider": "twilio",
    "calls": True,
    "sms": True,
    "whatsapp": True,
    "dial": "",
}
TEXTS = ("sms", "whatsapp")


@pytest.fixture
def line(provider: Provider, now: datetime) -> Line:
    values = VALUES | {"account": ACCOUNT, "token": TOKEN, "api": provider.url}
    return settings.connect(None, values, now=now)[0]


def comes(
    line: Line, provider: Provider, now: datetime, text: str = "My parcel is late", sid: str = "SM1", **more: str
) -> None:
    values = {"MessageSid": sid, "From": THEIRS, "To": OWN, "Body": text, "NumMedia": "0"} | more
    post(line, ways.MESSAGES, now, **values)
    posts.work_off(now, 20, provider.fetch)


def send(lead: Agent, ticket: int, text: str, provider: Provider, now: datetime) -> Delivery:
    replies.reply(lead, ticket, text, now=now)
    delivery.deliver(now, 10, provider.send, TEXTS)
    return Delivery.objects.filter(channel__in=TEXTS).latest("id")


def test_a_message_opens_a_ticket_of_the_number_it_came_from(line: Line, provider: Provider, now: datetime) -> None:
    comes(line, provider, now)
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject) == ("sms", "My parcel is late")
    assert ticket.customer.name == "+49 170 12345678"
    assert list(Identity.objects.values_list("kind", "value")) == [("phone", THEIRS)]
    assert RawInput.objects.get().state == "done"
    assert Message.objects.get().recipients == {"from": THEIRS, "to": [OWN], "line": line.pk}


def test_a_known_number_is_its_customer_and_another_one_is_not(line: Line, provider: Provider, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    addresses.add(None, ticket.customer_id, "phone", "+49 170 1234 5678", now=now)
    comes(line, provider, now)
    comes(line, provider, now, sid="SM2", From="+4917012345679")
    theirs, others = Ticket.objects.filter(channel="sms").order_by("pk")
    assert theirs.customer_id == ticket.customer_id and others.customer_id != ticket.customer_id


def test_the_same_message_twice_is_one_and_the_next_goes_on(line: Line, provider: Provider, now: datetime) -> None:
    comes(line, provider, now)
    comes(line, provider, now)
    comes(line, provider, now, "Still nothing", sid="SM2")
    ticket = Ticket.objects.get()
    assert [one.text for one in ticket.messages.order_by("id")] == ["My parcel is late", "Still nothing"]


def test_two_first_messages_of_a_number_at_once_are_one_conversation(
    line: Line, provider: Provider, now: datetime
) -> None:
    for sid, text in (("SM1", "Hello"), ("SM2", "Anybody there?")):
        post(line, ways.MESSAGES, now, MessageSid=sid, From=THEIRS, To=OWN, Body=text)
    assert posts.work_off(now, 20, provider.fetch) == 2
    assert Ticket.objects.get().messages.count() == 2


def test_whatsapp_and_text_messages_are_conversations_of_their_own(
    line: Line, provider: Provider, now: datetime
) -> None:
    comes(line, provider, now)
    comes(line, provider, now, sid="SM2", From=f"whatsapp:{THEIRS}", To=f"whatsapp:{OWN}", ProfileName="Ines Duarte")
    assert sorted(Ticket.objects.values_list("channel", flat=True)) == ["sms", "whatsapp"]
    assert Customer.objects.count() == 1


def test_pictures_are_fetched_with_the_account_even_when_they_have_moved(
    line: Line, provider: Provider, now: datetime
) -> None:
    provider.files["/media/1"] = (307, f"{provider.url}/cdn/1".encode(), "text/plain")
    provider.files["/cdn/1"] = (200, b"\x89PNG\r\n\x1a\nxx", "image/png")
    media = {"NumMedia": "1", "MediaUrl0": f"{provider.url}/media/1", "MediaContentType0": "image/png"}
    comes(line, provider, now, "", **media)
    file = Attachment.objects.get()
    assert (file.name, file.content_type, file.size) == ("file.png", "image/png", 10)
    assert provider.asked[0][1].startswith("Basic ")
    assert Ticket.objects.get().subject == "Message from +49 170 12345678"


def test_a_picture_that_cannot_be_had_does_not_keep_the_words(line: Line, provider: Provider, now: datetime) -> None:
    provider.files["/media/1"] = (503, b"", "text/plain")
    media = {"NumMedia": "1", "MediaUrl0": f"{provider.url}/media/1", "MediaContentType0": "image/png"}
    comes(line, provider, now, "Look", **media)
    assert not Ticket.objects.exists() and RawInput.objects.get().state == "pending"
    for minute in (1, 2):
        posts.work_off(now + timedelta(minutes=minute), 20, provider.fetch)
    assert "could not be fetched" in Ticket.objects.get().description


def test_an_answer_leaves_by_the_line_it_came_by_as_plain_text(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    comes(line, provider, now)
    ticket = Ticket.objects.get()
    sent = send(lead, ticket.pk, "It is **on its way**.", provider, now)
    (taken,) = provider.messages
    assert (taken["From"], taken["To"], taken["Body"]) == (OWN, THEIRS, "It is **on its way**.")
    assert taken["StatusCallback"].startswith(f"http://testserver/api/v1/in/status/{line.key}?of=sms-{ticket.pk}-m")
    assert (sent.state, sent.reference, sent.receipt) == ("sent", "SM0000", "")
    assert not Delivery.objects.filter(channel="email").exists()
    ticket.refresh_from_db()
    assert ticket.first_response_at == now and ticket.unanswered_since is None


def test_an_answer_that_got_lost_is_not_sent_twice(line: Line, provider: Provider, lead: Agent, now: datetime) -> None:
    comes(line, provider, now)
    ticket = Ticket.objects.get().pk
    send(lead, ticket, "On its way.", provider, now)
    provider.silent = True
    waits = send(lead, ticket, "On its way.", provider, now)
    assert waits.state == "due" and len(provider.messages) == 2
    provider.silent = False
    delivery.deliver(now + HOUR, 10, provider.send, TEXTS)
    waits.refresh_from_db()
    assert (waits.state, waits.reference) == ("sent", "SM0001") and len(provider.messages) == 2


def test_what_the_provider_never_takes_has_failed_and_what_can_be_mended_waits(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    comes(line, provider, now)
    ticket = Ticket.objects.get().pk
    provider.status = 400
    assert (
        in_english(send(lead, ticket, "One", provider, now).last_error)
        == "They have answered STOP and get no more messages. (21610)"
    )
    provider.status = 503
    assert send(lead, ticket, "Two", provider, now).state == "due"


def test_whatsapp_takes_free_words_for_24_hours(line: Line, provider: Provider, lead: Agent, now: datetime) -> None:
    comes(line, provider, now, From=f"whatsapp:{THEIRS}", To=f"whatsapp:{OWN}")
    ticket = Ticket.objects.get().pk
    send(lead, ticket, "Hello", provider, now + 23 * HOUR)
    assert provider.messages[0]["To"] == f"whatsapp:{THEIRS}"
    with pytest.raises(Invalid, match="24 hours"):
        holding.send(lead, ticket, "Hello again", now=now + 25 * HOUR)
    with pytest.raises(Invalid, match="24 hours"):
        holding.send(lead, ticket, "Hello again", now=now + HOUR, later=now + 30 * HOUR)


def test_an_answer_that_the_window_overtakes_comes_back_as_a_draft(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    comes(line, provider, now, From=f"whatsapp:{THEIRS}", To=f"whatsapp:{OWN}")
    holding.send(
        lead, Ticket.objects.get().pk, "Hello", now=now + 23 * HOUR, later=now + 23 * HOUR + timedelta(minutes=50)
    )
    settings.switch(None, line.pk, False, now=now)
    holding.leave_due(now + 24 * HOUR, 10)
    assert Draft.objects.get().text == "Hello" and not Delivery.objects.exists()


def test_files_of_the_wrong_kind_and_endless_words_do_not_leave_as_messages(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    comes(line, provider, now)
    ticket = Ticket.objects.get().pk
    with pytest.raises(Invalid, match="at most 1,600"):
        holding.send(lead, ticket, "x" * 1601, now=now)
    files.add(lead, ticket, "reply", "a.txt", b"a", now=now)
    with pytest.raises(Invalid, match=r"a\.txt cannot be sent this way"):
        holding.send(lead, ticket, "Here", now=now)


def test_nothing_leaves_by_a_line_that_is_gone(line: Line, provider: Provider, lead: Agent, now: datetime) -> None:
    comes(line, provider, now)
    settings.remove(None, line.pk, now=now)
    with pytest.raises(Invalid, match="not connected any more"):
        replies.reply(lead, Ticket.objects.get().pk, "Hello", now=now)


def test_what_came_by_a_line_that_is_gone_is_set_aside(line: Line, provider: Provider, now: datetime) -> None:
    post(line, ways.MESSAGES, now, MessageSid="SM1", From=THEIRS, To=OWN, Body="Hello")
    settings.remove(None, line.pk, now=now)
    posts.work_off(now, 20, provider.fetch)
    assert RawInput.objects.get().state == "quarantined"


def test_plain_messages_come_and_leave_by_any_provider(provider: Provider, lead: Agent, now: datetime) -> None:
    plain, secret = settings.connect(None, VALUES | {"provider": "plain", "url": "https://pbx.example/send"}, now=now)
    assert secret.startswith("whsec_")
    said(plain, ways.MESSAGES, now, id="m1", **{"from": "0170 12345678"}, text="Hello", name="Ines Duarte")
    posts.work_off(now, 20, provider.fetch)
    ticket = Ticket.objects.get()
    assert ticket.customer.name == "Ines Duarte" and Identity.objects.get().value == THEIRS
    taken: list[tuple[str, bytes, Any]] = []

    def keep(method: str, url: str, body: bytes, headers: Any) -> Any:
        taken.append((url, body, headers))
        return ask(method, f"{provider.url}/nowhere", body, headers) if not taken else Answer(201, '{"id": "p1"}', 1)

    from deskwright.channels.posting import Answer

    replies.reply(lead, ticket.pk, "Hi", now=now)
    delivery.deliver(now, 10, lambda text: ways.way_out(plain, keep, now).send(text), TEXTS)  # type: ignore[arg-type]
    sent = Delivery.objects.get()
    (url, body, headers) = taken[0]
    assert url == "https://pbx.example/send" and b'"to":"+4917012345678"' in body
    assert headers["Idempotency-Key"] == sent.mail_id and headers["webhook-id"] == sent.mail_id
    assert (sent.state, sent.reference) == ("sent", "p1")
    said(plain, ways.STATUS, now, reference=sent.mail_id, state="delivered")
    sent.refresh_from_db()
    assert sent.receipt == "delivered"


def test_a_faulty_post_says_which_field_is_wrong(provider: Provider, now: datetime) -> None:
    plain, _ = settings.connect(None, VALUES | {"provider": "plain"}, now=now)
    with pytest.raises(Invalid) as refusal:
        said(plain, ways.MESSAGES, now, id="m1", **{"from": THEIRS}, colour="red")
    assert "colour" in refusal.value.fields


def test_only_who_may_connect_channels_does_and_secrets_are_sealed(line: Line, lead: Agent, now: datetime) -> None:
    with pytest.raises(Forbidden):
        settings.connect(lead, VALUES, now=now)
    assert TOKEN not in line.credentials and TOKEN not in str(list(AuditEntry.objects.values()))
    with pytest.raises(Invalid, match="connected already"):
        settings.connect(None, VALUES | {"account": "AC1", "token": "t"}, now=now)
    with pytest.raises(Invalid, match="credentials are needed"):
        settings.connect(None, VALUES | {"number": "+493023125009"}, now=now)
    with pytest.raises(Invalid, match="with its country"):
        settings.connect(None, VALUES | {"number": "030 1234"}, now=now)
    with pytest.raises(Conflict):
        settings.change(None, line.pk, VALUES | {"provider": "plain"}, now=now)
    settings.change(None, line.pk, VALUES | {"name": "Front desk"}, now=now)
    assert ways.opened(Line.objects.get())["token"] == TOKEN


def test_the_address_of_a_plain_line_is_checked_and_can_be_emptied(provider: Provider, now: datetime) -> None:
    plain, _ = settings.connect(None, VALUES | {"provider": "plain", "url": "https://pbx.example/send"}, now=now)
    with pytest.raises(Invalid) as refusal:
        settings.change(None, plain.pk, VALUES | {"provider": "plain", "url": "http://pbx.example/send"}, now=now)
    assert list(refusal.value.fields) == ["url"]
    settings.change(None, plain.pk, VALUES | {"provider": "plain"}, now=now)
    assert ways.opened(Line.objects.get())["url"] == "https://pbx.example/send"
    settings.change(None, plain.pk, VALUES | {"provider": "plain", "url": " "}, now=now)
    kept = ways.opened(Line.objects.get())
    assert "url" not in kept and kept["secret"].startswith("whsec_")


def test_a_line_is_tried_out_with_its_own_credentials(
    line: Line, provider: Provider, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = factories.an_agent("Odile Marchand", role="admin")
    monkeypatch.setattr(trying, "ask", ask)
    assert trying.message(admin, line, "0170 12345678", now=now).well and provider.messages[0]["To"] == THEIRS
    assert not trying.account(admin, line).well
    with pytest.raises(Invalid):
        trying.message(admin, line, "nobody", now=now)


@pytest.mark.parametrize(
    ("text", "units", "segments", "plain"),
    [
        ("", 0, 0, True),
        ("a" * 160, 160, 1, True),
        ("a" * 161, 161, 2, True),
        ("€" * 80, 160, 1, True),
        ("a" * 152 + "€" + "a" * 152, 306, 3, True),
        ("ł" * 70, 70, 1, False),
        ("ł" * 71, 71, 2, False),
        ("😀" * 35, 70, 1, False),
        ("😀" * 67, 134, 3, False),
    ],
)
def test_segments_are_counted_as_phones_do(text: str, units: int, segments: int, plain: bool) -> None:
    length = measure(text)
    assert (length.units, length.segments, length.plain) == (units, segments, plain)


def test_a_conversation_that_is_handed_over_goes_on_as_a_message(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    ticket = factories.a_ticket(now)
    addresses.add(None, ticket.customer_id, "phone", THEIRS, now=now)
    handing_over.hand_over(lead, ticket.pk, "sms", "They are on the road.", now=now)
    send(lead, ticket.pk, "Your parcel is here.", provider, now)
    assert (provider.messages[0]["From"], provider.messages[0]["To"]) == (OWN, THEIRS)
    handing_over.hand_over(lead, ticket.pk, "whatsapp", "", now=now)
    with pytest.raises(Invalid, match="24 hours"):
        replies.reply(lead, ticket.pk, "Hello", now=now)
