"""Mentions and followers: who is named and sees the ticket is told, who does not is not; followers hear of words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import workflows
from deskwright.desk.answering import following, mentions, replies
from deskwright.desk.answering.mentions import names_in
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.errors import NotFound
from deskwright.desk.said import in_english
from deskwright.engine import facts
from deskwright.store.models import Agent, Follower, Mention, Notice, Ticket
from deskwright.store.models import TicketEvent as Event
from tests.factories import a_team, a_ticket, an_agent

MINA = Person("mina@harbor.example", "Mina Holt")
WORKFLOW = "workflow: Mentions\nqueues:\n  technical: {team: technical}\n  billing: {team: billing}\n"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ada(db: str, now: datetime) -> Agent:
    workflows.publish(WORKFLOW, now=now)
    return an_agent("Ada Quill", teams=(a_team("technical"),))


@pytest.fixture
def nora(ada: Agent) -> Agent:
    return an_agent("Nora Lind", role="lead")


@pytest.fixture
def bram(ada: Agent) -> Agent:
    return an_agent("Bram Oak", teams=(a_team("billing"),))


@pytest.fixture
def ticket(ada: Agent, now: datetime) -> int:
    made = a_ticket(now, channel="email", requester=MINA, subject="Export", text="The export is empty.").pk
    Ticket.objects.filter(pk=made).update(queue="technical", assignee=ada)
    return made


def told(agent: Agent) -> list[str]:
    return [in_english(notice.subject) for notice in Notice.objects.filter(agent=agent).order_by("id")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Ada Quill please", ["Ada Quill"]),
        ("cc @ada quill, @Bram Oak!", ["Ada Quill", "Bram Oak"]),
        ("@Ada Quillfeather", []),
        ("@Ada Quill Moss and more", ["Ada Quill Moss"]),
        ("mail ada@Ada Quill", []),
        ("(@Ada Quill)", ["Ada Quill"]),
        ("@Ada", []),
        ("nobody", []),
    ],
)
def test_whole_names_are_found_and_the_longer_one_is_meant(text: str, found: list[str]) -> None:
    names = ["Ada Quill", "Ada Quill Moss", "Bram Oak"]
    people = [facts.Agent(id=number, name=name) for number, name in enumerate(names, 1)]
    assert [agent.name for agent in names_in(text, people)] == found


def test_who_sees_the_ticket_is_told_and_who_does_not_is_said(
    ada: Agent, nora: Agent, bram: Agent, ticket: int, now: datetime
) -> None:
    text = "@Nora Lind and @Bram Oak, have a look. @Ada Quill"
    assert mentions.unable(ada, ticket, text) == ["Bram Oak"]
    note = replies.note(ada, ticket, text, now=now)

    assert [subject.partition(":")[0] for subject in told(nora)] == ["Ada Quill mentioned you"]
    assert told(bram) == []
    assert set(Mention.objects.filter(message=note).values_list("agent__name", flat=True)) == {"Nora Lind", "Ada Quill"}
    data = Event.objects.get(ticket=ticket, kind="note_added").data
    assert data["unable"] == [bram.pk] and data["mentions"] == [nora.pk, ada.pk]


def test_a_mention_makes_a_follower_unless_the_agent_chose_otherwise(
    ada: Agent, nora: Agent, ticket: int, now: datetime
) -> None:
    vic = an_agent("Vic Marsh", role="lead")
    following.follow_mentions(vic, False)
    replies.note(ada, ticket, "@Nora Lind @Vic Marsh", now=now)
    assert list(Follower.objects.values_list("agent__name", flat=True)) == ["Nora Lind"]


def test_followers_hear_of_words_once_and_never_of_their_own(
    ada: Agent, nora: Agent, ticket: int, now: datetime
) -> None:
    following.follow(nora, ticket, now=now)
    following.follow(ada, ticket, now=now)

    intake.receive([Arrival("email", MINA, "Re", "Any news?", thread_ticket=ticket)], now + MINUTE)
    replies.reply(ada, ticket, "Not yet.", now=now + 2 * MINUTE)
    replies.note(ada, ticket, "@Nora Lind", now=now + 3 * MINUTE)

    heard = [subject.partition(":")[0] for subject in told(nora)]
    assert heard == ["The customer wrote", "A colleague replied", "Ada Quill mentioned you"]
    written = [subject for subject in told(ada) if subject.startswith("The customer wrote")]
    assert len(written) == 1 and not any(subject.startswith("A colleague") for subject in told(ada))

    following.unfollow(nora, ticket)
    replies.reply(ada, ticket, "Done.", now=now + 4 * MINUTE)
    assert len(told(nora)) == 3


def test_a_ticket_nobody_shows_you_cannot_be_followed(bram: Agent, ticket: int, now: datetime) -> None:
    with pytest.raises(NotFound):
        following.follow(bram, ticket, now=now)
