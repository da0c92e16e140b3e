"""Calls and messages on pages: what pops up, the log, the player, the composer of a text message, the settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from deskwright.channels.posting import File as Fetched
from deskwright.desk import access, clock, workflows
from deskwright.desk.access.fields import PHONE
from deskwright.desk.calls import serving
from deskwright.desk.customers import addresses
from deskwright.desk.lines import posts, settings, ways
from deskwright.desk.settings import roles
from deskwright.desk.texting import links
from deskwright.store import blobs
from deskwright.store.models import (
    Agent,
    Attachment,
    Call,
    Customer,
    Delivery,
    HeldReply,
    Identity,
    Line,
    Message,
    Ticket,
)
from tests import factories
from tests.desk.providers import SOUND, said
from tests.desk.test_calls import OWN, THEIRS, VALUES, WORKFLOW

FORM = {"name": "Hotline", "number": "+49 30 23125001", "provider": "plain", "calls": "on", "sms": "on"}
PART = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def line(db: str, now: datetime) -> Line:
    workflows.publish(WORKFLOW, now=now)
    made, _ = settings.connect(None, VALUES | {"sms": True, "whatsapp": True, "dial": DIAL}, now=now)
    serving.forget()
    return made


DIAL = "https://pbx.example/dial?to={number}&by={agent}&ticket={ticket}"


@pytest.fixture
def client(line: Line) -> Client:
    browser = Client()
    browser.force_login(factories.an_agent("Mira Lund", role="lead", email="mira@desk.example"))
    return browser


@pytest.fixture
def admin(line: Line) -> Client:
    browser = Client()
    browser.force_login(factories.an_agent("Odile Marchand", role="admin"))
    return browser


def happens(line: Line, now: datetime, what: str = ways.CALLS, **values: object) -> None:
    said(line, what, now, **values)
    posts.work_off(now, 20, lambda url, headers: Fetched(SOUND, "audio/mpeg"))


def rings(line: Line, event: str = "ringing", **more: object) -> Call:
    happens(line, clock.now(), call="c1", event=event, number=THEIRS, **more)
    return Call.objects.get()


def test_a_call_pops_up_with_the_customer_s_tickets_one_click_away(client: Client, line: Line, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    addresses.add(None, ticket.customer_id, "phone", THEIRS, now=now)
    assert 'id="calls"' in client.get("/inbox/all_open/").content.decode()
    call = rings(line)
    popped = client.get("/calls/now/").content.decode()
    assert ticket.customer.name in popped and "Rings now" in popped and f"#{ticket.pk}" in popped
    answer = client.post(f"/calls/{call.pk}/ticket/", {"ticket": ticket.pk}, **PART)
    assert answer.headers["HX-Redirect"] == f"/tickets/{ticket.pk}/"
    rings(line, "ended", seconds=61)
    popped = client.get("/calls/now/").content.decode()
    assert "Ended after 1:01" in popped and "What was said" in popped
    client.post(f"/calls/{call.pk}/note/", {"text": "All is well."}, **PART)
    assert "All is well." in client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert "<article" not in client.get("/calls/now/").content.decode()


def test_the_log_lists_every_call_and_is_not_for_light_agents(client: Client, line: Line) -> None:
    assert "No calls yet" in client.get("/calls/").content.decode()
    rings(line, "missed")
    page = client.get("/calls/").content.decode()
    assert "+49 170 12345678" in page and "missed" in page and f"/tickets/{Ticket.objects.get().pk}/" in page
    light = Client()
    light.force_login(factories.an_agent("Lena", role="light"))
    assert light.get("/calls/").status_code == 403
    assert 'id="calls"' not in light.get("/inbox/all_open/").content.decode()


def test_the_log_shows_no_calls_of_tickets_one_does_not_see(client: Client, line: Line, now: datetime) -> None:
    ada, other = factories.an_agent("Ada Quill"), factories.an_agent("Ben Marsh")
    ticket = factories.a_ticket(now)
    Ticket.objects.filter(pk=ticket.pk).update(queue="elsewhere")
    for number, values in enumerate(({"ticket": ticket}, {}, {"ticket": ticket, "agent": ada}), 1):
        Call.objects.create(line=line, call_id=str(number), number=f"+4917000000{number}", rang_at=now, **values)

    def told(agent: Agent) -> list[str]:
        rows = serving.latest(agent, 10)
        assert sorted(row["id"] for row in serving.log(agent, access.visible_tickets(agent), 10, 0)) == sorted(
            row["id"] for row in rows
        )
        return [row["number"][-1:] for row in rows]

    assert (told(ada), told(other)) == (["3", "2"], ["2"])
    assert told(Agent.objects.get(name="Mira Lund")) == ["3", "2", "1"]


def test_a_page_of_the_log_beyond_reason_is_the_first(client: Client, line: Line) -> None:
    rings(line, "missed")
    for written in ("00000000000000000001" * 5, "000001" + "0" * 20, "99999", "0", "x"):
        assert "+49 170 12345678" in client.get("/calls/", {"page": written}).content.decode()


def test_what_pops_up_costs_a_fixed_number_of_statements(client: Client, line: Line) -> None:
    rings(line)
    with CaptureQueriesContext(connection) as one:
        client.get("/calls/now/")
    for number in range(5):
        happens(line, clock.now(), call=f"more{number}", event="ringing", number=f"+4917012345{number}00")
    with CaptureQueriesContext(connection) as several:
        client.get("/calls/now/")
    assert len(several) == len(one)


def test_desks_without_a_line_ask_for_no_calls(db: str, now: datetime) -> None:
    workflows.publish(WORKFLOW, now=now)
    browser = Client()
    browser.force_login(factories.an_agent("Mira Lund", role="lead"))
    page = browser.get("/inbox/all_open/").content.decode()
    assert 'id="calls"' not in page and 'id="place-calls"' not in page


def test_a_number_on_the_ticket_opens_the_telephone_system(client: Client, line: Line, now: datetime) -> None:
    ticket = factories.a_ticket(now)
    addresses.add(None, ticket.customer_id, "phone", THEIRS, now=now)
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    where = f"https://pbx.example/dial?to=%2B4917012345678&amp;by=mira%40desk.example&amp;ticket={ticket.pk}"
    assert where in page and "+49 170 12345678" in page
    settings.change(None, line.pk, VALUES, now=now)
    assert 'href="tel:+4917012345678"' in client.get(f"/tickets/{ticket.pk}/").content.decode()


def test_a_role_that_does_not_see_numbers_does_not_see_them_in_calls(client: Client, line: Line, now: datetime) -> None:
    values = {
        "name": "N",
        "about": "",
        "base": "agent",
        "grants": {"tickets:see": "all", "tickets:reply": "all"},
        "hidden": [PHONE],
    }
    role = roles.make(None, "n", values, now=now)
    agent = factories.an_agent("Nils")
    roles.give(None, agent.pk, role, now=now)
    browser = Client()
    browser.force_login(Agent.objects.get(pk=agent.pk))
    rings(line)
    popped = browser.get("/calls/now/").content.decode()
    assert "Rings now" in popped and "12345678" not in popped


def test_a_recording_has_a_player_that_may_ask_for_parts(client: Client, line: Line) -> None:
    media = {"url": "https://pbx.example/v.mp3", "type": "audio/mpeg", "name": "voicemail.mp3"}
    rings(line, "voicemail", recording=media, seconds=9)
    ticket, file = Ticket.objects.get(), Attachment.objects.get()
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert f'<audio class="sound" controls preload="none" src="/attachments/{file.pk}/sound/"' in page
    whole = client.get(f"/attachments/{file.pk}/sound/")
    assert (whole.status_code, whole.headers["Content-Type"], whole.content) == (200, "audio/mpeg", SOUND)
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    part = client.get(f"/attachments/{file.pk}/sound/", HTTP_RANGE="bytes=2-4")
    assert (part.status_code, part.content) == (206, SOUND[2:5])
    assert part.headers["Content-Range"] == f"bytes 2-4/{len(SOUND)}"
    assert client.get(f"/attachments/{file.pk}/sound/", HTTP_RANGE="bytes=-3").content == SOUND[-3:]
    assert client.get(f"/attachments/{file.pk}/sound/", HTTP_RANGE="bytes=9999-").status_code == 416


def test_what_is_no_sound_is_not_played(client: Client, line: Line) -> None:
    rings(line, "voicemail", recording={"url": "https://pbx.example/v.mp3", "type": "audio/mpeg"}, seconds=9)
    file = Attachment.objects.get()
    Attachment.objects.filter(pk=file.pk).update(sha256=blobs.put(b"<script>alert(1)</script>"))
    assert client.get(f"/attachments/{file.pk}/sound/").status_code == 404


def test_the_composer_says_how_the_answer_leaves(client: Client, line: Line, now: datetime) -> None:
    happens(line, now, ways.MESSAGES, id="m1", text="Hello *you*", **{"from": THEIRS})
    ticket = Ticket.objects.get()
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert 'data-length="sms"' in page and "from +49 30 23125001, as plain text" in page
    assert 'id="recipients"' not in page and "Hello *you*" in page


def test_the_composer_says_until_when_whatsapp_takes_words(client: Client, line: Line) -> None:
    at = clock.now()
    happens(line, at, ways.MESSAGES, id="m1", channel="whatsapp", text="Hello", **{"from": THEIRS})
    ticket = Ticket.objects.get()
    assert "WhatsApp takes free words until" in client.get(f"/tickets/{ticket.pk}/").content.decode()
    Message.objects.update(created_at=at - timedelta(hours=25))
    assert "24 hours are over" in client.get(f"/tickets/{ticket.pk}/").content.decode()
    refused = client.post(f"/tickets/{ticket.pk}/reply/", {"text": "Hi"}, **PART)
    assert refused.status_code == 422


def test_numbers_are_connected_in_the_settings(db: str, now: datetime) -> None:
    workflows.publish(WORKFLOW, now=now)
    admin = Client()
    admin.force_login(factories.an_agent("Odile Marchand", role="admin"))
    assert "No number is connected yet" in admin.get("/console/lines/").content.decode()
    assert admin.post("/console/lines/new/", FORM | {"number": "12"}).status_code == 422
    assert admin.post("/console/lines/new/", FORM | {"provider": "twilio"}).status_code == 422
    made = admin.post("/console/lines/new/", FORM).content.decode()
    line = Line.objects.get()
    assert line.number == OWN and "whsec_" in made and f"/api/v1/in/calls/{line.key}" in made
    assert "whsec_" in made.split("Ready to paste")[1]
    page = admin.get(f"/console/lines/{line.pk}/").content.decode()
    assert "whsec_" not in page and "Waits for its first call" in page
    assert "is written with its country" in admin.post(f"/console/lines/{line.pk}/test/", {"to": "x"}).content.decode()
    assert "whsec_" in admin.post(f"/console/lines/{line.pk}/rotate/").content.decode()
    admin.post(f"/console/lines/{line.pk}/delete/", {"typed": "Hotline"})
    assert not Line.objects.exists()


def test_agents_do_not_see_the_lines(client: Client, line: Line) -> None:
    for path in ("", "new/", f"{line.pk}/", f"{line.pk}/change/", f"{line.pk}/delete/"):
        assert client.get(f"/console/lines/{path}").status_code == 403


def test_a_template_is_kept_with_its_line_and_sent_from_the_composer(admin: Client, line: Line) -> None:
    form = {"name": "ready", "language": "en", "text": "Hello {{1}}!", "variables": "1 = First name"}
    assert admin.post(f"/console/lines/{line.pk}/templates/new/", form | {"variables": "1"}).status_code == 422
    admin.post(f"/console/lines/{line.pk}/templates/new/", form)
    template = line.templates.get()
    assert template.variables == {"1": "First name"}
    assert "Hello {{1}}!" in admin.get(f"/console/lines/{line.pk}/").content.decode()
    ticket = writes(line, clock.now() - timedelta(days=2))
    composer = admin.get(f"/tickets/{ticket.pk}/").content.decode()
    assert "24 hours are over" in composer and f"/tickets/{ticket.pk}/template/" in composer
    page = admin.get(f"/tickets/{ticket.pk}/template/").content.decode()
    assert "First name" in page and "Hello {{1}}!" in page
    refused = admin.post(f"/tickets/{ticket.pk}/template/?template={template.pk}", {"1": ""})
    assert refused.status_code == 422 and "Fill this in." in refused.content.decode()
    answer = admin.post(f"/tickets/{ticket.pk}/template/?template={template.pk}", {"1": "Ines"})
    assert answer.status_code == 302
    assert "Hello Ines!" in admin.get(f"/tickets/{ticket.pk}/").content.decode()
    gone = admin.post(f"/console/lines/{line.pk}/templates/{template.pk}/delete/", {"typed": "ready"})
    assert gone.status_code == 302 and not line.templates.exists()
    assert "no template for this conversation" in admin.get(f"/tickets/{ticket.pk}/template/").content.decode()


def writes(line: Line, at: datetime) -> Ticket:
    happens(line, at, ways.MESSAGES, id="m1", channel="whatsapp", text="Hello", **{"from": THEIRS})
    return Ticket.objects.get(channel="whatsapp")


def test_a_file_of_a_message_is_given_to_who_has_its_address(line: Line) -> None:
    file = {"name": "a.png", "content_type": "image/png", "size": 4, "sha256": blobs.put(b"\x89PNG")}
    row = Delivery.objects.create(
        channel="sms", recipient=THEIRS, mail_id="sms-1", content={"files": [file]}, created_at=clock.now()
    )
    path = urlsplit(links.address(row.pk, 0, clock.now())).path
    answer = Client().get(path)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"\x89PNG", "image/png")
    assert "sandbox" in answer["Content-Security-Policy"] and answer["Content-Disposition"].startswith("attachment")
    assert Client().get(path[:-3] + "/").status_code == 404


def test_how_calls_are_answered_is_arranged_on_the_line_s_page(admin: Client, now: datetime, line: Line) -> None:
    values = VALUES | {"name": "Sales", "number": "+493023125009", "provider": "twilio", "account": "AC1", "token": "t"}
    twilio, _ = settings.connect(None, values, now=now)
    path = f"/console/lines/{twilio.pk}/flow/"
    form = {"on": "on", "language": "en-GB", "greeting": "Welcome.", "at_once": "2", "ring": "20", "missed": "Sorry."}
    wrong = admin.post(path, form | {"menu": "one: nobody", "missed": ""})
    assert wrong.status_code == 422 and "Write one key a line" in wrong.content.decode()
    nowhere = admin.post(path, form | {"menu": "1 = nowhere: Press one."})
    assert nowhere.status_code == 422 and "no queue nowhere" in nowhere.content.decode()
    assert admin.post(path, form | {"voicemail": "on"}).status_code == 302
    page = admin.get(f"/console/lines/{twilio.pk}/").content.decode()
    assert "Welcome." in page and f"/api/v1/in/voice/{twilio.key}" in page
    assert 'value="en-GB"' in admin.get(path).content.decode()


def prefers_text(now: datetime) -> Ticket:
    """A mail ticket of somebody who has written from their number, and likes to be answered there."""
    ticket = factories.a_ticket(now, channel="email")
    Identity.objects.create(customer_id=ticket.customer_id, kind="phone", value=THEIRS)
    Customer.objects.filter(pk=ticket.customer_id).update(preferred_channel="sms")
    return ticket


def test_the_composer_says_how_the_customer_likes_it_and_offers_the_other_way(client: Client, line: Line) -> None:
    now = clock.now()
    ticket = prefers_text(now)
    assert 'name="by"' not in client.get(f"/tickets/{ticket.pk}/").content.decode(), "the number is not proved"
    happens(line, now, ways.MESSAGES, id="m1", text="Hello", **{"from": THEIRS})
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert 'value="sms" checked> By text message to +49 170 12345678, as the customer prefers' in page
    assert 'value="email"> by mail instead' in page and 'id="recipients"' in page

    client.post(f"/tickets/{ticket.pk}/reply/", {"text": "By mail this once.", "by": "email"}, **PART)
    held = HeldReply.objects.get()
    assert held.by == "email"
    client.post(f"/held/{held.pk}/take-back/", **PART)
    assert 'value="email" checked> by mail instead' in client.get(f"/tickets/{ticket.pk}/").content.decode()


def test_the_composer_says_why_whatsapp_is_not_taken_although_it_is_preferred(client: Client, line: Line) -> None:
    now = clock.now()
    ticket = prefers_text(now)
    Customer.objects.update(preferred_channel="whatsapp")
    happens(line, now - timedelta(hours=30), ways.MESSAGES, id="m1", channel="whatsapp", text="Hi", **{"from": THEIRS})
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    assert "The customer prefers WhatsApp, which takes free words only within 24 hours" in page
    assert 'name="by"' not in page
