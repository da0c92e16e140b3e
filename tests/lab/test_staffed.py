"""What is learned of people from a log, and how samples are compared. No desk, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from deskwright.engine.calendars import ALWAYS, Calendar
from deskwright.engine.events import AgentReplied, CustomerWrote, Event, FieldsChanged, NoteAdded, TicketOpened
from deskwright.engine.facts import Agent, Clock
from deskwright.engine.history import Recorded
from deskwright.engine.loading import load
from deskwright.lab.staffed.fitting import Behaviour, Known, absence, drawn, fit, patience_of
from deskwright.lab.staffed.promised import LATER, NEVER, SOLVED, Due, haste, order, soonest
from deskwright.lab.staffed.running import Floor
from deskwright.lab.staffed.stories import AGENT, CUSTOMER, NUDGE, Story, stories
from deskwright.lab.staffed.studying import Steps, distance, judged, one_after_another, promises
from deskwright.lab.staffed.touching import AGAIN, FIRST
from deskwright.lab.staffed.trials import Figures, History, Trial, attempt

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ADA = 1


def said(ticket: int, minute: float, event: Event, actor: str, **changes: object) -> Recorded:
    at = NOON + minute * MINUTE
    agent = ADA if actor == "agent" else None
    return Recorded(0, ticket, at, event, 1, 0, False, changes, actor=actor, agent=agent)


def opened(ticket: int, minute: float, channel: str = "email") -> Recorded:
    at = NOON + minute * MINUTE
    return said(ticket, minute, TicketOpened(), "customer", channel=channel, created_at=at, unanswered_since=at)


def answered(ticket: int, minute: float, solved: bool = True) -> Recorded:
    at = NOON + minute * MINUTE
    status = {"status": "solved", "solved_at": at} if solved else {}
    return said(ticket, minute, AgentReplied(ADA), "agent", first_response_at=at, last_agent_at=at, **status)


KNOWN = Known(lambda agent: ALWAYS, lambda ticket, at: None, lambda ticket: ADA)


def test_a_story_tells_who_had_their_say_and_joins_what_was_done_at_one_sitting() -> None:
    (story,) = stories(
        [
            opened(1, 0),
            said(1, 30, CustomerWrote(), "customer"),
            said(1, 60, NoteAdded(ADA), "agent"),
            answered(1, 62, solved=False),
            said(1, 90, CustomerWrote(), "customer"),
            said(1, 120, FieldsChanged({"status": ("open", "solved")}), "agent"),
        ]
    )
    assert [(beat.who, len(beat.events)) for beat in story.beats] == [(NUDGE, 1), (AGENT, 2), (CUSTOMER, 1), (AGENT, 1)]
    assert story.answered_after == 60 * 60


def test_work_done_straight_after_other_work_is_handling_and_the_rest_is_delay() -> None:
    """Forty tickets wait half an hour, then Ada answers one after another, six minutes each: all were ready when she
    began, and what they waited beyond that was for her.
    """
    log = [opened(number, number / 100) for number in range(40)]
    log += [answered(number, 30 + 6 * number) for number in range(40)]
    known = fit(stories(log), KNOWN)
    assert set(known.handling[()]) == {360.0}
    assert known.delays[(FIRST,)] == pytest.approx(sorted(1800 - 0.6 * number for number in range(40)), abs=1)
    figures = attempt(Trial(history(stories(log)), known, load("extends: nothing"), 1))
    assert sorted(figures.first.values())[20] == pytest.approx(1800 + 20 * 360, rel=0.02)


def test_what_waits_while_the_agent_does_other_things_with_pauses_was_not_ready() -> None:
    """Ada answers a mail an hour; what she leaves for four hours waits for nobody's work."""
    log = [opened(number, 60 * number) for number in range(40)]
    log += [answered(number, 60 * number + (250 if number % 10 == 0 else 5)) for number in range(40)]
    known = fit(stories(sorted(log, key=lambda each: each.at)), KNOWN)
    assert max(known.delays[(FIRST,)]) > 200 * 60


