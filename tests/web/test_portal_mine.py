"""What customers do themselves: close and open questions, send files, see colleagues' ones, say how to reach them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deskwright.desk import clock, workflows
from deskwright.desk.answering import replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import File, Outcome, Person
from deskwright.desk.customers import own, people
from deskwright.desk.errors import Conflict, NotFound
from deskwright.desk.lines import settings
from deskwright.store.models import (
    Agent,
    Attachment,
    AuditEntry,
    Clock,
    Customer,
    Delivery,
    Message,
    Ticket,
    TicketEvent,
)
from tests import factories
from tests.web import rows

SignIn = Callable[[Agent], Client]


@pytest.fixture
def ben(mina: Customer, now: datetime) -> Customer:
    """A colleague of Mina's."""
    return rows.customer("Ben Salt", now, organisation=mina.organisation)


def asked(customer: Customer, now: datetime, text: str = "It stops.", **more: object) -> Ticket:
    return factories.a_ticket(now, text=text, requester=Person(customer.email), channel="email", **more)


def test_a_customer_closes_their_question_and_rules_hear_of_it(mina: Customer, now: datetime) -> None:
    ticket = asked(mina, now)
    visitor = factories.came_in(mina)
    assert "It is solved: close it" in visitor.get(f"/help/mine/{ticket.pk}/").content.decode()

    answer = visitor.post(f"/help/mine/{ticket.pk}/close/", follow=True)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at) == ("solved", now)
    assert "Closed. Thank you" in answer.content.decode()
    event = TicketEvent.objects.filter(ticket=ticket, kind="fields_changed").get()
    assert (event.actor, event.data["changes"]["status"]) == ("customer", ["new", "solved"])
    assert not Clock.objects.filter(ticket=ticket, stopped_at=None).exclude(metric="tier").exists()


def test_the_timeline_says_that_the_customer_closed_it(
    mina: Customer, lead: Agent, now: datetime, signed_in: SignIn
) -> None:
    ticket = asked(mina, now)
    own.close(mina, ticket.pk, now=now)

    assert "The customer changed" in signed_in(lead).get(f"/tickets/{ticket.pk}/").content.decode()


def test_a_customer_opens_a_question_again_while_that_is_allowed(
    mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflows.publish("workflow: Reopening\nreopen: {within: 7d}\nqueues: {everybody: {}}\n", now=now)
    ticket = asked(mina, now)
    visitor = factories.came_in(mina)
    visitor.post(f"/help/mine/{ticket.pk}/close/")

    assert "It is not solved: open it again" in visitor.get(f"/help/mine/{ticket.pk}/").content.decode()
    visitor.post(f"/help/mine/{ticket.pk}/open/")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.reopen_count) == ("open", 1)

    own.close(mina, ticket.pk, now=now)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=8))
    assert "open it again" not in visitor.get(f"/help/mine/{ticket.pk}/").content.decode()
    with pytest.raises(Conflict, match="cannot be opened again"):
        own.reopen(mina, ticket.pk, now=now + timedelta(days=8))


def test_a_colleague_opens_nothing_again_where_only_the_requester_may(mina: Customer, now: datetime) -> None:
    workflows.publish("workflow: Reopening\nreopen: {by_requester: [everybody]}\nqueues: {everybody: {}}\n", now=now)
    ticket = asked(mina, now)
    Ticket.objects.filter(pk=ticket.pk).update(queue="everybody")
    own.close(mina, ticket.pk, now=now)
    colleague = rows.customer("Rune Ask", now, organisation=mina.organisation, sees_organisation=True)

    page = factories.came_in(colleague).get(f"/help/mine/{ticket.pk}/").content.decode()

    assert "open it again" not in page and "follows this one" in page
    with pytest.raises(Conflict, match="cannot be opened again"):
        own.reopen(colleague, ticket.pk, now=now)
    own.reopen(mina, ticket.pk, now=now)


def test_closing_twice_says_so_and_changes_nothing(mina: Customer, now: datetime) -> None:
    ticket = asked(mina, now)
    visitor = factories.came_in(mina)
    visitor.post(f"/help/mine/{ticket.pk}/close/")

    answer = visitor.post(f"/help/mine/{ticket.pk}/close/", follow=True)

    assert "It is closed already." in answer.content.decode()
    assert TicketEvent.objects.filter(ticket=ticket, kind="fields_changed").count() == 1


