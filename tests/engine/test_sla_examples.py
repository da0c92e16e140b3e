"""The worked examples of service times that concern a ticket's clocks, by their numbers.

Cases 1-4, 6-14, 16, 17 and 41-45 are about calendars alone and stand with the calendars. Left to other floors: 31 (a
preview compares two decisions), 34-36 (intake chooses the start), 49 (a chat's hand-over) and 50 (loading refuses it).
"""

from dataclasses import replace

import pytest

from deskwright.engine import sla
from deskwright.engine.calendars import ALWAYS
from deskwright.engine.facts import Ticket
from deskwright.engine.sla import clocks
from deskwright.engine.values import FIRST_RESPONSE, LIVE_STATUSES, NEXT_RESPONSE, RESOLUTION
from deskwright.engine.workflow import Queue, SlaPolicy
from tests.engine.building import NEW_YORK, OFFICE, at, matrix, workflow

POLICY = SlaPolicy(
    calendar="office", pause={RESOLUTION: frozenset({"waiting_on_customer", "on_hold"})}, warn_at=(0.5, 0.75, 0.9)
)


class Life:
    """A ticket's life as its clocks see it: each deed keeps time as the engine would, then forgets all but rows."""

    def __init__(self, opened, targets=None, tier="free", priority="medium", by_agent=False, queue=None, **policy):
        cells = targets if isinstance(next(iter(targets or {None: 0})), tuple) else matrix(any_any=targets or {})
        queues = {"berlin": Queue("berlin", calendar="office"), "america": Queue("america", calendar="new_york")}
        self.workflow = workflow(sla=replace(POLICY, **policy), sla_matrix=cells, queues=queues)
        self.ticket = Ticket(1, created_at=at(opened), priority=priority, by_agent=by_agent)
        self.view = {"priority": priority, "customer_tier": tier, "status": "new", "queue": queue}
        self.kept = {}
        self.puts = []
        self.fired = []
        self.act(sla.open_clocks, opened)

    def act(self, deed, when, *arguments):
        time = sla.keep_time(self.workflow, self.ticket, dict(self.view), at(when), tuple(self.kept.values()))
        answer = deed(time, *arguments)
        self.kept |= {(effect.clock.metric, effect.clock.cycle): effect.clock for effect in time.effects}
        self.puts += time.effects
        return answer

    def status(self, status, when):
        was, self.view["status"] = self.view["status"], status
        self.act(sla.settle_status, when, was, status, at(when))
        solved = at(when) if status not in LIVE_STATUSES else None
        self.ticket = replace(self.ticket, status=status, solved_at=solved)

    def customer(self, when):
        if self.view["status"] not in LIVE_STATUSES:
            self.status("open", when)
        self.act(sla.await_reply, when, at(when))

    def reply(self, when):
        self.act(sla.count_reply, when, at(when))
        self.ticket = replace(self.ticket, first_response_at=self.ticket.first_response_at or at(when))

    def change(self, when, **view):
        self.view |= view
        self.act(sla.retarget, when, "changed")

    def tick(self, until):
        """Act on every mark due by `until`, each at its own instant, as a punctual worker would."""
        while due := [c for c in self.kept.values() if c.next_mark_at and c.next_mark_at <= at(until)]:
            clock = min(due, key=lambda c: c.next_mark_at)
            time = sla.keep_time(
                self.workflow, self.ticket, dict(self.view), clock.next_mark_at, tuple(self.kept.values())
            )
            share = sla.act_on_mark(time, clock.metric, clock.cycle)
            self.kept |= {(effect.clock.metric, effect.clock.cycle): effect.clock for effect in time.effects}
            self.fired.append((clock.metric, share, clock.next_mark_at))

    def late_tick(self, when):
        """A worker that wakes up at `when` and finds what is due."""
        for clock in list(self.kept.values()):
            if clock.next_mark_at and clock.next_mark_at <= at(when):
                self.fired.append((clock.metric, self.act(sla.act_on_mark, when, clock.metric, clock.cycle), at(when)))

    def __getitem__(self, metric):
        return max((c for c in self.kept.values() if c.metric == metric), key=lambda c: c.cycle)

    def used(self, metric, when):
        clock = self[metric]
        hours = {"office": OFFICE, "new_york": NEW_YORK}.get(clock.calendar, ALWAYS)
        return clocks.used(clock, hours, at(when)) / 60