def test_what_waits_for_nobody_is_kept_apart_from_what_is_to_be_solved() -> None:
    """After an answer, half of the tickets rest until they are closed days later; the others are solved in an hour."""
    log, resting = [], timedelta(days=3) / MINUTE
    for number in range(40):
        came = 20_000 * number
        log += [opened(number, came), answered(number, came + 10, solved=False)]
        log.append(answered(number, came + 10 + (resting if number % 2 else 60)))

    def due(ticket: int, at: datetime) -> Due | None:
        return None if ticket % 2 else Due(at + timedelta(days=1), answer=False)

    known = fit(stories(log), replace(KNOWN, due=due))
    assert max(known.delays[AGAIN, SOLVED + LATER]) == 3600 < 86_400 < min(known.delays[AGAIN, NEVER])


def test_an_answer_presses_more_than_a_solution_and_a_clock_that_stands_still_not_at_all() -> None:
    answer = Clock("next_response", 1, "running", NOON, "4h", "", NOON + 240 * MINUTE, running_since=NOON)
    solution = replace(answer, metric="resolution", due_at=NOON + 60 * MINUTE)
    assert soonest([solution, answer]) == Due(NOON + 240 * MINUTE, answer=True)
    assert soonest([solution]) == Due(NOON + 60 * MINUTE, answer=False)
    assert soonest([replace(solution, running_since=None)]) is None


def test_answers_are_given_before_solutions_and_what_is_never_due_comes_last() -> None:
    answer, solution = Due(NOON + 120 * MINUTE, answer=True), Due(NOON + 60 * MINUTE, answer=False)
    assert sorted([None, solution, answer], key=order) == [answer, solution, None]


def test_what_is_due_soon_and_was_seldom_seen_is_done_as_what_is_due_a_little_later() -> None:
    """Thirty are due in two hours and done in ten minutes, thirty are due in eight and done in five."""
    log = []
    for number in range(60):
        came, took = 1000 * number, 300 if number % 2 else 10
        log += [opened(number, came), answered(number, came + took)]
    due = {number: timedelta(hours=8 if number % 2 else 2) for number in range(60)}
    known = fit(stories(log), replace(KNOWN, due=lambda ticket, at: Due(at + due[ticket], True)))
    assert known.delays[FIRST, "20m"] == known.delays[FIRST, "1h"] == known.delays[FIRST, "2.5h"]
    assert max(known.delays[FIRST, "1h"]) < min(known.delays[FIRST, "9h"])
    assert known.delays[FIRST, LATER] == known.delays[FIRST, "9h"]


def test_each_time_a_customer_waits_again_ends_with_an_answer_or_never() -> None:
    writes = [said(1, minute, CustomerWrote(), "customer") for minute in (90, 95, 200)]
    notes = said(1, 100, NoteAdded(ADA), "agent")
    log = [opened(1, 0), answered(1, 60, solved=False), *writes[:2], notes, answered(1, 120, solved=False), writes[2]]
    (story,) = stories(log)
    assert list(story.answered_later) == [30 * 60, float("inf")]


def test_colleagues_help_those_who_are_off_for_long_and_leave_the_rest_to_them() -> None:
    """Ada is back at 13:00 and does what came at noon herself; what came in the evening Ben does in the night."""
    office = Calendar.from_document({"timezone": "UTC", "hours": {"mon-fri": ["13:00-17:00"]}})
    log = []
    for number in range(40):
        came, done, agent = (0, 70, ADA) if number % 2 else (500, 600, 2)
        log += [opened(number, came + number / 100), answered(number, done + number / 10)]
        log[-1] = replace(log[-1], agent=agent)
    known = fit(stories(sorted(log, key=lambda each: each.at)), replace(KNOWN, shift=lambda agent: office))
    assert (set(known.helps["first", "hours"]), set(known.helps["first", "a night"])) == ({0.0}, {1.0})


