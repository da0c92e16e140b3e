"""Tickets become one, and two again: exactly, with their clocks, and with everything that is still sent to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import clocks, workflows
from deskwright.desk.answering import drafts, holding, recipients, replies
from deskwright.desk.arriving import intake
from deskwright.desk.arriving.arrivals import Outcome, Person
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.tickets import changing, merging
from deskwright.engine.facts import Clock
from deskwright.store import facts as rows
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, AgentLoad, Delivery, Draft, Message, Participant, Ticket, TicketEvent
from deskwright.store.queries import ticket as pages
from tests import factories
from tests.desk.test_history import assert_rebuilt

FLOW = """
workflow: Merging
queues:
  support: {team: support}
  south: {team: south}
default_queue: support
routing_rules: [{condition: "tags CONTAINS 'south'", action: {assign: {queue: south}}}]
sla_matrix: {"any, any": {first_response: 60m, next_response: 4h, resolution: 2d}}
sla: {warn_at: [50%, 75%, 90%], pause: {resolution: [waiting_on_customer]}}
escalation_matrix: {tier_1: {timeout: 8h, conditions: [no_response], escalate_to: {queue: south}}}
"""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MINA, TOM = Person("mina@harbor.example", "Mina Holt"), Person("tom@harbor.example", "Tom Aske")


@pytest.fixture
def ada(db: str, now: datetime) -> Agent:
    workflows.publish(FLOW, now=now)
    factories.a_team("south")
    return factories.an_agent("Ada Quill", teams=(factories.a_team("support"),))


def ticket(at: datetime, who: Person = MINA, **details: Any) -> Ticket:
    return factories.a_ticket(at, requester=who, **details)


def clock(number: int, metric: str) -> Clock:
    return next(one for one in reversed(rows.clocks(cursor(), [number])[number]) if one.metric == metric)


def state(number: int) -> dict[str, Any]:
    """Everything a ticket holds but when it was touched last."""
    row = rows.lock_tickets(cursor(), [number])[number]
    return {name: value for name, value in row.items() if name not in {"updated_at", "revision"}}


def promises(kept: tuple[Clock, ...]) -> list[tuple[Any, ...]]:
    """What the clocks say, however they count it: a clock that never stood still may be told in two parts."""
    return [
        (one.metric, one.cycle, one.state, one.due_at, one.next_mark_at, one.breached_at, one.stopped_at)
        for one in kept
        if one.metric != "tier"
    ]


def write(to: Ticket, text: str, at: datetime, who: Person = MINA) -> Outcome:
    (outcome,) = intake.receive([factories.an_arrival(text=text, thread_ticket=to.pk, requester=who)], at)
    return outcome


def test_case_33_the_target_owes_an_answer_since_the_sources_message_and_the_source_owes_nothing(
    ada: Agent, now: datetime
) -> None:
    first = ticket(now)
    replies.reply(ada, first.pk, "Done.", now=now + 30 * MINUTE)
    second = ticket(now + HOUR)

    assert merging.merge(ada, [second.pk], first.pk, now=now + 90 * MINUTE) == first.pk

    ended, started = clock(second.pk, "first_response"), clock(first.pk, "next_response")
    assert (ended.state, ended.breached_at, ended.stopped_at) == ("cancelled", None, now + 90 * MINUTE)
    assert {one.state for one in rows.clocks(cursor(), [second.pk])[second.pk]} == {"cancelled"}
    assert (started.state, started.started_at, started.due_at) == ("running", now + HOUR, now + 5 * HOUR)
    second.refresh_from_db()
    assert (second.status, second.solved_at, second.merged_into_id) == ("closed", None, first.pk)
    clocks.tick(now + 3 * DAY)
    assert not TicketEvent.objects.filter(ticket=second, kind="clock_mark").exists()
    assert_rebuilt()


def test_a_merge_taken_back_at_once_leaves_both_as_they_were(ada: Agent, now: datetime) -> None:
    first, second = ticket(now, tags=("a",)), ticket(now + MINUTE, TOM, tags=("a", "b"))
    changing.change(ada, [second.pk], {"status": "waiting_on_customer"}, now=now + 2 * MINUTE)
    before = state(first.pk), state(second.pk), rows.clocks(cursor(), [first.pk, second.pk])

    merging.merge(ada, [second.pk], first.pk, now=now + 3 * MINUTE, across=True)
    assert Ticket.objects.get(pk=first.pk).tags == ["a", "b"]
    assert merging.unmerge(ada, second.pk, now=now + 3 * MINUTE + timedelta(seconds=8)) == first.pk

    after = rows.clocks(cursor(), [first.pk, second.pk])
    assert (state(first.pk), state(second.pk)) == before[:2]
    assert [promises(kept) for kept in after.values()] == [promises(kept) for kept in before[2].values()]
    assert not Participant.objects.filter(ticket=first, email=TOM.value).exists()
    assert_rebuilt()


def test_taken_apart_later_the_time_in_between_does_not_count(ada: Agent, now: datetime) -> None:
    first, second = ticket(now), ticket(now)
    merging.merge(ada, [second.pk], first.pk, now=now + 20 * MINUTE)

    merging.unmerge(ada, second.pk, now=now + 10 * DAY)

    again = clock(second.pk, "first_response")
    assert (again.state, again.used_seconds, again.due_at) == ("running", 1200, now + 10 * DAY + 40 * MINUTE)
    found = Ticket.objects.get(pk=second.pk)
    assert (found.status, found.unanswered_since, found.merged_into_id) == ("new", now, None)
    assert found.next_due_at == now + 10 * DAY + 40 * MINUTE
    assert_rebuilt()


def test_what_came_since_stays_with_the_target(ada: Agent, now: datetime) -> None:
    first, second = ticket(now), ticket(now)
    own = Message.objects.get(ticket=second, kind="customer")
    merging.merge(ada, [second.pk], first.pk, now=now + MINUTE)
    later = write(second, "Any news?", now + HOUR)
    assert [row["id"] for row in pages.messages(first.pk) if row["kind"] == "customer"] == sorted(
        [Message.objects.get(ticket=first, kind="customer", pk__lt=later.message_id).pk, own.pk, later.message_id or 0]
    )

    merging.unmerge(ada, second.pk, now=now + 2 * HOUR)

    assert later.ticket_id == first.pk
    own.refresh_from_db()
    assert own.ticket_id == second.pk
    assert own.pk not in {row["id"] for row in pages.messages(first.pk)}
    assert later.message_id in {row["id"] for row in pages.messages(first.pk)}


@pytest.mark.parametrize("way", ["number", "their Message-ID", "our Message-ID"])
def test_mail_to_the_source_follows_to_the_end_of_the_chain(ada: Agent, now: datetime, way: str) -> None:
    tickets = [ticket(now + n * MINUTE, channel="email", mail_id=f"<{n}@harbor.example>") for n in range(3)]
    ours = Delivery.objects.filter(ticket=tickets[0]).values_list("mail_id", flat=True)[0]
    merging.merge(ada, [tickets[0].pk], tickets[1].pk, now=now + HOUR)
    merging.merge(ada, [tickets[1].pk], tickets[2].pk, now=now + 2 * HOUR)
    ways: dict[str, Any] = {
        "number": {"thread_ticket": tickets[0].pk},
        "their Message-ID": {"references": ("<0@harbor.example>",)},
        "our Message-ID": {"references": (ours,)},
    }

    (outcome,) = intake.receive([factories.an_arrival(text="Hello?", requester=MINA, **ways[way])], now + DAY)

    assert (outcome.disposition, outcome.ticket_id) == ("reply", tickets[2].pk)
    assert merging.whole_of(tickets[0].pk) == tickets[2].pk
    assert Ticket.objects.get(pk=tickets[0].pk).status == "closed"


def test_a_circle_ends(ada: Agent, now: datetime) -> None:
    one, two = ticket(now), ticket(now)
    Ticket.objects.filter(pk=one.pk).update(merged_into=two.pk)
    Ticket.objects.filter(pk=two.pk).update(merged_into=one.pk)

    assert merging.whole_of(one.pk) in {one.pk, two.pk}
    assert {row["ticket_id"] for row in pages.messages(one.pk)} == {one.pk, two.pk}


def test_the_sources_requester_takes_part_and_counts_as_known(ada: Agent, now: datetime) -> None:
    first, second = ticket(now, channel="email"), ticket(now, TOM, channel="email")
    with pytest.raises(merging.AcrossCustomers):
        merging.merge(ada, [second.pk], first.pk, now=now)
    seen = merging.preview(ada, [second.pk], first.pk, now=now)
    assert (seen.across, seen.customers, list(seen.joining)) == (True, ["Mina Holt", "Tom Aske"], [TOM.value])

    merging.merge(ada, [second.pk], first.pk, now=now, across=True)
    answer = replies.reply(ada, first.pk, "To both of you.", now=now + HOUR)
    back = write(second, "Thanks, but it still fails.", now + 2 * HOUR, TOM)

    assert Message.objects.get(pk=answer).recipients["cc"] == [TOM.value]
    assert Message.objects.get(pk=back.message_id or 0).verified
    assert Participant.objects.get(ticket=first, email=TOM.value).because == "merged"


def test_a_solved_target_opens_when_somebody_waits_and_closes_again_with_the_undo(ada: Agent, now: datetime) -> None:
    first = ticket(now)
    replies.reply(ada, first.pk, "Done.", now=now + MINUTE, solve=True)
    before = state(first.pk)
    second = ticket(now + HOUR)
    assert merging.preview(ada, [second.pk], first.pk, now=now + 2 * HOUR).opens

    merging.merge(ada, [second.pk], first.pk, now=now + 2 * HOUR)
    opened = Ticket.objects.get(pk=first.pk)
    assert (opened.status, opened.reopen_count, opened.unanswered_since) == ("open", 1, now + HOUR)

    merging.unmerge(ada, second.pk, now=now + 2 * HOUR + MINUTE)
    closed = state(first.pk)
    assert {name: closed[name] for name in ("status", "solved_at", "reopen_count", "unanswered_since")} == {
        name: before[name] for name in ("status", "solved_at", "reopen_count", "unanswered_since")
    }
    assert_rebuilt()


def test_loads_do_not_carry_a_merged_ticket(ada: Agent, now: datetime) -> None:
    first, second = ticket(now), ticket(now)
    assert AgentLoad.objects.get(agent=ada).tickets == 2
    merging.merge(ada, [second.pk], first.pk, now=now)
    assert AgentLoad.objects.get(agent=ada).tickets == 1
    merging.unmerge(ada, second.pk, now=now)
    assert AgentLoad.objects.get(agent=ada).tickets == 2


def test_a_breach_that_happened_before_stays_one(ada: Agent, now: datetime) -> None:
    first, second = ticket(now), ticket(now)
    clocks.tick(now + 2 * HOUR)
    merging.merge(ada, [second.pk], first.pk, now=now + 3 * HOUR)
    late = clock(second.pk, "first_response")
    assert (late.state, late.breached_at) == ("breached", now + HOUR)


def test_nobody_works_on_a_part(ada: Agent, now: datetime) -> None:
    first, second = ticket(now), ticket(now)
    merging.merge(ada, [second.pk], first.pk, now=now)
    for deed in (
        lambda: changing.change(ada, [second.pk], {"status": "open"}, now=now),
        lambda: replies.reply(ada, second.pk, "Hello", now=now),
        lambda: replies.note(ada, second.pk, "Hello", now=now),
        lambda: merging.merge(ada, [second.pk], first.pk, now=now),
    ):
        with pytest.raises(Conflict, match=f"part of #{first.pk}"):
            deed()
    with pytest.raises(Conflict, match="of its own"):
        merging.unmerge(ada, first.pk, now=now)


def test_nothing_is_merged_into_itself_or_into_its_own_part(ada: Agent, now: datetime) -> None:
    first, second = ticket(now), ticket(now)
    merging.merge(ada, [second.pk], first.pk, now=now)
    for into in (first.pk, second.pk):
        with pytest.raises(Invalid):
            merging.merge(ada, [first.pk], into, now=now)
    with pytest.raises(Invalid):
        merging.merge(ada, [], first.pk, now=now)


def test_who_may_not_change_both_tickets_may_not_merge_them(ada: Agent, now: datetime) -> None:
    mine, theirs = ticket(now), ticket(now, tags=("south",))
    light = factories.an_agent(role="light", teams=(factories.a_team("support"),))
    with pytest.raises(NotFound):
        merging.merge(ada, [theirs.pk], mine.pk, now=now)
    with pytest.raises(NotFound):
        merging.preview(ada, [mine.pk], theirs.pk, now=now)
    with pytest.raises(Forbidden):
        merging.merge(light, [mine.pk], ticket(now).pk, now=now)
    lead = factories.an_agent(role="lead")
    merging.merge(lead, [theirs.pk], mine.pk, now=now)
    with pytest.raises(NotFound):
        merging.unmerge(ada, theirs.pk, now=now)


def test_what_somebody_is_writing_goes_along_and_what_was_to_leave_comes_back(ada: Agent, now: datetime) -> None:
    first, second = ticket(now), ticket(now)
    ben = factories.an_agent("Ben Marsh", role="lead")
    with cursor() as sql:
        drafts.put(sql, ben, second.pk, "note", "Half a thought", now)
    holding.send(ada, second.pk, "Nearly gone", now=now)

    merging.merge(ben, [second.pk], first.pk, now=now)

    kept = {(draft.agent_id, draft.kind): draft.text for draft in Draft.objects.filter(ticket=first)}
    assert kept == {(ben.pk, "note"): "Half a thought", (ada.pk, "reply"): "Nearly gone"}
    assert recipients.proposed(cursor(), first.pk) == {"cc": [], "bcc": []}


def test_three_become_one_and_each_goes_its_own_way_again(ada: Agent, now: datetime) -> None:
    first, second, third = ticket(now, tags=("x",)), ticket(now, tags=("y",)), ticket(now, TOM, tags=("y", "z"))
    merging.merge(ada, [second.pk, third.pk], first.pk, now=now + MINUTE, across=True)
    assert Ticket.objects.get(pk=first.pk).tags == ["x", "y", "z"]

    merging.unmerge(ada, second.pk, now=now + HOUR)
    assert Ticket.objects.get(pk=first.pk).tags == ["x", "y", "z"], "the third one bears it too"
    merging.unmerge(ada, third.pk, now=now + HOUR)

    assert Ticket.objects.filter(merged_into__isnull=True).count() == 3
    assert "z" not in Ticket.objects.get(pk=first.pk).tags
    assert_rebuilt()
