"""Clocks beyond the worked examples: overrides, late cancellations, stale marks, business days, risk."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskwright.engine import sla
from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.durations import parse
from deskwright.engine.facts import Ticket
from deskwright.engine.sla import clocks
from deskwright.engine.values import FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION
from deskwright.engine.workflow import SlaPolicy
from tests.engine.building import OFFICE, at, matrix, workflow

MARKS = (0.5, 0.75, 0.9, 1.0)


def clock(started="10:00", target=60, marks=MARKS):
    return clocks.begin(FIRST_RESPONSE, 1, parse(target), ("office", OFFICE), at(started), marks)


def opened(ticket=None, **targets):
    flow = workflow(sla=SlaPolicy(calendar="office"), sla_matrix=matrix(any_any=targets))
    view = {"priority": "high", "customer_tier": "free", "status": "new", "queue": None}
    time = sla.keep_time(flow, ticket or Ticket(1, created_at=at("10:00")), view, at("10:00"), ())
    sla.open_clocks(time)
    return time


def test_a_rules_target_overrides_the_matrix_and_the_trace_says_so():
    time = opened(Ticket(1, created_at=at("10:00"), sla_target="15m"), first_response=60, resolution=240)
    assert time.latest[FIRST_RESPONSE].due_at == at("10:15")
    assert time.latest[RESOLUTION].due_at == at("14:00")
    assert any("overrides the matrix" in part.text for part in time.steps[0].parts)


def test_a_clock_starts_when_the_customer_wrote_not_when_the_mail_was_fetched():
    flow = workflow(sla_matrix=matrix(any_any={FIRST_RESPONSE: 60}))
    ticket = Ticket(1, created_at=at("09:02"))
    view = {"priority": "high", "customer_tier": "free", "status": "new"}
    time = sla.keep_time(flow, ticket, view, at("10:30"), ())
    sla.open_clocks(time)
    begun = time.latest[FIRST_RESPONSE]
    assert (begun.due_at, begun.next_mark, begun.next_mark_at) == (at("10:02"), 1.0, at("10:02"))


def test_one_business_day_is_the_calendars_day():
    assert clock("Fri 12:00", "1bd").due_at == at("Mon 12:00")
    assert clocks.begin(FIRST_RESPONSE, 1, parse("1bd"), ("", ALWAYS), at("Fri 12:00"), MARKS).due_at == at("Sat 12:00")


def test_a_target_of_nothing_is_due_at_once():
    begun = clock(target=0)
    assert (begun.due_at, begun.next_mark) == (at("10:00"), 1.0)
    assert sla.risk(begun, OFFICE, at("10:00")) == 1.0


def test_a_calendar_that_never_gets_there_gives_no_due_instant_and_no_endless_loop():
    minute_a_week = Calendar.from_document({"hours": {"mon": "09:00-09:01"}})
    never = clocks.begin(FIRST_RESPONSE, 1, parse("150h"), ("minute", minute_a_week), at("10:00"), MARKS)
    assert (never.due_at, never.next_mark_at) == (None, None)
    assert clocks.timed(never, minute_a_week, at("11:00"), MARKS) == never
    assert clocks.passed_mark(never, minute_a_week, at("11:00"), MARKS) is None
    assert clocks.stop(never, minute_a_week, at("Thu 11:00")).state == "met"


def test_cancelling_a_late_clock_keeps_the_breach():
    assert clocks.cancel(clock(), OFFICE, at("10:30")).state == "cancelled"
    late = clocks.cancel(clock(), OFFICE, at("11:30"))
    assert (late.state, late.breached_at) == ("breached", at("11:00"))


def test_pausing_a_late_clock_keeps_the_breach_and_its_due_instant():
    paused = clocks.pause(clock(), OFFICE, at("11:30"))
    assert (paused.state, paused.breached_at, paused.due_at) == ("breached", at("11:00"), at("11:00"))
    resumed = clocks.resume(paused, OFFICE, at("12:00"), MARKS)
    assert (resumed.state, resumed.used_seconds) == ("breached", 90 * 60)


def test_retargeting_a_paused_clock_waits_for_the_resumption():
    paused = clocks.pause(clock(target=240), OFFICE, at("11:00"))
    moved = clocks.retarget(paused, OFFICE, parse(120), ("office", OFFICE), at("11:30"), MARKS)
    assert (moved.state, moved.due_at) == ("paused", None)
    assert clocks.resume(moved, OFFICE, at("13:00"), MARKS).due_at == at("14:00")


def test_a_mark_of_a_moved_clock_is_not_acted_on_but_set_right():
    time = opened(first_response=60)
    moved = clocks.retarget(time.latest[FIRST_RESPONSE], OFFICE, parse(240), ("office", OFFICE), at("10:10"), MARKS)
    stale = replace(moved, next_mark=0.5, next_mark_at=at("10:30"))
    later = sla.keep_time(time.workflow, time.ticket, time.view, at("10:30"), (stale,))
    assert sla.act_on_mark(later, FIRST_RESPONSE, 1) is None
    assert later.latest[FIRST_RESPONSE].next_mark_at == at("12:00")


@pytest.mark.parametrize("cycle", [1, 2])
def test_a_mark_of_a_stopped_clock_or_an_older_cycle_does_nothing(cycle):
    time = opened(first_response=60)
    sla.count_reply(time, at("10:10"))
    later = sla.keep_time(time.workflow, time.ticket, time.view, at("10:30"), tuple(time.latest.values()))
    assert sla.act_on_mark(later, FIRST_RESPONSE, cycle) is None
    assert later.effects == []


def test_solving_without_a_reply_cancels_the_first_response():
    time = opened(first_response=60, resolution=240)
    sla.settle_status(time, "open", "solved", at("10:30"))
    assert {metric: clock.state for metric, clock in time.latest.items()} == {
        FIRST_RESPONSE: "cancelled",
        RESOLUTION: "met",
    }


def test_a_reply_to_a_reopened_ticket_that_was_never_answered_is_timed():
    time = opened(first_response=60, next_response=30)
    sla.settle_status(time, "open", "solved", at("10:30"))
    sla.await_reply(time, at("10:40"))
    assert time.latest[NEXT_RESPONSE].due_at == at("11:10")


def test_a_target_that_appears_later_counts_from_the_original_start_and_one_that_vanishes_is_cancelled():
    flow = workflow(sla_matrix=matrix(high_any={FIRST_RESPONSE: 60}))
    ticket, view = Ticket(1, created_at=at("10:00")), {"priority": "low", "customer_tier": "free", "status": "new"}
    time = sla.keep_time(flow, ticket, view, at("10:20"), ())
    sla.retarget(time, "priority changed")
    assert time.latest == {}
    view["priority"] = "high"
    sla.retarget(time, "priority changed")
    assert time.latest[FIRST_RESPONSE].due_at == at("11:00")
    view["priority"] = "low"
    sla.retarget(time, "priority changed")
    assert time.latest[FIRST_RESPONSE].state == "cancelled"


def test_risk_is_not_clamped_and_the_state_is_a_sentence():
    running = clock()
    assert sla.risk(running, OFFICE, at("12:18")) == pytest.approx(2.3)
    assert sla.remaining_seconds(running, OFFICE, at("10:45")) == 15 * 60
    assert sla.state_text(running, OFFICE, at("10:45")) == "15 min of 1h left"
    assert sla.state_text(running, OFFICE, at("12:18")) == "late by 1 h 18 min; the target was 1h"
    assert sla.state_text(clocks.pause(running, OFFICE, at("10:20:30")), OFFICE, at("13:00")) == (
        "39 min 30 s of 1h left, paused"
    )
    assert sla.state_text(clocks.stop(running, OFFICE, at("10:20")), OFFICE, at("13:00")) == "met after 20 min of 1h"


moments = st.integers(1, 4 * 86400)


@given(st.lists(moments, min_size=1, max_size=8, unique=True), st.integers(1, 2000), moments)
@settings(max_examples=150, deadline=None)
def test_time_used_is_the_open_time_outside_the_pauses_however_often_it_pauses(switches, target, end):
    start = at("10:00")
    switches = sorted(switches)
    running = clocks.begin(RESOLUTION, 1, parse(target), ("office", OFFICE), start, MARKS)
    expected, since = 0, start
    for number, offset in enumerate(switches):
        moment = start + timedelta(seconds=offset)
        if number % 2 == 0:
            expected += OFFICE.elapsed_seconds(since, moment)
            running = clocks.pause(running, OFFICE, moment)
        else:
            running, since = clocks.resume(running, OFFICE, moment, MARKS), moment
    stopped_at = start + timedelta(seconds=switches[-1] + end)
    if len(switches) % 2 == 0:
        expected += OFFICE.elapsed_seconds(since, stopped_at)
    stopped = clocks.stop(running, OFFICE, stopped_at)
    assert stopped.used_seconds == expected
    if expected != target * 60:  # exactly used up, it depends on whether the desk had closed meanwhile
        assert (stopped.state == "breached") == (expected > target * 60)
