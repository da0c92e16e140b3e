"""The log run again under a workflow of one's choice: the same people, messages and deeds at the same moments.

What time brings is not taken from the log but follows from the clocks of this run: marks fall due when they are due,
and a ticket that waits here and did not wait then is offered as the desk offers: when somebody has room again, comes
back, or its own instant has come. Several runs go through the log together, a step each, so that it is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from heapq import heappop, heappush
from typing import Any, Final

from deskwright.engine.altering import replace
from deskwright.engine.events import (
    AgentReturned,
    ClockMark,
    Event,
    Reconsidered,
    TicketOpened,
    TimePassed,
    WorkflowReapplied,
)
from deskwright.engine.history import Recorded
from deskwright.engine.values import LIVE_STATUSES
from deskwright.engine.workflow import Workflow
from deskwright.lab.replay import People, Replay, Replayed, Workflows, begin_deed, end_deed, happen, take
from deskwright.lab.whatif import sweeping
from deskwright.lab.whatif.outcomes import Outcome, note_effects, note_opening, note_promises, note_wait
from deskwright.lab.whatif.sweeping import Sweep

MARK, ASK = "mark", "ask"
WAITING: Final = frozenset({"new", "open"})
OFFERED: Final = 5
"""Waiting tickets that are offered at once, the oldest first, where somebody has room again."""
NOT_FROM_THE_LOG: Final = frozenset({ClockMark, WorkflowReapplied})
"""This run has its own."""
BECAUSE: Final = "a shift opened, or skills are relaxed"

Outcomes = dict[int, Outcome]
"""By the tickets' numbers."""


class Cancelled(Exception):
    """Whoever asked for the run wants it no more."""


@dataclass(slots=True)
class Rerun:
    """One run under way. `agenda` is a heap of (when, ticket, what, metric, cycle)."""

    replay: Replay
    past: Rerun | None
    """The run of what really happened, a step ahead; None for itself."""
    outcomes: Outcomes = field(default_factory=dict)
    agenda: list[tuple[datetime, int, str, str, int]] = field(default_factory=list)
    waiting: dict[int, datetime] = field(default_factory=dict)
    """Tickets that wait for an agent, and when they were opened."""
    own_people: bool = False
    """Nothing is taken from the log but what was written: all waiting is this run's own."""
    offering: bool = False
    """Waiting tickets are being offered: what follows from it offers no others."""
    live: set[int] = field(default_factory=set)
    """Tickets that are open."""
    sweeps: list[Sweep] = field(default_factory=list)
    ending: list[int] = field(default_factory=list)
    """Tickets the log has no more of."""
    version: int = 0
    """The version that opened the latest ticket: the one that was live."""


def rerun(
    log: Iterable[Recorded],
    workflows: Workflows,
    people: People,
    until: datetime,
    others: Sequence[Workflow] = (),
    ends: Mapping[int, int] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Outcomes]:
    """What becomes of each ticket of the log, in which every ticket begins with its opening; time stands still at
    `until` (UTC). First under the versions that really decided, then under each of the `others`. `ends` is the last
    event of each ticket: one that is solved by then is put away, so that memory holds what is open. `progress` hears of
    each event of the log and may raise Cancelled.
    """
    really = course_of(workflows, people, None)
    courses = [really, *(course_of(under(other), people, really, other) for other in others)]
    really.replay.behind = tuple(course.replay.workflows for course in courses[1:])
    paced = any(course.sweeps for course in courses)
    for done, recorded in enumerate(log, 1):
        progress(done)
        if paced and (recorded.place == 0 or recorded.ticket != really.replay.current):
            keep_pace(courses, recorded.at)
        kind, last = type(recorded.event), ends is not None and ends.get(recorded.ticket) == recorded.id
        for course in courses:
            if kind not in NOT_FROM_THE_LOG and (kind is not TimePassed or sweeping.is_told(course, recorded)):
                hear(course, recorded)
            if last:
                course.ending.append(recorded.ticket)
    for course in courses:
        close(course, until)
    if paced:
        keep_pace(courses, until)
    for course in courses:
        pass_time(course, until)
        for number in list(course.replay.tickets):
            put_away(course, number)
    return [course.outcomes for course in courses]


def course_of(workflows: Workflows, people: People, past: Rerun | None, workflow: Workflow | None = None) -> Rerun:
    run = Replay(workflows, people, past.replay if past is not None else None)
    course = Rerun(run, past, sweeps=sweeping.sweeps_of(workflow) if workflow else [])
    run.watch = lambda replayed, asked, at: note_effects(outcome_of(course, replayed.number), asked)
    return course


def put_away(course: Rerun, number: int) -> None:
    """Its story is over: only what became of it is kept."""
    note_promises(outcome_of(course, number), course.replay.tickets.pop(number))


def keep_pace(courses: Sequence[Rerun], until: datetime) -> None:
    """Time-based automations take their turns: every run stands at that moment, so that they can be compared."""
    for course in courses:
        sweeping.begin(course, until)
    while (due := min(sweep.due_at for course in courses for sweep in course.sweeps if sweep.due_at)) <= until:
        for course in courses:
            close(course, due)
            pass_time(course, due)
        for course in courses:
            for number, event in sweeping.turns(course, due):
                act(course, course.replay.tickets[number], event, due)


