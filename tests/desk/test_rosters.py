"""Shift plans from the desk's own need and people: made behind the page, kept, and changing nobody's shift."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError

from deskwright.desk.errors import Forbidden, Invalid
from deskwright.desk.studio import rosters, running
from deskwright.desk.studio.needs import Assumed
from deskwright.lab.capacity import roster
from deskwright.lab.capacity.roster import NotInstalled, Rules
from deskwright.store.connection import cursor
from deskwright.store.models import Absence, Agent, ShiftPlan
from tests import factories
from tests.histories import BERLIN, a_history


def test_a_worker_makes_the_plan_and_it_covers_what_people_can(db: str, now: datetime) -> None:
    a_history(now, 30)
    lead = factories.an_agent("Nora Lind", role="lead", shift="office")
    here, away = (factories.an_agent(name, shift="office") for name in ("Ada Quill", "Bram Oak"))
    Absence.objects.create(agent=away, begins_at=now, ends_at=now + timedelta(days=20))

    asked = rosters.ask(lead, Rules(), Assumed(), now=now)
    assert rosters.make_due(now, 1) == 1
    assert rosters.make_due(now, 1) == 0

    made = rosters.latest(lead)
    assert made is not None and made.pk == asked.pk
    assert made.state == "done"
    worked = {one["agent"] for one in made.result["shifts"]}
    assert worked == {lead.pk, here.pk}
    assert made.result["days"][0] == "2026-11-24"
    for one in made.result["shifts"]:
        begin, end = (datetime.fromisoformat(one[side]).astimezone(BERLIN) for side in ("begin", "end"))
        assert rosters.EARLIEST <= begin.hour < end.hour <= rosters.LATEST
        assert (end - begin) / timedelta(hours=1) == one["hours"]
    assert Agent.objects.get(pk=here.pk).shift == "office"


def test_what_cannot_be_planned_is_refused_when_asked_for(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, agent = factories.an_agent("Nora Lind", role="lead"), factories.an_agent("Ada Quill")
    with pytest.raises(Invalid, match="14 whole days"):
        rosters.ask(lead, Rules(), Assumed(), now=now)
    a_history(now, 20)
    with pytest.raises(Forbidden):
        rosters.ask(agent, Rules(), Assumed(), now=now)
    for wrong in (Rules(shortest=0), Rules(rest=7), Rules(shortest=8, longest=4), Rules(days=8)):
        with pytest.raises(Invalid):
            rosters.ask(lead, wrong, Assumed(), now=now)

    def gone() -> None:
        raise NotInstalled

    monkeypatch.setattr(roster, "solver", gone)
    with pytest.raises(Invalid, match=r"pip install 'deskwright\[plan\]'"):
        rosters.ask(lead, Rules(), Assumed(), now=now)
    assert not ShiftPlan.objects.exists()


def test_a_plan_that_can_no_longer_be_made_ends_with_a_sentence(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_history(now, 20)
    lead = factories.an_agent("Nora Lind", role="lead")
    rosters.ask(lead, Rules(), Assumed(), now=now)

    def gone() -> None:
        raise NotInstalled

    monkeypatch.setattr(roster, "solver", gone)
    rosters.make_due(now, 1)
    made = rosters.latest(lead)
    assert made is not None
    assert (made.state, "OR-tools" in made.fault) == ("failed", True)


def test_a_plan_that_breaks_ends_with_a_sentence_and_the_next_one_is_made(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    a_history(now, 20)
    lead = factories.an_agent("Nora Lind", role="lead", shift="office")
    broken, sound = (rosters.ask(lead, Rules(hours=hours), Assumed(), now=now) for hours in (10, 20))
    plan = roster.plan

    def sometimes(need: list[int], people: list[roster.Person], rules: Rules) -> roster.Plan:
        if rules.hours == 10:
            cursor().execute("SELECT 1 / 0")
        return plan(need, people, rules, effort=0.01)

    monkeypatch.setattr(roster, "plan", sometimes)
    assert [rosters.make_due(now, 1) for _ in range(3)] == [1, 1, 0]
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.state, broken.result) == ("failed", None)
    assert "the log of the worker says what" in broken.fault
    assert "division by zero" in caplog.text
    assert sound.state == "done"


def test_a_plan_is_tried_again_after_an_outage_and_not_for_ever(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_history(now, 20)
    lead = factories.an_agent("Nora Lind", role="lead")
    asked = rosters.ask(lead, Rules(), Assumed(), now=now)

    def away(*given: object) -> None:
        raise OperationalError

    monkeypatch.setattr(roster, "plan", away)
    for attempt in range(1, running.ATTEMPTS + 1):
        with pytest.raises(OperationalError):
            rosters.make_due(now, 1)
        asked.refresh_from_db()
        assert (asked.state, asked.attempts) == ("waiting", attempt)
    assert rosters.make_due(now, 1) == 1
    asked.refresh_from_db()
    assert (asked.state, "interrupted" in asked.fault) == ("failed", True)
