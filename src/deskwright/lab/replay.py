"""The log decided again: people and moments as they were, every decision made anew by the same `decide`.

Loads are not in the log: they follow from the assignments, in the log's order. Two desks that assigned at the same
moment may therefore be told apart differently here than they were live; clocks do not depend on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from deskwright.engine.altering import replace
from deskwright.engine.automation import OFF
from deskwright.engine.decide import Begun, Decision, begin, finish, go_on
from deskwright.engine.effects import Effect
from deskwright.engine.events import Event
from deskwright.engine.facts import Agent, Customer, Desk, Facts, Load, Organisation, Ticket
from deskwright.engine.history import Recorded
from deskwright.engine.workflow import Workflow
from deskwright.lab.folding import Standing, State, fold
from deskwright.lab.sharing import KEPT, Ground, Look, RunningDesk, Taken, same, watched_desk, watched_workflow

Workflows = Callable[[int], Workflow]
"""The number of a version -> what decides in its place: that version, or a draft."""
People = Callable[[int], Mapping[int, Agent]]
Watch = Callable[["Replayed", Sequence[Effect], datetime], None]

ROUNDS: Final = 8
"""Consequences of one deed that are decided before it is cut off, as on the live desk."""
STATES: Final = 4
"""Of the agents, for which is remembered what desks hand on."""
PRIORITY: Final = "medium"
"""Of a ticket whose workflow gave it none."""
NOBODY: Final = Customer(0)
"""Until the log names the customer."""


class Replayed(Standing):
    """A ticket on its way through the log. `pending` are consequences of this deed that wait for their turn, `before`
    the agent and the units that counted in their load before it, `planned` the clocks whose marks are on an agenda,
    `taken` the latest decisions, where another run asks.
    """

    __slots__ = ("at", "before", "customer", "organisation", "origin", "pending", "planned", "taken")

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(ticket)
        self.origin = ticket
        self.customer = NOBODY
        self.organisation: Organisation | None = None
        self.pending: deque[Event] = deque()
        self.planned = self.clocks
        self.before: tuple[int | None, float] = (None, 0.0)
        self.at: datetime | None = None
        self.taken: deque[Taken] = deque(maxlen=KEPT)


@dataclass(slots=True)
class Replay:
    """One run. `ahead` is the run whose decisions it takes over where they would be its own; `behind` are those of the
    runs that do so with this one, as the workflow that decides in a version's place.
    """

    workflows: Workflows
    people: People
    ahead: Replay | None = None
    behind: tuple[Workflows, ...] = ()
    tickets: dict[int, Replayed] = field(default_factory=dict)
    loads: dict[int, Load] = field(default_factory=dict)
    current: int | None = None
    """The ticket whose deed is being replayed."""
    known_people: int = 0
    """The state of the agents at the latest event."""
    turn: int = 0
    """Number of the latest assignment."""
    resting: Mapping[str, str] = field(default_factory=dict)
    """Automations that were switched off at the latest event: what the log does not have is decided without them."""
    fitting: dict[int, dict[Any, tuple[Agent, ...]]] = field(default_factory=dict)
    """What desks hand on, by the state of the agents; of the latest `STATES`."""
    watch: Watch | None = None
    """Is told of each decision's effects once they are folded."""
    look: Look = field(default_factory=Look)
    desk: RunningDesk | None = None
    """The latest that was decided on."""
    watched: dict[tuple[int, frozenset[str]], Workflow] = field(default_factory=dict)
    """What decides in place of a version for tickets with these arms, where runs are behind."""


def replay(log: Iterable[Recorded], workflows: Workflows, people: People) -> dict[int, Replayed]:
    """Every ticket of the log as the decisions leave it. The log must begin with each ticket's opening."""
    course = Replay(workflows, people)
    for recorded in log:
        if recorded.place == 0 or recorded.ticket != course.current:
            end_deed(course)
            begin_deed(course, recorded.ticket)
        happen(course, recorded)
    end_deed(course)
    return course.tickets


def begin_deed(course: Replay, ticket: int) -> Replayed:
    replayed = course.tickets.get(ticket)
    if replayed is None:
        ahead = course.ahead.tickets.get(ticket) if course.ahead is not None else None
        replayed = course.tickets[ticket] = Replayed(ahead.origin if ahead is not None else Ticket(ticket))
    replayed.before, replayed.turn, replayed.given = replayed.carried, 0, 0.0
    course.current = ticket
    return replayed


def happen(course: Replay, recorded: Recorded) -> None:
    """What somebody did is done again; of consequences the replay has its own, each in its turn."""
    replayed = course.tickets[recorded.ticket]
    event, before = recorded.event, replayed.state
    if recorded.consequence:
        if not replayed.pending:
            return
        event = replayed.pending.popleft()
    else:
        replayed.change(recorded.changes)
        replayed.customer = recorded.customer or replayed.customer
        replayed.organisation = recorded.organisation
    replayed.at = recorded.at
    if not recorded.failed:
        take(course, replayed, event, before, recorded)


