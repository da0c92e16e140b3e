"""Decisions that runs through one log need only once: of a ticket that stands in both as it is, and that looked at
nothing in which they differ.

What differs is watched: the parts in which the workflows are not equal, and the agents' loads. A decision that never
looked there comes out the same in the other run, and so does what follows from it. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, Final

from deskwright.engine.decide import Begun, Decision
from deskwright.engine.events import Event
from deskwright.engine.experiments import under
from deskwright.engine.facts import Agent, Desk, Load, Ticket
from deskwright.engine.history import Recorded
from deskwright.engine.workflow import AssignmentPolicy, Workflow
from deskwright.lab.folding import State

KEPT: Final = 6
"""Decisions of a ticket that are remembered. Whoever is farther behind decides alone."""
Ground = tuple[Any, ...]
"""What a decision stands on beside the ticket: customer, organisation, message, number of the people, resting."""


class Look:
    """Whether a decision looked at what differs between the runs."""

    __slots__ = ("happened",)

    def __init__(self) -> None:
        self.happened = False


@dataclass(slots=True, eq=False)
class Taken:
    """One decision, and how the ticket stood before and after it."""

    about: tuple[Event, datetime, Recorded | None]
    """The event, when it happened, and its record; None for what the log does not have."""
    before: State
    ground: Ground
    seen: Ticket
    """The ticket it was decided on: `before`, with what the deed changed."""
    decision: Decision
    apart: bool
    """It looked at what differs."""
    begun: Begun | None
    """What it had come to before it did, where others may go on from there."""
    after: State


def same(taken: Taken, before: State, ground: Ground) -> bool:
    """Whether it was decided on the very same, beside what is watched."""
    stood, then = taken.before, taken.ground
    return (
        stood[0] is before[0]
        and stood[1] is before[1]
        and stood[2] == before[2]
        and then[0] is ground[0]
        and then[1] is ground[1]
        and then[2] is ground[2]
        and then[3:] == ground[3:]
    )


# Watching


def _watched(kind: type[Any], name: str) -> property:
    """A part of it; whoever reads it is seen."""
    read: Callable[[Any], Any] = kind.__dict__[name].__get__

    def seen(self: Any) -> Any:
        self.look.happened = True
        return read(self)

    return property(seen)


def _kept(made: object, kind: type[Any], values: Iterable[tuple[str, Any]], look: Look) -> None:
    """Puts the parts in their slots, past what is frozen and past what is watched."""
    for name, value in values:
        kind.__dict__[name].__set__(made, value)
    object.__setattr__(made, "look", look)


class RunningDesk(Desk):
    """The desk of a run: the same one while its people are, with the turn put forward."""

    __slots__ = ()

    def put_forward(self, turn: int) -> None:
        _turn(self, turn)


class WatchedDesk(RunningDesk):
    """Agents as they are. Their loads, and whose turn it is, differ from run to run."""

    __slots__ = ("look",)
    look: Look
    loads = _watched(Desk, "loads")
    turn = _watched(Desk, "turn")


_turn: Final = Desk.__dict__["turn"].__set__


def watched_desk(
    agents: Mapping[int, Agent],
    loads: Mapping[int, Load],
    turn: int,
    people: int,
    resting: Mapping[str, str],
    fitting: dict[Any, tuple[Agent, ...]],
    look: Look,
) -> WatchedDesk:
    made = object.__new__(WatchedDesk)
    names = "agents", "loads", "turn", "people", "resting", "fitting"
    _kept(made, Desk, zip(names, (agents, loads, turn, people, resting, fitting), strict=True), look)
    return made


def watched_workflow(workflow: Workflow, others: Iterable[Workflow], arms: frozenset[str], look: Look) -> Workflow:
    """What decides about a ticket with these arms. Parts that are otherwise in one of the others are watched."""
    workflow, others = under(workflow, arms), [under(other, arms) for other in others]
    names = [spec.name for spec in fields(Workflow)]
    parts = {name: getattr(workflow, name) for name in names} | {"variants": {}}
    apart = {name for other in others for name in names if not _equal(name, workflow, other)} - {"variants"}
    if "assignment" in apart:
        apart.remove("assignment")
        parts["assignment"] = _watched_policy(workflow.assignment, [other.assignment for other in others], look)
    made: Workflow = _watching(Workflow, parts, apart, look)
    return made


def _watched_policy(policy: AssignmentPolicy, others: Iterable[AssignmentPolicy], look: Look) -> AssignmentPolicy:
    """Watched value by value: of this section nothing is worked out beforehand and remembered."""
    parts = {spec.name: getattr(policy, spec.name) for spec in fields(AssignmentPolicy)}
    apart = {name for other in others for name, value in parts.items() if not _alike(value, getattr(other, name))}
    made: AssignmentPolicy = _watching(AssignmentPolicy, parts, apart, look)
    return made


def _watching(kind: type[Any], parts: Mapping[str, Any], apart: Iterable[str], look: Look) -> Any:
    slots = {"__slots__": ("look",), **{name: _watched(kind, name) for name in apart}}
    made: Any = object.__new__(type(f"Watched{kind.__name__}", (kind,), slots))
    _kept(made, kind, parts.items(), look)
    return made


def _equal(name: str, one: Workflow, other: Workflow) -> bool:
    """Where a rule stands in the document makes no difference; the index follows from the rules."""
    if name in {"rules", "rule_index"}:
        return _alike(*([replace(rule, line=0) for rule in workflow.rules] for workflow in (one, other)))
    return _alike(getattr(one, name), getattr(other, name))


def _alike(one: Any, other: Any) -> bool:
    """Whether they are equal in order and in kind, too: the first of two may win, and true is not 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return _alike([*one.items()], [*other.items()])
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if is_dataclass(one):
        return all(_alike(getattr(one, part.name), getattr(other, part.name)) for part in fields(one) if part.compare)
    return bool(one == other)
