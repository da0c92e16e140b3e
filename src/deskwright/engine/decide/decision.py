"""From an event to a decision: the event's occasion runs its steps over a fresh course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskwright.engine import experiments, vocabulary
from deskwright.engine.decide.course import Begun, Course
from deskwright.engine.decide.occasions import BEGINNINGS, OCCASIONS
from deskwright.engine.effects import Effect
from deskwright.engine.events import Event, FieldsChanged
from deskwright.engine.facts import Facts
from deskwright.engine.trace import Trace, Unsaid
from deskwright.engine.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Decision:
    effects: tuple[Effect, ...]
    """To be carried out in order."""
    trace: Trace
    consequences: tuple[Event, ...] = ()
    """Events to be decided next, caused by this one."""


def decide(workflow: Workflow, facts: Facts, event: Event, now: datetime, *, told: bool = True) -> Decision:
    """What should happen and why. `now` is the aware UTC instant at which the event happened. Without `told` the trace
    stays empty, and everything else is the same. Raises KeyError for an event that is not of the engine's, and
    AutomationFailed; changes none of its arguments.
    """
    return finish(begin(workflow, facts, event, now, told=told))


def begin(workflow: Workflow, facts: Facts, event: Event, now: datetime, *, told: bool = True) -> Course:
    """As far as the agents' loads make no difference. What a course has come to by then may go on elsewhere: see
    `Course.come_to` and `go_on`.
    """
    workflow = experiments.under(workflow, facts.ticket.arms)
    trace = Trace() if told else Trace(Unsaid())
    course = Course(workflow, facts, event, now, vocabulary.view(workflow, facts, event, now), trace=trace)
    if type(event) in BEGINNINGS:
        BEGINNINGS[type(event)](course)
    return course


def go_on(workflow: Workflow, facts: Facts, event: Event, now: datetime, begun: Begun) -> Decision:
    """The decision that another course of the same has begun, where nobody reads why: the facts differ in nothing but
    the agents' loads and turns, and the workflow says the same in all that was looked at.
    """
    course = Course(experiments.under(workflow, facts.ticket.arms), facts, event, now, {}, trace=Trace(Unsaid()))
    course.take_over(begun)
    return finish(course)


def finish(course: Course) -> Decision:
    """Everything else."""
    OCCASIONS[type(course.event)](course)
    return Decision(tuple(course.effects), course.trace, _consequences(course))


def _consequences(course: Course) -> tuple[Event, ...]:
    return (FieldsChanged(dict(course.changed), course.chain),) if course.changed else ()