def test_case_5_a_reply_at_the_due_second_is_in_time_and_one_second_later_is_not():
    for moment, state in (("11:00:00", "met"), ("11:00:01", "breached")):
        life = Life("10:00", {FIRST_RESPONSE: 60})
        life.reply(moment)
        assert life[FIRST_RESPONSE].state == state
    assert life[FIRST_RESPONSE].breached_at == at("11:00")


def test_case_15_a_verdict_is_frozen_when_the_calendar_changes_later():
    life = Life("Tue 16:00", {RESOLUTION: 240})
    life.status("solved", "Wed 11:00")
    before = life[RESOLUTION]
    assert (before.state, before.used_seconds) == ("met", 180 * 60)
    life.change("Wed 12:00", priority="high")
    assert life[RESOLUTION] == before


def test_case_18_a_pause_moves_the_due_time():
    life = paused_life()
    assert life[RESOLUTION].used_seconds == 120 * 60
    assert life[RESOLUTION].due_at == at("Tue 13:00")


def paused_life():
    life = Life("10:00", {RESOLUTION: 480})
    life.status("waiting_on_customer", "12:00")
    assert (life[RESOLUTION].state, life[RESOLUTION].due_at, life[RESOLUTION].next_mark_at) == ("paused", None, None)
    life.status("open", "15:00")
    return life


def test_case_19_a_pause_across_a_weekend_counts_business_time_only():
    life = Life("Fri 15:00", {RESOLUTION: 480})
    life.status("waiting_on_customer", "Fri 16:00")
    life.status("open", "Mon 10:00")
    assert life[RESOLUTION].due_at == at("Mon 17:00")


def test_case_20_a_pause_wholly_outside_hours_costs_nothing():
    life = Life("Fri 16:00", {RESOLUTION: 240})
    life.status("waiting_on_customer", "Sat 10:00")
    life.status("open", "Sun 20:00")
    assert life[RESOLUTION].due_at == at("Mon 12:00")


def test_case_21_adjacent_pauses_are_one_pause():
    life = Life("09:00", {RESOLUTION: 240})
    life.status("waiting_on_customer", "10:00")
    life.status("on_hold", "11:00")
    life.status("open", "12:00")
    assert life[RESOLUTION].due_at == at("15:00")


def test_case_22_waiting_without_a_reply_does_not_answer():
    life = Life("10:00", {FIRST_RESPONSE: 60})
    life.status("waiting_on_customer", "10:05")
    assert life[FIRST_RESPONSE].due_at == at("11:00")
    life.tick("12:00")
    assert (life[FIRST_RESPONSE].state, life[FIRST_RESPONSE].breached_at) == ("breached", at("11:00"))


def test_case_23_only_the_human_reply_counts():
    life = Life("10:00", {FIRST_RESPONSE: 60})
    life.reply("10:50")
    assert (life[FIRST_RESPONSE].state, life[FIRST_RESPONSE].used_seconds) == ("met", 50 * 60)


def test_case_24_a_ticket_opened_by_an_agent_has_a_next_response_only():
    life = Life("10:00", {FIRST_RESPONSE: 60, NEXT_RESPONSE: 120}, by_agent=True)
    assert FIRST_RESPONSE not in {metric for metric, _ in life.kept}
    life.customer("14:00")
    life.reply("14:45")
    assert (life[NEXT_RESPONSE].state, life[NEXT_RESPONSE].used_seconds) == ("met", 45 * 60)


def test_case_25_the_next_response_runs_from_the_oldest_unanswered_message():
    life = Life("09:00", {FIRST_RESPONSE: 60, NEXT_RESPONSE: 120})
    life.reply("09:30")
    for moment in ("10:00", "10:30", "11:00"):
        life.customer(moment)
        assert life[NEXT_RESPONSE].due_at == at("12:00")
    life.reply("11:50")
    assert (life[NEXT_RESPONSE].state, life[NEXT_RESPONSE].used_seconds) == ("met", 110 * 60)
    life.customer("11:55")
    assert (life[NEXT_RESPONSE].cycle, life[NEXT_RESPONSE].due_at) == (2, at("13:55"))


def test_case_26_thanks_after_solving_leaves_no_breach():
    life = Life("10:00", {FIRST_RESPONSE: 60, NEXT_RESPONSE: 120})
    life.reply("10:30")
    life.status("solved", "14:00")
    life.customer("15:00")
    life.status("solved", "15:05")
    assert (life[NEXT_RESPONSE].state, life[NEXT_RESPONSE].used_seconds) == ("cancelled", 5 * 60)


def reopened(when, **policy):
    life = Life("10:00", {RESOLUTION: 480}, **policy)
    life.status("solved", "15:00")
    life.status("open", when)
    return life


