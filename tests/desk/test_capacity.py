"""Forecast, need and backlog from the desk's own history: counted by local hour, honest when there is too little."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from deskwright.desk import access, workflows
from deskwright.desk.errors import Forbidden, Invalid
from deskwright.desk.studio import capacity, needs
from deskwright.desk.studio.capacity import Burn
from deskwright.desk.studio.needs import Assumed
from deskwright.engine.calendars import Calendar
from deskwright.store.models import Absence, Agent, Ticket
from deskwright.store.queries import capacity as queries
from tests import factories
from tests.histories import BERLIN, OFFICE, a_history


def test_tickets_are_counted_by_the_hour_of_the_desks_own_zone(db: str, now: datetime) -> None:
    a_history(now, 30)
    found = capacity.history(access.EVERYTHING, "Europe/Berlin", (date(2026, 10, 24), date(2026, 11, 23)))
    assert len(found) == 30
    assert found.counts[:, 10].tolist() == [4.0] * 30
    assert found.counts.sum() == 120


def test_an_even_history_is_forecast_as_it_was(db: str, now: datetime) -> None:
    a_history(now, 42)
    found = capacity.outlook(None, now=now)
    ordinary = [number for number, day in enumerate(found.days.days) if day != date(2026, 11, 25)]
    assert found.hours.days[0] == date(2026, 11, 23)
    assert found.hours.mean[ordinary, 10] == pytest.approx(4.0, rel=0.1)
    assert found.days.mean[ordinary, 0] == pytest.approx(4.0, rel=0.1)
    assert found.test is not None
    assert found.test.error < 0.1


@pytest.mark.parametrize("days", [1, 13])
def test_a_history_that_is_too_short_is_said_to_be(db: str, now: datetime, days: int) -> None:
    a_history(now, days)
    with pytest.raises(Invalid, match=r"needs 14 whole days of history; there (is|are) \d+"):
        capacity.outlook(None, now=now)
    with pytest.raises(Invalid, match="14"):
        needs.need(None, Assumed(), now=now)


def test_an_empty_desk_and_a_channel_nobody_uses_get_a_sentence(db: str, now: datetime) -> None:
    workflows.publish(OFFICE, now=now)
    with pytest.raises(Invalid, match="14 whole days"):
        capacity.outlook(None, now=now)
    assert capacity.burn(None, now=now).days == ()
    a_history(now, 20)
    with pytest.raises(Invalid, match="No such ticket"):
        capacity.outlook(None, now=now, channel="fax")


def test_there_is_no_back_test_before_four_weeks_have_passed(db: str, now: datetime) -> None:
    a_history(now, 20)
    assert capacity.outlook(None, now=now).test is None


def test_days_off_of_the_desks_calendar_are_known(db: str, now: datetime) -> None:
    workflow = workflows.load(OFFICE)
    assert capacity.holidays(workflow, date(2026, 11, 1), date(2026, 12, 1)) == {date(2026, 11, 25)}
    both = Calendar.union([workflow.calendars["office"], workflow.calendars["office"]])
    assert date(2026, 11, 25) in capacity.off(both, range(2026, 2027))


def test_people_whose_shift_it_is_are_counted_and_those_away_are_not(db: str, now: datetime) -> None:
    a_history(now, 30)
    here, away = (factories.an_agent(name, shift="office") for name in ("Ada Quill", "Bram Oak"))
    factories.an_agent("Cleo Marsh")
    Absence.objects.create(agent=away, begins_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))

    found = needs.need(None, Assumed(), now=now)

    there = {one.at: one.there for one in found.hours}
    monday = datetime(2026, 11, 23, tzinfo=BERLIN)
    assert there[monday + timedelta(hours=9)] == 1
    assert there[monday + timedelta(days=1, hours=9)] == 1
    assert there[monday + timedelta(days=1, hours=16)] == 2
    assert there[monday + timedelta(days=2, hours=10)] == 0
    assert there[monday + timedelta(hours=17)] == 0
    assert found.shiftless == 1
    assert here.pk != away.pk


def test_a_gap_is_hours_in_a_row_with_the_most_that_are_missing() -> None:
    begin = datetime(2026, 11, 23, 8, tzinfo=UTC)
    hours = [
        needs.Hour(begin + timedelta(hours=number), 1.0, needed, 1) for number, needed in enumerate([1, 2, 3, 1, 2])
    ]
    assert needs.gaps(hours) == [
        needs.Gap(begin + timedelta(hours=1), begin + timedelta(hours=3), 2),
        needs.Gap(begin + timedelta(hours=4), begin + timedelta(hours=5), 1),
    ]


def test_calls_take_people_at_once_and_letters_are_written_between_them() -> None:
    live, other = np.array([[30.0, 0.0]]), np.array([[0.0, 4.0]])
    assumed = Assumed(handling=6, share=80, within=0.5, delay=1, shrinkage=0)
    needed, alone = needs.people_needed(live, other, [True, True], 6.0, assumed)
    # A load of 3 erlangs: Erlang's table says that of 5 people 23.6 % find none free, 20 % for more than 30 seconds.
    assert needed.tolist() == [5, 1]
    assert not alone
    _, alone = needs.people_needed(np.zeros((1, 3)), np.array([[0.0, 4.0, 0.0]]), [True, False, False], 6.0, assumed)
    assert alone


@pytest.mark.parametrize(
    "wrong", [{"handling": 0.0}, {"handling": float("nan")}, {"shrinkage": 100.0}, {"share": 100.0}, {"delay": 0}]
)
def test_assumptions_outside_their_limits_are_refused(db: str, now: datetime, wrong: dict[str, float]) -> None:
    with pytest.raises(Invalid):
        needs.need(None, Assumed(**wrong), now=now)  # type: ignore[arg-type]


def test_the_backlog_adds_up_and_its_pace_says_when_it_is_gone(db: str, now: datetime) -> None:
    a_history(now, 20)
    solved_at = now - timedelta(days=1)
    some = list(Ticket.objects.order_by("created_at").values_list("pk", flat=True)[:70])
    Ticket.objects.filter(pk__in=some).update(status="solved", solved_at=solved_at)

    found = capacity.burn(None, now=now)

    assert found.open[-1] == 80 - 70
    assert (sum(found.opened), sum(found.solved)) == (80, 70)
    assert found.pace == pytest.approx((70 - 14 * 4) / 14)
    assert found.gone_in == 10


def test_figures_are_for_those_who_may_see_reports(db: str, now: datetime) -> None:
    a_history(now, 20)
    agent: Agent = factories.an_agent("Ada Quill")
    for asked in (lambda: capacity.outlook(agent, now=now), lambda: capacity.burn(agent, now=now)):
        with pytest.raises(Forbidden):
            asked()


@pytest.mark.parametrize(("left", "pace", "days"), [(21, 1.0, 21), (20, 1.0, 20), (5, 2.0, 3), (3, 3 / 14, 14)])
def test_whole_days_are_no_day_more(left: int, pace: float, days: int) -> None:
    assert Burn((), (), (), (left,), pace).gone_in == days


def test_the_kinds_and_the_first_ticket_are_asked_for_once(
    db: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_history(now, 20)
    asked: list[str] = []

    def noting(name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: (asked.append(name), ask(*given))[1]

    for name in ("kinds", "first_ticket"):
        monkeypatch.setattr(queries, name, noting(name, getattr(queries, name)))
    needs.need(None, Assumed(), now=now)
    assert sorted(asked) == ["first_ticket", "kinds"]
