"""What happens to a ticket's clocks when something happens to the ticket. Decides; `clocks` reckons.

First response counts only the first public human reply; next response runs from the oldest unanswered message;
resolution pauses in the statuses the policy names and goes on after a reopening as the policy says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from deskwright.engine.altering import replace
from deskwright.engine.calendars import Calendar
from deskwright.engine.effects import Effect, PutClock
from deskwright.engine.facts import Clock, Ticket
from deskwright.engine.remembering import once
from deskwright.engine.saying import _, gettext_noop
from deskwright.engine.sla import clocks, targets
from deskwright.engine.sla.targets import Goal
from deskwright.engine.trace import Step, wanted
from deskwright.engine.values import FIRST_RESPONSE, LIVE_STATUSES, METRICS, NEXT_RESPONSE, RESOLUTION, TIER_METRIC
from deskwright.engine.workflow import SlaPolicy, Workflow

CHANGED: Final[Mapping[str, str]] = {
    "started": gettext_noop("%(metric)s clock started: %(because)s"),
    "paused": gettext_noop("%(metric)s clock paused: %(because)s"),
    "resumed": gettext_noop("%(metric)s clock resumed: %(because)s"),
    "retargeted": gettext_noop("%(metric)s clock retargeted: %(because)s"),
    "kept": gettext_noop("%(metric)s clock kept: %(because)s"),
    "marked": gettext_noop("%(metric)s clock marked: %(because)s"),
    "met": gettext_noop("%(metric)s clock met: %(because)s"),
    "breached": gettext_noop("%(metric)s clock breached: %(because)s"),
    "cancelled": gettext_noop("%(metric)s clock cancelled: %(because)s"),
}
"""What is said of a clock by what became of it."""


@dataclass(slots=True)
class Timekeeping:
    """The latest clock of each metric while one event is decided; `effects` and `steps` are what came of it."""

    workflow: Workflow
    ticket: Ticket
    view: Mapping[str, Any]
    """As decided so far: priority, customer_tier, queue and status are read."""
    now: datetime
    latest: dict[str, Clock]
    kept: tuple[Clock, ...] = ()
    """Every clock of the ticket as it was."""
    sla_target: str | None = None
    effects: list[Effect] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def put(self, clock: Clock, change: str, because: str) -> None:
        self.latest[clock.metric] = clock
        self.effects.append(PutClock(because, clock, change))
        if wanted(self.steps):
            self.steps.append(Step("sla", _(CHANGED[change], metric=_named(clock), because=because), seen=_seen(clock)))

    def silence(self, metric: str, cycle: int) -> None:
        """A stopped clock that still has a mark would be asked about for ever: take the mark away."""
        for clock in self.kept:
            if (clock.metric, clock.cycle) == (metric, cycle) and clock.next_mark_at is not None:
                quiet = replace(clock, next_mark=None, next_mark_at=None, stopped_at=clock.stopped_at or self.now)
                self.effects.append(PutClock(_("it had stopped before"), quiet, "marked"))

    def clock(self, metric: str) -> Clock | None:
        """The metric's clock while it is not stopped."""
        clock = self.latest.get(metric)
        return clock if clock is not None and clock.stopped_at is None else None

    @property
    def marks(self) -> tuple[float, ...]:
        return _marks(self.workflow.sla)

    def hours(self, clock: Clock) -> Calendar:
        return targets.calendar(self.workflow, clock.calendar)


@once
def _marks(policy: SlaPolicy) -> tuple[float, ...]:
    return tuple(sorted({*policy.warn_at, clocks.BREACH}))


def keep_time(
    workflow: Workflow, ticket: Ticket, view: Mapping[str, Any], now: datetime, kept: tuple[Clock, ...]
) -> Timekeeping:
    """The ticket's clocks, ready for an event; the highest cycle of a metric is its latest."""
    latest: dict[str, Clock] = {}
    for clock in kept:
        if clock.metric not in latest or clock.cycle > latest[clock.metric].cycle:
            latest[clock.metric] = clock
    return Timekeeping(workflow, ticket, view, now, latest, kept, ticket.sla_target)


def open_clocks(time: Timekeeping) -> None:
    """First response and resolution from the moment the customer wrote. Imported tickets are not timed."""
    if time.ticket.imported:
        time.steps.append(Step("sla", _("imported: nothing is timed")))
        return
    if time.view.get("status") not in LIVE_STATUSES:
        time.steps.append(Step("sla", _("it was closed at the door: nothing is timed")))
        return
    found = goals_of(time)
    if wanted(time.steps):
        time.steps.append(targets.told(found, time.view))
    started = min(time.ticket.created_at or time.now, time.now)
    for metric in (FIRST_RESPONSE, RESOLUTION):
        if metric in found and metric not in time.latest and not (metric == FIRST_RESPONSE and time.ticket.by_agent):
            start(time, metric, found[metric], started, _("the ticket opened"))