def take(course: Replay, replayed: Replayed, event: Event, before: State, recorded: Recorded | None = None) -> None:
    """Decide and fold. `before` is how the ticket stood before the deed. Without a record it is a consequence the log
    does not have: the ticket's own version decides.
    """
    at = replayed.at
    assert at is not None
    if recorded is not None:
        course.known_people = recorded.people
        message, resting = recorded.message, recorded.resting
    else:
        message, resting = None, course.resting
    course.resting = {rule: why for rule, why in resting.items() if why == OFF} if resting else resting
    ground = replayed.customer, replayed.organisation, message, course.known_people, resting
    then = taken_then(course, replayed, event, recorded) if course.ahead is not None else None
    alike = then is not None and same(then, before, ground)
    begun = None
    if then is not None and alike and not then.apart:
        decision, seen = then.decision, then.seen
        replayed.stand(then.after)
    else:
        if then is not None and alike:
            begun = then.begun
            replayed.stand((then.seen, *before[1:]))
        seen = replayed.ticket
        decision, begun = decided(course, replayed, event, ground, recorded, begun)
        if then is not None and replayed.state == then.after:
            replayed.stand(then.after)
    if course.behind:
        about, apart = (event, at, recorded), course.look.happened
        replayed.taken.append(Taken(about, before, ground, seen, decision, apart, begun, replayed.state))
    if course.watch is not None and decision.effects:
        course.watch(replayed, decision.effects, at)
    if decision.consequences:
        replayed.pending.extend(decision.consequences)


def taken_then(course: Replay, replayed: Replayed, event: Event, recorded: Recorded | None) -> Taken | None:
    """What the run ahead decided about the same."""
    assert course.ahead is not None
    ahead = course.ahead.tickets.get(replayed.number)
    for taken in reversed(ahead.taken) if ahead is not None else ():
        their_event, at, theirs = taken.about
        if theirs is recorded and at == replayed.at and (their_event is event or their_event == event):
            return taken
    return None


def decided(
    course: Replay,
    replayed: Replayed,
    event: Event,
    ground: Ground,
    recorded: Recorded | None,
    begun: Begun | None,
) -> tuple[Decision, Begun | None]:
    """Decide, and carry it out; also what was come to before anything was looked at in which the runs differ. `begun`
    is that of another run.
    """
    customer, organisation, message, people, resting = ground
    ticket, at = replayed.ticket, replayed.at
    assert at is not None
    version = recorded.version if recorded is not None else ticket.version
    course.look.happened = False
    workflow = watched_by(course, version, ticket.arms) if course.behind else course.workflows(version)
    desk = desk_of(course, people, resting)
    seen = Facts(ticket, customer, organisation, message, tuple(replayed.clocks.values()), desk)
    if begun is not None:
        decision = go_on(workflow, seen, event, at, begun)
    else:
        under_way = begin(workflow, seen, event, at, told=False)
        if course.behind and under_way.wanted is not None and not course.look.happened:
            begun = under_way.come_to()
        decision = finish(under_way)
    for effect in decision.effects:
        fold(replayed, effect, at)
    return decision, begun


def desk_of(course: Replay, people: int, resting: Mapping[str, str]) -> Desk:
    """The desk as it is now."""
    known = course.desk
    if known is None or known.people != people or known.resting != resting:
        agents, fitting = course.people(people), fitting_of(course, people)
        if course.behind:
            known = watched_desk(agents, course.loads, course.turn, people, resting, fitting, course.look)
        else:
            known = RunningDesk(agents, course.loads, course.turn, people, resting, fitting)
        course.desk = known
    known.put_forward(course.turn)
    return known


def fitting_of(course: Replay, people: int) -> dict[Any, tuple[Agent, ...]]:
    """What desks with these agents hand on; the states before the latest few are not met again."""
    found = course.fitting.get(people)
    if found is None:
        if len(course.fitting) == STATES:
            del course.fitting[next(iter(course.fitting))]
        found = course.fitting[people] = {}
    return found


def watched_by(course: Replay, version: int, arms: frozenset[str]) -> Workflow:
    found = course.watched.get((version, arms))
    if found is None:
        others = [workflows(version) for workflows in course.behind]
        found = course.watched[version, arms] = watched_workflow(course.workflows(version), others, arms, course.look)
    return found


def end_deed(course: Replay) -> None:
    """Consequences the log does not have are decided too; then the loads move."""
    if course.current is None:
        return
    replayed = course.tickets[course.current]
    if replayed.pending:
        settle(course, replayed)
    if replayed.ticket.priority is None:
        replayed.set(priority=PRIORITY)
    move_loads(course.loads, replayed)
    course.turn = max(course.turn, replayed.turn)
    course.current = None


def settle(course: Replay, replayed: Replayed) -> None:
    for _ in range(ROUNDS):
        if not replayed.pending:
            break
        take(course, replayed, replayed.pending.popleft(), replayed.state)
    replayed.pending.clear()


def move_loads(loads: dict[int, Load], replayed: Replayed) -> None:
    before, after = replayed.before, replayed.carried
    if before == after and not replayed.turn:
        return
    move(loads, before, -1)
    move(loads, after, 1)
    if replayed.turn and after[0] is not None:
        load = loads[after[0]]
        loads[after[0]] = replace(load, turn=max(load.turn, replayed.turn), given=load.given + replayed.given)


def move(loads: dict[int, Load], carried: tuple[int | None, float], sign: int) -> None:
    agent, units = carried
    if agent is not None:
        load = loads.get(agent, Load())
        loads[agent] = replace(load, units=max(0.0, load.units + sign * units), tickets=max(0, load.tickets + sign))