def test_case_27_reopening_resumes_and_the_first_verdict_stays():
    life = reopened("Wed 10:00")
    assert life[RESOLUTION].due_at == at("Wed 13:00")
    assert (life.kept[RESOLUTION, 1].state, life.kept[RESOLUTION, 1].used_seconds) == ("met", 300 * 60)


def test_case_27_reopening_restarts_when_the_policy_says_so():
    assert reopened("Wed 10:00", on_reopen="restart")[RESOLUTION].due_at == at("Thu 10:00")


def test_reopening_starts_nothing_when_the_policy_says_so():
    life = reopened("Wed 10:00", on_reopen="none")
    assert (life[RESOLUTION].cycle, life[RESOLUTION].state) == (1, "met")


def test_case_28_reopening_long_after_does_not_breach_at_once():
    life = reopened("2027-03-01 10:00")
    assert life[RESOLUTION].due_at == at("2027-03-01 13:00")
    life.tick("2027-03-01 12:00")
    assert life[RESOLUTION].state == "running"
    assert [share for metric, share, _ in life.fired] == [0.5, 0.75]


UPGRADE = matrix(medium_any={FIRST_RESPONSE: 240}, critical_enterprise={FIRST_RESPONSE: 15})


def test_case_29_an_upgrade_whose_due_time_has_passed_breaches_at_the_change():
    life = Life("10:00", UPGRADE, tier="enterprise")
    life.change("12:00", priority="critical")
    clock = life[FIRST_RESPONSE]
    assert (clock.state, clock.breached_at, clock.due_at) == ("breached", at("12:00"), at("10:15"))
    assert "already passed" in life.puts[-1].because
    life.late_tick("12:00")
    assert life.fired == [(FIRST_RESPONSE, 1.0, at("12:00"))]
    assert life[FIRST_RESPONSE].breached_at == at("12:00")


def test_case_29_an_upgrade_with_grace_starts_at_the_change():
    life = Life("10:00", UPGRADE, tier="enterprise", retarget="grace")
    life.change("12:00", priority="critical")
    assert (life[FIRST_RESPONSE].state, life[FIRST_RESPONSE].due_at) == ("running", at("12:15"))


def test_case_30_a_downgrade_after_a_breach_keeps_the_breach():
    life = Life("10:00", matrix(high_any={FIRST_RESPONSE: 60}, low_any={FIRST_RESPONSE: 480}), priority="high")
    life.tick("11:30")
    life.change("11:30", priority="low")
    clock = life[FIRST_RESPONSE]
    assert (clock.state, clock.breached_at, clock.due_at) == ("breached", at("11:00"), at("Tue 10:00"))
    life.reply("13:00")
    assert (life[FIRST_RESPONSE].state, life[FIRST_RESPONSE].breached_at) == ("breached", at("11:00"))


def test_case_31_a_shorter_target_applied_to_a_running_clock_breaches_at_the_change():
    life = Life("10:00", matrix(any_any={FIRST_RESPONSE: 60}))
    life.workflow = replace(life.workflow, sla_matrix=matrix(any_any={FIRST_RESPONSE: 30}))
    assert life[FIRST_RESPONSE].due_at == at("11:00")
    life.change("10:40")
    assert (life[FIRST_RESPONSE].due_at, life[FIRST_RESPONSE].breached_at) == (at("10:30"), at("10:40"))


def test_case_32_another_teams_calendar_counts_from_the_change_only():
    life = Life("10:00", {RESOLUTION: 480}, queue="berlin")
    life.change("15:00", queue="america")
    assert life.used(RESOLUTION, "15:00") == 300
    assert life[RESOLUTION].due_at == at("18:00")


def test_case_33_a_merged_ticket_owes_nothing():
    life = Life("11:00", {FIRST_RESPONSE: 60, RESOLUTION: 480})
    life.act(sla.cancel_all, "11:30", "merged")
    assert {clock.state for clock in life.kept.values()} == {"cancelled"}
    assert {effect.because for effect in life.puts[-2:]} == {"merged"}
    life.tick("Thu 17:00")
    assert life.fired == []


@pytest.mark.parametrize(
    ("priority", "tier", "first_response"),
    [
        ("medium", "enterprise", 240),
        ("critical", "enterprise", 15),
        ("critical", "free", 90),
        ("high", "free", 120),
        ("high", None, 120),
    ],
)
def test_case_37_the_matrix_is_read_from_the_narrow_to_the_wide(priority, tier, first_response):
    cells = matrix(
        critical_enterprise={FIRST_RESPONSE: 15},
        critical_any={FIRST_RESPONSE: 90},
        any_free={FIRST_RESPONSE: 120},
        medium_any={FIRST_RESPONSE: 240},
        any_any={FIRST_RESPONSE: 120},
    )
    assert Life("09:00", cells, priority=priority, tier=tier)[FIRST_RESPONSE].target == str(
        clocks.target_of(first_response)
    )


