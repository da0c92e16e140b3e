"""The desk with its people simulated, too: true to its record, the same for the same, otherwise where people are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deskwright.desk import crews, simulation, staffed, workflows
from deskwright.desk.answering import replies
from deskwright.desk.demo import making
from deskwright.desk.demo.plan import Size
from deskwright.desk.errors import Invalid
from deskwright.desk.staffed import Ground
from deskwright.engine.events import TicketOpened
from deskwright.engine.facts import Agent as Colleague
from deskwright.engine.history import Recorded
from deskwright.engine.loading import load
from deskwright.lab.staffed.fitting import fit
from deskwright.lab.staffed.stories import Story
from deskwright.lab.staffed.studying import Study, one_after_another
from deskwright.lab.staffed.trials import History, Trial, attempt
from deskwright.lab.whatif.rerunning import Cancelled
from deskwright.store import history
from deskwright.store.models import Agent
from tests import factories
from tests.desk import traps

LIVE = """
extends: nothing
calendars: {office: {timezone: UTC, hours: {mon-fri: ["08:00-18:00"]}}}
queues: {front: {}}
default_queue: front
sla_matrix: {"any, any": {first_response: 4h}}
sla: {calendar: office}
"""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def studied(text: str, now: datetime, **more: Any) -> Study:
    options = {"runs": 2, "spread": one_after_another, **more}
    return staffed.simulate(workflows.load(text), now=now, **options).study


def busy_desk(now: datetime, days: int = 10) -> Agent:
    """Four tickets a day on working days, each answered and solved within the hour, one after another."""
    agent = factories.an_agent("Ada Quill", role="lead", shift="office")
    workflows.publish(LIVE, now=now)
    for day in range(days):
        for number in range(4):
            at = now + timedelta(days=day + 2 * (day // 5)) + number * HOUR
            ticket = factories.a_ticket(at)
            replies.reply(agent, ticket.pk, "Done.", now=at + (20 + 3 * number + day) * MINUTE, solve=True)
    return agent


def surveyed(now: datetime) -> Ground:
    return staffed.survey(workflows.live(), now, staffed.read(now, None))


@pytest.fixture
def ground(db: str, now: datetime) -> Ground:
    busy_desk(now)
    return surveyed(now + timedelta(days=14))


def test_it_can_be_called_off_while_the_record_is_read(db: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    busy_desk(now, days=1)
    monkeypatch.setattr(staffed, "stories", lambda log: pytest.fail("The whole record was read."))

    def off(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        studied(LIVE, now + timedelta(days=14), progress=off)


def test_the_demo_desk_comes_out_as_it_was_recorded(db: str, now: datetime) -> None:
    making.make(now, "unused", Size(days=30, older=60, recent=20))
    text = workflows.live().text

    study = studied(text, now)

    assert study.honesty is not None and study.honesty.distance < 0.25
    assert all(row.difference == row.low == row.high == 0 for row in (*study.kept, *study.figures, *study.busy))


def test_fewer_hours_make_later_answers(db: str, now: datetime) -> None:
    busy_desk(now)
    study = studied(LIVE.replace('"08:00-18:00"', '"08:00-10:00"'), now + timedelta(days=14))
    within = {row.what: row for row in study.figures}
    assert within["nine in ten within"].low > 3600
    assert study.kept[0].before == study.recorded["first_response"] == 100


def test_a_run_is_the_same_for_the_same_seed_and_another_for_another(ground: Ground) -> None:
    behaviour, live = fit(ground.history.stories, ground.known), workflows.live()
    one, again, other = (attempt(Trial(ground.history, behaviour, live, seed)).first for seed in (1, 1, 2))
    assert one == again != other


def test_all_cores_give_what_one_gives(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "SMALL", 0)
    monkeypatch.setattr(crews, "count_cores", lambda: 2)
    behaviour, live = fit(ground.history.stories, ground.known), workflows.live()
    trials = [Trial(ground.history, behaviour, live, seed) for seed in range(4)]
    with crews.crew() as spread:
        assert list(spread(trials)) == list(one_after_another(trials))
        assert list(spread(trials[2:])) == list(one_after_another(trials[2:]))


def test_a_dask_cluster_gives_what_one_process_gives(ground: Ground) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` (dask.distributed) is not installed")
    behaviour, live = fit(ground.history.stories, ground.known), workflows.live()
    trials = [Trial(ground.history, behaviour, live, seed) for seed in range(4)]
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        crews.crew(cluster.scheduler_address) as spread,
    ):
        assert list(spread(trials)) == list(one_after_another(trials))


@pytest.mark.parametrize(("times", "fails"), [(1, False), (2, True)])
def test_a_run_whose_process_was_killed_is_repeated_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, now: datetime, times: int, fails: bool
) -> None:
    monkeypatch.setattr(crews, "SMALL", 0)
    monkeypatch.setattr(crews, "count_cores", lambda: 2)
    opening = Recorded(0, 1, now, TicketOpened(), 1, 0, False, {"created_at": now})
    history = History([Story(1, [opening], [])], {0: {}}, [], now + HOUR, frozenset({1}))
    trap: Any = traps.killing(tmp_path / "dots", times)
    trials = [Trial(history, trap, load("extends: nothing"), 1)]
    with crews.crew() as spread:
        if fails:
            with pytest.raises(Invalid, match="ended from outside, and again"):
                list(spread(trials))
        else:
            assert [figures.unanswered for figures in spread(trials)] == [0]


def test_a_desk_nobody_answers_at_gets_a_sentence(db: str, now: datetime) -> None:
    workflows.publish(LIVE, now=now)
    with pytest.raises(Invalid, match="no ticket in that time"):
        studied(LIVE, now)
    factories.a_ticket(now)
    with pytest.raises(Invalid, match="No agent has touched a ticket"):
        studied(LIVE, now + HOUR)


def test_one_ticket_is_studied_and_not_judged(db: str, now: datetime) -> None:
    agent = factories.an_agent("Ada Quill", role="lead")
    workflows.publish(LIVE, now=now)
    ticket = factories.a_ticket(now)
    replies.reply(agent, ticket.pk, "Done.", now=now + 20 * MINUTE, solve=True)
    study = studied(LIVE, now + HOUR)
    assert study.honesty is None and study.tickets == 1
    assert study.behaviour.hours.keys() == {agent.pk}


def test_whoever_asked_may_cancel(db: str, now: datetime) -> None:
    busy_desk(now, days=6)

    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        studied(LIVE, now + timedelta(days=14), progress=stop)


def test_the_people_are_copied_once_for_each_state_of_them(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_desk(now, days=2)
    asked: list[int] = []
    people = history.people

    def noting(sql: simulation.Cursor) -> Callable[[int], Mapping[int, Colleague]]:
        known = people(sql)
        return lambda number: (asked.append(number), known(number))[1]

    monkeypatch.setattr(history, "people", noting)
    found = surveyed(now + timedelta(days=14))
    assert sorted(asked) == sorted(found.history.people)


def test_where_fewer_than_half_were_ever_answered_there_is_no_median(db: str, now: datetime) -> None:
    agent = busy_desk(now, days=10)
    for number in range(120):
        factories.a_ticket(now + timedelta(days=13) + number * MINUTE)
    for number in range(12):
        ticket = factories.a_ticket(now + timedelta(days=13, hours=3) + number * MINUTE)
        replies.reply(agent, ticket.pk, "Done.", now=now + timedelta(days=13, hours=4) + number * MINUTE, solve=True)
    honesty = studied(LIVE, now + timedelta(days=13, hours=5)).honesty
    assert honesty is not None and honesty.recorded is None
