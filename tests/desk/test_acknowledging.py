"""What an acknowledgement tells: an honest moment, articles that fit, and on the ticket why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import acknowledging, expecting, phrases, replies
from deskwright.desk.answering.expecting import Expectation
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.knowledge import articles
from deskwright.desk.knowledge.articles import Words
from deskwright.engine.problems import WorkflowError
from deskwright.store.models import Agent, Delivery, Message
from deskwright.store.models import TicketEvent as Event
from tests.desk.test_history import assert_rebuilt
from tests.factories import an_agent

WORKFLOW = """
workflow: A
calendars: {office: {timezone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}}
queues: {support: {}}
default_queue: support
sla_matrix: {"any, any": {first_response: 6h}}
sla: {calendar: office}
"""
WITH = "replies: {{acknowledge: templates/acknowledge, with: [{told}]}}"
HOUR = timedelta(hours=1)
Write = Callable[..., str]


@pytest.fixture
def lead(db: str) -> Agent:
    return an_agent("Nora Lind", role="lead")


@pytest.fixture
def write(lead: Agent) -> Write:
    """Writes a mail at a moment and returns the acknowledgement's text."""
    numbers = iter(range(1000))

    def written(at: datetime, subject: str = "Export", text: str = "The export is empty.") -> str:
        number = next(numbers)
        who = Person(f"mina{number}@harbor.example", "Mina Holt")
        mail = Arrival(channel="email", requester=who, subject=subject, text=text, at=at)
        (outcome,) = intake.receive([mail], at)
        delivery = Delivery.objects.filter(ticket=outcome.ticket_id).first()
        return delivery.content["text"] if delivery else ""

    return written


def live(told: str, now: datetime) -> None:
    workflows.publish(WORKFLOW + WITH.format(told=told), now=now)


def answered(lead: Agent, write: Write, at: datetime, *, after: timedelta) -> None:
    """A ticket of `at` that was answered `after`."""
    write(at)
    ticket = Event.objects.filter(kind="ticket_opened").latest("id").ticket_id
    replies.reply(lead, ticket, "Look again.", now=at + after)


def told() -> dict[str, Any]:
    (effect,) = [
        effect
        for effect in Event.objects.filter(kind="ticket_opened").latest("id").data["effects"]
        if effect["effect"] == "Acknowledge"
    ]
    return dict(effect["told"])


def test_the_promise_is_the_clocks_own_and_stands_in_open_hours(write: Write, now: datetime) -> None:
    live("expected_first_response", now)
    evening = now.replace(hour=15)  # 16:00 in Berlin

    text = write(evening)

    assert "first answer by Tuesday 24 November, 14:00 (Europe/Berlin)." in text
    assert told()["expected"]["promised"].startswith("2026-11-24T13:00")
    assert_rebuilt()


def test_what_is_not_wanted_is_not_told(write: Write, lead: Agent, now: datetime) -> None:
    shelve(lead, now)
    live("", now)
    assert told_nothing(write(now, "Forgot my password", "I forgot my password and need a reset."))
    workflows.publish(WORKFLOW + "replies: {acknowledge: false}", now=now)
    assert write(now) == ""


def told_nothing(text: str) -> bool:
    return "received your request" in text and "first answer" not in text and "helps" not in text


def backlog(lead: Agent, write: Write, now: datetime, after: timedelta) -> None:
    """Ten answered last week `after` they came; seven waiting now."""
    for number in range(10):
        answered(lead, write, now - timedelta(days=6) + number * timedelta(minutes=1), after=after)
    for _ in range(7):
        write(now - timedelta(minutes=30))
    expecting.forget()


def test_a_queue_that_is_backed_up_says_what_is_usual_and_keeps_the_promise(
    lead: Agent, write: Write, now: datetime
) -> None:
    live("expected_first_response", now - timedelta(days=7))
    backlog(lead, write, now, after=2 * HOUR)

    text = write(now)

    assert "We usually answer within 2 hours, and by Monday 23 November, 16:00 (Europe/Berlin) at the latest." in text
    assert told()["expected"]["waiting"] == 7


def test_what_is_usual_follows_the_calendar(lead: Agent, write: Write, now: datetime) -> None:
    live("expected_first_response", now - timedelta(days=7))
    backlog(lead, write, now, after=2 * HOUR)

    text = write(now.replace(hour=15))  # an hour before the desk closes

    assert "We usually answer by Tuesday 24 November, 10:00 (Europe/Berlin), and by Tuesday 24 November, 14:00" in text


def test_a_desk_that_is_usually_later_than_its_promise_says_only_the_promise(
    lead: Agent, write: Write, now: datetime
) -> None:
    live("expected_first_response", now - timedelta(days=7))
    backlog(lead, write, now, after=27 * HOUR)

    assert "You can expect a first answer by Monday 23 November, 16:00" in write(now)


def test_few_answers_are_no_history(lead: Agent, write: Write, now: datetime) -> None:
    live("expected_first_response", now - timedelta(days=7))
    answered(lead, write, now - timedelta(days=6), after=HOUR)
    for _ in range(7):
        write(now)
    expecting.forget()
    assert "usually" not in write(now)


def shelve(lead: Agent, now: datetime) -> None:
    for words in (
        Words("Reset your <password>", "Forgot your password? Choose *Forgot password*; the reset mail comes at once."),
        Words("Colours of a board", "Choose a colour."),
        Words("Password reset by hand", "In the admin tool: reset the password.", audience="internal"),
    ):
        articles.publish(lead, articles.write(lead, words, now=now), now=now)


def test_articles_that_fit_are_linked_and_the_ticket_says_why(lead: Agent, write: Write, now: datetime) -> None:
    shelve(lead, now)
    live("expected_first_response, suggested_articles", now)

    text = write(now, "Forgot my password", "I forgot my password, please send me a reset mail.")

    assert "Perhaps this helps already:\n- Reset your <password>: http://testserver/help/articles/" in text
    assert "by hand" not in text and "Colours" not in text
    html = Delivery.objects.latest("id").content["html"]
    assert "Reset your &lt;password&gt;</a>" in html
    (article,) = told()["articles"]
    assert article["title"] == "Reset your <password>" and article["share"] > 0.4 and "passwo" in article["words"]


def test_no_article_is_better_than_a_wrong_one(lead: Agent, write: Write, now: datetime) -> None:
    shelve(lead, now)
    live("suggested_articles", now)
    assert "helps" not in write(now, "The truck is late", "Where is our delivery?")
    assert told() == {"articles": []}


def test_an_unknown_thing_to_tell_is_refused_with_a_suggestion(db: str, now: datetime) -> None:
    with pytest.raises(WorkflowError, match="expected_first_response"):
        live("expected_first_respons", now)


def test_a_promise_without_a_target_is_none() -> None:
    assert acknowledging.promise(Expectation(None), "UTC") == ("We will answer as soon as we can.")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "5 minutes"), (1501, "30 minutes"), (3599, "1 hour"), (3601, "2 hours"), (7200, "2 hours")],
)
def test_a_span_is_rounded_up_so_that_it_is_kept(seconds: float, said: str) -> None:
    assert phrases.spoken_span(seconds) == said


def test_the_message_on_the_timeline_is_the_mail(write: Write, now: datetime) -> None:
    live("expected_first_response", now)
    assert Message.objects.filter(kind="automatic").count() == 0
    text = write(now)
    assert Message.objects.get(kind="automatic").text == text
