"""Tickets that belong together: parents wait for children, a problem answers its incidents, late answers begin anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from deskwright.desk import access, workflows
from deskwright.desk.answering import drafts, holding, replies
from deskwright.desk.arriving import intake
from deskwright.desk.errors import Conflict, Forbidden, Invalid, NotFound
from deskwright.desk.tickets import broadcasting, changing, linking
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, HeldReply, Message, Ticket, TicketEvent, TicketLink
from tests import factories
from tests.desk.test_history import assert_rebuilt
from tests.desk.test_merging import DAY, FLOW, MINA, MINUTE, TOM, ticket
from tests.desk.test_merging import ada as ada


def test_both_tickets_tell_of_a_link_and_of_its_end(ada: Agent, now: datetime) -> None:
    one, two = ticket(now), ticket(now)
    number = linking.link(ada, one.pk, two.pk, "related", now=now)
    assert [row["id"] for row in linking.links_of(two.pk, access.EVERYTHING)] == [one.pk]

    linking.unlink(ada, number, now=now + MINUTE)

    told = TicketEvent.objects.filter(kind__in=["linked", "unlinked"]).values_list("ticket", "kind")
    assert set(told) == {(number, kind) for number in (one.pk, two.pk) for kind in ("linked", "unlinked")}
    assert linking.links_of(one.pk, access.EVERYTHING) == []
    assert_rebuilt()


def test_a_parent_is_not_solved_before_its_children_unless_somebody_means_it(ada: Agent, now: datetime) -> None:
    parent, child = ticket(now), ticket(now)
    linking.link(ada, child.pk, parent.pk, "child", now=now)
    for deed in (
        lambda: changing.change(ada, [parent.pk], {"status": "solved"}, now=now),
        lambda: holding.send(ada, parent.pk, "Done.", now=now, status="solved"),
        lambda: replies.reply(ada, parent.pk, "Done.", now=now, solve=True),
    ):
        with pytest.raises(linking.OpenChildren, match=f"#{parent.pk} has an open child: #{child.pk}"):
            deed()

    changing.change(ada, [parent.pk, child.pk], {"status": "solved"}, now=now)
    changing.change(ada, [parent.pk, child.pk], {"status": "open"}, now=now)
    changing.change(ada, [parent.pk], {"status": "solved"}, now=now, despite_children=True)
    assert Ticket.objects.get(pk=parent.pk).status == "solved"


def test_links_make_no_circles_and_there_is_one_above(ada: Agent, now: datetime) -> None:
    one, two, three = (ticket(now).pk for _ in range(3))
    linking.link(ada, one, two, "child", now=now)
    linking.link(ada, two, three, "child", now=now)
    with pytest.raises(Invalid, match="below"):
        linking.link(ada, three, one, "child", now=now)
    with pytest.raises(Conflict, match=f"parent already: #{two}"):
        linking.link(ada, one, three, "child", now=now)
    with pytest.raises(Conflict, match="already"):
        linking.link(ada, two, one, "child", now=now)
    for wrong in ((one, one, "related"), (one, two, "sibling")):
        with pytest.raises(Invalid):
            linking.link(ada, *wrong, now=now)


def test_who_does_not_see_a_ticket_neither_links_it_nor_sees_the_link(ada: Agent, now: datetime) -> None:
    mine, theirs = ticket(now), ticket(now, tags=("south",))
    light = factories.an_agent(role="light", teams=(factories.a_team("support"),))
    with pytest.raises(NotFound):
        linking.link(ada, mine.pk, theirs.pk, "related", now=now)
    with pytest.raises(Forbidden):
        linking.link(light, mine.pk, ticket(now).pk, "related", now=now)
    number = linking.link(factories.an_agent(role="lead"), mine.pk, theirs.pk, "related", now=now)
    assert linking.links_of(mine.pk, access.visible_tickets(ada)) == []
    with pytest.raises(Forbidden):
        linking.unlink(light, number, now=now)


def test_a_problem_answers_every_open_incident_in_its_own_conversation(ada: Agent, now: datetime) -> None:
    problem = ticket(now)
    open_ones = [ticket(now, MINA), ticket(now, TOM)]
    done = ticket(now)
    for one in (*open_ones, done):
        linking.link(ada, one.pk, problem.pk, "incident", now=now)
    changing.change(ada, [done.pk], {"status": "solved"}, now=now)
    words = "Dear {{requester.first_name}}, it is fixed."

    letters = broadcasting.preview(ada, problem.pk, words, now=now)
    assert [(one.ticket, one.text.text) for one in letters] == [
        (open_ones[0].pk, "Dear Mina, it is fixed."),
        (open_ones[1].pk, "Dear Tom, it is fixed."),
    ]
    held = broadcasting.broadcast(ada, problem.pk, words, [one.pk for one in open_ones], now=now, solve=True)
    assert HeldReply.objects.count() == len(held) == 2
    holding.leave_due(now + timedelta(seconds=11), 10)

    said = dict(Message.objects.filter(kind="agent").values_list("ticket", "text"))
    assert said == {open_ones[0].pk: "Dear Mina, it is fixed.", open_ones[1].pk: "Dear Tom, it is fixed."}
    assert set(Ticket.objects.filter(status="solved").values_list("pk", flat=True)) == {
        one.pk for one in (*open_ones, done)
    }


def test_a_broadcast_is_sent_to_all_or_to_none(ada: Agent, now: datetime) -> None:
    problem, incident = ticket(now), ticket(now)
    with pytest.raises(Invalid, match="No open incident"):
        broadcasting.broadcast(ada, problem.pk, "Fixed.", [incident.pk], now=now)
    linking.link(ada, incident.pk, problem.pk, "incident", now=now)
    with pytest.raises(Invalid, match="not known"):
        broadcasting.broadcast(ada, problem.pk, "{{organisation.name}}", [incident.pk], now=now)
    with cursor() as sql:
        drafts.put(sql, ada, incident.pk, "reply", "Half a thought", now)
    with pytest.raises(Invalid, match="writing a reply"):
        broadcasting.broadcast(ada, problem.pk, "Fixed.", [incident.pk], now=now)
    assert not HeldReply.objects.exists()


@pytest.mark.parametrize(
    ("window", "days", "reopens"),
    [
        ("", 400, True),
        ("reopen: {within: 14d}", 13, True),
        ("reopen: {within: 14d}", 15, False),
        ("reopen: {within: 14d, queues: {support: 30d}}", 15, True),
        ("reopen: {within: 14d, queues: {south: 30d}}", 15, False),
        ("reopen: {queues: {support: 2d}}", 3, False),
    ],
)
def test_an_answer_after_the_window_begins_a_linked_ticket(
    ada: Agent, now: datetime, window: str, days: int, reopens: bool
) -> None:
    workflows.publish(FLOW + window, now=now)
    old = ticket(now)
    replies.reply(ada, old.pk, "Done.", now=now + MINUTE, solve=True)
    again = factories.an_arrival(text="It is back.", thread_ticket=old.pk, requester=MINA)

    (outcome,) = intake.receive([again], now + days * DAY)

    old.refresh_from_db()
    if reopens:
        assert (outcome.disposition, outcome.ticket_id, old.status) == ("reply", old.pk, "open")
        return
    assert (outcome.disposition, old.status, old.reopen_count) == ("ticket", "solved", 0)
    found = TicketLink.objects.get(kind="follow_up", other=old)
    assert found.ticket_id == outcome.ticket_id
    told = TicketEvent.objects.get(ticket=found.ticket_id, kind="ticket_opened").data
    assert told["follows"] == old.pk
    assert_rebuilt()


def test_a_machine_opens_no_follow_up(ada: Agent, now: datetime) -> None:
    workflows.publish(FLOW + "reopen: {within: 1d}", now=now)
    old = ticket(now)
    replies.reply(ada, old.pk, "Done.", now=now + MINUTE, solve=True)
    away = factories.an_arrival(thread_ticket=old.pk, requester=MINA, automatic="auto-replied")
    (outcome,) = intake.receive([away], now + 5 * DAY)
    assert (outcome.disposition, outcome.ticket_id) == ("note", old.pk)
