"""Automations act: one after another, each action with its outcome in words for the run log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from deskwright.engine import automation, effects, escalation
from deskwright.engine.automation import AutomationFailed
from deskwright.engine.decide import steps
from deskwright.engine.decide.course import Course
from deskwright.engine.effects import Effect, RanAutomation
from deskwright.engine.events import TimePassed
from deskwright.engine.workflow import Action, Automation

COMING_BACK: Final = (
    "priority", "status", "category", "complexity", "impact", "urgency", "queue", "assignee", "sla_target"
)  # fmt: skip
"""Fields whose change by an automation is an event of its own."""
NOTHING: Final = "nothing to change"


def automate(course: Course) -> None:
    """Automations answer what happened; what they change comes back as an event, so that their causes stay in order.

    Raises AutomationFailed, naming the one that broke.
    """
    before = {name: course.view.get(name) for name in COMING_BACK}
    course.automating = True
    answered = 0
    while answered < len(course.happened):
        kinds, answered = course.happened[answered:], len(course.happened)
        turn = course.event.automation if isinstance(course.event, TimePassed) else None
        known = course.workflow, course.view, kinds, course.resting
        for rule in automation.answering(*known, course.trace.steps, turn):
            _run(course, rule)
    for name, value in before.items():
        if course.view.get(name) != value:
            course.changed[name] = (value, course.view.get(name))


def _run(course: Course, rule: Automation) -> None:
    """The rule rests from now on: neither this decision nor what follows from it runs it again."""
    course.resting[rule.name] = automation.ONCE
    course.chain = (*course.chain, rule.name)
    outcomes = []
    for number, action in enumerate(rule.do):
        done = len(course.effects)
        try:
            _carry_out(course, rule, action, f"automation:{rule.name}:{_occasion(course)}:{number}")
        except Exception as trouble:
            raise AutomationFailed(rule.name, trouble) from trouble
        outcomes.append(outcome(course, course.effects[done:]))
    course.ask(RanAutomation(f"automation {rule.name}", rule.name, tuple(outcomes)))


def _carry_out(course: Course, rule: Automation, action: Action, cause: str) -> None:
    steps.act(course, action, rule.name, cause)
    if action.escalate and course.live:
        escalation.escalate(course.ladder, "automation")
        steps.follow_ladder(course)
    if action.assign is not None and course.live:
        steps.place(course, action.assign, why=rule.name)


def _occasion(course: Course) -> str:
    """What tells this run of an automation from its other runs on the same ticket."""
    metric, share = course.view.get("metric"), course.view.get("share")
    if metric is not None and share is not None:
        return f"{metric}:{share:g}"
    return course.now.isoformat(timespec="seconds")


def outcome(course: Course, asked: Sequence[Effect]) -> str:
    """What one action came to, in a sentence a lead understands."""
    said = [SAYINGS[type(effect)](course, effect) for effect in asked if type(effect) in SAYINGS]
    return "; ".join(said) or NOTHING


def _assigned(course: Course, effect: effects.Assign) -> str:
    agent = course.facts.desk.agents.get(effect.agent) if effect.agent is not None else None
    return f"assigned to {agent.name}" if agent else "nobody could take it: it waits"


def _told(course: Course, effect: effects.Notify) -> str:
    audience, told = effect.audience.replace("_", " "), len(effect.agents)
    return f"told {audience} ({told} agent{'s'[: told != 1]})" if told else f"nobody to tell in {audience}"


def _tier(course: Course, effect: effects.EnterTier) -> str:
    return f"escalated to {effect.tier}" if effect.tier else "escalated beyond the last tier"


SAYINGS: Final[Mapping[type[Effect], Callable[[Course, Any], str]]] = {
    effects.SetField: lambda course, effect: f"{effect.name.removeprefix('fields.')} became {effect.value}",
    effects.SetStatus: lambda course, effect: f"status became {effect.status}",
    effects.AddTags: lambda course, effect: f"tagged {', '.join(effect.tags)}",
    effects.Assign: _assigned,
    effects.Route: lambda course, effect: f"sent to {effect.queue}",
    effects.Notify: _told,
    effects.EnterTier: _tier,
    effects.OpenFollowUp: lambda course, effect: f"opened a follow-up: {effect.subject}",
}
