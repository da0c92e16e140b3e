"""Mail nobody asked for names a way out, which is kept to; answers to a ticket name none and always leave."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
from django.conf import settings
from django.test import Client

from deskwright.channels.contract import Outgoing, Sent
from deskwright.channels.email import signing
from deskwright.channels.email.compose import compose
from deskwright.desk import proactive, workflows
from deskwright.desk.answering import holding, replies
from deskwright.desk.errors import Conflict
from deskwright.desk.outbox import again, delivery, kinds, suppression, unsubscribing
from deskwright.desk.said import in_english
from deskwright.desk.surveys import sending
from deskwright.desk.tickets import broadcasting, linking
from deskwright.store.connection import cursor, from_json
from deskwright.store.models import Agent, Delivery, Suppression, Ticket
from tests.desk.test_proactive import AT_RISK, DOCUMENT, an_organisation
from tests.factories import a_requester, a_ticket, an_agent

HOUR = timedelta(hours=1)
MINA, JO = "mina@harbor.example", "jo@harbor.example"


@pytest.fixture
def ada(db: str) -> Agent:
    return an_agent("Ada Quill", role="lead")


@pytest.fixture(autouse=True)
def https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URL", "https://desk.example")


def solved(ada: Agent, now: datetime, mail: str = "first") -> int:
    """A ticket of Mina's that was answered and solved an hour ago, and its survey asked for."""
    ticket = a_ticket(
        now - HOUR, channel="email", requester=a_requester(MINA, "Mina Holt"), mail_id=f"<{mail}@harbor.example>"
    )
    replies.reply(ada, ticket.pk, "It is full again.", now=now - HOUR, solve=True)
    sending.send_due(now, 10)
    return ticket.pk


def leave(now: datetime) -> list[Outgoing]:
    mails: list[Outgoing] = []

    def send(mail: Outgoing) -> Sent:
        mails.append(mail)
        return Sent("250 ok")

    delivery.deliver(now, 50, send)
    return mails


def way_out(mail: Outgoing) -> str:
    return re.sub(r"^<https://desk.example|>$", "", mail.headers["List-Unsubscribe"])


def survey_among(mails: list[Outgoing]) -> Outgoing:
    (found,) = [mail for mail in mails if "List-Unsubscribe" in mail.headers]
    return found


def test_a_survey_names_a_way_out_and_an_answer_does_not(ada: Agent, now: datetime) -> None:
    solved(ada, now)
    mails = leave(now)
    survey = survey_among(mails)
    answers = [mail for mail in mails if mail is not survey]

    raw = message_from_bytes(compose(survey))
    assert re.sub(r"\s", "", raw["List-Unsubscribe"]) == f"<https://desk.example{way_out(survey)}>"
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert way_out(survey) in survey.text and way_out(survey) in (survey.html or "")
    assert answers and not any("List-Unsubscribe" in mail.headers for mail in answers)


def test_both_headers_are_signed(ada: Agent, now: datetime) -> None:
    solved(ada, now)
    private, _ = signing.new_key()
    signed = signing.sign(compose(survey_among(leave(now))), signing.Signer("desk.example", "s1", private))
    names = re.search(rb"\sh=([^;]+);", signed)
    assert names is not None
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(
        re.sub(r"\s", "", names.group(1).decode()).lower().split(":")
    )