def test_nobody_closes_opens_or_reads_files_of_a_strangers_question(mina: Customer, now: datetime) -> None:
    other = asked(rows.customer("Zoe Reed", now), now, files=(File("a.txt", "text/plain", b"secret"),))
    visitor, file = factories.came_in(mina), Attachment.objects.get()

    for act in ("close", "open", "answer"):
        assert visitor.post(f"/help/mine/{other.pk}/{act}/", {"text": "x"}).status_code == 404
    assert visitor.get(f"/help/mine/{other.pk}/files/{file.pk}/").status_code == 404
    with pytest.raises(NotFound):
        own.close(mina, other.pk, now=now)


def test_files_go_both_ways(mina: Customer, ada: Agent, now: datetime) -> None:
    ticket = asked(mina, now)
    visitor = factories.came_in(mina)

    picture = SimpleUploadedFile("screen.png", b"\x89PNG and so on", "image/png")
    visitor.post(f"/help/mine/{ticket.pk}/answer/", {"text": "See the picture.", "attachments": [picture]})

    file = Attachment.objects.get(name="screen.png")
    assert file.message.ticket_id == ticket.pk
    assert "screen.png" in visitor.get(f"/help/mine/{ticket.pk}/").content.decode()
    got = visitor.get(f"/help/mine/{ticket.pk}/files/{file.pk}/")
    assert got.content == b"\x89PNG and so on"
    assert "attachment" in got.headers["Content-Disposition"]


def test_a_file_of_a_note_is_not_handed_to_the_customer(mina: Customer, ada: Agent, now: datetime) -> None:
    ticket = asked(mina, now)
    note = replies.note(ada, ticket.pk, "Between us.", now=now)
    file = Attachment.objects.create(
        message_id=note, name="x.txt", content_type="text/plain", size=1, sha256="0" * 64, content_id=""
    )

    assert factories.came_in(mina).get(f"/help/mine/{ticket.pk}/files/{file.pk}/").status_code == 404


def test_an_empty_answer_keeps_the_page_and_says_what_is_missing(mina: Customer, now: datetime) -> None:
    ticket = asked(mina, now)

    answer = factories.came_in(mina).post(f"/help/mine/{ticket.pk}/answer/", {"text": " "})

    assert answer.status_code == 422
    assert "Please write something." in answer.content.decode()


def test_an_answer_sent_twice_by_a_double_click_is_one(mina: Customer, now: datetime) -> None:
    ticket, visitor = asked(mina, now), factories.came_in(mina)
    sheet = re.search(r'name="sheet" value="([^"]+)"', visitor.get(f"/help/mine/{ticket.pk}/").content.decode())
    assert sheet

    for text in ("Still so.", "Still so.", "Now it is gone."):
        answer = visitor.post(f"/help/mine/{ticket.pk}/answer/", {"text": text, "sheet": sheet[1]})
        assert answer.headers["Location"] == f"/help/mine/{ticket.pk}/"

    said = Message.objects.filter(ticket=ticket, kind="customer").order_by("id").values_list("text", flat=True)
    assert list(said) == ["It stops.", "Still so.", "Now it is gone."]