def test_case_37_a_hole_in_the_matrix_times_nothing_and_says_so():
    life = Life("09:00", matrix(medium_any={FIRST_RESPONSE: 240}), priority="critical")
    assert life.kept == {}
    time = sla.keep_time(life.workflow, life.ticket, life.view, at("09:00"), ())
    sla.open_clocks(time)
    assert "nothing is timed" in time.steps[0].text


def test_case_38_warnings_come_at_their_business_moments():
    life = Life("Fri 16:30", {FIRST_RESPONSE: 60})
    life.tick("Mon 12:00")
    assert life.fired == [
        (FIRST_RESPONSE, 0.5, at("Fri 17:00")),
        (FIRST_RESPONSE, 0.75, at("Mon 09:15")),
        (FIRST_RESPONSE, 0.9, at("Mon 09:24")),
        (FIRST_RESPONSE, 1.0, at("Mon 09:30")),
    ]
    assert life[FIRST_RESPONSE].breached_at == at("Mon 09:30")


def test_case_39_warnings_move_with_a_pause_and_none_comes_twice():
    life = paused_life()
    life.tick("Tue 12:30")
    assert [(share, moment) for _, share, moment in life.fired] == [
        (0.5, at("Mon 17:00")),
        (0.75, at("Tue 11:00")),
        (0.9, at("Tue 12:12")),
    ]


def test_case_39_a_warning_given_before_the_pause_is_not_given_again():
    life = Life("10:00", {RESOLUTION: 240})
    life.tick("12:00")
    life.status("waiting_on_customer", "12:10")
    life.status("open", "13:00")
    life.tick("16:00")
    assert [share for _, share, _ in life.fired] == [0.5, 0.75, 0.9, 1.0]


def test_case_40_a_worker_that_slept_sends_only_the_highest_mark_and_the_breach_keeps_its_time():
    life = Life("10:00", {FIRST_RESPONSE: 60})
    life.late_tick("13:00")
    assert life.fired == [(FIRST_RESPONSE, 1.0, at("13:00"))]
    assert (life[FIRST_RESPONSE].breached_at, life[FIRST_RESPONSE].next_mark_at) == (at("11:00"), None)


def test_case_44_before_the_first_reply_only_the_first_response_counts():
    life = Life("10:00", {FIRST_RESPONSE: 240, NEXT_RESPONSE: 60})
    life.customer("10:30")
    assert {metric for metric, _ in life.kept} == {FIRST_RESPONSE}
    assert life[FIRST_RESPONSE].due_at == at("14:00")


def test_case_46_each_metric_may_have_its_own_time():
    life = Life("Fri 16:30", {FIRST_RESPONSE: 60, RESOLUTION: "4h wall"})
    assert life[FIRST_RESPONSE].due_at == at("Mon 09:30")
    assert life[RESOLUTION].due_at == at("Fri 20:30")
    other = Life("Fri 16:30", {FIRST_RESPONSE: 60, RESOLUTION: 240}, calendars={RESOLUTION: "new_york"})
    assert (other[RESOLUTION].calendar, other[FIRST_RESPONSE].calendar) == ("new_york", "office")


def test_case_47_a_worker_that_looks_late_finds_the_reply_in_time():
    life = Life("10:00", {FIRST_RESPONSE: 60})
    life.reply("10:58")
    life.late_tick("11:03")
    assert (life[FIRST_RESPONSE].state, life[FIRST_RESPONSE].used_seconds) == ("met", 58 * 60)


def test_case_47_a_reply_recorded_after_the_breach_mark_counts_at_its_own_time():
    life = Life("10:00", {FIRST_RESPONSE: 60})
    life.late_tick("11:01")
    life.reply("10:58")
    assert (life[FIRST_RESPONSE].state, life[FIRST_RESPONSE].breached_at) == ("met", None)


def test_case_48_an_imported_ticket_is_not_timed():
    life = Life("10:00", {FIRST_RESPONSE: 60, RESOLUTION: 240})
    life.ticket, life.kept = replace(life.ticket, imported=True), {}
    life.act(sla.open_clocks, "10:00")
    life.customer("10:30")
    life.change("11:00", priority="high")
    assert life.kept == {}