def test_without_https_no_program_is_offered_the_one_click(
    ada: Agent, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URL", "http://desk.example")
    solved(ada, now)
    survey = survey_among(leave(now))
    assert survey.headers["List-Unsubscribe"].startswith("<http://desk.example/help/unsubscribe/")
    assert "List-Unsubscribe-Post" not in survey.headers


def test_one_click_stops_that_kind_of_mail_and_no_other(ada: Agent, now: datetime) -> None:
    solved(ada, now)
    place = way_out(survey_among(leave(now)))
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(place, {"List-Unsubscribe": "One-Click"}).status_code == 204
    assert stranger.post(place, {"List-Unsubscribe": "One-Click"}).status_code == 204

    kept = Suppression.objects.get()
    assert (kept.address, kept.kind, kept.because) == (MINA, kinds.SURVEY, "unsubscribed")
    second = solved(ada, now + 2 * HOUR, "second")
    mails = leave(now + 2 * HOUR)
    assert mails and not any("List-Unsubscribe" in mail.headers for mail in mails)
    held = Delivery.objects.get(ticket=second, state="withheld")
    assert in_english(held.last_error) == suppression.OF_A_KIND[kinds.SURVEY]
    assert suppression.known([MINA]) == {}, "answers are sent as before"


def test_opening_the_page_records_nothing_and_pressing_can_be_taken_back(ada: Agent, now: datetime) -> None:
    solved(ada, now)
    place, stranger = way_out(survey_among(leave(now))), Client()
    for ask in (stranger.get, stranger.head):
        assert ask(place).status_code == 200
    assert "Nothing is recorded before" in stranger.get(place).content.decode()
    assert not Suppression.objects.exists()

    page = stranger.post(place, {"do": "stop"}, follow=True).content.decode()
    assert "You get no more of it" in page and MINA in page
    page = stranger.post(place, {"do": "again"}, follow=True).content.decode()
    assert "Do without this mail?" in page
    assert not Suppression.objects.exists()


def test_what_the_desk_itself_has_put_on_the_list_no_reader_takes_off(ada: Agent, now: datetime) -> None:
    token = unsubscribing.url(MINA, kinds.SURVEY, "https://desk.example").rpartition("/")[2]
    suppression.put(cursor(), MINA, "agent", now, kind=kinds.SURVEY)
    assert unsubscribing.have_again(token).stopped
    assert Client().get("/help/unsubscribe/forged").status_code == 404
    assert Client().post("/help/unsubscribe/forged").status_code == 404


def test_each_reader_of_a_broadcast_gets_a_way_out_of_their_own(ada: Agent, now: datetime) -> None:
    problem = a_ticket(now, channel="email", requester=a_requester("boss@harbor.example"), mail_id="<p@harbor.example>")
    ticket = a_ticket(now, channel="email", requester=a_requester(MINA, "Mina Holt"), mail_id="<i@harbor.example>")
    linking.link(ada, ticket.pk, problem.pk, "incident", now=now)
    leave(now)
    broadcasting.broadcast(ada, problem.pk, "It works again.", [ticket.pk], now=now)
    holding.leave_due(now + HOUR, 10)

    (mail,) = leave(now + HOUR)
    token = way_out(mail).rpartition("/")[2]
    assert unsubscribing.read(token) == (MINA, kinds.BROADCAST)


def test_a_survey_sent_again_to_another_address_names_that_reader_s_way_out(ada: Agent, now: datetime) -> None:
    solved(ada, now)
    survey_among(leave(now))
    first = Delivery.objects.get(content__kind=kinds.SURVEY)
    again.resend(ada, first.pk, now=now + HOUR, to=JO)

    mail = survey_among(leave(now + HOUR))
    link = f"https://desk.example{way_out(mail)}"
    assert unsubscribing.read(link.rpartition("/")[2]) == (JO, kinds.SURVEY)
    assert link in mail.text and link in (mail.html or "")
    token = from_json(first.content)["headers"]["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert token not in mail.text + (mail.html or "")


def test_a_survey_is_not_sent_again_to_who_wants_none(ada: Agent, now: datetime) -> None:
    solved(ada, now)
    token = way_out(survey_among(leave(now))).rpartition("/")[2]
    survey = Delivery.objects.get(content__kind=kinds.SURVEY)
    unsubscribing.stop(token, now=now)
    with pytest.raises(Conflict, match="Take it off the list"):
        again.resend(ada, survey.pk, now=now)
    assert not Delivery.objects.filter(again_of=survey.pk).exists()


def test_the_desk_s_own_visit_names_a_way_out_until_the_customer_answers(ada: Agent, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)
    an_organisation(now, AT_RISK, csm=ada)
    proactive.sweep(now, 10)
    ticket = Ticket.objects.get(type="health_check")
    replies.reply(ada, ticket.pk, "How are you?", now=now)
    (row,) = Delivery.objects.filter(ticket=ticket, message__kind="agent")
    assert from_json(row.content)["kind"] == kinds.PROACTIVE

    Ticket.objects.filter(pk=ticket.pk).update(last_customer_at=now)
    later = replies.reply(ada, ticket.pk, "Good to hear.", now=now + HOUR)
    assert "kind" not in from_json(Delivery.objects.get(message=later).content)
