"""Surveys: planned when a ticket is solved, sent once by mail, answered by a signed link, heard by the workflow."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from deskwright.desk import workflows
from deskwright.desk.answering import replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.errors import Conflict, Invalid, NotFound
from deskwright.desk.said import in_english
from deskwright.desk.surveys import answering, links, sending
from deskwright.desk.tickets import changing, undoing
from deskwright.store import facts as rows
from deskwright.store.connection import cursor, from_json
from deskwright.store.models import Agent, AutomationRun, Customer, Delivery, Message, Survey, Ticket
from deskwright.store.models import TicketEvent as Event
from tests.desk.test_history import assert_rebuilt
from tests.factories import an_agent

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MAIL = Arrival(
    channel="email",
    requester=Person("mina@harbor.example", "Mina Holt"),
    subject="Export",
    text="The export is empty.",
    mail_id="<first@harbor.example>",
)
AGAIN = replace(MAIL, mail_id="<again@harbor.example>", references=("<first@harbor.example>",), text="Not yet.")


@pytest.fixture
def agent(db: str) -> Agent:
    return an_agent("Ada Quill", role="lead")


def taken(mail: Arrival, now: datetime) -> int:
    (outcome,) = intake.receive([replace(mail, at=now)], now)
    assert outcome.ticket_id is not None
    return outcome.ticket_id


@pytest.fixture
def ticket(agent: Agent, now: datetime) -> int:
    """Answered and solved at `now`."""
    number = taken(MAIL, now - HOUR)
    replies.reply(agent, number, "It is full again.", now=now, solve=True)
    return number


def asked(ticket: int, now: datetime) -> str:
    """The token of the survey, sent when it is due."""
    sending.send_due(now + HOUR, 10)
    survey = Survey.objects.get(ticket=ticket, state="sent")
    return links.token(survey.pk)


def mails() -> Any:
    return Delivery.objects.filter(content__subject__startswith="How did we do")


def test_a_solved_ticket_is_surveyed_after_the_wait_and_once(ticket: int, now: datetime) -> None:
    survey = Survey.objects.get(ticket=ticket)
    assert (survey.name, survey.state, survey.due_at, survey.expires_at) == (
        "csat",
        "planned",
        now + HOUR,
        now + HOUR + 14 * DAY,
    )
    assert sending.send_due(now + HOUR - timedelta(seconds=1), 10) == 0

    assert sending.send_due(now + HOUR, 10) == 1
    assert sending.send_due(now + 2 * HOUR, 10) == 0

    mail = mails().get()
    assert mail.recipient == "mina@harbor.example"
    assert mail.content["auto_submitted"] == "auto-generated"
    assert mail.content["references"][0] == "<first@harbor.example>"
    assert mail.content["text"].count("http://testserver/help/rate/") == 5
    assert Event.objects.filter(ticket=ticket, kind="survey_sent").count() == 1
    assert_rebuilt()


def test_the_timeline_shows_the_mail_without_its_links(ticket: int, now: datetime) -> None:
    asked(ticket, now)

    shown = Message.objects.filter(ticket=ticket, kind="automatic").latest("id")

    assert "very satisfied" in shown.text
    assert "/rate/" not in shown.text


def test_the_mail_speaks_the_customers_language(agent: Agent, now: datetime) -> None:
    number = taken(replace(MAIL, text="Der Export ist leider leer, bitte helfen Sie uns."), now)
    Customer.objects.update(language="de-AT")
    replies.reply(agent, number, "Gelöst.", now=now, solve=True)
    sending.send_due(now + HOUR, 10)

    mail = Delivery.objects.latest("id")

    assert mail.content["subject"] == f"Wie zufrieden sind Sie mit #{number}?"
    assert "sehr zufrieden" in mail.content["html"]


def test_a_ticket_reopened_before_the_moment_is_not_surveyed(ticket: int, now: datetime) -> None:
    taken(AGAIN, now + timedelta(minutes=30))

    sending.send_due(now + HOUR, 10)

    survey = Survey.objects.get(ticket=ticket)
    assert (survey.state, in_english(survey.reason)) == ("cancelled", "the ticket is open again")
    assert not mails().exists()
    assert_rebuilt()


def test_each_time_it_is_solved_the_customer_is_asked_anew(agent: Agent, ticket: int, now: datetime) -> None:
    first = asked(ticket, now)
    answering.answer(first, 2, now=now + 2 * HOUR)
    taken(AGAIN, now + 3 * HOUR)

    assert answering.invitation(first, now=now + 3 * HOUR).standing == answering.REOPENED
    with pytest.raises(Conflict, match="open again"):
        answering.answer(first, 5, now=now + 3 * HOUR)

    replies.reply(agent, ticket, "Now it is.", now=now + 4 * HOUR, solve=True)
    second = asked(ticket, now + 4 * HOUR)
    answering.answer(second, 5, now=now + 6 * HOUR)

    assert second != first
    assert answering.invitation(first, now=now + 6 * HOUR).standing == answering.REOPENED
    assert Ticket.objects.get(pk=ticket).csat == 5
    assert_rebuilt()


def test_a_solve_taken_back_takes_the_survey_with_it_and_the_next_one_counts(agent: Agent, now: datetime) -> None:
    number = taken(MAIL, now)
    events = changing.change(agent, [number], {"status": "solved"}, now=now)
    undoing.undo(agent, events, now=now + timedelta(seconds=5))
    assert Survey.objects.get(ticket=number).state == "cancelled"

    changing.change(agent, [number], {"status": "solved"}, now=now + HOUR)
    sending.send_due(now + HOUR, 10)
    assert not mails().exists()
    sending.send_due(now + 2 * HOUR, 10)
    assert mails().count() == 1


def test_an_answer_is_an_event_of_the_ticket(ticket: int, now: datetime) -> None:
    token = asked(ticket, now)
    assert answering.invitation(token, now=now + HOUR).standing == answering.OPEN
    assert Ticket.objects.get(pk=ticket).csat is None

    answering.answer(token, 4, " Quick and kind. ", now=now + 2 * HOUR)

    event = Event.objects.get(ticket=ticket, kind="survey_answered")
    assert (event.actor, event.data["csat"], event.data["comment"]) == ("customer", 4, "Quick and kind.")
    assert Ticket.objects.get(pk=ticket).csat == 4
    assert answering.invitation(token, now=now + 3 * HOUR).standing == answering.ANSWERED
    assert_rebuilt()


def test_a_low_rating_opens_one_follow_up_for_a_lead_however_often_it_is_changed(ticket: int, now: datetime) -> None:
    token = asked(ticket, now)
    answering.answer(token, 2, "Too slow.", now=now + 2 * HOUR)
    answering.answer(token, 2, "Too slow.", now=now + 2 * HOUR)
    answering.answer(token, 1, "Far too slow.", now=now + 3 * HOUR)

    follow_up = Ticket.objects.get(type="follow_up")
    assert follow_up.subject == "Follow-up: Export"
    assert follow_up.assignee is not None and follow_up.assignee.role == "lead"
    assert Ticket.objects.get(pk=ticket).csat == 1
    assert AutomationRun.objects.filter(rule="Follow up on a low rating").count() == 1
    assert Event.objects.filter(ticket=ticket, kind="survey_answered").count() == 2
    assert_rebuilt()


def test_a_follow_up_nobody_wrote_is_not_surveyed(agent: Agent, ticket: int, now: datetime) -> None:
    answering.answer(asked(ticket, now), 1, now=now + 2 * HOUR)
    follow_up = Ticket.objects.get(type="follow_up")

    changing.change(agent, [follow_up.pk], {"status": "solved"}, now=now + 3 * HOUR)

    assert not Survey.objects.filter(ticket=follow_up).exists()


def test_an_answer_may_be_changed_until_the_survey_expires(ticket: int, now: datetime) -> None:
    token = asked(ticket, now)
    end = now + HOUR + 14 * DAY
    answering.answer(token, 3, now=end - HOUR)

    answering.answer(token, 4, now=end - timedelta(seconds=1))

    with pytest.raises(Conflict, match="has ended"):
        answering.answer(token, 5, now=end)
    assert answering.invitation(token, now=end).standing == answering.EXPIRED
    assert Ticket.objects.get(pk=ticket).csat == 4


@pytest.mark.parametrize("forged", ["", "1", "1:abc", "x" * 4000])
def test_a_guessed_link_opens_nothing(ticket: int, now: datetime, forged: str) -> None:
    with pytest.raises(NotFound):
        answering.invitation(forged, now=now)


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_only_one_to_five_is_a_rating(ticket: int, now: datetime, rating: int) -> None:
    with pytest.raises(Invalid):
        answering.answer(asked(ticket, now), rating, now=now + 2 * HOUR)


def test_nobody_is_asked_whose_last_mail_came_back(ticket: int, now: datetime) -> None:
    Delivery.objects.filter(ticket=ticket).update(state="failed", due_at=None)

    sending.send_due(now + HOUR, 10)

    survey = Survey.objects.get(ticket=ticket)
    assert (survey.state, in_english(survey.reason)) == ("skipped", "the last mail to this address came back")
    assert Event.objects.get(ticket=ticket, kind="survey_skipped").data["because"] == from_json(survey.reason)


@pytest.mark.parametrize(
    "mail",
    [replace(MAIL, automatic="auto-generated: mail system"), replace(MAIL, requester=Person("no-reply@alarm.example"))],
)
def test_no_machine_is_asked(agent: Agent, mail: Arrival, now: datetime) -> None:
    number = taken(mail, now)
    changing.change(agent, [number], {"status": "solved"}, now=now)

    sending.send_due(now + HOUR, 10)

    assert in_english(Survey.objects.get(ticket=number).reason) == "a machine wrote the ticket"
    assert not mails().exists()


def test_nobody_is_asked_about_an_imported_ticket(agent: Agent, now: datetime) -> None:
    number = taken(replace(MAIL, imported=True), now)
    changing.change(agent, [number], {"status": "solved"}, now=now)
    assert not Survey.objects.exists()


def test_a_workflow_names_its_own_survey_or_none(agent: Agent, now: datetime) -> None:
    workflows.publish("workflow: A\nsurveys: {csat: {enabled: false}, late: {after: closed, wait: 2d}}", now=now)
    number = taken(MAIL, now)
    changing.change(agent, [number], {"status": "solved"}, now=now)
    assert not Survey.objects.exists()

    changing.change(agent, [number], {"status": "closed"}, now=now)

    assert [(one.name, one.due_at) for one in Survey.objects.all()] == [("late", now + 2 * DAY)]


def test_two_workers_send_one_survey(live_db: str, now: datetime) -> None:
    ada = an_agent("Ada Quill", role="lead")
    number = taken(MAIL, now)
    changing.change(ada, [number], {"status": "solved"}, now=now)
    start, seen = Barrier(2), []

    def work() -> None:
        start.wait()
        seen.append(sending.send_due(now + HOUR, 10))
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(seen) == 1
    assert mails().count() == 1


def test_the_engine_knows_the_survey_of_a_ticket(ticket: int, now: datetime) -> None:
    (row,) = rows.lock_tickets(cursor(), [ticket]).values()
    assert rows.ticket_of(row).survey == "csat"
    assert re.fullmatch(r"[\w:-]+", links.token(1))
