"""What another workflow would have done: nothing for the same one, exactly what it says for another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskwright.desk import automations, clocks, simulation, workflows
from deskwright.desk.answering import replies
from deskwright.desk.demo import making
from deskwright.desk.demo.plan import Size
from deskwright.desk.errors import Invalid
from deskwright.lab.whatif.comparing import Report, compare
from deskwright.lab.whatif.rerunning import Cancelled, rerun
from deskwright.store.connection import cursor
from deskwright.store.models import Agent, TicketEvent
from tests import factories

LIVE = """
extends: nothing
queues: {front: {}, exports: {}}
default_queue: front
sla_matrix: {"any, any": {first_response: 4h}}
"""
MOVED = (
    LIVE
    + """
routing_rules:
  - {name: Exports, condition: "subject CONTAINS 'export'", action: {assign: {queue: exports}}}
"""
)
HURRIED = LIVE.replace("4h", "30m")
HOUR = timedelta(hours=1)


@pytest.fixture
def agent(db: str) -> Agent:
    return factories.an_agent("Ada Quill", role="lead")


def tried(text: str, now: datetime, **more: Any) -> Report:
    return simulation.simulate(workflows.load(text), now=now, **more).report


def test_a_simulated_desk_is_reproduced_to_the_last_notice(db: str, now: datetime) -> None:
    making.make(now, "unused", Size(days=30, older=30, recent=10))
    live = workflows.live()

    run = simulation.Run(cursor(), None, now, lambda share: None)
    really, again = run.rerun(live)
    all_kept, _ = rerun(run.log(), workflows.version, run.people, now, [live])

    opened = {
        event.ticket_id: [effect["queue"] for effect in event.data["effects"] if effect["effect"] == "Route"][-1]
        for event in TicketEvent.objects.filter(kind="ticket_opened")
    }
    assert len(opened) >= 30
    assert not compare(really, again).differs
    assert really == all_kept  # what was put away on the way is what would be found at the end
    assert {ticket: outcome.queue for ticket, outcome in again.items()} == opened
    assert sum(outcome.notices for outcome in again.values()) == told_by_the_workflow()


def told_by_the_workflow() -> int:
    """Notices that decisions asked for; colleagues who mention each other tell by themselves."""
    effects = [effect for event in TicketEvent.objects.all() for effect in event.data.get("effects", ())]
    return sum(len(effect["agents"]) for effect in effects if effect["effect"] == "Notify")


def test_tickets_go_where_the_draft_sends_them_and_the_rule_is_named(agent: Agent, now: datetime) -> None:
    workflows.publish(LIVE, now=now)
    moving = factories.a_ticket(now, subject="The export is empty")
    factories.a_ticket(now, subject="Hello")

    report = tried(MOVED, now + HOUR)

    assert [(each.ticket, each.queue, each.rule) for each in report.moved] == [
        (moving.pk, ("front", "exports"), "Exports")
    ]


def test_promises_are_judged_by_the_moments_at_which_people_really_answered(agent: Agent, now: datetime) -> None:
    workflows.publish(LIVE, now=now)
    quick, slow = factories.a_ticket(now), factories.a_ticket(now)
    replies.reply(agent, quick.pk, "Done.", now=now + timedelta(minutes=20))
    replies.reply(agent, slow.pk, "Done.", now=now + timedelta(minutes=45))

    report = tried(HURRIED, now + HOUR)

    assert (report.lost, report.won) == ((slow.pk,), ())
    assert report.kept[0].kept == (2, 1)


def test_a_target_that_passed_without_an_answer_is_broken_though_the_log_has_no_mark_of_it(
    agent: Agent, now: datetime
) -> None:
    workflows.publish(LIVE, now=now)
    ticket = factories.a_ticket(now)
    clocks.tick(now + HOUR)

    report = tried(HURRIED, now + HOUR)

    assert report.lost == (ticket.pk,)


def test_the_same_workflow_changes_nothing_and_nothing_is_written(agent: Agent, now: datetime) -> None:
    workflows.publish(LIVE, now=now)
    factories.a_ticket(now)
    before = TicketEvent.objects.count()

    assert not tried(LIVE, now + HOUR).differs
    assert TicketEvent.objects.count() == before


def test_only_tickets_opened_since_are_counted_but_older_work_is_carried(agent: Agent, now: datetime) -> None:
    workflows.publish(LIVE, now=now)
    factories.a_ticket(now, subject="An export")
    factories.a_ticket(now + 2 * HOUR, subject="Another export")

    report = tried(MOVED, now + 3 * HOUR, since=now + HOUR)

    assert report.tickets == 1 and report.rerouted == 1


def test_a_desk_without_tickets_gets_a_sentence(db: str, now: datetime) -> None:
    with pytest.raises(Invalid, match="no ticket in that time"):
        tried(LIVE, now)


def test_whoever_asked_may_cancel(agent: Agent, now: datetime) -> None:
    workflows.publish(LIVE, now=now)
    factories.a_ticket(now)
    shares: list[float] = []

    def stop(share: float) -> None:
        shares.append(share)
        raise Cancelled

    with pytest.raises(Cancelled):
        tried(MOVED, now, progress=stop)
    assert 0 < shares[0] <= 1


NAGGING = """
automations:
  - {name: Remind, every: 1h, when: "status == 'new' AND age > 150", do: [{tag: [old]}, {notify: leads}]}
"""


def swept(now: datetime, hours: int) -> None:
    for hour in range(hours + 1):
        while automations.sweep(now + hour * HOUR):
            pass


def more_notices(report: Report) -> int:
    return next(total.after - total.before for total in report.totals if total.what == "notices")


def test_time_based_automations_that_ran_are_reproduced(agent: Agent, now: datetime) -> None:
    workflows.publish(LIVE + NAGGING, now=now)
    factories.a_ticket(now)
    swept(now, 5)
    assert TicketEvent.objects.filter(kind="every").count() == 3

    assert not tried(LIVE + NAGGING, now + 6 * HOUR).differs


def test_a_time_based_automation_of_the_draft_takes_its_turns(agent: Agent, now: datetime) -> None:
    """An hour after the log begins, and every hour from then on: at 3, 4 and 5 hours the ticket is old enough."""
    workflows.publish(LIVE, now=now)
    factories.a_ticket(now)

    report = tried(LIVE + NAGGING, now + 5 * HOUR)

    assert more_notices(report) == 3


def test_an_automation_the_draft_leaves_out_takes_no_turns_and_a_changed_one_its_own(
    agent: Agent, now: datetime
) -> None:
    workflows.publish(LIVE + NAGGING, now=now)
    factories.a_ticket(now)
    swept(now, 5)

    gone = tried(LIVE, now + 5 * HOUR + timedelta(minutes=30))
    later = tried(LIVE + NAGGING.replace("150", "270"), now + 5 * HOUR + timedelta(minutes=30))

    assert (more_notices(gone), more_notices(later)) == (-3, -2)


def test_a_turn_meets_the_tickets_that_are_otherwise_here(agent: Agent, now: datetime) -> None:
    """The automation is the same; under the draft another ticket is new when its turn comes."""
    workflows.publish(LIVE + NAGGING.replace("status == 'new'", "queue == 'exports'"), now=now)
    factories.a_ticket(now, subject="An export")
    swept(now, 5)

    report = tried(MOVED + NAGGING.replace("status == 'new'", "queue == 'exports'"), now + 5 * HOUR)

    assert more_notices(report) == 3
