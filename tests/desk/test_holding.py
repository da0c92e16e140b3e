"""Held replies: they leave after a moment and count from when they were sent; until then they can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskwright.desk import clocks
from deskwright.desk.answering import drafts, holding, replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Arrival, Person
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound, StaleReply
from deskwright.desk.said import in_english
from deskwright.desk.tickets import changing
from deskwright.store.models import Agent, Clock, Delivery, Draft, DueWork, HeldReply, Message, Notice, Ticket
from deskwright.store.models import TicketEvent as Event
from tests.factories import an_agent

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
MAIL = Arrival(
    channel="email",
    requester=Person("mina@harbor.example", "Mina Holt"),
    subject="Export",
    text="The export is empty.",
    mail_id="<first@harbor.example>",
)
ANSWER = replace(MAIL, mail_id="<second@harbor.example>", references=("<first@harbor.example>",), text="It works now!")


@pytest.fixture
def agent(db: str) -> Agent:
    return an_agent("Ada Quill", role="lead")


@pytest.fixture
def ticket(agent: Agent, now: datetime) -> int:
    (outcome,) = intake.receive([MAIL], now)
    assert outcome.ticket_id is not None
    return outcome.ticket_id


def answers(ticket: int) -> list[str]:
    return list(Message.objects.filter(ticket=ticket, kind="agent").order_by("id").values_list("text", flat=True))


def draft(agent: Agent) -> str | None:
    return Draft.objects.filter(agent=agent).values_list("text", flat=True).first()


def test_nothing_happens_to_the_ticket_until_the_reply_leaves(agent: Agent, ticket: int, now: datetime) -> None:
    before = Event.objects.count()
    holding.send(agent, ticket, "On it.", now=now + MINUTE, status="solved")

    assert holding.leave_due(now + MINUTE + 9 * SECOND, 10) == 0
    assert answers(ticket) == [] and Event.objects.count() == before
    assert Ticket.objects.get(pk=ticket).status == "new"

    assert holding.leave_due(now + MINUTE + 10 * SECOND, 10) == 1
    assert (
        answers(ticket) == ["On it."]
        and not HeldReply.objects.exists()
        and not DueWork.objects.filter(kind="send_reply").exists()
    )
    assert Ticket.objects.get(pk=ticket).status == "solved"
    assert Delivery.objects.filter(ticket=ticket, message__kind="agent", state="due").count() == 1


def test_a_reply_counts_from_the_moment_it_was_sent(agent: Agent, ticket: int, now: datetime) -> None:
    sent = now + MINUTE
    holding.send(agent, ticket, "On it.", now=sent)
    holding.leave_due(sent + MINUTE, 10)

    assert Clock.objects.get(ticket=ticket, metric="first_response").stopped_at == sent
    assert Ticket.objects.get(pk=ticket).first_response_at == sent
    assert Message.objects.get(ticket=ticket, kind="agent").created_at == sent


def test_a_reply_sent_before_its_target_ran_out_keeps_it_though_it_leaves_after(
    agent: Agent, ticket: int, now: datetime
) -> None:
    due = Clock.objects.get(ticket=ticket, metric="first_response").due_at
    assert due is not None
    holding.send(agent, ticket, "Just in time.", now=due - 3 * SECOND)

    clocks.tick(due + 2 * SECOND)
    holding.leave_due(due + 7 * SECOND, 10)
    clocks.tick(due + 8 * SECOND)

    clock = Clock.objects.get(ticket=ticket, metric="first_response")
    assert (clock.state, clock.stopped_at, clock.breached_at) == ("met", due - 3 * SECOND, None)


def test_a_reply_for_later_holds_no_clock_up(agent: Agent, ticket: int, now: datetime) -> None:
    due = Clock.objects.get(ticket=ticket, metric="first_response").due_at
    assert due is not None
    holding.send(agent, ticket, "Good morning.", now=now, later=due + MINUTE)

    clocks.tick(due + SECOND)
    assert Clock.objects.get(ticket=ticket, metric="first_response").breached_at == due

    holding.leave_due(due + MINUTE + SECOND, 10)
    assert Message.objects.get(ticket=ticket, kind="agent").created_at == due + MINUTE


def test_a_reply_taken_back_is_a_draft_again_before_what_was_begun_since(
    agent: Agent, ticket: int, now: datetime
) -> None:
    drafts.keep(agent, ticket, "reply", "On it.", now=now)
    held = holding.send(agent, ticket, "On it.", now=now)
    assert draft(agent) is None
    drafts.keep(agent, ticket, "reply", "One more thing", now=now)

    assert holding.take_back(agent, held, now=now + 5 * SECOND) == ticket

    assert draft(agent) == "On it.\n\nOne more thing"
    assert holding.leave_due(now + MINUTE, 10) == 1
    assert answers(ticket) == []


def test_what_has_left_cannot_be_taken_back(agent: Agent, ticket: int, now: datetime) -> None:
    held = holding.send(agent, ticket, "On it.", now=now)
    holding.leave_due(now + MINUTE, 10)
    with pytest.raises(Conflict, match="already left"):
        holding.take_back(agent, held, now=now + MINUTE)


def test_only_its_own_agent_decides_about_a_held_reply(agent: Agent, ticket: int, now: datetime) -> None:
    held = holding.send(agent, ticket, "On it.", now=now)
    other = an_agent("Bram Oak", role="admin")
    for deed in (holding.take_back, holding.send_now):
        with pytest.raises(Conflict):
            deed(other, held, now=now)


def test_a_reply_for_later_may_leave_at_once_and_leaves_once(agent: Agent, ticket: int, now: datetime) -> None:
    held = holding.send(agent, ticket, "Good morning.", now=now, later=now + 60 * MINUTE)
    holding.send_now(agent, held, now=now + MINUTE)

    holding.leave_due(now + MINUTE, 10)
    holding.leave_due(now + 61 * MINUTE, 10)

    assert answers(ticket) == ["Good morning."]
    assert Ticket.objects.get(pk=ticket).first_response_at == now + MINUTE


def test_a_customer_who_writes_first_brings_the_reply_back_with_a_notice(
    agent: Agent, ticket: int, now: datetime
) -> None:
    holding.send(agent, ticket, "Have you tried again?", now=now, later=now + 60 * MINUTE)
    assert holding.bring_back_overtaken(now + MINUTE, 10) == 0
    intake.receive([ANSWER], now + MINUTE)

    assert holding.bring_back_overtaken(now + 2 * MINUTE, 10) == 1

    came = Draft.objects.get(agent=agent)
    assert (came.text, in_english(came.returned)) == ("Have you tried again?", holding.OVERTAKEN)
    assert Notice.objects.get(agent=agent, key__startswith="held:").ticket_id == ticket
    assert not HeldReply.objects.exists() and answers(ticket) == []


def test_a_customer_who_writes_while_the_reply_waits_to_leave_stops_it(
    agent: Agent, ticket: int, now: datetime
) -> None:
    holding.send(agent, ticket, "Have you tried again?", now=now)
    intake.receive([ANSWER], now + 5 * SECOND)

    holding.leave_due(now + 10 * SECOND, 10)

    assert answers(ticket) == []
    assert in_english(Draft.objects.get(agent=agent).returned) == holding.OVERTAKEN


def test_an_agent_who_may_not_reply_any_more_gets_the_text_back(agent: Agent, ticket: int, now: datetime) -> None:
    holding.send(agent, ticket, "On it.", now=now)
    Agent.objects.filter(pk=agent.pk).update(role="light")

    holding.leave_due(now + MINUTE, 10)

    assert answers(ticket) == [] and draft(agent) == "On it."


def test_a_failure_keeps_the_reply_and_it_leaves_with_the_next_try(
    agent: Agent, ticket: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding.send(agent, ticket, "On it.", now=now)
    with monkeypatch.context() as broken:
        broken.setattr(replies, "write_reply", lambda *_: 1 / 0)
        holding.leave_due(now + MINUTE, 10)
    assert answers(ticket) == [] and HeldReply.objects.exists()

    holding.leave_due(now + 5 * MINUTE, 10)
    assert answers(ticket) == ["On it."]


def test_what_happened_meanwhile_stays_before_the_reply(agent: Agent, ticket: int, now: datetime) -> None:
    holding.send(agent, ticket, "On it.", now=now + MINUTE)
    changed = now + MINUTE + 4 * SECOND
    changing.change(agent, [ticket], {"priority": "high"}, now=changed)

    holding.leave_due(now + 2 * MINUTE, 10)

    assert Message.objects.get(ticket=ticket, kind="agent").created_at == changed


def test_sending_is_refused_where_a_reply_would_be(agent: Agent, ticket: int, now: datetime) -> None:
    seen = Message.objects.filter(ticket=ticket, kind="customer").values_list("id", flat=True)[0]
    with pytest.raises(Invalid):
        holding.send(agent, ticket, "  ", now=now)
    with pytest.raises(NotFound):
        holding.send(agent, 987654, "Hello", now=now)
    with pytest.raises(Forbidden):
        holding.send(an_agent("Lia Fern", role="light"), ticket, "Hello", now=now)
    intake.receive([ANSWER], now + MINUTE)
    with pytest.raises(StaleReply):
        holding.send(agent, ticket, "Hello", now=now + MINUTE, seen=seen)
    assert not HeldReply.objects.exists()


def test_a_browser_that_has_not_seen_the_reply_come_back_does_not_write_over_it(
    agent: Agent, ticket: int, now: datetime
) -> None:
    holding.send(agent, ticket, "Have you tried again?", now=now)
    intake.receive([ANSWER], now + SECOND)
    holding.leave_due(now + MINUTE, 10)

    drafts.keep(agent, ticket, "reply", "By the way", now=now + MINUTE, upon="")
    assert draft(agent) == "Have you tried again?\n\nBy the way"
    drafts.keep(agent, ticket, "reply", "Glad to hear", now=now + MINUTE, upon="Have you tried again?\n\nBy the way")
    assert draft(agent) == "Glad to hear"


def test_a_reply_that_crosses_a_colleague_s_is_stopped_and_shows_it(agent: Agent, ticket: int, now: datetime) -> None:
    bram = an_agent("Bram Oak", role="lead")
    newest = Event.objects.latest("id").pk
    seen = Message.objects.latest("id").pk
    changing.change(bram, [ticket], {"priority": "low"}, now=now)
    holding.send(agent, ticket, "Priorities stop nothing.", now=now, seen=seen, as_of=newest)
    changing.change(agent, [ticket], {"status": "open"}, now=now)
    holding.send(agent, ticket, "Nor does what one did oneself.", now=now, seen=seen, as_of=newest)

    changing.change(bram, [ticket], {"assignee": bram.pk}, now=now)
    with pytest.raises(StaleReply) as stopped:
        holding.send(agent, ticket, "I have it.", now=now, seen=seen, as_of=newest)
    assert [row["agent"] for row in stopped.value.changes] == ["Bram Oak"]

    newest = Event.objects.latest("id").pk
    replies.reply(bram, ticket, "Solved it for you.", now=now)
    with pytest.raises(StaleReply) as stopped:
        holding.send(agent, ticket, "I have it.", now=now, seen=seen, as_of=newest)
    assert [row["who"] for row in stopped.value.messages] == ["Bram Oak"]