def test_an_answer_the_desk_refuses_keeps_its_words(
    mina: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = asked(mina, now)
    refused = Outcome("refused", error=Conflict("Not at this moment."))
    monkeypatch.setattr(intake, "receive", lambda *_: [refused])

    answer = factories.came_in(mina).post(f"/help/mine/{ticket.pk}/answer/", {"text": "Still so."})

    assert answer.status_code == 409
    assert "Not at this moment." in answer.content.decode()
    assert "Still so." in answer.content.decode()


def test_an_organisations_questions_are_seen_and_answered_by_right_only(
    mina: Customer, ben: Customer, lead: Agent, now: datetime
) -> None:
    theirs = asked(ben, now)
    assert factories.came_in(mina).get(f"/help/mine/{theirs.pk}/").status_code == 404
    assert "Questions of" not in factories.came_in(mina).get("/help/mine/").content.decode()

    people.change(lead, mina.pk, {"sees_organisation": True}, now=now)
    visitor = factories.came_in(mina)

    listed = visitor.get("/help/mine/?of=organisation").content.decode()
    assert "Questions of Harbor Lines" in listed and f"/help/mine/{theirs.pk}/" in listed and "Ben Salt" in listed
    assert "It stops." in visitor.get(f"/help/mine/{theirs.pk}/").content.decode()
    visitor.post(f"/help/mine/{theirs.pk}/answer/", {"text": "I see it too."})
    message = Message.objects.get(text="I see it too.")
    assert (message.ticket_id, message.customer_id, message.verified) == (theirs.pk, mina.pk, True)
    assert factories.came_in(ben).get("/help/mine/?of=organisation").content.decode().count("portal-list") == 1


def test_what_the_desk_asks_itself_about_a_customer_is_not_shown_to_them(mina: Customer, now: datetime) -> None:
    inner = rows.ticket(mina, now, "Health check: Harbor Lines", type="health_check")
    rows.message(inner, now, "note", "They may leave us.")
    visitor = factories.came_in(mina)

    assert "Health check" not in visitor.get("/help/mine/").content.decode()
    assert visitor.get(f"/help/mine/{inner.pk}/").status_code == 404


def test_another_organisations_questions_stay_its_own(mina: Customer, lead: Agent, now: datetime) -> None:
    people.change(lead, mina.pk, {"sees_organisation": True}, now=now)
    other = asked(rows.customer("Zoe Reed", now, organisation=rows.organisation("Elsewhere")), now)
    alone = asked(rows.customer("Nell Frost", now), now)

    for ticket in (other, alone):
        assert factories.came_in(mina).get(f"/help/mine/{ticket.pk}/").status_code == 404


def test_a_customer_says_how_to_be_reached_and_rules_may_read_it(mina: Customer, now: datetime) -> None:
    visitor = factories.came_in(mina)
    said = {"name": "Mina H.", "language": "de", "preferred_channel": "phone"}

    assert visitor.post("/help/details/", said).status_code == 302
    assert visitor.post("/help/details/", {**said, "preferred_channel": "owl"}).status_code == 422

    mina.refresh_from_db()
    assert (mina.name, mina.language, mina.preferred_channel) == ("Mina H.", "de", "phone")
    assert AuditEntry.objects.get(action="customer.told").actor_name == mina.email


def test_who_came_in_need_not_type_who_they_are(mina: Customer) -> None:
    page = factories.came_in(mina).get("/help/new").content.decode()

    assert f'value="{mina.email}"' in page and f'value="{mina.name}"' in page
    assert mina.email not in Client().get("/help/new").content.decode()


def test_every_page_of_ones_own_asks_a_stranger_to_come_in(desk: None) -> None:
    for address in ("/help/mine/", "/help/mine/1/", "/help/details/"):
        assert Client().get(address).headers["Location"] == "/help/enter/"


def test_the_list_takes_a_fixed_number_of_statements(
    mina: Customer, now: datetime, statements: Callable[[], object]
) -> None:
    visitor = factories.came_in(mina)

    def count() -> int:
        with statements() as sent:  # type: ignore[attr-defined]
            visitor.get("/help/mine/")
        return len(sent)

    asked(mina, now)
    count()
    first = count()
    for number in range(5):
        asked(mina, now, f"Question {number}")
    assert count() == first


def test_a_customer_proves_a_number_by_the_code_texted_to_it(mina: Customer, now: datetime) -> None:
    visitor = factories.came_in(mina)
    assert "Text me a code" not in visitor.get("/help/details/").content.decode()
    values = {"name": "Hotline", "number": "+493023125001", "provider": "plain", "dial": ""}
    settings.connect(None, values | {"calls": True, "sms": True, "whatsapp": False}, now=now)
    assert "Text me a code" in visitor.get("/help/details/").content.decode()

    sent = visitor.post("/help/details/number/", {"number": "0170 1234567"})
    assert sent.headers["Location"].endswith("/number/code/")
    code = Delivery.objects.get(channel="sms").content["text"][:6]
    assert "+49 170 1234567" in visitor.get("/help/details/number/code/").content.decode()
    wrong = visitor.post("/help/details/number/code/", {"code": "x"})
    assert wrong.status_code == 422 and "not the code" in wrong.content.decode()
    assert visitor.post("/help/details/number/code/", {"code": code}).status_code == 302
    assert "+49 170 1234567" in visitor.get("/help/details/").content.decode()
    assert visitor.get("/help/details/number/code/").status_code == 302
