"""Approved templates, files that leave as links, and messages that are no words: places and contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import orjson
import pytest

from deskwright.channels.contract import Deferred, Outcome, Text
from deskwright.channels.posting import Answer
from deskwright.channels.telephony import cards
from deskwright.channels.telephony.values import TEXTS, Contact
from deskwright.desk.answering import files, holding
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.lines import posts, settings, templates, ways
from deskwright.desk.outbox import delivery
from deskwright.desk.texting import links, opening
from deskwright.store.models import Agent, Attachment, Delivery, Draft, Line, Message, MessageTemplate, Ticket
from tests import factories
from tests.desk.providers import ACCOUNT, TOKEN, Provider, post, said
from tests.desk.test_texting import HOUR, OWN, THEIRS, comes
from tests.desk.test_texting import VALUES as BARE

VALUES = BARE | {"account": ACCOUNT, "token": TOKEN}
BACK = {
    "name": "answer_ready",
    "language": "en",
    "text": "Hello {{1}}, we have an answer about {{2}}. Reply to read it.",
    "variables": {"1": "First name"},
    "reference": "HX0123",
}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
LATE = 30 * HOUR


@pytest.fixture
def line(provider: Provider, now: datetime) -> Line:
    return settings.connect(None, VALUES | {"api": provider.url}, now=now)[0]


@pytest.fixture
def whatsapp(line: Line, provider: Provider, now: datetime) -> Ticket:
    comes(line, provider, now, From=f"whatsapp:{THEIRS}", To=f"whatsapp:{OWN}")
    return Ticket.objects.get()


def leave(provider: Provider, now: datetime) -> None:
    holding.leave_due(now, 10)
    while delivery.deliver(now, 10, provider.send, TEXTS):
        pass


def test_a_template_leaves_when_the_window_is_closed_and_tells_how_it_did(
    line: Line, provider: Provider, lead: Agent, whatsapp: Ticket, now: datetime
) -> None:
    template = templates.keep(None, line.pk, None, BACK, now=now)
    with pytest.raises(Invalid, match="approved template"):
        holding.send(lead, whatsapp.pk, "Hello", now=now + LATE)
    opening.send(lead, whatsapp.pk, template.pk, {"1": "Ines", "2": "your\n order"}, now=now + LATE)
    leave(provider, now + LATE + HOUR)
    (taken,) = provider.messages
    assert taken["ContentSid"] == "HX0123" and "Body" not in taken
    assert orjson.loads(taken["ContentVariables"]) == {"1": "Ines", "2": "your order"}
    message = Message.objects.get(kind="agent")
    assert message.text == "Hello Ines, we have an answer about your order. Reply to read it."
    of = taken["StatusCallback"].partition("?")[2]
    post(line, ways.STATUS, now, of, MessageSid="SM0000", MessageStatus="read")
    assert Delivery.objects.get().receipt == "read"


def test_what_a_template_leaves_open_must_be_filled_in(
    line: Line, lead: Agent, whatsapp: Ticket, now: datetime
) -> None:
    template = templates.keep(None, line.pk, None, BACK, now=now)
    with pytest.raises(Invalid) as refusal:
        opening.send(lead, whatsapp.pk, template.pk, {"1": "Ines", "2": " "}, now=now + LATE)
    assert list(refusal.value.fields) == ["2"]
    with pytest.raises(Invalid):
        opening.send(lead, whatsapp.pk, template.pk, {"1": "Ines", "2": "x" * 501}, now=now + LATE)


def test_a_template_belongs_to_the_line_the_conversation_goes_by(
    line: Line, lead: Agent, whatsapp: Ticket, now: datetime
) -> None:
    other, _ = settings.connect(None, VALUES | {"number": "+493023125009"}, now=now)
    foreign = templates.keep(None, other.pk, None, BACK, now=now)
    assert opening.offered(whatsapp.pk) == []
    with pytest.raises(NotFound):
        opening.send(lead, whatsapp.pk, foreign.pk, {"1": "a", "2": "b"}, now=now + LATE)


def test_templates_in_the_customer_s_language_come_first(line: Line, whatsapp: Ticket, now: datetime) -> None:
    for language in ("de", "en", "fr"):
        templates.keep(None, line.pk, None, BACK | {"language": language}, now=now)
    whatsapp.customer.language = "fr"
    whatsapp.customer.save()
    assert [one.language for one in opening.offered(whatsapp.pk)] == ["fr", "de", "en"]


def test_taking_a_template_back_leaves_the_draft_as_it_is(
    line: Line, lead: Agent, whatsapp: Ticket, now: datetime
) -> None:
    template = templates.keep(None, line.pk, None, BACK, now=now)
    held = opening.send(lead, whatsapp.pk, template.pk, {"1": "Ines", "2": "it"}, now=now + LATE)
    holding.take_back(lead, held, now=now + LATE)
    assert not Draft.objects.exists() and not Delivery.objects.exists()


def test_a_template_is_checked_and_kept_by_who_may_connect_channels(line: Line, lead: Agent, now: datetime) -> None:
    for name, value in (("text", ""), ("text", "x" * 1025), ("reference", ""), ("variables", {"7": "What"})):
        with pytest.raises(Invalid) as refusal:
            templates.keep(None, line.pk, None, BACK | {name: value}, now=now)
        assert list(refusal.value.fields) == [name]
    with pytest.raises(Forbidden):
        templates.keep(factories.an_agent("Jonas"), line.pk, None, BACK, now=now)
    made = templates.keep(None, line.pk, None, BACK, now=now)
    with pytest.raises(Invalid, match="this name in this language"):
        templates.keep(None, line.pk, None, BACK, now=now)
    templates.keep(None, line.pk, made.pk, BACK | {"text": "Hello {{1}}"}, now=now)
    assert MessageTemplate.objects.get().text == "Hello {{1}}"
    templates.remove(None, line.pk, made.pk, now=now)
    assert not MessageTemplate.objects.exists()
    settings.change(None, line.pk, VALUES | {"whatsapp": False, "sms": True}, now=now)
    with pytest.raises(Conflict):
        templates.keep(None, line.pk, None, BACK, now=now)


def test_files_of_a_text_message_leave_as_links_that_expire(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    comes(line, provider, now)
    ticket = Ticket.objects.get().pk
    for name, content in (("a.png", PNG), ("b.pdf", b"%PDF-1.7")):
        files.add(lead, ticket, "reply", name, content, now=now)
    holding.send(lead, ticket, "See these", now=now)
    leave(provider, now + HOUR)
    (taken,) = provider.messages
    first, second = (url.removeprefix(f"http://testserver{links.PATH}").strip("/") for url in taken["media"].split())
    assert taken["Body"] == "See these" and links.file_at(first, now + 2 * HOUR).content == PNG
    assert links.file_at(second, now + 2 * HOUR).content_type == "application/pdf"
    for token, moment in ((first, now + 6 * HOUR), (first + "x", now), ("nonsense", now)):
        with pytest.raises(NotFound):
            links.file_at(token, moment)


def test_whatsapp_takes_one_file_a_message_and_words_beside_a_picture_only(
    provider: Provider, lead: Agent, whatsapp: Ticket, now: datetime
) -> None:
    for name, content in (("b.pdf", b"%PDF-1.7"), ("a.png", PNG)):
        files.add(lead, whatsapp.pk, "reply", name, content, now=now)
    holding.send(lead, whatsapp.pk, "See these", now=now)
    leave(provider, now + HOUR)
    assert [(one.get("Body"), "media" in one) for one in provider.messages] == [
        ("See these", False),
        (None, True),
        (None, True),
    ]
    assert Message.objects.get(kind="agent").attachments.count() == 2
    assert Delivery.objects.count() == len(set(Delivery.objects.values_list("mail_id", flat=True))) == 3


def test_a_file_waits_for_the_one_before_it_as_either_could_be_taken_for_the_other(
    provider: Provider, lead: Agent, whatsapp: Ticket, now: datetime
) -> None:
    for name, content in (("b.pdf", b"%PDF-1.7"), ("a.png", PNG)):
        files.add(lead, whatsapp.pk, "reply", name, content, now=now)
    holding.send(lead, whatsapp.pk, "See these", now=now)
    holding.leave_due(now + HOUR, 10)

    def away(parcel: Any) -> Outcome:
        return Deferred("no connection") if parcel.files else provider.send(parcel)

    while delivery.deliver(now + HOUR, 10, away, TEXTS):
        pass
    assert list(Delivery.objects.order_by("id").values_list("state", "attempts")) == [
        ("sent", 1),
        ("due", 1),
        ("due", 0),
    ]
    leave(provider, now + 2 * HOUR)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"} and len(provider.messages) == 3


def test_a_file_that_is_too_large_or_of_another_kind_stops_the_message(
    line: Line, provider: Provider, lead: Agent, now: datetime
) -> None:
    comes(line, provider, now)
    ticket = Ticket.objects.get().pk
    file = files.add(lead, ticket, "reply", "a.png", PNG + bytes(5 * 1024 * 1024), now=now)
    with pytest.raises(Invalid, match=r"a\.png is too large to be sent this way: at most 5 MB"):
        holding.send(lead, ticket, "Look", now=now)
    files.remove(lead, file.pk)
    files.add(lead, ticket, "reply", "run.exe", b"MZ", now=now)
    with pytest.raises(Invalid, match=r"run\.exe cannot be sent this way"):
        holding.send(lead, ticket, "Look", now=now)


def test_a_plain_provider_gets_template_and_files_in_its_json(provider: Provider, lead: Agent, now: datetime) -> None:
    plain, _ = settings.connect(None, VALUES | {"provider": "plain", "url": "https://pbx.example/send"}, now=now)
    said(plain, ways.MESSAGES, now, id="m1", channel="whatsapp", **{"from": THEIRS}, text="Hello")
    posts.work_off(now, 20, provider.fetch)
    ticket, bodies = Ticket.objects.get().pk, []

    def keep(method: str, url: str, body: bytes, headers: Any) -> Answer:
        bodies.append(orjson.loads(body))
        return Answer(200, "{}", 1)

    template = templates.keep(None, plain.pk, None, BACK | {"reference": ""}, now=now)
    opening.send(lead, ticket, template.pk, {"1": "Ines", "2": "it"}, now=now + LATE)
    holding.leave_due(now + LATE + HOUR, 10)
    way = ways.way_out(plain, keep, now)
    delivery.deliver(now + LATE + HOUR, 10, lambda text: way.send(cast(Text, text)), TEXTS)
    assert bodies[0]["template"] == {
        "name": "answer_ready",
        "language": "en",
        "variables": {"1": "Ines", "2": "it"},
    }
    assert bodies[0]["text"].startswith("Hello Ines")


def test_a_place_and_a_contact_are_shown_as_what_they_are(line: Line, provider: Provider, now: datetime) -> None:
    sent = {"From": f"whatsapp:{THEIRS}", "To": f"whatsapp:{OWN}"}
    comes(line, provider, now, "", Latitude="52.52", Longitude="13.405", **sent)
    assert Message.objects.get().text.startswith("Location: 52.520000, 13.405000\nhttps://www.openstreetmap.org/?mlat=")
    card = b"BEGIN:VCARD\r\nFN:Ines\\, Duarte\r\nitem1.TEL;waid=49170:+49 170\r\n  1234567\r\nEND:VCARD\r\n"
    provider.files["/media/1"] = (200, card, "text/vcard")
    media = {"NumMedia": "1", "MediaUrl0": f"{provider.url}/media/1", "MediaContentType0": "text/vcard"}
    comes(line, provider, now, "", "SM2", **sent, **media)
    assert Message.objects.latest("id").text == "Contact: Ines, Duarte · +49 170 1234567"
    assert Attachment.objects.get().content_type == "text/vcard"


def test_plain_posts_tell_places_and_contacts_too(provider: Provider, now: datetime) -> None:
    plain, _ = settings.connect(None, VALUES | {"provider": "plain", "url": ""}, now=now)
    more = {
        "location": {"latitude": 52.5, "longitude": 13, "name": "Office", "address": "Main St 1"},
        "contacts": [{"name": "Ines", "numbers": ["+49170"]}],
    }
    said(plain, ways.MESSAGES, now, id="m1", **{"from": THEIRS}, **more)
    posts.work_off(now, 20, provider.fetch)
    text = Message.objects.get().text
    assert text.startswith("Location: Office, Main St 1\n") and text.endswith("Contact: Ines · +49170")
    for wrong in ({"location": {"latitude": 91, "longitude": 0}}, {"location": 1}, {"contacts": [{"age": 3}]}):
        with pytest.raises(Invalid):
            said(plain, ways.MESSAGES, now, id="m2", **{"from": THEIRS}, **wrong)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"BEGIN:VCARD\nEND:VCARD", b"TEL:" * 1000, b"a" * cards.LARGEST])
def test_a_faulty_vcard_does_no_harm(content: bytes) -> None:
    assert all(isinstance(one, Contact) for one in cards.contacts(content))


def test_only_whole_lines_of_a_vcard_of_usual_size_are_read() -> None:
    card = b"BEGIN:VCARD\nNOTE:FN:Not a name\nitem1.FN:Ines\nTEL;TYPE=cell:+49170\nEND:VCARD\n"
    assert cards.contacts(card) == (Contact("Ines", ("+49170",)),)
    assert cards.contacts(card + b"\n" * cards.LARGEST) == ()
