"""The log decided again: people and moments as they were, every decision made anew by the same `decide`.

Loads are not in the log: they follow from the assignments, in the log's order. Two desks that assigned at the same
moment may therefore be told apart differently here than they were live; clocks do not depend on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from deskwright.engine.decide import decide
from deskwright.engine.events import Event
from deskwright.engine.facts import Agent, Customer, Desk, Facts, Load, Organisation, Ticket
from deskwright.engine.history import Recorded
from deskwright.engine.workflow import Workflow
from deskwright.lab.folding import Standing, fold

Workflows = Callable[[int], Workflow]
"""The number of a version -> what decides in its place: that version, or a draft."""
People = Callable[[int], Mapping[int, Agent]]

ROUNDS: Final = 8
"""Consequences of one deed that are decided before it is cut off, as on the live desk."""
PRIORITY: Final = "medium"
"""Of a ticket whose workflow gave it none."""


@dataclass(slots=True)
class Replayed(Standing):
    """A ticket on its way through the log."""

    customer: Customer = field(default_factory=lambda: Customer(0))
    organisation: Organisation | None = None
    pending: deque[Event] = field(default_factory=deque)
    """Consequences of this deed that wait for their turn."""
    before: tuple[int | None, float] = (None, 0.0)
    """(agent, units) that counted in the agent's load before this deed."""
    at: datetime | None = None


@dataclass(slots=True)
class Replay:
    workflows: Workflows
    people: People
    tickets: dict[int, Replayed] = field(default_factory=dict)
    loads: dict[int, Load] = field(default_factory=dict)
    current: int | None = None
    """The ticket whose deed is being replayed."""
    known_people: int = 0
    """The state of the agents at the latest event."""


def replay(log: Iterable[Recorded], workflows: Workflows, people: People) -> dict[int, Replayed]:
    """Every ticket of the log as the decisions leave it. The log must begin with each ticket's opening."""
    course = Replay(workflows, people)
    for recorded in log:
        if recorded.place == 0 or recorded.ticket != course.current:
            end_deed(course)
            begin_deed(course, recorded)
        happen(course, recorded)
    end_deed(course)
    return course.tickets


def begin_deed(course: Replay, recorded: Recorded) -> None:
    replayed = course.tickets.setdefault(recorded.ticket, Replayed(Ticket(recorded.ticket)))
    replayed.before, replayed.turn, replayed.given = replayed.carried, 0, 0.0
    course.current = recorded.ticket


def happen(course: Replay, recorded: Recorded) -> None:
    """What somebody did is done again; of consequences the replay has its own, each in its turn."""
    replayed = course.tickets[recorded.ticket]
    event = recorded.event
    if recorded.consequence:
        if not replayed.pending:
            return
        event = replayed.pending.popleft()
    else:
        replayed.set(**recorded.changes)
        replayed.customer = recorded.customer or replayed.customer
        replayed.organisation = recorded.organisation
    replayed.at = recorded.at
    if not recorded.failed:
        take(course, replayed, event, recorded)


def take(course: Replay, replayed: Replayed, event: Event, recorded: Recorded | None = None) -> None:
    """Decide and fold. Without a record it is a consequence the log does not have: the ticket's own version decides."""
    assert replayed.at is not None
    turn = max((load.turn for load in course.loads.values()), default=0)
    people = recorded.people if recorded else course.known_people
    course.known_people = people
    resting = recorded.resting if recorded else {}
    seen = Facts(
        replayed.ticket,
        replayed.customer,
        replayed.organisation,
        recorded.message if recorded else None,
        tuple(replayed.clocks.values()),
        Desk(course.people(people), course.loads, turn, people=people, resting=resting),
    )
    version = recorded.version if recorded else replayed.ticket.version
    decision = decide(course.workflows(version), seen, event, replayed.at)
    for effect in decision.effects:
        fold(replayed, effect, replayed.at)
    replayed.pending.extend(decision.consequences)


def end_deed(course: Replay) -> None:
    """Consequences the log does not have are decided too; then the loads move."""
    if course.current is None:
        return
    replayed = course.tickets[course.current]
    for _ in range(ROUNDS):
        if not replayed.pending:
            break
        take(course, replayed, replayed.pending.popleft())
    replayed.pending.clear()
    if replayed.ticket.priority is None:
        replayed.set(priority=PRIORITY)
    move_loads(course.loads, replayed)
    course.current = None


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