def await_reply(time: Timekeeping, since: datetime) -> None:
    """The customer wrote: the next response runs from the oldest unanswered message, after the first response only."""
    if time.clock(NEXT_RESPONSE) or time.clock(FIRST_RESPONSE) or time.ticket.imported:
        return
    answered_once = time.ticket.by_agent or time.ticket.first_response_at or FIRST_RESPONSE in time.latest
    goal = goals_of(time).get(NEXT_RESPONSE)
    if goal is not None and answered_once:
        start(time, NEXT_RESPONSE, goal, since, _("the customer wrote"))


def await_since(time: Timekeeping, since: datetime | None, because: str) -> None:
    """Another message is the oldest unanswered one, or none is: the next response runs from there, or is not asked for.

    A breach that happened stays one.
    """
    clock = time.clock(NEXT_RESPONSE)
    if since is None and clock is not None:
        cancel(time, clock, time.now, because)
    elif since is not None and clock is None:
        await_reply(time, since)
    elif since is not None and clock is not None and clock.breached_at is None and clock.started_at != since:
        named = clock.calendar, time.hours(clock)
        target = clocks.target_of(clock.target)
        begun = clocks.begin(clock.metric, clock.cycle, target, named, since, time.marks, time.now, clock.version)
        time.put(begun, "retargeted", because)
        _pause_or_resume(time, begun, time.view.get("status") or "new", time.now)


def count_reply(time: Timekeeping, at: datetime) -> None:
    """An agent answered in public: first and next response stop."""
    for metric in (FIRST_RESPONSE, NEXT_RESPONSE):
        if clock := time.clock(metric):
            stopped = clocks.stop(clock, time.hours(clock), at)
            time.put(stopped, stopped.state, _("an agent replied"))


def settle_status(time: Timekeeping, was: str, status: str, at: datetime) -> None:
    """Solving stops the resolution and cancels the responses; reopening goes on; pausing statuses pause."""
    if was in LIVE_STATUSES and status not in LIVE_STATUSES:
        _solve(time, status, at)
    elif was not in LIVE_STATUSES and status in LIVE_STATUSES:
        _reopen(time, at)
    for metric in METRICS:
        if clock := time.clock(metric):
            _pause_or_resume(time, clock, status, at)


def unsolve(time: Timekeeping, solved_at: datetime) -> None:
    """Solving was a mistake: the clocks it stopped or cancelled go on as if they had never stood still."""
    for clock in list(time.latest.values()):
        if clock.metric != TIER_METRIC and clock.stopped_at == solved_at:
            running = replace(clock, stopped_at=None)
            again = clocks.resume(running, time.hours(clock), solved_at, time.marks)
            time.put(again, "resumed", _("solving it was taken back"))


def unmerge(time: Timekeeping, merged_at: datetime, since: datetime) -> None:
    """A merged ticket is one of its own again: the clocks that ended with the merge go on from `since`.

    Like a reopened one it owes nothing for the time in between, unless `since` is the merge itself.
    """
    status = time.view.get("status") or "new"
    for clock in list(time.latest.values()):
        if clock.metric == TIER_METRIC or clock.stopped_at != merged_at or clock.state == "met":
            continue
        again = clocks.unstopped(clock)
        if status in time.workflow.sla.pause.get(clock.metric, ()):
            time.put(again, "paused", _("it is a ticket of its own again"))
        else:
            running = clocks.resume(again, time.hours(clock), since, time.marks)
            time.put(running, "resumed", _("it is a ticket of its own again"))


def _solve(time: Timekeeping, status: str, at: datetime) -> None:
    if clock := time.clock(RESOLUTION):
        stopped = clocks.stop(clock, time.hours(clock), at)
        time.put(stopped, stopped.state, _("the ticket was %(status)s", status=status))
    for metric in (FIRST_RESPONSE, NEXT_RESPONSE):
        if clock := time.clock(metric):
            cancel(time, clock, at, _("the ticket was %(status)s without a further reply", status=status))


def _reopen(time: Timekeeping, at: datetime) -> None:
    ended = time.latest.get(RESOLUTION)
    way = time.workflow.sla.on_reopen
    if ended is None or ended.stopped_at is None or way == "none":
        return
    if way == "restart" and (goal := goals_of(time).get(RESOLUTION)):
        start(time, RESOLUTION, goal, at, _("the ticket was reopened; the policy starts its resolution afresh"))
    elif way == "resume":
        again = clocks.carry_on(ended, time.hours(ended), at, time.marks)
        time.put(again, "resumed", _("the ticket was reopened; time spent solved does not count"))


def _pause_or_resume(time: Timekeeping, clock: Clock, status: str, at: datetime) -> None:
    pausing = status in time.workflow.sla.pause.get(clock.metric, ())
    if pausing and clock.running_since is not None:
        paused = clocks.pause(clock, time.hours(clock), at)
        time.put(paused, "paused", _("the ticket is %(status)s", status=status.replace("_", " ")))
    elif not pausing and clock.running_since is None:
        resumed = clocks.resume(clock, time.hours(clock), at, time.marks)
        time.put(resumed, "resumed", _("the ticket is %(status)s", status=status.replace("_", " ")))