@pytest.mark.parametrize(
    ("hour", "word"), [(9, "hours"), (14, "not yet"), (18, "days"), (-3, "a night"), (-6, "a night")]
)
def test_absence_is_for_how_long_somebody_is_off(hour: int, word: str) -> None:
    office = Calendar.from_document({"timezone": "UTC", "hours": {"mon-tue": ["12:00-17:00"]}})
    tuesday = datetime(2026, 11, 24, tzinfo=UTC)
    assert absence(office, tuesday + timedelta(hours=hour)) == word


def test_answers_to_later_messages_are_judged_too() -> None:
    told = []
    for number in range(60):
        log = [opened(number, 10 * number), answered(number, 10 * number + 4, solved=False)]
        log += [said(number, 10 * number + 30, CustomerWrote(), "customer"), answered(number, 10 * number + 36)]
        told += log
    ours = history(stories(sorted(told, key=lambda each: each.at)))
    honesty = judged(ours, KNOWN, load("extends: nothing"), one_after_another, Steps(lambda share: None, 1))
    assert honesty is not None and honesty.later is not None
    assert (honesty.later.recorded, honesty.later.tickets) == (360.0, 30)


def test_customers_who_leave_are_told_by_all_waiting_of_which_few_saw_the_end() -> None:
    chats = [[opened(number, 0, "chat"), answered(number, 4)] for number in range(9)]
    chats.append([opened(9, 0, "chat"), said(9, 4, FieldsChanged({"status": ("new", "closed")}), "customer")])
    assert patience_of(stories([each for chat in chats for each in chat])) == 10 * 4 * 60
    assert patience_of(stories([opened(1, 0), answered(1, 4)])) is None


def test_a_customer_whose_patience_ends_first_is_lost() -> None:
    told = stories([opened(1, 0, "chat"), answered(1, 300), opened(2, 1, "email"), answered(2, 310)])
    behaviour = Behaviour({(): (60.0,)}, {(): (7200.0,)}, {(): (60.0,)}, patience=1.0, workers=frozenset({ADA}))
    figures = attempt(Trial(history(told), behaviour, load("extends: nothing"), 1))
    assert figures.lost == 1
    assert figures.first[2] == 7200 and figures.first[1] == float("inf")


def test_an_agent_does_one_thing_at_a_time() -> None:
    told = stories([opened(1, 0), answered(1, 300), opened(2, 0.5), answered(2, 310)])
    behaviour = Behaviour({(): (600.0,)}, {(): (600.0,)}, {(): (60.0,)}, workers=frozenset({ADA}))
    figures = attempt(Trial(history(told), behaviour, load("extends: nothing"), 1))
    assert figures.first == {1: 600.0, 2: 600.0 + 570.0}
    assert figures.busy == {ADA: pytest.approx(1200 / 3600)}


def test_simulated_agents_work_as_long_as_the_recorded_ones() -> None:
    """Answers come promptly here: hardly a minute lies between a mail and the work on it."""
    dice, log, free, worked = Random(3), [], 0.0, 0.0
    for number in range(200):
        handled = dice.expovariate(1 / 10)
        free, worked = max(free, 25 * number) + handled, worked + handled
        log += [opened(number, 25 * number), answered(number, free)]
    told = stories(sorted(log, key=lambda each: each.at))
    past = replace(history(told), until=NOON + timedelta(days=7))
    runs = [attempt(Trial(past, fit(told, KNOWN), load("extends: nothing"), seed)) for seed in range(3)]
    assert sum(run.busy[ADA] for run in runs) / 3 == pytest.approx(worked / 60, rel=0.15)


