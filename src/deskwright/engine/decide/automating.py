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
from deskwright.engine.saying import _, in_a_row, ngettext
from deskwright.engine.workflow import Action, Automation

COMING_BACK: Final = (
    "priority", "status", "category", "complexity", "impact", "urgency", "queue", "assignee", "sla_target"
)  # fmt: skip
"""Fields whose change by an automation is an event of its own."""
NOTHING: Final = _("nothing to change")


def automate(course: Course) -> None:
    """Automations answer what happened; what they change comes back as an event, so that their causes stay in order.

    Raises AutomationFailed, naming the one that broke.
    """
    before: dict[str, Any] | None = None
    course.automating = True
    answered = 0
    while answered < len(course.happened):
        kinds, answered = course.happened[answered:], len(course.happened)
        turn = course.event.automation if isinstance(course.event, TimePassed) else None
        known = course.workflow, course.view, kinds, course.resting
        for rule in automation.answering(*known, course.trace.steps, turn):
            before = before or {name: course.view.get(name) for name in COMING_BACK}
            _run(course, rule)
    for name, value in before.items() if before else ():
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
    course.ask(RanAutomation(_("automation %(rule)s", rule=rule.name), rule.name, tuple(outcomes)))


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
    return in_a_row(said) or NOTHING


def _assigned(course: Course, effect: effects.Assign) -> str:
    agent = course.facts.desk.agents.get(effect.agent) if effect.agent is not None else None
    return _("assigned to %(agent)s", agent=agent.name) if agent else _("nobody could take it: it waits")


def _told(course: Course, effect: effects.Notify) -> str:
    audience = effect.audience.replace("_", " ")
    if not effect.agents:
        return _("nobody to tell in %(audience)s", audience=audience)
    told = len(effect.agents)
    return ngettext(
        "told %(audience)s (%(count)s agent)", "told %(audience)s (%(count)s agents)", told, audience=audience
    )


def _tier(course: Course, effect: effects.EnterTier) -> str:
    return _("escalated to %(tier)s", tier=effect.tier) if effect.tier else _("escalated beyond the last tier")


SAYINGS: Final[Mapping[type[Effect], Callable[[Course, Any], str]]] = {
    effects.SetField: lambda course, effect: _(
        "%(field)s became %(value)s", field=effect.name.removeprefix("fields."), value=effect.value
    ),
    effects.SetCustomer: lambda course, effect: _(
        "the customer's %(field)s became %(value)s", field=effect.name, value=effect.value
    ),
    effects.SetStatus: lambda course, effect: _("status became %(status)s", status=effect.substatus or effect.status),
    effects.AddTags: lambda course, effect: _("tagged %(tags)s", tags=", ".join(effect.tags)),
    effects.Assign: _assigned,
    effects.Route: lambda course, effect: _("sent to %(queue)s", queue=effect.queue),
    effects.Notify: _told,
    effects.EnterTier: _tier,
    effects.OpenFollowUp: lambda course, effect: _("opened a follow-up: %(subject)s", subject=effect.subject),
}
