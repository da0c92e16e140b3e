"""Drafts: kept as one writes, ended by sending, private to their agent, and told of without flooding."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest

from deskwright.desk.answering import drafts, holding, replies
from deskwright.desk.errors import Forbidden, Invalid, NotFound
from deskwright.desk.staff import people
from deskwright.store.live import understand
from deskwright.store.models import Agent, Draft
from deskwright.store.queries import ticket as queries
from tests.factories import a_ticket, an_agent


@pytest.fixture
def agent(db: str) -> Agent:
    return an_agent("Ada Quill", role="lead")


@pytest.fixture
def ticket(agent: Agent, now: datetime) -> int:
    return a_ticket(now).pk


def words(agent: Agent) -> dict[str, str]:
    return {draft.kind: draft.text for draft in Draft.objects.filter(agent=agent)}


def test_a_reply_and_a_note_are_kept_side_by_side_as_last_written(agent: Agent, ticket: int, now: datetime) -> None:
    for text in ["Have", "Have you tried"]:
        drafts.keep(agent, ticket, "reply", text, now=now)
    drafts.keep(agent, ticket, "note", "Ask engineering", now=now)

    assert words(agent) == {"reply": "Have you tried", "note": "Ask engineering"}


def test_emptying_the_text_ends_the_draft(agent: Agent, ticket: int, now: datetime) -> None:
    drafts.keep(agent, ticket, "reply", "Have", now=now)
    drafts.keep(agent, ticket, "reply", "  \n", now=now)
    assert words(agent) == {}


def test_sending_ends_the_draft_and_only_that_one(agent: Agent, ticket: int, now: datetime) -> None:
    for kind in drafts.KINDS:
        drafts.keep(agent, ticket, kind, "So far", now=now)

    holding.send(agent, ticket, "So far, so good", now=now)
    assert words(agent) == {"note": "So far"}
    replies.note(agent, ticket, "So far", now=now, drafted=True)
    assert words(agent) == {}


def test_what_is_written_elsewhere_leaves_the_draft_alone(agent: Agent, ticket: int, now: datetime) -> None:
    drafts.keep(agent, ticket, "note", "Half a thought", now=now)
    replies.note(agent, ticket, "From a script", now=now)
    assert words(agent) == {"note": "Half a thought"}


def test_others_learn_who_writes_and_never_what(agent: Agent, ticket: int, now: datetime) -> None:
    drafts.keep(agent, ticket, "reply", "Between us", now=now)
    other = an_agent("Bram Oak")

    (seen,) = queries.drafts(ticket, other.pk)
    assert (seen["agent"], seen["kind"], seen["text"]) == ("Ada Quill", "reply", None)
    (own,) = queries.drafts(ticket, agent.pk)
    assert own["text"] == "Between us"


def test_a_draft_needs_the_right_to_send_it(agent: Agent, ticket: int, now: datetime) -> None:
    light = an_agent("Lia Fern", role="light")
    drafts.keep(light, ticket, "note", "Seen", now=now)
    with pytest.raises(Forbidden):
        drafts.keep(light, ticket, "reply", "Hello", now=now)
    with pytest.raises(NotFound):
        drafts.keep(agent, 987654, "reply", "Hello", now=now)
    with pytest.raises(Invalid):
        drafts.keep(agent, ticket, "novel", "Call me", now=now)
    with pytest.raises(Invalid):
        drafts.keep(agent, ticket, "note", "x" * (drafts.LONGEST + 1), now=now)


def test_the_desk_hears_of_a_beginning_and_an_end_but_not_of_every_word(live_db: str, now: datetime) -> None:
    agent = people.add_agent("Ada Quill", "ada@desk.example", role="lead")
    ticket = a_ticket(now).pk
    with psycopg.connect(live_db, autocommit=True) as ear:
        ear.execute("LISTEN desk")
        for seconds, text in [(0, "H"), (3, "He"), (6, "Hel"), (6, "Hell"), (70, "Hello"), (71, "")]:
            drafts.keep(agent, ticket, "reply", text, now=now + timedelta(seconds=seconds))
        heard = [understand(said.payload).tickets for said in ear.notifies(timeout=0.5)]
    assert heard == [{ticket}] * 3