def test_what_is_done_outside_the_hours_waits_for_nobody_and_is_work() -> None:
    told = stories([opened(1, 0), answered(1, 300)])
    behaviour = Behaviour({(): (600.0,)}, {(): (0.0,)}, {(): (60.0,)}, workers=frozenset({ADA}))
    figures = attempt(Trial(history(told), behaviour, load("extends: nothing"), 1))
    assert figures.busy == {ADA: pytest.approx(600 / 3600)}


def test_automations_that_fall_due_at_the_same_moment_take_one_turn_each() -> None:
    turns: list[datetime] = []

    class Watched(Floor):
        def take_turns(self, now: datetime) -> None:
            turns.append(now)
            super().take_turns(now)

    workflow = load("""
    extends: nothing
    automations:
      - {name: hourly, every: 1h, do: [{tag: [hourly]}]}
      - {name: as often, every: 1h, do: [{tag: [often]}]}
      - {name: two-hourly, every: 2h, do: [{tag: [two]}]}
    """)
    past = history(stories([opened(1, 0)]))
    floor = Watched(past.stories, past.moves, past.people_at, Behaviour({}, {}, {}), workflow, 1)
    floor.run(NOON + timedelta(hours=5))
    assert turns == [NOON + timedelta(hours=hour) for hour in range(1, 6)]


def history(told: list[Story]) -> History:
    people = {0: {ADA: Agent(ADA, "Ada")}}
    return History(told, people, [], NOON + timedelta(days=1), frozenset(story.ticket for story in told))


def test_draws_come_from_the_most_particular_pool_there_is() -> None:
    pools = {(): (1.0,), ("first",): (2.0,), ("first", "1h"): (3.0,)}
    keys = [("first", "1h"), ("first", "5h"), ("again", "1h")]
    assert [drawn(pools, key, 0.5) for key in keys] == [3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("minutes", "word"), [(5, "20m"), (59, "1h"), (299, "5h"), (301, "9h"), (541, LATER), (-5, "20m")]
)
def test_haste_is_how_soon_an_answer_is_due(minutes: int, word: str) -> None:
    assert haste(Due(NOON + minutes * MINUTE, answer=True), NOON) == word
    assert haste(Due(NOON + minutes * MINUTE, answer=False), NOON) == SOLVED + word
    assert haste(None, NOON) == NEVER


def test_the_distance_is_the_largest_difference_of_the_shares() -> None:
    assert distance([1, 2, 3, 4], [1, 2, 3, 4]) == 0
    assert distance([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5
    assert distance([1, 2], [float("inf"), float("inf")]) == 1


def test_somebody_more_elsewhere_changes_nothing_here() -> None:
    """Chances hang on the ticket and the touch: those of the shop are not dealt anew for a colleague in the office."""
    text = "{extends: nothing, queues: {shop: {team: shop}}, default_queue: shop}"
    log = [opened(number, 17 * number) for number in range(30)]
    log += [answered(number, 17 * number + 40) for number in range(30)]
    told = stories(sorted(log, key=lambda each: each.at))
    people = {0: {ADA: Agent(ADA, "Ada", teams=frozenset({"shop"}))}}
    past = replace(history(told), people=people)
    behaviour = Behaviour({(): (60.0, 900.0)}, {(): (0.0, 50.0, 4000.0)}, {(): (60.0,)}, workers=frozenset({ADA}))
    alone = Trial(past, behaviour, load(text), 5)
    beside = replace(
        alone, joined=Agent(-1, "Ben", teams=frozenset({"office"})), behaviour=replace(behaviour, workers={ADA, -1})
    )
    assert attempt(beside).first == attempt(alone).first


def test_shares_of_promises_differ_by_no_more_than_all_of_them_however_few_the_runs() -> None:
    one, other = (Figures({("all", "all", "resolution"): (10, kept)}) for kept in (1, 9))
    (row,) = promises([one, other], [other, one])
    assert (row.difference, row.low, row.high, row.sure) == (0, -100, 100, False)