def under(workflow: Workflow) -> Workflows:
    """Whatever version decided, this workflow decides in its place, under its number."""
    return cache(lambda version: replace(workflow, version=version))


def outcome_of(course: Rerun, ticket: int) -> Outcome:
    found = course.outcomes.get(ticket)
    if found is None:
        found = course.outcomes[ticket] = Outcome(ticket)
    return found


def hear(course: Rerun, recorded: Recorded) -> None:
    """An event of the log, after what time has brought meanwhile."""
    run = course.replay
    if type(recorded.event) is TicketOpened:
        course.version = recorded.version
    if recorded.place == 0 or recorded.ticket != run.current:
        close(course, recorded.at)
        if course.agenda and course.agenda[0][0] <= recorded.at:
            pass_time(course, recorded.at)
        begin_deed(run, recorded.ticket)
    came = recorded.people != run.known_people
    happen(run, recorded)
    if came:
        offer(course, recorded.at)


def close(course: Rerun, at: datetime) -> None:
    """The deed is done: loads move, marks are put on the agenda, and who has room again is offered what waits."""
    run = course.replay
    if run.current is None:
        return
    replayed = run.tickets[run.current]
    before, number = replayed.before, replayed.number
    end_deed(run)
    ticket, moment = replayed.ticket, replayed.at or at
    outcome = outcome_of(course, number)
    if outcome.opened_at is None:
        note_opening(outcome, replayed)
    if replayed.clocks is not replayed.planned or ticket.ask_again_at is not None:
        look_forward(course, replayed)
    (course.live.add if ticket.status in LIVE_STATUSES else course.live.discard)(number)
    for sweep in course.sweeps:
        sweep.fresh.add(number)
    wait = ticket.assignee is None and ticket.status in WAITING
    if wait or number in course.waiting:
        note_wait(outcome, wait, moment)
        change_wait(course, replayed, moment, wait)
    if before[0] is not None and replayed.carried != before:
        offer(course, moment)
    if course.ending:
        for number in [number for number in course.ending if number not in course.live]:
            put_away(course, number)
        course.ending.clear()


def change_wait(course: Rerun, replayed: Replayed, at: datetime, waits: bool) -> None:
    if waits:
        course.waiting[replayed.number] = replayed.ticket.created_at or at
    else:
        del course.waiting[replayed.number]


def look_forward(course: Rerun, replayed: Replayed) -> None:
    """Marks of the clocks that are new since this was asked last, and when the ticket is asked about again."""
    number, planned = replayed.number, replayed.planned
    if replayed.clocks is not planned:
        replayed.planned = replayed.clocks
        for key, clock in replayed.clocks.items():
            if clock.next_mark_at is not None and planned.get(key) is not clock:
                heappush(course.agenda, (clock.next_mark_at, number, MARK, clock.metric, clock.cycle))
    if replayed.ticket.ask_again_at is not None:
        heappush(course.agenda, (replayed.ticket.ask_again_at, number, ASK, "", 0))


def pass_time(course: Rerun, until: datetime) -> None:
    """Everything that falls due up to then, in order."""
    while course.agenda and course.agenda[0][0] <= until:
        at, number, what, metric, cycle = heappop(course.agenda)
        replayed = course.replay.tickets.get(number)
        if replayed is None:
            continue  # put away
        if what == MARK:
            mark(course, replayed, at, metric, cycle)
        elif replayed.ticket.ask_again_at == at and astray(course, number, at):
            act(course, replayed, Reconsidered(because=BECAUSE, reroute=False), at, ask_again_at=None)


def mark(course: Rerun, replayed: Replayed, at: datetime, metric: str, cycle: int) -> None:
    """A clock's mark, if it is still due then; a mark nobody acted on is not met again."""
    clock = replayed.clocks.get((metric, cycle))
    if clock is None or clock.next_mark_at != at:
        return
    act(course, replayed, ClockMark(metric=metric, cycle=cycle, share=clock.next_mark or 0.0), at)
    after = replayed.clocks[metric, cycle]
    if after.next_mark_at == at:
        silent = replace(after, next_mark=None, next_mark_at=None)
        replayed.clocks = {**replayed.clocks, (metric, cycle): silent}


def act(course: Rerun, replayed: Replayed, event: Event, at: datetime, **changes: Any) -> None:
    """A deed of this run's own, of a ticket changed so."""
    begin_deed(course.replay, replayed.number)
    before = replayed.state
    replayed.set(**changes)
    replayed.at = at
    take(course.replay, replayed, event, before)
    close(course, at)


def offer(course: Rerun, at: datetime) -> None:
    """Ask again for the oldest tickets that wait here and did not wait then; those that waited are in the log."""
    if course.offering:
        return
    course.offering = True
    astrays = sorted((opened, ticket) for ticket, opened in course.waiting.items() if astray(course, ticket, at))
    for _, ticket in astrays[:OFFERED]:
        act(course, course.replay.tickets[ticket], AgentReturned(), at)
    course.offering = False


def astray(course: Rerun, ticket: int, at: datetime) -> bool:
    """Whether the log cannot say what this ticket's waiting would lead to."""
    if course.past is None:
        return course.own_people
    then = course.past.outcomes.get(ticket)
    return then is None or not then.waited(at)