def retarget(time: Timekeeping, because: str) -> None:
    """Bring every clock under the targets that hold now."""
    bring(time, because, _retarget)


def bring(time: Timekeeping, because: str, move: Callable[[Timekeeping, Clock, Goal, str], None]) -> None:
    """Move every clock that still has a target; begin those that had none, cancel those that lost theirs."""
    if time.ticket.imported:
        return
    found = goals_of(time)
    for metric in METRICS:
        clock, goal = time.clock(metric), found.get(metric)
        if clock and goal:
            move(time, clock, goal, because)
        elif clock:
            cancel(time, clock, time.now, _("%(because)s; no target holds any more", because=because))
        elif goal and owed(time, metric):
            start(time, metric, goal, time.ticket.created_at or time.now, because)


def owed(time: Timekeeping, metric: str) -> bool:
    """Never timed, and still to be done."""
    if metric in time.latest or time.view.get("status") not in LIVE_STATUSES:
        return False
    if metric == FIRST_RESPONSE:
        return not time.ticket.by_agent and time.ticket.first_response_at is None
    return metric == RESOLUTION


def _retarget(time: Timekeeping, clock: Clock, goal: Goal, because: str) -> None:
    if clock.target == str(goal.target) and clock.calendar == goal.calendar:
        return
    named = goal.calendar, targets.calendar(time.workflow, goal.calendar)
    grace = time.workflow.sla.retarget == "grace"
    moved = clocks.retarget(clock, time.hours(clock), goal.target, named, time.now, time.marks, grace=grace)
    why = moved_from(clock, moved, because)
    late = moved.breached_at is not None and clock.breached_at is None
    time.put(moved, "retargeted", _("%(why)s; that target had already passed", why=why) if late else why)


def moved_from(clock: Clock, moved: Clock, because: str) -> str:
    """Why a clock was moved, with both targets where they differ."""
    if clock.target == moved.target:
        return because
    return _("%(because)s; %(former)s became %(target)s", because=because, former=clock.target, target=moved.target)


def act_on_mark(time: Timekeeping, metric: str, cycle: int) -> float | None:
    """Take the highest mark that has passed. Returns its share; None when the clock was stopped or moved meanwhile."""
    clock = time.clock(metric)
    if clock is None or clock.cycle != cycle:
        said = _("the %(metric)s clock had stopped before", metric=metric.replace("_", " "))
        time.steps.append(Step("sla", said, False))
        time.silence(metric, cycle)
        return None
    share = clocks.passed_mark(clock, time.hours(clock), time.now, time.marks)
    if share is None:
        _correct(time, clock)
        return None
    marked = clocks.mark(clock, time.hours(clock), share, time.now, time.marks)
    late = share >= clocks.BREACH
    why = _("the target has passed") if late else _("%(share)s of the target is gone", share=f"{share:.0%}")
    time.put(marked, "breached" if late else "marked", why)
    return share


def _correct(time: Timekeeping, clock: Clock) -> None:
    """A mark came although none has passed: the clock was moved, so the next mark is set right."""
    time.steps.append(
        Step("sla", _("no mark of the %(metric)s clock has passed", metric=_named(clock)), False, _seen(clock))
    )
    if clock.running_since is not None:
        right = clocks.timed(clock, time.hours(clock), time.now, time.marks)
        if right != clock:
            time.put(right, "marked", _("its next mark lay elsewhere"))


def cancel_all(time: Timekeeping, because: str) -> None:
    """Merged, spam or deleted: nothing is owed any more."""
    for metric in METRICS:
        if clock := time.clock(metric):
            cancel(time, clock, time.now, because)


def cancel(time: Timekeeping, clock: Clock, at: datetime, because: str) -> None:
    ended = clocks.cancel(clock, time.hours(clock), at)
    time.put(ended, ended.state, because)


def start(time: Timekeeping, metric: str, goal: Goal, at: datetime, because: str) -> None:
    earlier = time.latest.get(metric)
    begun = clocks.begin(
        metric,
        earlier.cycle + 1 if earlier else 1,
        goal.target,
        (goal.calendar, targets.calendar(time.workflow, goal.calendar)),
        at,
        time.marks,
        time.now,
        time.workflow.version,
    )
    time.put(begun, "started", because)
    _pause_or_resume(time, begun, time.view.get("status") or "new", time.now)


def goals_of(time: Timekeeping) -> Mapping[str, Goal]:
    return targets.goals(time.workflow, time.view, time.sla_target)


def _named(clock: Clock) -> str:
    return clock.metric.replace("_", " ")


def _seen(clock: Clock) -> dict[str, Any]:
    seen: dict[str, Any] = {"target": clock.target, "calendar": clock.calendar or _("round the clock")}
    if clock.due_at is not None:
        seen["due"] = clock.due_at.isoformat()
    return seen
