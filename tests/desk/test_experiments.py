"""Experiments on the live desk: arms at opening, clocks by the variant, guards, the switch, what a replay finds."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta

import pytest

from deskwright.cli import experiments as cli
from deskwright.cli.failures import Refused
from deskwright.desk import clock, clocks, experiments, workflows
from deskwright.desk.errors import Forbidden, NotFound
from deskwright.desk.experiments import Standing
from deskwright.desk.studio import courses
from deskwright.lab import experiments as lab
from deskwright.store.models import Clock, ExperimentState, Notice, Ticket
from tests import factories
from tests.desk.test_history import assert_rebuilt
from tests.desk.test_intake import statements

DOCUMENT = """
calendars: {always_open: always}
queues: {general: {}}
default_queue: general
routing_rules: []
escalation_matrix: {}
automations: []
sla_matrix: {any: {first_response: 4h, resolution: 24h}}
sla: {calendar: always_open}
experiments:
  faster: {share: 50%, change: {sla_matrix: {any: {first_response: 30m}}}, judge_by: first_response, guard: [csat]}
"""


@pytest.fixture
def desk(db: str, now: datetime) -> None:
    workflows.publish(DOCUMENT, now=now)


def tickets(now: datetime, number: int) -> list[Ticket]:
    return [factories.a_ticket(now, requester=factories.a_requester(f"p{n}@post{n}.example")) for n in range(number)]


def test_a_ticket_keeps_the_arm_it_was_opened_with_and_its_clocks_run_by_it(desk: None, now: datetime) -> None:
    opened = tickets(now, 12)

    targets = {ticket.arms[0]: set() for ticket in opened}
    for ticket in opened:
        targets[ticket.arms[0]].add(Clock.objects.get(ticket=ticket, metric="first_response").target)
    assert targets == {"faster=variant": {"30m"}, "faster=control": {"4h"}}

    clocks.tick(now + timedelta(minutes=31))
    late = set(Clock.objects.filter(breached_at__isnull=False).values_list("ticket__arms__0", flat=True))
    assert late == {"faster=variant"}
    assert_rebuilt()


def test_the_same_customer_gets_the_same_arm_again(desk: None, now: datetime) -> None:
    first, second = tickets(now, 6), tickets(now + timedelta(days=1), 6)
    assert [ticket.arms for ticket in first] == [ticket.arms for ticket in second]


def test_a_stopped_experiment_takes_no_more_tickets_and_can_go_on(desk: None, now: datetime) -> None:
    lead = factories.an_agent(role="lead")
    experiments.switch(lead, "faster", False, now=now, reason="enough seen")
    assert [ticket.arms for ticket in tickets(now, 2)] == [[], []]
    assert [(one.running, one.reason) for one in experiments.listing(now)] == [(False, "enough seen")]

    experiments.switch(lead, "faster", True, now=now)
    assert all(ticket.arms for ticket in tickets(now, 2))


def test_only_leads_switch_and_only_what_there_is(desk: None, now: datetime) -> None:
    with pytest.raises(Forbidden):
        experiments.switch(factories.an_agent(), "faster", False, now=now)
    with pytest.raises(NotFound, match="slower"):
        experiments.switch(None, "slower", False, now=now)


def rate(now: datetime, number: int) -> None:
    """Customers of the variant are unhappy."""
    for place, ticket in enumerate(tickets(now, number)):
        happy = ticket.arms == ["faster=control"]
        Ticket.objects.filter(pk=ticket.pk).update(csat=(5 if happy else 1) - (place % 7 == 0) * (1 if happy else -1))


def test_a_guard_stops_a_harmful_variant_once_and_tells_the_leads(
    desk: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "LEAST", 8)
    lead, _agent = factories.an_agent(role="lead"), factories.an_agent()
    rate(now, 30)

    assert [experiments.guard(now), experiments.guard(now)] == [1, 0]

    state = ExperimentState.objects.get(name="faster")
    assert state.stopped_at == now
    assert "csat" in state.reason
    assert [notice.agent_id for notice in Notice.objects.filter(key__startswith="experiment:")] == [lead.pk]


def test_a_variant_that_does_no_harm_runs_on(desk: None, now: datetime) -> None:
    tickets(now, 20)
    assert experiments.guard(now) == 0
    assert experiments.listing(now)[0].running


def test_results_count_customers_and_tickets_in_a_fixed_number_of_statements(desk: None, now: datetime) -> None:
    tickets(now, 4)
    once = statements(lambda: experiments.listing(now))
    tickets(now, 10)

    assert statements(lambda: experiments.listing(now)) == once
    (found,) = experiments.listing(now)
    assert sum(found.units.values()) == 10
    assert sum(found.tickets.values()) == 14
    assert [(figure.name, figure.role) for figure in found.figures] == [("first_response", "judge"), ("csat", "guard")]


def test_the_command_tells_and_switches(
    desk: None, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    tickets(now, 4)

    run(["faster", "--stop"])
    assert "faster: not running: stopped by the operator" in capsys.readouterr().out
    run(["--json"])
    assert json.loads(capsys.readouterr().out)[0]["running"] is False
    with pytest.raises(Refused):
        run(["slower"])
    with pytest.raises(Refused):
        run(["--stop"])


def test_arms_whose_numbers_the_share_does_not_explain_are_said_to_be_uneven(
    desk: None, now: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    tickets(now, 30)
    assert not experiments.listing(now)[0].uneven
    run(["faster"])
    assert "do not trust" not in capsys.readouterr().out

    Ticket.objects.update(arms=["faster=control"])
    assert experiments.listing(now)[0].uneven
    run(["faster"])
    assert "do not trust the differences" in capsys.readouterr().out


def run(options: list[str]) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    assert cli.main(parser.parse_args(options)) == 0


def test_whole_weeks_are_no_week_more(now: datetime) -> None:
    standing = Standing(
        "x", 0.5, True, None, "", now - timedelta(weeks=1), {"control": 10, "variant": 12}, {}, (), uneven=False
    )
    assert [courses.weeks_left(standing, needed, now) for needed in (10, 20, 25, 40)] == [0, 1, 2, 3]
