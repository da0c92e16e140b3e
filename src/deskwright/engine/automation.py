"""Which automations answer what happened: in the document's order, each at most once in a chain of causes.

Caps per hour, switches and sweeps need a memory: the desk's facts name the automations that rest, and why. The actions
are carried out by `decide`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from deskwright.engine.saying import _, gettext_noop
from deskwright.engine.trace import Step, wanted
from deskwright.engine.workflow import Automation, Workflow

EVERY: Final = "every"
"""What a time-based automation waits for: its turn."""
OFF: Final = "is switched off"
SPENT: Final = "has run as often as it may within an hour"
FAILED: Final = "failed"
ONCE: Final = "runs once in a chain of causes, or it might set itself off for ever"
"""Why an automation rests."""
RESTING: Final[Mapping[str, str]] = {
    OFF: gettext_noop("%(automation)s is switched off"),
    SPENT: gettext_noop("%(automation)s has run as often as it may within an hour"),
    FAILED: gettext_noop("%(automation)s failed"),
    ONCE: gettext_noop("%(automation)s runs once in a chain of causes, or it might set itself off for ever"),
}


class AutomationFailed(Exception):
    """One automation broke; its `rule` is named, so that the rest can be decided without it."""

    def __init__(self, rule: str, trouble: Exception) -> None:
        super().__init__(f"{rule}: {trouble}")
        self.rule, self.trouble = rule, trouble


def answering(
    workflow: Workflow,
    view: Mapping[str, Any],
    happened: Collection[str],
    resting: Mapping[str, str],
    steps: list[Step],
    turn: str | None = None,
) -> Iterator[Automation]:
    """The automations to run; each condition sees what the earlier ones did to `view`. `resting` is read again for
    each, so those that have run meanwhile may be added; `turn` is the time-based one whose turn it is.
    """
    for automation in workflow.automations:
        if automation.on not in happened or (automation.on == EVERY and automation.name != turn):
            continue
        reason = OFF if not automation.enabled else resting.get(automation.name)
        told = wanted(steps)
        if reason is not None:
            steps.append(Step("automation", _(RESTING[reason], automation=automation.name), False))
        elif automation.when is None or automation.when.holds(view):
            if told:
                steps.append(_told(automation, view))
            yield automation
        elif told:
            said = _("%(automation)s does not apply", automation=automation.name)
            steps.append(Step("automation", said, False, parts=[_why(automation, view)]))


def _told(automation: Automation, view: Mapping[str, Any]) -> Step:
    if automation.on == EVERY:
        said = _("%(automation)s runs at its turn", automation=automation.name)
    else:
        said = _("%(automation)s runs on %(event)s", automation=automation.name, event=automation.on.replace("_", " "))
    step = Step("automation", said, True)
    if automation.when is not None:
        step.parts.append(_why(automation, view))
    return step


def _why(automation: Automation, view: Mapping[str, Any]) -> Step:
    assert automation.when is not None
    step: Step = automation.when.explain(view)
    return step
